//! How the connection is, always in sight.

use leptos::{html::Textarea, prelude::*};

use super::composer;
use crate::{connection::Connection, model};

/// The state in a word, why it is so, and what happens next.
#[component]
pub fn ConnectionState(
    /// The connection to tell of.
    connection: Connection,
    /// Takes the focus from a button that goes.
    composer: NodeRef<Textarea>,
) -> impl IntoView {
    let state = connection.state();
    let is_disconnected = move || matches!(*state.read(), model::ConnectionState::Disconnected { .. });
    let connect = move |_| {
        connection.connect();
        composer::focus(composer);
    };
    view! {
        <div class="connection-state">
            <p role="status" data-testid="status" data-state=move || state.read().name()>
                <strong>{move || state.read().title()}</strong>
                {move || state.read().why().map(|why| view! { <span class="why">": "{why.to_owned()}</span> })}
                // Not read aloud: a person who waits should hear why, and not be counted at.
                {move || {
                    let next = state.read().next_attempt();
                    next.map(|next| view! { <span class="next" aria-live="off">" "{next}</span> })
                }}
            </p>
            <Show when=is_disconnected>
                <button type="button" data-testid="connect" on:click=connect>
                    "Connect"
                </button>
            </Show>
        </div>
    }
}
