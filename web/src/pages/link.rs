//! `/link`: one more device of somebody who is here already. The code stands behind the `#`, which no server is told.
//!
//! A code does nothing by itself: whoever follows a link isn't made somebody else without a click.

use hubbub_shared::api::NewSession;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

use crate::account::{Account, Who};
use crate::components::brand::Brand;
use crate::components::show::Show;
use crate::components::sign_in::SignIn;
use crate::connection::Connection;

/// Asks for the code, or takes the one in the address.
#[component]
pub fn Link() -> impl IntoView {
    let account = expect_context::<Account>();
    let hash = use_location().hash;
    let given = Memo::new(move |_| hash.read().trim_start_matches('#').to_owned());
    let navigate = use_navigate();
    let go = move || navigate("/", NavigateOptions { replace: true, ..NavigateOptions::default() });
    // Whoever is in and has no code has nothing to do here.
    let to_chat = go.clone();
    Effect::new(move || {
        if given.read().is_empty() && matches!(account.who(), Who::Here(_)) {
            to_chat();
        }
    });

    view! {
        <main class="front">
            <Brand />
            <h1>"One more device"</h1>
            {move || match account.who() {
                Who::Here(connection) => Some(view! { <HereAlready connection /> }),
                Who::Unknown | Who::Nobody => None,
            }}
            <SignIn
                id="code"
                label="The code from your other device"
                hint="You find it there under Settings, Link a device."
                submit="use-code"
                autocomplete="off"
                autocapitalize="characters"
                value=given
                read=|written| Ok(NewSession::Code(written))
                on_in=Callback::new(move |()| go())
            />
            <Show when=move || matches!(account.who(), Who::Nobody)>
                <p class="hint">
                    "Nobody here yet? "
                    <a href="/join">"Choose a name"</a>
                </p>
            </Show>
        </main>
    }
}

/// Says whose session would be gone from this browser, and leads back to it.
#[component]
fn HereAlready(connection: Connection) -> impl IntoView {
    let name = connection.me().name;
    let unsent = move || connection.with_outbox(|outbox| !outbox.is_empty());
    view! {
        <div class="here-already" data-testid="here-already">
            <p>
                "You’re here as " <bdi>{name.clone()}</bdi>
                ". If the code is somebody else’s, you’ll be them in this browser, and " <bdi>{name}</bdi>
                " no longer."
                {move || unsent().then_some(" What you wrote and isn’t sent yet will be lost.")}
            </p>
            <a class="button" href="/" data-testid="stay">
                "Stay"
            </a>
        </div>
    }
}
