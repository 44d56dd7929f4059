//! An address at which nothing stands: it leads to another one.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// Goes there. The way back doesn't come by here again.
#[component]
pub fn LeadTo(
    /// The other address.
    path: String,
) -> impl IntoView {
    let navigate = use_navigate();
    Effect::new(move || navigate(&path, NavigateOptions { replace: true, ..NavigateOptions::default() }));
}
