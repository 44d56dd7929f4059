//! A sign on a button, out of `web/icons.svg`. What the button does stands in its name or beside it: nobody is read this.

use leptos::prelude::*;

/// The sign of this name.
pub(super) fn icon(name: &'static str) -> AnyView {
    view! {
        <svg class="icon" aria-hidden="true">
            <use_ href=name></use_>
        </svg>
    }
    .into_any()
}
