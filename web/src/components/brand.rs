//! The name, with its mark.

use leptos::prelude::*;

/// The mark and the name.
#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <p class="brand">
            <svg class="mark" viewBox="0 0 64 64" aria-hidden="true">
                <path
                    class="bubble"
                    d="M18 4h28a14 14 0 0 1 14 14v20a14 14 0 0 1-14 14H30L17.7 61.2A1.6 1.6 0 0 1 15 60V51.6A14 14 0 0 1 4 38V18A14 14 0 0 1 18 4z"
                />
                <path class="spokes" d="M32 28 32 13.5M32 28 18.5 37M32 28 45.5 37" />
                <circle class="hub" cx="32" cy="28" r="7" />
                <circle class="voice" cx="32" cy="13.5" r="4.5" />
                <circle class="hub" cx="18.5" cy="37" r="4.5" />
                <circle class="hub" cx="45.5" cy="37" r="4.5" />
            </svg>
            <span>"Hubbub"</span>
        </p>
    }
}
