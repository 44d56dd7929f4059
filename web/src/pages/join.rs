//! `/join`: the first visit. A name, one button, and one is in.

use hubbub_shared::api::NewSession;
use hubbub_shared::chat::LOBBY;
use hubbub_shared::name;
use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::account::{Account, Who};
use crate::components::brand::Brand;

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

    let field = NodeRef::<Input>::new();
    let refusal = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(input) = field.get_untracked() else { return };
        if is_busy.get_untracked() {
            return;
        }
        let wanted = input.value();
        if let Err(error) = name::check(wanted.trim(), name::MAX_USER) {
            refusal.set(Some(error.to_string()));
            let _ = input.focus();
            return;
        }
        is_busy.set(true);
        spawn_local(async move {
            if let Err(failed) = account.sign_in(NewSession::Name(wanted)).await {
                refusal.set(Some(failed.to_string()));
                is_busy.set(false);
                let _ = input.focus();
            }
        });
    };

    view! {
        <main class="front">
            <Brand />
            <h1>"A room full of people, and every word arrives."</h1>
            <form on:submit=on_submit novalidate>
                <label for="name">"Your name"</label>
                <input
                    id="name"
                    data-testid="name"
                    type="text"
                    dir="auto"
                    autocomplete="nickname"
                    autocapitalize="words"
                    enterkeyhint="go"
                    autofocus
                    aria-describedby="name-refusal name-hint"
                    aria-invalid=move || refusal.read().is_some().to_string()
                    node_ref=field
                    on:input=move |_| refusal.set(None)
                />
                <p id="name-refusal" class="refusal" role="alert" data-testid="name-refusal">
                    {move || refusal.get()}
                </p>
                <button class="primary" type="submit" data-testid="join" aria-disabled=move || is_busy.get().to_string()>
                    {move || if is_busy.get() { "One moment" } else { "Come in" }}
                </button>
                <p id="name-hint" class="hint">"No password, no address. Others see this name."</p>
            </form>
            <p class="hint">
                "Already here on another device? "
                <a href="/link">"Use a code"</a>
            </p>
        </main>
    }
}
