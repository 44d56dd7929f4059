//! `/join`: the first visit. A name, one button, and one is in.

use hubbub_shared::api::NewSession;
use hubbub_shared::chat::LOBBY;
use hubbub_shared::name;
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

use crate::account::Account;
use crate::components::brand::Brand;
use crate::components::sign_in::SignIn;

/// Asks for a name. `?room=` is the room that somebody was on the way to.
#[component]
pub fn Join() -> impl IntoView {
    let account = expect_context::<Account>();
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
                on_in=Callback::new(move |me| account.let_in(me))
            />
            <p class="hint">
                "Already here on another device? "
                <a href="/link">"Use a code"</a>
            </p>
        </main>
    }
}

/// The address at which nobody is asked for more than a name on the way to what is at `path`.
#[must_use]
pub fn address(path: &str) -> String {
    path.strip_prefix("/r/").map_or("/join".to_owned(), |room| ["/join?room=", room].concat())
}

/// Where somebody goes who has a name now.
#[must_use]
pub fn room_behind(query: Memo<ParamsMap>) -> String {
    query.read_untracked().get("room").unwrap_or_else(|| LOBBY.to_owned())
}
