//! What is there only while something is so.

use leptos::children::ViewFn;
use leptos::prelude::*;

/// Shows its children while `when`, and else the fallback. Leptos has this too, but makes it anew for each place where it
/// stands, and a browser has to load them all.
#[component]
pub fn Show(
    /// Whether they are shown.
    #[prop(into)]
    when: Signal<bool>,
    children: ChildrenFn,
    /// What is shown in their place.
    #[prop(optional, into)]
    fallback: ViewFn,
) -> impl IntoView {
    let when = Memo::new(move |_| when.get());
    move || if when.get() { children() } else { fallback.run() }
}
