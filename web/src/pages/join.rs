//! `/join`: the first visit. A name, one button, and one is in.

use hubbub_shared::api::NewSession;
use hubbub_shared::chat::LOBBY;
use hubbub_shared::name;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::account::{Account, Who};
use crate::components::brand::Brand;
use crate::components::sign_in::SignIn;

/// Asks for a name. `?room=` is the room that somebody was on the way to.
#[component]
pub fn Join() -> impl IntoView {
    let account = expect_context::<Account>();
    let room = use_query_map().read_untracked().get("room").unwrap_or_else(|| LOBBY.to_owned());
    let navigate = use_navigate();
    let to = format!("/r/{room}");
    // Whoever is in has nothing to do here.
    Effect::new(move || {
        if let Who::Here(connection) = account.who() {
            connection.join_when_synced(&room);
            navigate(&to, NavigateOptions { replace: true, ..NavigateOptions::default() });
        }
    });

    view! {
        <main class="front">
            <Brand />
            <h1>"A room full of people, and every word arrives."</h1>
            <SignIn
                id="name"
                label="Your name"
                hint="No password, no address. Others see this name."
                submit="join"
                autocomplete="nickname"
                autocapitalize="words"
                read=|written| match name::check(&written, name::MAX_USER) {
                    Ok(()) => Ok(NewSession::Name(written)),
                    Err(error) => Err(error.to_string()),
                }
                on_in=Callback::new(|()| {})
            />
            <p class="hint">
                "Already here on another device? "
                <a href="/link">"Use a code"</a>
            </p>
        </main>
    }
}
