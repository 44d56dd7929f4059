//! Notifications of the browser's.

use js_sys::Reflect;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Notification, NotificationOptions, NotificationPermission};

/// How much of a message a notification shows, in characters: browsers show less.
const MOST: usize = 300;

/// Whether the browser shows notifications for this page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// It does.
    Granted,
    /// The person hasn't said whether it may.
    NotAsked,
    /// The person said that it mustn't, or the browser says so for them.
    Denied,
    /// It would if the page came over https.
    Insecure,
    /// It can't.
    Unsupported,
}

/// Whether it does now. Whoever asks too often gets the same answer.
#[must_use]
pub fn permission() -> Permission {
    if !window().is_secure_context() {
        return Permission::Insecure;
    }
    if !Reflect::has(&window(), &"Notification".into()).unwrap_or(false) {
        return Permission::Unsupported;
    }
    match Notification::permission() {
        NotificationPermission::Granted => Permission::Granted,
        NotificationPermission::Denied => Permission::Denied,
        _ => Permission::NotAsked,
    }
}

/// Asks the person, if they haven't said. A browser does so only when they have just clicked at something.
pub async fn ask() -> Permission {
    if permission() == Permission::NotAsked
        && let Ok(asked) = Notification::request_permission()
    {
        // What they said stands in the permission.
        let _ = JsFuture::from(asked).await;
    }
    permission()
}

/// Shows one, instead of an earlier one of the same tag. Tells whether the browser does: on Android it can't for a page.
pub fn show(title: &str, text: &str, tag: &str, on_click: impl FnOnce() + 'static) -> bool {
    if permission() != Permission::Granted {
        return false;
    }
    let options = NotificationOptions::new();
    options.set_body(&text.chars().take(MOST).collect::<String>());
    options.set_tag(tag);
    // There is a sound of our own, for whoever wants it.
    options.set_silent(Some(true));
    let Ok(shown) = Notification::new_with_options(title, &options) else { return false };
    let clicked = shown.clone();
    let on_click = Closure::once_into_js(move || {
        clicked.close();
        on_click();
    });
    shown.set_onclick(Some(on_click.unchecked_ref()));
    true
}
