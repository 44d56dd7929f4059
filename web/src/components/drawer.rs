//! The drawer that the rooms are in on a phone: while it is open nothing else can be reached, and then the focus is where
//! it was.

use leptos::html::Aside;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use crate::components::dialog::Dialog;
use crate::components::opener::Opener;
use crate::listen;

/// Where the rooms stand beside the room, as `sidebar.css` says.
const WIDE: &str = "(min-width: 48rem)";

/// Makes `drawer` one.
pub(super) fn make(drawer: NodeRef<Aside>) {
    let dialog = expect_context::<Dialog>();
    let opener = Opener::new();
    Effect::new(move |was_open: Option<bool>| {
        let is_open = dialog.rooms_are_open();
        let Some(drawer) = drawer.get().filter(|_| is_open != was_open.unwrap_or(false)) else { return is_open };
        shut_out(&drawer, is_open);
        if is_open {
            opener.note();
            // It can't have the focus before it is seen.
            request_animation_frame(move || enter(&drawer));
        } else {
            opener.give_back();
        }
        is_open
    });
    listen::to(&window(), leptos::ev::keydown, move |event| {
        if event.key() == "Escape" {
            dialog.close_rooms();
        }
    });
    // Whatever lies beside it can't be reached, so that it is the frame around all that a click beside it comes to.
    listen::to(&window(), leptos::ev::click, move |event| {
        let frame = drawer.get_untracked().and_then(|drawer| drawer.parent_element());
        if frame.is_some_and(|frame| event.target().is_some_and(|target| target == *frame.unchecked_ref())) {
            dialog.close_rooms();
        }
    });
    // On a page that has become wide the rooms are no drawer any more.
    listen::to(&window(), leptos::ev::resize, move |_| {
        if window().match_media(WIDE).ok().flatten().is_some_and(|wide| wide.matches()) {
            dialog.close_rooms();
        }
    });
}

/// Nothing beside the drawer can be reached, or all can again.
fn shut_out(drawer: &Element, is_shut: bool) {
    let Some(parts) = drawer.parent_element().map(|parent| parent.children()) else { return };
    for part in (0..parts.length()).filter_map(|at| parts.item(at)).filter(|part| part != drawer) {
        let _ = part.toggle_attribute_with_force("inert", is_shut);
    }
}

/// Moves the focus to the room where one is; to the first thing, where there is none.
fn enter(drawer: &Element) {
    let find = |selector| drawer.query_selector(selector).ok().flatten();
    if let Some(place) = find("[aria-current=page]").or_else(|| find("a, button")) {
        let _ = place.unchecked_into::<HtmlElement>().focus();
    }
}
