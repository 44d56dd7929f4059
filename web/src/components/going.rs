//! Which room the address names, and how to go to another.

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_navigate};

use crate::components::dialog::Dialog;

/// The id of the room that the address names; empty where it names none.
#[must_use]
pub fn use_here() -> Memo<String> {
    let path = use_location().pathname;
    Memo::new(move |_| path.read().strip_prefix("/r/").unwrap_or_default().trim_end_matches('/').to_owned())
}

/// Opens a room, by its id. What is open over the page closes.
pub fn use_go() -> impl Fn(&str) + Clone + 'static {
    let dialog = expect_context::<Dialog>();
    let navigate = use_navigate();
    move |room| {
        dialog.close();
        navigate(&format!("/r/{room}"), Default::default());
    }
}

/// Moves the focus to where one writes, before the next frame. Not where that would bring up a keyboard on the screen.
pub fn focus_composer_soon() {
    let has_keyboard = window().match_media("(hover: hover)").ok().flatten().is_some_and(|query| query.matches());
    if has_keyboard {
        request_animation_frame(|| super::focus("#composer"));
    }
}
