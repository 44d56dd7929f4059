//! Up and Down in a list of things that have the focus one at a time.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Moves the focus among the elements of this class, in what listens for the key. At both ends it stays.
pub(super) fn walk(event: &KeyboardEvent, class: &str) {
    let is_down = match event.key().as_str() {
        "ArrowDown" => true,
        "ArrowUp" => false,
        _ => return,
    };
    if event.alt_key() || event.ctrl_key() || event.meta_key() || event.shift_key() || event.is_composing() {
        return;
    }
    let Some(list) = event.current_target().and_then(|list| list.dyn_into::<Element>().ok()) else { return };
    let steps = list.get_elements_by_class_name(class);
    let focused = document().active_element();
    let at = (0..steps.length()).find(|&at| steps.item(at) == focused);
    let to = match at {
        Some(at) if is_down => at + 1,
        Some(at) => at.saturating_sub(1),
        None => 0,
    };
    if let Some(step) = steps.item(to) {
        event.prevent_default();
        let _ = step.unchecked_into::<HtmlElement>().focus();
    }
}
