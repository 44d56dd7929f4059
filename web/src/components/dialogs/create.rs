//! A new room.

use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::modal::Modal;
use crate::components::announcer::Announce;
use crate::components::going::use_go;
use crate::connection::Connection;
use crate::model::new_room::{self, Field, Refused};

/// Asks for a name and a topic, makes the room, and goes there.
#[component]
pub fn Create() -> impl IntoView {
    let connection = expect_context::<Connection>();
    let announce = expect_context::<Announce>();
    let go = use_go();
    let (name, topic) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (name_field, topic_field) = (NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let refused = RwSignal::new(None::<Refused>);
    let is_busy = RwSignal::new(false);

    let refuse = move |why: Refused| {
        let field = if why.field == Field::Topic { topic_field } else { name_field };
        // Unless it was closed in the meantime.
        if refused.try_set(Some(why)).is_none()
            && let Some(field) = field.get_untracked()
        {
            let _ = field.focus();
        }
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if is_busy.get_untracked() {
            return;
        }
        let (name, topic) = (name.get_untracked(), topic.get_untracked());
        if let Err(why) = new_room::check(&name, &topic) {
            return refuse(why);
        }
        is_busy.set(true);
        let go = go.clone();
        spawn_local(async move {
            match connection.create_room(&name, &topic).await {
                Ok(room) => {
                    go(&room);
                    announce.say(format!("You are in {} now.", name.trim()));
                }
                Err(failed) => refuse(failed.into()),
            }
            is_busy.set(false);
        });
    };
    let why = move |field: Field| refused.get().filter(|refused| refused.field == field).map(|refused| refused.why);

    view! {
        <Modal title="New room">
            <form class="create" on:submit=on_submit novalidate>
                <label for="new-name">"Name"</label>
                <input
                    id="new-name"
                    data-testid="new-name"
                    type="text"
                    dir="auto"
                    autocomplete="off"
                    autofocus
                    aria-describedby="new-name-refusal new-hint"
                    aria-invalid=move || why(Field::Name).is_some().to_string()
                    node_ref=name_field
                    bind:value=name
                    on:input=move |_| refused.set(None)
                />
                <p id="new-name-refusal" class="refusal" role="alert" data-testid="new-name-refusal">
                    {move || why(Field::Name)}
                </p>
                <label for="new-topic">
                    "What it is about " <span class="hint">"(if you like)"</span>
                </label>
                <input
                    id="new-topic"
                    data-testid="new-topic"
                    type="text"
                    dir="auto"
                    autocomplete="off"
                    aria-describedby="new-topic-refusal"
                    aria-invalid=move || why(Field::Topic).is_some().to_string()
                    node_ref=topic_field
                    bind:value=topic
                    on:input=move |_| refused.set(None)
                />
                <p id="new-topic-refusal" class="refusal" role="alert" data-testid="new-topic-refusal">
                    {move || why(Field::Topic)}
                </p>
                <p id="new-hint" class="hint">
                    "Everybody here can find the room and join it."
                </p>
                <p class="refusal" role="alert" data-testid="new-refusal">
                    {move || why(Field::Neither)}
                </p>
                <button
                    class="primary"
                    type="submit"
                    data-testid="make-room"
                    aria-disabled=move || is_busy.get().to_string()
                >
                    {move || if is_busy.get() { "One moment" } else { "Make the room" }}
                </button>
            </form>
        </Modal>
    }
}
