//! The page's icon in its tab, and on the home screen where it is installed.

use js_sys::{Function, Promise, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::Element;

use crate::model::attention::Badge;
use crate::model::rooms::Unread;

/// Where the icon's element keeps the icon without a badge.
const PLAIN: &str = "data-plain";

/// The icon in the tab.
pub(super) struct Icon {
    /// `None` on a page without an icon.
    link: Option<Element>,
    /// Where the icon without a badge is.
    plain: String,
}

impl Icon {
    /// The one of the page, as it was loaded.
    pub(super) fn find() -> Self {
        let link = document().query_selector("link[rel=icon]").ok().flatten();
        let read = |name| link.as_ref().and_then(|link: &Element| link.get_attribute(name));
        // As it was when the first of all looked: the page may have shown a badge since.
        let plain = read(PLAIN).or_else(|| read("href")).unwrap_or_default();
        if let Some(link) = &link {
            let _ = link.set_attribute(PLAIN, &plain);
        }
        Self { link, plain }
    }

    /// Shows what is unread.
    pub(super) fn show(&self, unread: Unread) {
        let badge = Badge::from(unread);
        let file = match badge {
            Badge::Nothing => &self.plain,
            Badge::Unread => "/icons/unread.svg",
            Badge::Mention => "/icons/mention.svg",
        };
        if let Some(link) = &self.link {
            let _ = link.set_attribute("href", file);
        }
        show_on_home_screen(badge, unread.mentions);
    }
}

/// A number is for what mentions me; for all else a dot.
fn show_on_home_screen(badge: Badge, mentions: usize) {
    let done = match badge {
        Badge::Nothing => call("clearAppBadge", None),
        Badge::Unread => call("setAppBadge", None),
        Badge::Mention => call("setAppBadge", Some(mentions)),
    };
    if let Some(done) = done {
        // A browser may not want to, and there is nothing to do about it.
        spawn_local(async move { drop(JsFuture::from(done).await) });
    }
}

/// By name: not every browser has it.
fn call(name: &str, number: Option<usize>) -> Option<Promise> {
    let navigator = window().navigator();
    let function: Function = Reflect::get(&navigator, &name.into()).ok()?.dyn_into().ok()?;
    let result = match number {
        Some(number) => function.call1(&navigator, &JsValue::from_f64(number as f64)),
        None => function.call0(&navigator),
    };
    result.ok()?.dyn_into().ok()
}
