//! That a new version is ready.

use leptos::prelude::*;

use crate::components::show::Show;
use crate::service_worker::Versions;

/// Nothing, until a new version is ready. It never comes by itself: someone may be writing.
#[component]
pub fn UpdateNotice(
    /// The versions of the page.
    versions: Versions,
) -> impl IntoView {
    view! {
        // Always there, so that what comes into it is read aloud.
        <div role="status">
            <Show when=move || versions.newer().get()>
                <div class="strip" data-testid="update-notice">
                    <p>"A new version is ready."</p>
                    <button type="button" class="primary" data-testid="reload" on:click=move |_| versions.change_over()>
                        "Reload"
                    </button>
                </div>
            </Show>
        </div>
    }
}
