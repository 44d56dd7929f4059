//! What is seen: components that show the connection's signals and call it. They keep nothing but what a person is typing
//! and where they look.

pub mod announcer;
mod arrows;
pub mod avatar;
pub mod badge;
pub mod banner;
pub mod brand;
mod clipboard;
pub mod code;
pub mod composer;
pub mod dialog;
pub mod dialogs;
pub mod door;
mod drawer;
pub mod field;
pub mod going;
mod icon;
pub mod lead_to;
pub mod messages;
mod opener;
pub mod qr_code;
pub mod rich_text;
pub mod room_header;
pub mod shortcuts;
pub mod show;
pub mod sidebar;
pub mod sign_in;
pub mod typing;
pub mod update_notice;
pub mod wire;

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};

/// Gives the focus to the first element that `selector` finds, if there is one.
fn focus(selector: &str) {
    if let Ok(Some(element)) = document().query_selector(selector) {
        let _ = element.unchecked_into::<HtmlElement>().focus();
    }
}

/// Brings the first element that `selector` finds into sight, and scrolls no further than it takes.
fn bring_into_sight(selector: &str) {
    if let Ok(Some(element)) = document().query_selector(selector) {
        let nearest = ScrollIntoViewOptions::new();
        nearest.set_block(ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&nearest);
    }
}
