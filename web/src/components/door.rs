//! A room that isn't mine yet, or that nobody has.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::connection::Connection;

/// Says that one isn't in the room, and lets one in.
#[component]
pub fn Door(
    /// The room's id.
    room: Memo<String>,
) -> impl IntoView {
    let connection = expect_context::<Connection>();
    let refusal = RwSignal::new(None::<String>);
    let join = move |_| {
        let room = room.get_untracked();
        spawn_local(async move {
            if let Err(failed) = connection.join_room(&room).await {
                refusal.set(Some(failed.to_string()));
            }
        });
    };
    // Before the server has told which rooms are mine there is nothing to say.
    view! {
        <div class="door">
            <Show when=move || connection.is_synced().get()>
                <p>"You’re not in this room yet."</p>
                <button class="primary" type="button" data-testid="join-room" on:click=join>
                    "Join the room"
                </button>
                <p class="refusal" role="alert">
                    {move || refusal.get()}
                </p>
            </Show>
        </div>
    }
}
