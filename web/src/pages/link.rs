//! `/link`: one more device of somebody who is here already. The code stands behind the `#`, which no server is told.
//!
//! A code does nothing by itself: whoever follows a link isn't made somebody else without a click.

use hubbub_shared::api::NewSession;
use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

use crate::account::{Account, Who};
use crate::components::brand::Brand;
use crate::components::show::Show;
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

    let field = NodeRef::<Input>::new();
    let refusal = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(input) = field.get_untracked() else { return };
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        let go = go.clone();
        spawn_local(async move {
            match account.sign_in(NewSession::Code(input.value().trim().to_owned())).await {
                Ok(()) => go(),
                Err(failed) => {
                    refusal.set(Some(failed.to_string()));
                    is_busy.set(false);
                    let _ = input.focus();
                }
            }
        });
    };

    view! {
        <main class="front">
            <Brand />
            <h1>"One more device"</h1>
            {move || match account.who() {
                Who::Here(connection) => Some(view! { <HereAlready connection /> }),
                Who::Unknown | Who::Nobody => None,
            }}
            <form on:submit=on_submit novalidate>
                <label for="code">"The code from your other device"</label>
                <input
                    id="code"
                    data-testid="code"
                    type="text"
                    autocomplete="off"
                    autocapitalize="characters"
                    spellcheck="false"
                    enterkeyhint="go"
                    autofocus
                    prop:value=given
                    aria-describedby="code-refusal code-hint"
                    aria-invalid=move || refusal.read().is_some().to_string()
                    node_ref=field
                    on:input=move |_| refusal.set(None)
                />
                <p id="code-refusal" class="refusal" role="alert" data-testid="code-refusal">
                    {move || refusal.get()}
                </p>
                <button class="primary" type="submit" data-testid="use-code" aria-disabled=move || is_busy.get().to_string()>
                    {move || if is_busy.get() { "One moment" } else { "Come in" }}
                </button>
                <p id="code-hint" class="hint">"You find it there under Settings, Link a device."</p>
            </form>
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
