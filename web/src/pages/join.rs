//! `/join`: the first visit. A name, one button, and one is in.

use hubbub_shared::api::NewSession;
use hubbub_shared::name;
use leptos::prelude::*;

use crate::account::Account;
use crate::come_in::come_in;
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
                begin=come_in
                on_in=Callback::new(move |me| account.let_in(me))
            />
            <p class="hint">
                "Already here on another device? "
                <a href="/link">"Use a code"</a>
            </p>
        </main>
    }
}
