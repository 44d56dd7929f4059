//! A box over the page that has to be closed before anything else is done.

use leptos::html;
use leptos::prelude::*;
use web_sys::HtmlDialogElement;

use crate::components::dialog::Dialog;
use crate::components::icon::icon;

/// A titled box. Escape closes it, a click beside it and its button; the focus then is where it was before.
#[component]
pub fn Modal(
    /// What it is about.
    #[prop(into)]
    title: String,
    children: Children,
) -> impl IntoView {
    let dialog = expect_context::<Dialog>();
    let node = NodeRef::<html::Dialog>::new();
    let close = move || {
        // By its own means, so that the browser gives the focus back.
        if let Some(node) = node.get_untracked() {
            node.close();
        }
    };
    Effect::new(move || {
        if let Some(node) = node.get() {
            let _ = node.show_modal();
        }
    });
    on_cleanup(move || {
        if let Some(node) = node.try_get_untracked().flatten() {
            node.close();
        }
    });
    view! {
        <dialog
            class="modal"
            aria-labelledby="modal-title"
            data-testid="modal"
            node_ref=node
            on:close=move |event| {
                // This is told a moment later. By then another dialog may be here, perhaps in the same element.
                let node = event_target::<HtmlDialogElement>(&event);
                if node.is_connected() && !node.open() {
                    dialog.close();
                }
            }
            on:click=move |event| {
                // The box itself is covered by its parts: what is clicked at is what lies around it.
                if event.target() == event.current_target() {
                    close();
                }
            }
        >
            <div class="box">
                <header>
                    <h2 id="modal-title" dir="auto">
                        {title}
                    </h2>
                    <button
                        class="icon-button"
                        type="button"
                        data-testid="close"
                        aria-label="Close"
                        on:click=move |_| close()
                    >
                        {icon("#icon-close")}
                    </button>
                </header>
                {children()}
            </div>
        </dialog>
    }
}
