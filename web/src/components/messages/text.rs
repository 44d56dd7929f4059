//! What was said. Of a very long text a beginning is shown, until somebody wants all of it.

use leptos::html::{Button, Div};
use leptos::prelude::*;
use web_sys::Element;

use crate::components::rich_text::RichText;
use crate::model::markup::{self, Names};

/// The text of a message.
#[component]
pub(super) fn Text<'a>(
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
    let (text, button) = (NodeRef::<Div>::new(), NodeRef::<Button>::new());
    let fold = move |fold: bool| {
        let still: Option<Element> = match fold {
            true => button.get_untracked().map(Into::into),
            false => text.get_untracked().map(Into::into),
        };
        if let Some(still) = still {
            let before = still.get_bounding_client_rect().top();
            is_folded.set(fold);
            request_animation_frame(move || keep_at(&still, before));
        }
    };
    view! {
        <div
            class="text"
            class:folded=move || is_folded.get()
            dir="auto"
            data-testid="text"
            node_ref=text
            // Whoever looks for a word of it, or goes to a link in it by keyboard, is led to where nothing is shown.
            on:scroll=move |_| if is_folded.get_untracked() { fold(false) }
        >
            {children()}
        </div>
        <button
            class="fold"
            type="button"
            data-testid="fold"
            node_ref=button
            on:click=move |_| fold(!is_folded.get_untracked())
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
