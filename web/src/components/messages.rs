//! The list of messages. Its style sheet keeps it at its end while it is there.

use leptos::{
    html::{Div, Textarea},
    prelude::*,
};

use super::composer;
use crate::{
    connection::Connection,
    model::{Doubt, Entry, EntryId, State},
};

/// What was said.
#[component]
pub fn Messages(
    /// The connection that the messages went over.
    connection: Connection,
    /// Takes the focus from a button that goes.
    composer: NodeRef<Textarea>,
) -> impl IntoView {
    let timeline = connection.timeline();
    let entries = move || timeline.read().entries().cloned().collect::<Vec<_>>();
    let is_empty = move || timeline.read().entries().next().is_none();
    let scroller = NodeRef::<Div>::new();

    // Whoever has said something wants to see it. The scroller counts from its end, so that is at 0.
    let last_outgoing = Memo::new(move |_| timeline.read().last_outgoing());
    Effect::new(move || {
        if last_outgoing.get().is_some()
            && let Some(scroller) = scroller.get_untracked()
        {
            scroller.set_scroll_top(0);
        }
    });

    view! {
        <div class="messages" role="log" aria-label="Messages" tabindex="0" node_ref=scroller>
            <ol data-testid="messages">
                <For each=entries key=|entry| entry.id let:entry>
                    <Message connection composer entry />
                </For>
            </ol>
            <Show when=is_empty>
                <p class="empty">"Nothing has been said yet. What you write goes to everyone who is here."</p>
            </Show>
        </div>
    }
}

/// One message. Others' never change; an own one follows its state.
#[component]
fn Message(connection: Connection, composer: NodeRef<Textarea>, entry: Entry) -> impl IntoView {
    let Entry { id, text, own } = entry;
    let timeline = connection.timeline();
    let state: Signal<State> =
        if own { Memo::new(move |_| timeline.read().state(id)).into() } else { Signal::stored(State::Received) };
    view! {
        <li class="message" class:own=own data-testid="message" data-state=move || state.get().name()>
            {own.then(|| view! { <span class="visually-hidden">"You: "</span> })}
            <p class="text" dir="auto" data-testid="text">
                {text}
            </p>
            {own.then(|| view! { <Progress connection composer id state /> })}
        </li>
    }
}

/// How far an own message has come, until it has arrived.
#[component]
fn Progress(connection: Connection, composer: NodeRef<Textarea>, id: EntryId, state: Signal<State>) -> impl IntoView {
    let again = move |_| {
        connection.say_again(id);
        composer::focus(composer);
    };
    let discard = move |_| {
        connection.discard(id);
        composer::focus(composer);
    };
    let doubt = move |sentence| {
        view! {
            <div class="doubt">
                <p>{sentence}</p>
                <button type="button" data-testid="again" on:click=again>
                    "Send again"
                </button>
                <button type="button" data-testid="discard" on:click=discard>
                    "Discard"
                </button>
            </div>
        }
        .into_any()
    };
    move || match state.get() {
        State::Pending => view! { <p class="progress">"Sending"</p> }.into_any(),
        State::Accepted => view! { <p class="progress">"Sent"</p> }.into_any(),
        State::Received => ().into_any(),
        State::Unconfirmed(Doubt::NotSent) => doubt("This was not sent."),
        State::Unconfirmed(Doubt::NoAnswer) => doubt("This may not have arrived."),
    }
}
