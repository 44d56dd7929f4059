//! What was said. Of a very long text a beginning is shown, until somebody wants all of it.

use leptos::prelude::*;
use web_sys::Element;

use crate::components::rich_text::RichText;
use crate::model::markup::{self, Names};

/// The text of a message.
#[component]
pub fn Text<'a>(
    /// As it was written.
    text: &'a str,
    /// Who may be spoken to in it.
    names: Memo<Names>,
) -> impl IntoView + use<> {
    let text = markup::parse(text);
    if markup::is_long(&text) {
        return view! { <Folding><RichText text names /></Folding> }.into_any();
    }
    view! {
        <div class="text" dir="auto" data-testid="text">
            <RichText text names />
        </div>
    }
    .into_any()
}

/// A text that is longer than what one sees at once, and the button that shows all of it.
#[component]
fn Folding(children: Children) -> impl IntoView {
    let is_folded = RwSignal::new(true);
    let turn = move |still: &Element| {
        // Of a text in which somebody has looked for a word, or gone to a link by keyboard, a part further down is shown.
        let top = still.get_bounding_client_rect().top() - f64::from(still.scroll_top());
        let still = still.clone();
        is_folded.update(|is_folded| *is_folded = !*is_folded);
        request_animation_frame(move || keep_at(&still, top));
    };
    view! {
        <div
            class="text"
            class:folded=move || is_folded.get()
            dir="auto"
            data-testid="text"
            on:scroll=move |event| {
                if is_folded.get_untracked() {
                    turn(&event_target(&event));
                }
            }
        >
            {children()}
        </div>
        <button
            class="fold"
            type="button"
            data-testid="fold"
            on:click=move |event| {
                let button: Element = event_target(&event);
                // What one reads stays where it is, or what one has just pressed.
                let still = if is_folded.get_untracked() { button.previous_element_sibling() } else { Some(button) };
                still.iter().for_each(turn);
            }
        >
            {move || if is_folded.get() { "Show all of it" } else { "Show less" }}
        </button>
    }
}

/// The list is laid out from its end: what grows in it would push away what one reads.
fn keep_at(still: &Element, top: f64) {
    if let Ok(Some(scroller)) = still.closest(".scroller") {
        scroller.scroll_by_with_x_and_y(0.0, still.get_bounding_client_rect().top() - top);
    }
}
