//! `/link`: one more device of somebody who is here already. The code stands behind the `#`, which no server is told.

use hubbub_shared::api::NewSession;
use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::account::{Account, Who};
use crate::components::brand::Brand;

/// Asks for the code, or takes the one in the address.
#[component]
pub fn Link() -> impl IntoView {
    let account = expect_context::<Account>();
    let navigate = use_navigate();
    Effect::new(move || {
        if let Who::Here(_) = account.who() {
            navigate("/", NavigateOptions { replace: true, ..NavigateOptions::default() });
        }
    });

    let field = NodeRef::<Input>::new();
    let given = window().location().hash().unwrap_or_default().trim_start_matches('#').to_owned();
    let refusal = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(input) = field.get_untracked() else { return };
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        spawn_local(async move {
            if let Err(failed) = account.sign_in(NewSession::Code(input.value().trim().to_owned())).await {
                refusal.set(Some(failed.to_string()));
                is_busy.set(false);
                let _ = input.focus();
            }
        });
    };

    view! {
        <main class="front">
            <Brand />
            <h1>"One more device"</h1>
            <form on:submit=on_submit novalidate>
                <label for="code">"The code from your other device"</label>
                <input
                    id="code"
                    data-testid="code"
                    type="text"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    enterkeyhint="go"
                    autofocus
                    value=given
                    aria-describedby="code-refusal code-hint"
                    aria-invalid=move || refusal.read().is_some().to_string()
                    node_ref=field
                    on:input=move |_| refusal.set(None)
                />
                <p id="code-refusal" class="refusal" role="alert" data-testid="code-refusal">
                    {move || refusal.get()}
                </p>
                <button class="primary" type="submit" data-testid="use-code">
                    {move || if is_busy.get() { "One moment" } else { "Come in" }}
                </button>
                <p id="code-hint" class="hint">"You find it there under Settings, Link a device."</p>
            </form>
            <p class="hint">
                "Nobody here yet? "
                <a href="/join">"Choose a name"</a>
            </p>
        </main>
    }
}
