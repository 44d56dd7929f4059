//! Texts that the server sends back to this page alone, and how long they take.

use std::time::Duration;

use hubbub_client::{Client, EmitError, Listener, Status};
use hubbub_shared::{
    classic::{Classic, ServerMessage},
    client::TypedSocket,
};
use leptos::{ev::SubmitEvent, prelude::*};

use crate::model::{
    Draft,
    wire::{Echo, Echoes, Outcome, round_trip},
};

/// The classic namespace, joined for the first echo and left with the panel; and what became of each echo.
#[derive(Clone, Copy)]
struct Echoing {
    socket: StoredValue<TypedSocket<Classic>, LocalStorage>,
    echoes: RwSignal<Echoes>,
}

impl Echoing {
    fn on(client: StoredValue<Client, LocalStorage>) -> Self {
        let echoing =
            Self { socket: StoredValue::new_local(client.with_value(TypedSocket::of)), echoes: RwSignal::default() };
        let listeners = echoing.socket.with_value(|socket| {
            let came = socket.on(move |ServerMessage(text)| {
                echoing.echoes.write().receive(&text, now());
            });
            [came, socket.socket().on_status(move |status| echoing.follow(status))]
        });
        let listeners = StoredValue::new_local(listeners);
        on_cleanup(move || {
            listeners.with_value(|listeners| listeners.iter().for_each(Listener::remove));
            echoing.socket.with_value(|socket| socket.socket().disconnect());
        });
        echoing
    }

    fn ask(self, text: String) {
        self.echoes.write().ask(text.into());
        self.socket.with_value(|socket| socket.socket().connect());
        self.send();
    }

    /// Sends what waits, if the namespace is joined.
    fn send(self) {
        let mut echoes = self.echoes.write();
        while let Some(Echo { id, text, .. }) = echoes.next_to_send().cloned() {
            let sent = self.socket.with_value(|socket| socket.send(&ServerMessage(text.as_ref().into())));
            match sent {
                Ok(()) => echoes.sent(id, now()),
                Err(EmitError::NotConnected) => break,
                Err(_) => echoes.not_sent(id),
            }
        }
    }

    fn follow(self, status: &Status) {
        match status {
            Status::Connected { .. } => self.send(),
            Status::Disconnected { .. } => {
                let mut echoes = self.echoes.write();
                echoes.link_lost();
                echoes.refused();
            }
            _ => self.echoes.write().link_lost(),
        }
    }
}

/// The time, counted from when the page began.
fn now() -> Duration {
    let milliseconds = window().performance().map_or(0.0, |performance| performance.now());
    Duration::from_micros((milliseconds * 1_000.0) as u64)
}

/// A field that asks for an echo, and the echoes, the latest at the end.
#[component]
pub fn EchoBox(
    /// On whose connection the texts go.
    client: StoredValue<Client, LocalStorage>,
) -> impl IntoView {
    let echoing = Echoing::on(client);
    let echoes = echoing.echoes;
    let text = RwSignal::new(String::new());
    let refusal = RwSignal::new(None);
    let item = |echo: &Echo| {
        let (outcome, class) = outcome(echo.outcome());
        view! {
            <li data-testid="echo">
                <span class="text" dir="auto">
                    {echo.text.clone()}
                </span>
                <span class=class>
                    {outcome}
                </span>
            </li>
        }
    };
    let items = move || echoes.read().iter().map(item).collect::<Vec<_>>();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if text.read_untracked().is_empty() {
            return;
        }
        let checked = Draft(&text.read_untracked()).checked();
        refusal.set(checked.as_ref().err().copied());
        if let Ok(checked) = checked {
            text.set(String::new());
            echoing.ask(checked);
        }
    };
    view! {
        <section class="echoes" aria-labelledby="echoes-title">
            <h3 id="echoes-title">"Echo"</h3>
            <p id="echoes-about" class="about">
                "The server sends "
                <code>"server_message"</code>
                " back to you alone, on the namespace "
                <code>"/"</code>
                "."
            </p>
            <form on:submit=on_submit>
                <input
                    id="echo"
                    data-testid="echo-input"
                    type="text"
                    dir="auto"
                    placeholder="Any text"
                    autocomplete="off"
                    enterkeyhint="send"
                    aria-label="Text to echo"
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
            <div class="log" role="log" aria-label="Echoes" tabindex="0">
                <ol data-testid="echoes">{items}</ol>
            </div>
        </section>
    }
}

/// What became of an echo, and whether that is good.
fn outcome(outcome: Outcome) -> (String, &'static str) {
    match outcome {
        Outcome::Queued => ("waits for the namespace".into(), "outcome"),
        Outcome::UnderWay => ("on its way".into(), "outcome"),
        Outcome::Back(time) => (round_trip(time), "outcome back"),
        Outcome::Lost => ("lost with the connection".into(), "outcome lost"),
        Outcome::NotSent => ("not sent".into(), "outcome lost"),
    }
}
