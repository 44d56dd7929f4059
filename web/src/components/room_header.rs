//! The head of a room: its name, its topic, and who is here.

use leptos::prelude::*;

use crate::components::dialog::{Dialog, Which};
use crate::components::icon::icon;
use crate::components::wire::WireButton;
use crate::connection::Connection;

/// The head of a room.
#[component]
pub fn RoomHeader(
    /// The room's id.
    room: Memo<String>,
    /// Its name; of a room that isn't mine, its id.
    name: Memo<String>,
) -> impl IntoView {
    let connection = expect_context::<Connection>();
    let dialog = expect_context::<Dialog>();
    let topic = Memo::new(move |_| {
        connection.with_rooms(|rooms| rooms.get(&room.read()).map(|room| room.info().topic.clone()))
    });
    let unread = Memo::new(move |_| connection.with_rooms(|rooms| rooms.unread()));
    let here = Memo::new(move |_| {
        let here = connection.with_rooms(|rooms| rooms.get(&room.read()).map(|room| room.online_count()));
        // Who was here is no news.
        if connection.is_synced().get() { here } else { here.map(|_| 0) }
    });
    view! {
        <header class="room-header">
            <button
                class="icon-button to-rooms"
                type="button"
                data-testid="to-rooms"
                aria-label=move || match unread.read().messages {
                    0 => "Rooms".to_owned(),
                    unread => format!("Rooms, {unread} unread"),
                }
                aria-controls="rooms"
                aria-expanded=move || dialog.rooms_are_open().to_string()
                on:click=move |_| dialog.toggle_rooms()
            >
                {icon("#icon-menu")}
                <span
                    class="dot"
                    class:mention=move || { unread.read().mentions > 0 }
                    hidden=move || unread.read().messages == 0
                ></span>
            </button>
            <div class="title">
                <h1 dir="auto" data-testid="room-name">
                    {move || name.get()}
                </h1>
                <p class="topic" dir="auto">
                    {move || topic.get()}
                </p>
            </div>
            <button
                class="people-button"
                type="button"
                data-testid="people"
                aria-haspopup="dialog"
                on:click=move |_| dialog.open(Which::People)
            >
                {move || match here.get() {
                    // Who is here is not remembered.
                    Some(0) => Some("About".to_owned()),
                    here => here.map(|here| format!("{here} here")),
                }}
            </button>
            <WireButton />
        </header>
    }
}
