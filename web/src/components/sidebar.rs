//! My rooms, at the side of the page; on a phone in a drawer.

use hubbub_shared::chat::RoomInfo;
use leptos::html::Aside;
use leptos::prelude::*;

use crate::components::avatar::Avatar;
use crate::components::badge::Badge;
use crate::components::brand::Brand;
use crate::components::dialog::{Dialog, Which};
use crate::components::going::use_here;
use crate::components::icon::icon;
use crate::components::shortcuts::{COMMAND, label};
use crate::components::{arrows, drawer};
use crate::connection::Connection;

/// The list of rooms, what to do about rooms, and who I am.
#[component]
pub fn Sidebar() -> impl IntoView {
    let connection = expect_context::<Connection>();
    let dialog = expect_context::<Dialog>();
    let ids = Memo::new(move |_| connection.with_rooms(|rooms| rooms.listed_ids()));
    let me = connection.me();
    let node = NodeRef::<Aside>::new();
    drawer::make(node);
    let here = use_here();
    Effect::new(move || {
        ids.track();
        here.track();
        request_animation_frame(|| super::bring_into_sight("#rooms [aria-current=page]"));
    });
    view! {
        <aside id="rooms" class="sidebar" class:open=move || dialog.rooms_are_open() node_ref=node>
            <Brand />
            <button
                class="icon-button close-rooms"
                type="button"
                data-testid="close-rooms"
                aria-label="Close the list of rooms"
                on:click=move |_| dialog.close_rooms()
            >
                {icon("#icon-close")}
            </button>
            <nav aria-label="Rooms" on:keydown=move |event| arrows::walk(&event, "room-link")>
                <ul data-testid="rooms">
                    <For each=move || ids.get() key=|id| id.clone() let:id>
                        <RoomLink id here />
                    </For>
                </ul>
            </nav>
            <div class="room-actions">
                <button type="button" on:click=move |_| dialog.open(Which::Switcher)>
                    "Go to a room"
                    <span class="keys" aria-hidden="true">
                        <kbd>{label(COMMAND)}</kbd>
                        " "
                        <kbd>"K"</kbd>
                    </span>
                </button>
                <button type="button" data-testid="browse" on:click=move |_| dialog.open(Which::Browse)>
                    "Browse rooms"
                </button>
                <button type="button" data-testid="create" on:click=move |_| dialog.open(Which::Create)>
                    "New room"
                </button>
            </div>
            <footer>
                <Avatar user=me.clone() />
                <span class="name" dir="auto" data-testid="me">
                    {me.name}
                </span>
                <button
                    class="icon-button"
                    type="button"
                    data-testid="settings"
                    aria-label="Settings"
                    on:click=move |_| dialog.open(Which::Settings)
                >
                    {icon("#icon-settings")}
                </button>
            </footer>
        </aside>
    }
}

/// What a room's link shows.
#[derive(Clone, PartialEq)]
struct Line {
    name: String,
    unread: u64,
    mentions: usize,
}

/// One room.
#[component]
fn RoomLink(id: String, here: Memo<String>) -> impl IntoView {
    let connection = expect_context::<Connection>();
    let dialog = expect_context::<Dialog>();
    let room = id.clone();
    let is_here = move || (*here.read() == room).then_some("page");
    let href = format!("/r/{id}");
    let testid = format!("room-{id}");
    let line = Memo::new(move |_| {
        connection.with_rooms(|rooms| {
            rooms.get(&id).map(|room| {
                let RoomInfo { name, .. } = room.info();
                Line { name: name.clone(), unread: room.unread(), mentions: room.mentions() }
            })
        })
    });
    let name = move || line.get().map(|line| line.name);
    let is_unread = move || line.read().as_ref().is_some_and(|line| line.unread > 0);
    let badge = move || line.get().map(|Line { unread, mentions, .. }| view! { <Badge unread mentions /> });
    view! {
        <li>
            <a href=href class="room-link" data-testid=testid aria-current=is_here on:click=move |_| dialog.close_rooms()>
                <span class="name" class:unread=is_unread dir="auto">
                    {move || name()}
                </span>
                {move || badge()}
            </a>
        </li>
    }
}
