//! What was said in the open room, from the end upwards.
//!
//! Its style sheet lays it out from its end: it opens there, stays there when it grows or the window shrinks, and keeps its
//! place when older messages come in above, all without a script. `sight` tells the connection what the person sees.

pub mod message;
mod sight;
pub mod text;
pub mod time;

use leptos::html::Div;
use leptos::prelude::*;

use self::message::Row;
use self::sight::{Sight, Way};
use self::time::Today;
use crate::components::icon::icon;
use crate::components::show::Show;
use crate::connection::Connection;
use crate::model::markup::Names;

/// The messages of a room.
#[component]
pub fn Messages(
    /// The room's id.
    room: Memo<String>,
) -> impl IntoView {
    let connection = expect_context::<Connection>();
    let rows = connection.rows();
    let names = Memo::new(move |_| {
        connection.with_rooms(|rooms| {
            let people = rooms.get(&room.read()).into_iter().flat_map(|room| room.people());
            Names::new(&connection.me().name, people.map(|user| &*user.name))
        })
    });
    provide_context(Today::follow());
    let scroller = NodeRef::<Div>::new();
    let sight = Sight::new(connection, room, scroller);
    view! {
        <div class="messages">
            <div
                class="scroller"
                role="log"
                aria-label="Messages"
                aria-live="off"
                tabindex="0"
                data-testid="scroller"
                node_ref=scroller
                on:scroll=move |_| sight.look_soon()
            >
                <div class="list" role="list" data-testid="messages">
                    <For each=move || rows.chunks() key=|chunk| chunk.key let:chunk>
                        <div class="chunk" role="presentation">
                            <For each=move || chunk.rows.get() key=|row| row.id let:row>
                                <Row row=row.row names />
                            </For>
                        </div>
                    </For>
                </div>
                <Show when=move || connection.is_synced().get() && rows.is_empty()>
                    <p class="empty">"Nothing has been said here yet. The first message could be yours."</p>
                </Show>
            </div>
            <Show when=move || sight.way().is_some()>
                <button class="to-end" type="button" data-testid="to-end" on:click=move |_| sight.go()>
                    {move || match sight.way().map_or(0, |way| way.new) {
                        0 => "Jump to the latest".to_owned(),
                        1 => "1 new message".to_owned(),
                        new => format!("{new} new messages"),
                    }}
                    {move || icon(if sight.way().is_some_and(Way::is_up) { "#icon-up" } else { "#icon-down" })}
                </button>
            </Show>
        </div>
    }
}
