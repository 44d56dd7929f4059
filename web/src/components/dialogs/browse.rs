//! All rooms, to look through, to join, and to go to.

use std::time::Duration;

use hubbub_shared::chat::RoomInfo;
use leptos::ev::SubmitEvent;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::modal::Modal;
use crate::components::announcer::Announce;
use crate::components::arrows;
use crate::components::dialog::Dialog;
use crate::components::going::use_go;
use crate::components::show::Show;
use crate::connection::Connection;
use crate::model::browse::{self, Inquiry, Stage};

/// How long after the last key the server is asked.
const PAUSE: Duration = Duration::from_millis(200);

/// A search field, and what it finds.
#[component]
pub fn Browse() -> impl IntoView {
    let connection = expect_context::<Connection>();
    let browse = RwSignal::new(browse::Browse::default());
    let timer = StoredValue::new(None::<TimeoutHandle>);

    let ask = move |inquiry: Inquiry| {
        spawn_local(async move {
            let answer = connection.list_rooms(&inquiry.query, inquiry.after.clone()).await;
            let grown_from = browse.try_update(|browse| {
                let before = browse.found().len();
                browse.answered(&inquiry, answer);
                (browse.found().len() > before).then_some(before)
            });
            // Whoever asked for more goes on where it begins.
            if let Some(before) = grown_from.flatten().filter(|_| inquiry.after.is_some()) {
                let first = format!(".found:nth-child({}) button", before + 1);
                request_animation_frame(move || crate::components::focus(&first));
            }
        });
    };
    let update = move |question: fn(&mut browse::Browse, &str) -> Inquiry, query: &str| {
        if let Some(inquiry) = browse.try_update(|browse| question(browse, query)) {
            ask(inquiry);
        }
    };
    let look_for = move |query: String, after: Duration| {
        if let Some(waiting) = timer.get_value() {
            waiting.clear();
        }
        let timeout = set_timeout_with_handle(move || update(browse::Browse::look_for, &query), after);
        timer.set_value(timeout.ok());
    };
    let look_further = move |_| update(|browse, _| browse.look_further(), "");
    let query = RwSignal::new(expect_context::<Dialog>().sought());
    // Also when a connection is there that wasn't.
    Effect::new(move || {
        if connection.is_synced().get() || !browse.read_untracked().has_asked() {
            look_for(query.get_untracked(), Duration::ZERO);
        }
    });
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        look_for(query.get_untracked(), Duration::ZERO);
    };
    let further = move || match browse.read().stage() {
        Stage::Answered { more: true } => Some("Show more"),
        Stage::Asking { further: true } => Some("One moment"),
        Stage::Failed(_) => Some("Try again"),
        _ => None,
    };
    view! {
        <Modal title="Browse rooms">
            <div class="finder browse" on:keydown=move |event| arrows::walk(&event, "step")>
                <form role="search" on:submit=on_submit>
                    <label class="visually-hidden" for="browse-query">
                        "Find a room by its name"
                    </label>
                    <input
                        id="browse-query"
                        class="step"
                        data-testid="browse-query"
                        type="search"
                        dir="auto"
                        placeholder="Find a room by its name"
                        autocomplete="off"
                        enterkeyhint="search"
                        autofocus
                        bind:value=query
                        on:input=move |event| look_for(event_target_value(&event), PAUSE)
                    />
                </form>
                <p class="hint" role="status">
                    {move || browse.read().sentence()}
                </p>
                <ul>
                    <For each=move || browse.read().found().to_vec() key=|room| (room.id.clone(), room.members, room.topic.clone()) let:room>
                        <Found room />
                    </For>
                </ul>
                <Show when=move || further().is_some()>
                    <button class="step" type="button" data-testid="more" on:click=look_further>
                        {move || further()}
                    </button>
                </Show>
            </div>
        </Modal>
    }
}

/// One room that was found.
#[component]
fn Found(room: RoomInfo) -> impl IntoView {
    let connection = expect_context::<Connection>();
    let announce = expect_context::<Announce>();
    let go = use_go();
    let RoomInfo { id, name, topic, members, .. } = room;
    let is_mine = {
        let id = id.clone();
        Memo::new(move |_| connection.with_rooms(|rooms| rooms.get(&id).is_some()))
    };
    let refusal = RwSignal::new(None::<String>);
    let is_busy = RwSignal::new(false);
    let action = move || if is_mine.get() { "Open" } else { "Join" };
    let label = {
        let name = name.clone();
        move || format!("{} {name}", action())
    };
    let testid = format!("found-{id}");
    let enter = {
        let name = name.clone();
        move |_| {
            if is_mine.get_untracked() {
                return go(&id);
            }
            if is_busy.get_untracked() {
                return;
            }
            is_busy.set(true);
            let (id, name, go) = (id.clone(), name.clone(), go.clone());
            spawn_local(async move {
                match connection.join_room(&id).await {
                    Ok(()) => {
                        go(&id);
                        announce.say(format!("You are in {name} now."));
                    }
                    Err(failed) => refusal.set(Some(failed.to_string())),
                }
                is_busy.set(false);
            });
        }
    };
    view! {
        <li class="found" data-testid=testid>
            <div class="about">
                <p class="name" dir="auto">
                    {name}
                </p>
                <p class="topic" dir="auto">
                    {topic}
                </p>
                <p class="hint">{if members == 1 { "One member".to_owned() } else { format!("{members} members") }}</p>
                <p class="refusal" role="alert">
                    {move || refusal.get()}
                </p>
            </div>
            <button
                class="step"
                class:join=move || !is_mine.get()
                type="button"
                aria-label=label
                aria-disabled=move || is_busy.get().to_string()
                data-testid="enter"
                on:click=enter
            >
                {move || action()}
            </button>
        </li>
    }
}
