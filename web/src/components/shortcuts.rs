//! What keys do wherever one is. None of them is taken by a browser, and none is a character by itself: who speaks to their
//! computer, or whose hand slips, would press those without wanting to.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use crate::components::dialog::{Dialog, Which};
use crate::components::going::{use_go, use_here};
use crate::components::wire::WirePanel;
use crate::connection::Connection;
use crate::listen;
use crate::model::switcher::beside;

/// All there are: what they do, and the keys.
pub const ALL: [(&str, &[&str]); 7] = [
    ("Go to a room", &[COMMAND, "K"]),
    ("Next room", &["Alt", "↓"]),
    ("Previous room", &["Alt", "↑"]),
    ("What goes over the wire", &["Ctrl", "`"]),
    ("Close what is open", &["Esc"]),
    ("Break the line in a message", &["Shift", "Enter"]),
    ("These shortcuts", &[COMMAND, "/"]),
];

/// Stands for Ctrl; on Apple's keyboards, for ⌘.
pub const COMMAND: &str = "Ctrl or ⌘";

/// The key as it is written on this person's keyboard.
#[must_use]
pub fn label(key: &'static str) -> &'static str {
    if key != COMMAND {
        return key;
    }
    let platform = window().navigator().platform().unwrap_or_default();
    if platform.starts_with("Mac") { "⌘" } else { "Ctrl" }
}

/// Listens for them.
pub fn listen() {
    let connection = expect_context::<Connection>();
    let dialog = expect_context::<Dialog>();
    let wire = expect_context::<WirePanel>();
    let here = use_here();
    let go = use_go();
    listen::to(&window(), leptos::ev::keydown, move |event: KeyboardEvent| {
        let (alt, command) = (event.alt_key(), event.ctrl_key() || event.meta_key());
        if event.is_composing() || alt == command {
            return;
        }
        match event.key().as_str() {
            // It would open under what is open.
            _ if is_wire(&event) && !dialog.is_open_untracked() => wire.toggle(),
            "k" | "K" if command && !event.shift_key() => dialog.toggle(Which::Switcher),
            "/" if command => dialog.toggle(Which::Shortcuts),
            key @ ("ArrowDown" | "ArrowUp") if alt && !event.shift_key() && !dialog.is_open_untracked() => {
                let ids = untrack(|| connection.with_rooms(|rooms| rooms.listed_ids()));
                if let Some(room) = beside(&ids, &here.read_untracked(), key == "ArrowDown") {
                    go(room);
                }
            }
            _ => return,
        }
        event.prevent_default();
    });
}

/// No browser on Linux, Windows or macOS takes these keys: the systems' own for the next window are Alt, Super or Command with
/// the same key, and within a browser's developer tools, as in many editors, they open the console. The key is known by its
/// place too: on many keyboards it has another letter.
fn is_wire(event: &KeyboardEvent) -> bool {
    event.ctrl_key() && !(event.shift_key() || event.meta_key()) && (event.code() == "Backquote" || event.key() == "`")
}
