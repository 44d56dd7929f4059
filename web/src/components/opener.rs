//! Where the focus was before something opened that took it.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The element that had it, while it hasn't. A cheap handle.
#[derive(Clone, Copy)]
pub(super) struct Opener(StoredValue<Option<HtmlElement>, LocalStorage>);

impl Opener {
    pub(super) fn new() -> Self {
        Self(StoredValue::new_local(None))
    }

    /// What has the focus now will have it again.
    pub(super) fn note(self) {
        self.0.set_value(document().active_element().and_then(|opener| opener.dyn_into().ok()));
    }

    /// Gives it back. Where that fails, whoever uses the keyboard has to find the way by hand.
    pub(super) fn give_back(self) {
        if let Some(opener) = self.0.try_update_value(Option::take).flatten() {
            let _ = opener.focus();
        }
    }
}
