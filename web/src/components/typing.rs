//! Who is typing in the room, in the line between the messages and the field.
//!
//! It isn't read aloud of itself: it changes all the time, and says nothing that the message itself won't. Whoever goes
//! there hears it. The line is there also while nobody types, so that nothing moves.

use leptos::prelude::*;

use crate::connection::Connection;

/// How many are named.
const NAMED: usize = 2;

/// The line.
#[component]
pub fn Typing(
    /// The room's id.
    room: Memo<String>,
) -> impl IntoView {
    let connection = expect_context::<Connection>();
    let names = Memo::new(move |_| {
        connection.with_rooms(|rooms| {
            let room = rooms.get(&room.read())?;
            Some(room.typing().take(NAMED + 1).map(|user| user.name.clone()).collect::<Vec<_>>())
        })
    });
    // A name may be of any direction and length.
    let name = |name: &String| view! { <bdi class="name">{name.clone()}</bdi> };
    view! {
        <p class="typing" data-testid="typing">
            {move || match names.get().unwrap_or_default().as_slice() {
                [] => None,
                [one] => Some(view! { {name(one)} " is typing" }.into_any()),
                [one, other] => Some(view! { {name(one)} " and " {name(other)} " are typing" }.into_any()),
                _ => Some("Several people are typing".into_any()),
            }}
        </p>
    }
}
