//! `/link`: one more device of somebody who is here already. The code stands behind the `#`, which no server is told.
//!
//! A code does nothing by itself: whoever follows a link isn't made somebody else without a click.

use hubbub_shared::api::NewSession;
use hubbub_shared::chat::User;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

use crate::account::Account;
use crate::components::brand::Brand;
use crate::components::sign_in::SignIn;

/// Asks for the code, or takes the one in the address.
#[component]
pub fn Link() -> impl IntoView {
    let account = expect_context::<Account>();
    let navigate = use_navigate();
    let on_in = Callback::new(move |me| {
        account.let_in(me);
        navigate("/", NavigateOptions { replace: true, ..NavigateOptions::default() });
    });
    view! {
        <main class="front">
            <Brand />
            <h1>"One more device"</h1>
            <Code on_in />
            <p class="hint">
                "Nobody here yet? "
                <a href="/join">"Choose a name"</a>
            </p>
        </main>
    }
}

/// The line for the code.
#[component]
pub fn Code(
    /// They have come in.
    on_in: Callback<User>,
) -> impl IntoView {
    view! {
        <SignIn
            id="code"
            label="The code from your other device"
            hint="You find it there under Settings, Link a device."
            submit="use-code"
            autocomplete="off"
            autocapitalize="characters"
            value=given()
            read=|written| Ok(NewSession::Code(written))
            on_in
        />
    }
}

/// The code in the address.
#[must_use]
pub fn given() -> Memo<String> {
    let hash = use_location().hash;
    Memo::new(move |_| hash.read().trim_start_matches('#').to_owned())
}
