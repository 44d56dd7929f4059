//! A room seen from inside: what it is about, who is here, its link, and the way out.

use hubbub_shared::chat::{LOBBY, User};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::modal::Modal;
use crate::components::announcer::Announce;
use crate::components::avatar::Avatar;
use crate::components::clipboard;
use crate::components::dialog::Dialog;
use crate::components::going::{use_go, use_here};
use crate::components::show::Show;
use crate::connection::Connection;
use crate::model::people;

/// The room that is open.
#[component]
pub fn People() -> impl IntoView {
    let connection = expect_context::<Connection>();
    let dialog = expect_context::<Dialog>();
    let room = use_here().get_untracked();
    let info = {
        let room = room.clone();
        Memo::new(move |_| connection.with_rooms(|rooms| rooms.get(&room).map(|room| room.info().clone())))
    };
    // It may be left on another device.
    Effect::new(move || {
        if info.read().is_none() {
            dialog.close();
        }
    });
    let name = info.read_untracked().as_ref().map(|info| info.name.clone()).unwrap_or_default();
    let topic = move || info.get().map(|info| info.topic);
    let members = move || match info.read().as_ref().map_or(0, |info| info.members) {
        1 => "One member in all.".to_owned(),
        members => format!("{members} members in all."),
    };
    let leave = (room != LOBBY).then(|| view! { <Leave room=room.clone() name=name.clone() /> });
    view! {
        <Modal title=name>
            <div class="people">
                <p class="topic" dir="auto">
                    {move || topic()}
                </p>
                <Here room=room.clone() />
                <p class="hint" data-testid="members">
                    {move || members()}
                </p>
                <CopyLink room />
                {leave}
            </div>
        </Modal>
    }
}

/// Who is here, as far as is known.
#[component]
fn Here(room: String) -> impl IntoView {
    let connection = expect_context::<Connection>();
    let me = connection.me();
    let my_id = me.id.clone();
    let people = Memo::new(move |_| {
        connection.with_rooms(|rooms| rooms.get(&room).map(|room| people::People::of(room, &me)).unwrap_or_default())
    });
    let person = move |user: User| {
        let is_me = user.id == my_id;
        view! {
            <li class="person" data-testid="person">
                <Avatar user=user.clone() />
                <bdi class="name">{user.name}</bdi>
                {is_me.then(|| view! { <span class="hint">"you"</span> })}
            </li>
        }
    };
    view! {
        <Show
            when=move || connection.is_synced().get()
            fallback=|| view! { <p class="hint">"Who is here is known when there is a connection."</p> }
        >
            <h3>"Here now"</h3>
            <ul>
                <For each=move || people.get().named key=|user| user.id.clone() children=person.clone() />
            </ul>
            <p class="hint">
                {move || Some(people.read().more).filter(|more| *more > 0).map(|more| format!("and {more} more"))}
            </p>
        </Show>
    }
}

/// The room's address, to give to others.
#[component]
fn CopyLink(room: String) -> impl IntoView {
    let link = format!("{}/r/{room}", window().location().origin().unwrap_or_default());
    let outcome = RwSignal::new(None::<bool>);
    let copy = {
        let link = link.clone();
        move |_| {
            let link = link.clone();
            spawn_local(async move { outcome.set(Some(clipboard::copy(&link).await)) });
        }
    };
    view! {
        <div class="copy-link">
            <button type="button" on:click=copy>
                "Copy link to this room"
            </button>
            <span class="hint" role="status">
                {move || match outcome.get() {
                    None => "",
                    Some(true) => "Copied.",
                    Some(false) => "Your browser doesn’t allow it. Copy it from here:",
                }}
            </span>
            <Show when=move || outcome.get() == Some(false)>
                <input type="text" readonly aria-label="Link to this room" value=link.clone() />
            </Show>
        </div>
    }
}

/// The way out, asked once.
#[component]
fn Leave(room: String, name: String) -> impl IntoView {
    let connection = expect_context::<Connection>();
    let announce = expect_context::<Announce>();
    let go = use_go();
    let asks = RwSignal::new(false);
    let is_busy = RwSignal::new(false);
    let refusal = RwSignal::new(None::<String>);
    let leave = move |_| {
        if is_busy.get_untracked() {
            return;
        }
        is_busy.set(true);
        let (room, name, go) = (room.clone(), name.clone(), go.clone());
        spawn_local(async move {
            match connection.leave_room(&room).await {
                Ok(()) => {
                    go(LOBBY);
                    announce.say(format!("You left {name}."));
                }
                Err(failed) => refusal.set(Some(failed.to_string())),
            }
            is_busy.set(false);
        });
    };
    let question = move || {
        // The focus doesn't get lost with the button that asked.
        request_animation_frame(|| crate::components::focus("#leave-now"));
        view! {
            <p id="leave-question">"Leave this room? You can come back any time."</p>
            <button
                id="leave-now"
                class="danger"
                type="button"
                aria-describedby="leave-question"
                aria-disabled=move || is_busy.get().to_string()
                data-testid="leave-now"
                on:click=leave.clone()
            >
                "Leave"
            </button>
            <button
                type="button"
                data-testid="stay"
                on:click=move |_| {
                    asks.set(false);
                    request_animation_frame(|| crate::components::focus("#leave"));
                }
            >
                "Stay"
            </button>
        }
    };
    let offer = move || {
        view! {
            <button id="leave" class="danger" type="button" data-testid="leave" on:click=move |_| asks.set(true)>
                "Leave this room"
            </button>
        }
    };
    view! {
        <div class="leave">
            {move || if asks.get() { question().into_any() } else { offer().into_any() }}
            <p class="refusal" role="alert">
                {move || refusal.get()}
            </p>
        </div>
    }
}
