//! Notifications of the browser's.

use js_sys::Reflect;
use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Notification, NotificationOptions, NotificationPermission};

use crate::service_worker;

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

/// Shows one, instead of an earlier one of the same tag; a click at it leads to this path. Tells whether the browser does.
///
/// It is the service worker's: a browser on a phone shows none of a page itself, which may be gone when it is clicked at.
pub async fn show(title: &str, text: &str, tag: &str, path: &str) -> bool {
    let Some(worker) = service_worker::active().await.filter(|_| permission() == Permission::Granted) else {
        return false;
    };
    let options = NotificationOptions::new();
    options.set_body(&text.chars().take(MOST).collect::<String>());
    options.set_tag(tag);
    // There is a sound of our own, for whoever wants it.
    options.set_silent(Some(true));
    options.set_icon("/icons/192.png");
    options.set_data(&path.into());
    match worker.show_notification_with_options(title, &options) {
        Ok(shown) => JsFuture::from(shown).await.is_ok(),
        Err(_) => false,
    }
}
