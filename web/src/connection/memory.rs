//! What a later visit begins with, before the server says anything: what was said last in my rooms, and which was open.

use std::cmp::Reverse;

use hubbub_shared::chat::{RoomState, User};
use leptos::prelude::*;

use super::{Connection, browser};
use crate::json;
use crate::listen;
use crate::model::outbox::Owner;
use crate::model::session::Session;
use crate::model::sort::sorted_by_key;
use crate::storage;

/// The id of the server's store.
const STORE: &str = "hubbub.store";
/// The room that was open last.
const LAST_ROOM: &str = "hubbub.last-room";
/// What was said last in a room: its id follows.
const ROOM: &str = "hubbub.room.";

/// How many messages are remembered of a room.
const MOST: u64 = 60;
/// How many bytes are remembered, of all rooms. A browser keeps five million characters.
const MOST_BYTES: usize = 2_000_000;

/// The room that was open last.
#[must_use]
pub fn last_room() -> Option<String> {
    storage::get(LAST_ROOM)
}

/// This room is open.
pub fn set_last_room(room: &str) {
    storage::set(LAST_ROOM, room);
}

/// The session as it was when the page was here last.
pub(super) fn session(me: User) -> Session {
    let letters = storage::all(Owner::ALL);
    let letters = letters.iter().map(|(key, value)| (&**key, &**value));
    let mut session = Session::new(me, storage::get(STORE), letters, browser::offset);
    let rooms = storage::all(ROOM).into_iter();
    for state in rooms.filter_map(|(_, state)| json::read::<RoomState>(&state)) {
        session.remember(state);
    }
    session
}

impl Connection {
    /// Remembers whenever the page may be about to go: a phone gives no other notice than that it is hidden.
    pub(super) fn remember_at_the_end(self) {
        listen::to(&window(), leptos::ev::pagehide, move |_| self.remember());
        listen::to(&document(), leptos::ev::visibilitychange, move |_| {
            if document().hidden() {
                self.remember();
            }
        });
    }

    fn remember(self) {
        self.session.with_value(|session| {
            let Some(store) = session.store().filter(|_| session.ended().is_none()) else { return };
            storage::set(STORE, store);
            let mut bytes = 0;
            // The busiest first, where not all have room.
            let rooms = sorted_by_key(session.rooms().listed(), |room| Reverse(room.last().map(|message| message.at)));
            let states = rooms.iter().filter_map(|room| session.to_remember(&room.info().id, MOST));
            let kept: Vec<_> = states
                .filter_map(|state| Some((format!("{ROOM}{}", state.info.id), serde_json::to_string(&state).ok()?)))
                .take_while(|(_, state)| {
                    bytes += state.len();
                    bytes <= MOST_BYTES
                })
                .collect();
            for (key, _) in storage::all(ROOM) {
                if !kept.iter().any(|(kept, _)| *kept == key) {
                    storage::remove(&key);
                }
            }
            kept.iter().for_each(|(key, state)| storage::set(key, state));
        });
    }
}
