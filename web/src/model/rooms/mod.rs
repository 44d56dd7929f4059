//! My rooms, as the list of rooms, the title and the favicon show them. What is said in one stands in its
//! [timeline](super::timeline).

mod mention;
mod room;
mod typists;

use hubbub_shared::chat::event::{Presence, UserTyping};
use hubbub_shared::chat::{LOBBY, Message, RoomInfo, RoomState, User};

pub use self::{mention::Mentions, room::Room};
use super::sort::{name_key, sorted_by_key};
use super::sorted::{SortedMap, SortedSet};

/// The rooms of which I'm a member.
#[derive(Debug, Clone)]
pub struct Rooms {
    me: User,
    mentions: Mentions,
    by_id: SortedMap<String, Room>,
    /// Those that changed, came or went since somebody asked last.
    changed: SortedSet<String>,
}

/// What is unread, of all rooms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Unread {
    /// How many messages.
    pub messages: u64,
    /// How many of them mention me.
    pub mentions: usize,
}

impl Rooms {
    /// No room yet.
    #[must_use]
    pub fn new(me: User) -> Self {
        let mentions = Mentions::of(&me.name);
        Self { me, mentions, by_id: SortedMap::default(), changed: SortedSet::default() }
    }

    /// One of my rooms.
    #[must_use]
    pub fn get(&self, room: &str) -> Option<&Room> {
        self.by_id.get(room)
    }

    /// Their ids.
    pub fn ids(&self) -> impl Iterator<Item = &String> {
        self.by_id.keys()
    }

    /// As they are listed: the lobby first, then by name. So none moves while somebody reaches for it.
    #[must_use]
    pub fn listed(&self) -> Vec<&Room> {
        let rooms: Vec<_> = self.by_id.values().collect();
        sorted_by_key(rooms, |room| (room.info.id != LOBBY, name_key(&room.info.name), room.info.id.clone()))
    }

    /// Their ids, in that order.
    #[must_use]
    pub fn listed_ids(&self) -> Vec<String> {
        self.listed().into_iter().map(|room| room.info.id.clone()).collect()
    }

    /// What is unread, of all of them.
    #[must_use]
    pub fn unread(&self) -> Unread {
        self.by_id.values().fold(Unread::default(), |sum, room| Unread {
            messages: sum.messages.saturating_add(room.unread()),
            mentions: sum.mentions + room.mentions(),
        })
    }

    /// Whether this message speaks to me.
    #[must_use]
    pub fn is_mention(&self, message: &Message) -> bool {
        message.author.id != self.me.id && self.mentions.are_in(&message.text)
    }

    /// The ids of those that changed, came or went since this was asked last.
    pub fn take_changed(&mut self) -> SortedSet<String> {
        std::mem::take(&mut self.changed)
    }

    /// A room as the server saw it: one of mine from now on. A `fresh` one replaces what was known.
    pub(super) fn state(&mut self, state: &RoomState, fresh: bool) {
        if fresh {
            self.by_id.remove(&state.info.id);
        }
        self.by_id.get_or_insert_with(state.info.id.clone(), || Room::new(state.info.clone())).state(state);
        self.said(&state.info.id, &state.messages);
        self.changed.add(state.info.id.clone());
    }

    /// A room that isn't mine any more.
    pub(super) fn remove(&mut self, room: &str) {
        if self.by_id.remove(room).is_some() {
            self.changed.add(room.to_owned());
        }
    }

    /// Its topic or its members changed. Of rooms that aren't mine there is nothing to know.
    pub(super) fn changed(&mut self, info: RoomInfo) {
        self.change(&info.id.clone(), |room| {
            room.changed(info);
            true
        });
    }

    pub(super) fn presence(&mut self, presence: Presence) {
        self.change(&presence.room.clone(), |room| {
            room.presence(presence);
            true
        });
    }

    pub(super) fn typing(&mut self, typing: UserTyping, now: u64) {
        if typing.user.id != self.me.id {
            self.change(&typing.room, |room| room.typists.heard(typing.user, now));
        }
    }

    /// Messages of a room, live or from its history.
    pub(super) fn said<'a>(&mut self, room: &str, messages: impl IntoIterator<Item = &'a Message>) {
        let Some(of) = self.by_id.get_mut(room) else { return };
        for message in messages {
            let may_be_mention = message.seq > of.read && message.author.id != self.me.id;
            of.said(message, may_be_mention && self.mentions.are_in(&message.text));
        }
        self.changed.add(room.to_owned());
    }

    /// I have read a room up to here, on whatever device. Tells whether I hadn't.
    pub(super) fn read(&mut self, room: &str, seq: u64) -> bool {
        self.change(room, |room| room.read_to(seq))
    }

    /// Time has passed.
    pub(super) fn expire(&mut self, now: u64) {
        for (id, room) in self.by_id.iter_mut() {
            if room.typists.expire(now) {
                self.changed.add(id.clone());
            }
        }
    }

    /// When somebody stops counting as typing.
    pub(super) fn expires_at(&self) -> Option<u64> {
        self.by_id.values().filter_map(|room| room.typists.expires_at()).min()
    }

    /// Does something to one of my rooms that tells whether it changed.
    fn change(&mut self, room: &str, act: impl FnOnce(&mut Room) -> bool) -> bool {
        let changes = self.by_id.get_mut(room).is_some_and(act);
        if changes {
            self.changed.add(room.to_owned());
        }
        changes
    }
}

#[cfg(test)]
mod tests;
