//! An address that the page doesn't know.

use leptos::prelude::*;

/// Says so, and leads back.
#[component]
pub fn Nowhere() -> impl IntoView {
    view! {
        <main class="front">
            <h1>"There is nothing here"</h1>
            <p>"The address may be mistyped."</p>
            <a class="button primary" href="/">
                "Go to your rooms"
            </a>
        </main>
    }
}
