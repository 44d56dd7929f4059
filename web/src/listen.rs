//! Listens to the page as a whole, for as long as whoever listens is on it.

use std::borrow::Cow;

use gloo_events::{EventListener, EventListenerOptions};
use leptos::ev::EventDescriptor;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::EventTarget;

/// Calls `hear` for each event of this kind at the target, until the component that listens is gone.
pub fn to<E>(target: &EventTarget, event: E, mut hear: impl FnMut(E::EventType) + 'static)
where
    E: EventDescriptor,
    E::EventType: JsCast,
{
    listen(target, event.name(), Box::new(move |event| hear(event.clone().unchecked_into())));
}

/// The same for whatever happens: the page has it once.
fn listen(target: &EventTarget, event: Cow<'static, str>, hear: Box<dyn FnMut(&web_sys::Event)>) {
    // Whoever hears of a key may want to keep it from the browser.
    let options = EventListenerOptions::enable_prevent_default();
    let listener = EventListener::new_with_options(target, event, options, hear);
    // It goes with its owner, and the listener with it.
    let _ = StoredValue::new_local(listener);
}
