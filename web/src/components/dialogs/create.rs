//! A new room.

use leptos::ev::SubmitEvent;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::modal::Modal;
use crate::components::announcer::Announce;
use crate::components::dialog::Dialog;
use crate::components::field::Field;
use crate::components::going::use_go;
use crate::components::show::Show;
use crate::connection::Connection;
use crate::model::new_room::{self, Field as FieldName, Refused};

/// Asks for a name and a topic, makes the room, and goes there.
#[component]
pub fn Create() -> impl IntoView {
    let connection = expect_context::<Connection>();
    let announce = expect_context::<Announce>();
    let dialog = expect_context::<Dialog>();
    let go = use_go();
    let (name, topic) = (NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let refused = RwSignal::new(None::<Refused>);
    let is_busy = RwSignal::new(false);

    let refuse = move |why: Refused| {
        let field = if why.field == FieldName::Topic { topic } else { name };
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
        let written = |field: NodeRef<Input>| field.get_untracked().map(|field| field.value()).unwrap_or_default();
        let (name, topic) = (written(name), written(topic));
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
    let on_write = Callback::new(move |()| refused.set(None));
    let is_taken = move || refused.read().as_ref().is_some_and(|refused| refused.is_taken);
    let find = move |_| {
        if let Some(name) = name.get_untracked() {
            dialog.open_browse_for(&name.value());
        }
    };
    let why = move |field: FieldName| refused.get().filter(|refused| refused.field == field).map(|refused| refused.why);

    view! {
        <Modal title="New room">
            <form class="create" on:submit=on_submit novalidate>
                <Field
                    id="new-name"
                    label="Name"
                    hint="new-hint"
                    autofocus=true
                    node=name
                    refusal=Signal::derive(move || why(FieldName::Name))
                    on_write
                />
                <Show when=is_taken>
                    <button type="button" data-testid="find-room" on:click=find>
                        "Show me that room"
                    </button>
                </Show>
                <Field
                    id="new-topic"
                    label="What it is about"
                    aside="(if you like)"
                    node=topic
                    refusal=Signal::derive(move || why(FieldName::Topic))
                    on_write
                />
                <p id="new-hint" class="hint">
                    "Everybody here can find the room and join it."
                </p>
                <p class="refusal" role="alert">
                    {move || why(FieldName::Neither)}
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
