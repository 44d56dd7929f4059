//! Texts that the server sends back to this page alone, and how long they take.

use leptos::{ev::SubmitEvent, prelude::*};

use crate::{
    connection::Connection,
    model::{Echo, Outcome, round_trip},
};

/// A field that asks for an echo, and the echoes, the latest first.
#[component]
pub fn Echoes(
    /// The connection that the texts go over.
    connection: Connection,
) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let refusal = RwSignal::new(None);
    let echoes = connection.echoes();
    let items = move || echoes.read().iter().cloned().collect::<Vec<_>>();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if text.read_untracked().is_empty() {
            return;
        }
        let asked = connection.ask_echo(&text.read_untracked());
        if asked.is_ok() {
            text.set(String::new());
        }
        refusal.set(asked.err());
    };
    view! {
        <aside class="echoes" aria-labelledby="echoes-title">
            <h2 id="echoes-title">"Echo"</h2>
            <p id="echoes-about" class="about">"The server sends it back, to you alone."</p>
            <form on:submit=on_submit>
                <label class="visually-hidden" for="echo">
                    "Text to echo"
                </label>
                <input
                    id="echo"
                    data-testid="echo-input"
                    type="text"
                    dir="auto"
                    placeholder="Any text"
                    autocomplete="off"
                    enterkeyhint="send"
                    aria-describedby="echoes-about"
                    aria-invalid=move || refusal.get().is_some().to_string()
                    bind:value=text
                    on:input=move |_| refusal.set(None)
                />
                <button type="submit" data-testid="echo-send">
                    "Echo"
                </button>
            </form>
            <p class="refusal" role="alert">
                {move || refusal.get().map(|refusal| refusal.to_string())}
            </p>
            <ol role="log" aria-label="Echoes" tabindex="0" data-testid="echoes">
                <For each=items key=|echo| echo.id let:echo>
                    <EchoItem connection echo />
                </For>
            </ol>
        </aside>
    }
}

#[component]
fn EchoItem(connection: Connection, echo: Echo) -> impl IntoView {
    let outcome = Memo::new(move |_| connection.echoes().read().outcome(echo.id));
    view! {
        <li data-testid="echo">
            <span class="text" dir="auto">
                {echo.text}
            </span>
            {move || match outcome.get()? {
                Outcome::Waiting => Some(view! { <span class="outcome">"on its way"</span> }.into_any()),
                Outcome::Back(time) => {
                    let time = round_trip(time);
                    Some(view! { <span class="outcome back" data-testid="round-trip">{time}</span> }.into_any())
                }
                Outcome::Lost => Some(view! { <span class="outcome lost">"lost with the connection"</span> }.into_any()),
                Outcome::NotSent => Some(view! { <span class="outcome lost">"not sent"</span> }.into_any()),
            }}
        </li>
    }
}
