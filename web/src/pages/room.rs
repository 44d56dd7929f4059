//! `/r/:room`: one room.

use leptos::prelude::*;

use crate::attention;
use crate::components::composer::Composer;
use crate::components::door::Door;
use crate::components::going::focus_composer_soon;
use crate::components::messages::Messages;
use crate::components::room_header::RoomHeader;
use crate::components::show::Show;
use crate::components::typing::Typing;
use crate::connection::{Connection, memory};
use crate::model::link::Link;

/// What was said in the room, and where to say more; for whoever isn't in it, how to get in.
#[component]
pub fn Room(
    /// The room's id.
    room: Memo<String>,
) -> impl IntoView {
    let connection = expect_context::<Connection>();
    Effect::new(move || connection.open_room(&room.read()));
    on_cleanup(move || connection.close_room());

    let name = Memo::new(move |_| {
        let name = connection.with_rooms(|rooms| rooms.get(&room.read()).map(|room| room.info().name.clone()));
        // A room of mine has another name than its id, and at first nobody knows which are mine.
        let is_known = connection.is_synced().get() || *connection.link().read() != Link::Connecting;
        name.unwrap_or_else(|| if is_known { room.get() } else { String::new() })
    });
    attention::name_in_title(connection, name);

    let is_mine = Memo::new(move |_| connection.with_rooms(|rooms| rooms.get(&room.read()).is_some()));
    Effect::new(move || {
        room.track();
        if is_mine.get() {
            memory::set_last_room(&room.read());
            focus_composer_soon();
        }
    });
    view! {
        <RoomHeader room name />
        <Show when=move || is_mine.get() fallback=move || view! { <Door room /> }>
            <Messages room />
            <Typing room />
            <Composer room />
        </Show>
    }
}
