//! What the tabs of a browser say to each other: what each keeps in the storage, and which of them sends.

use js_sys::{Function, Promise, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::{Closure, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::Connection;
use crate::{listen, me};

/// The lock that the tab holds which sends.
const LOCK: &str = "hubbub.outbox";

impl Connection {
    pub(super) fn follow_tabs(self) {
        listen::to(&window(), leptos::ev::storage, move |event| {
            if let Some(key) = event.key() {
                self.tell(|session, _| session.hear_tab(&key, event.new_value().as_deref()));
            }
            // No key: everything was removed.
            if event.key().is_none_or(|key| key == me::KEY) {
                self.follow_me();
            }
        });
        let granted = Closure::once_into_js(move || {
            self.tell(|session, _| session.set_lock(true));
            // Held until the tab goes.
            Promise::new(&mut |_, _| {})
        });
        let request = request_lock(&granted);
        spawn_local(async move {
            let is_granted = match request {
                // It ends with the tab, unless it is refused.
                Some(request) => JsFuture::from(request).await.is_ok(),
                None => false,
            };
            if !is_granted {
                // A browser without locks, or one that has them for secure pages only. Two tabs may then send the same
                // message twice, which the server stores once.
                self.tell(|session, _| session.set_lock(true));
            }
        });
    }
}

/// Asks for the lock. By name: web-sys has it among what may change.
fn request_lock(granted: &JsValue) -> Option<Promise> {
    let locks = Reflect::get(&window().navigator(), &"locks".into()).ok()?;
    let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
    request.call2(&locks, &LOCK.into(), granted).ok()?.dyn_into().ok()
}
