//! How what the server knows and what is here meet, after each connection.
//!
//! Messages come live from the first moment, before anybody knows in which rooms I am; `sync` tells the rest. What happens
//! while it is under way counts: it is later than what its answer says.

use std::collections::BTreeMap;

use hubbub_shared::chat::request::{Sync, Synced};
use hubbub_shared::chat::{RoomState, User};

use super::Session;
use crate::model::backoff::Backoff;
use crate::model::outbox::Failure;
use crate::model::sorted::SortedSet;

/// How far the session and the server are from each other.
#[derive(Debug)]
pub(super) enum Link {
    /// There is no connection.
    Down,
    /// There is one, and it is to be asked, perhaps after a pause.
    ToSync(Backoff),
    /// It was asked.
    Syncing(Meanwhile),
    /// What is here follows what is there.
    Synced,
    /// For ever.
    Over(Ended),
}

/// What was said in the question, and what happened since.
#[derive(Debug, Default)]
pub(super) struct Meanwhile {
    held: BTreeMap<String, u64>,
    pub(super) joined: SortedSet<String>,
    pub(super) left: SortedSet<String>,
    /// How often it was asked in vain before.
    pub(super) pause: Backoff,
}

/// Why nothing comes after this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// Signed out, here or elsewhere.
    SignedOut,
    /// The connection is another user's. Theirs is another session.
    AnotherUser(User),
}

impl Session {
    /// There is a new connection.
    pub fn connected(&mut self) {
        self.disconnected();
        if !matches!(self.link, Link::Over(_)) {
            self.closing = None;
            self.link = Link::ToSync(Backoff::default());
        }
    }

    /// The connection is gone. What was asked won't be answered.
    pub fn disconnected(&mut self) {
        self.asked.clear();
        self.types_in = None;
        self.outbox.close();
        self.reads.disconnected();
        self.timelines.values_mut().for_each(super::Timeline::disconnected);
        if !matches!(self.link, Link::Over(_)) {
            self.link = Link::Down;
        }
    }

    /// Whether what is here follows what is there.
    #[must_use]
    pub fn is_synced(&self) -> bool {
        matches!(self.link, Link::Synced)
    }

    /// Why it is over, if it is.
    #[must_use]
    pub fn ended(&self) -> Option<&Ended> {
        match &self.link {
            Link::Over(ended) => Some(ended),
            _ => None,
        }
    }

    pub(super) fn next_sync(&mut self, now: u64) -> Option<Sync> {
        let Link::ToSync(pause) = &self.link else { return None };
        if !pause.is_over(now) {
            return None;
        }
        let pause = pause.clone();
        // Of rooms that aren't mine nothing is told. What is known to be missing at the end can be asked for later.
        let held = |id: &String| Some((id.clone(), self.timelines.get(id)?.last()?));
        // Not collected: that sorts in a way of its own, which a browser would have to load.
        let mut rooms = BTreeMap::new();
        rooms.extend(self.rooms.ids().filter_map(held));
        self.link = Link::Syncing(Meanwhile { held: rooms.clone(), pause, ..Meanwhile::default() });
        Some(Sync { rooms })
    }

    pub(super) fn not_synced(&mut self, now: u64, retry_after_ms: Option<u64>) {
        if let Link::Syncing(meanwhile) = &mut self.link {
            let mut pause = std::mem::take(&mut meanwhile.pause);
            pause.failed(now, retry_after_ms);
            self.link = Link::ToSync(pause);
        }
    }

    pub(super) fn synced(&mut self, synced: Synced) {
        if synced.user.id != self.me.id {
            self.disconnected();
            self.link = Link::Over(Ended::AnotherUser(synced.user));
            return;
        }
        let Link::Syncing(meanwhile) = std::mem::replace(&mut self.link, Link::Synced) else { return };
        let is_another_store = self.store().is_some_and(|store| store != synced.store);
        for id in self.outbox.set_store(&synced.store) {
            self.timelines.values_mut().for_each(|timeline| timeline.failed(id, Failure::StoreReplaced));
        }
        if is_another_store {
            self.reads.forget_all();
            self.timelines.values_mut().for_each(super::Timeline::forget);
        }

        let mine: SortedSet<_> = synced
            .rooms
            .iter()
            .map(|state| &state.info.id)
            .chain(meanwhile.joined.keys())
            .map(|id| (id.clone(), ()))
            .collect();
        // Who is spoken to live in a room is in it, whatever the answer says: it will be told.
        let unheard = self.timelines.iter().filter(|(_, timeline)| !timeline.is_live()).map(|(room, _)| room);
        let known = self.rooms.ids().chain(unheard);
        let gone: Vec<_> = known.filter(|room| !mine.contains(*room)).cloned().collect();
        for room in gone {
            self.drop_room(&room);
        }
        for state in synced.rooms {
            if !meanwhile.left.contains(&state.info.id) {
                let held = meanwhile.held.get(&state.info.id).copied().filter(|_| !is_another_store);
                self.take_state(state, held, is_another_store);
            }
        }
        self.outbox.open();
    }

    /// A room as the server saw it. `fresh`: what was known of it is of another store.
    pub(super) fn take_state(&mut self, state: RoomState, held: Option<u64>, fresh: bool) {
        let (id, head) = (state.info.id.clone(), state.info.head);
        let fresh = fresh || held.is_some_and(|held| held > head);
        let is_new = fresh || self.rooms.get(&id).is_none();
        let was_read = self.rooms.get(&id).is_some_and(|room| room.unread() == 0);
        if fresh {
            self.reads.forget(&id);
        }
        self.rooms.state(&state, fresh);
        self.said(&id, &state.messages);
        self.timeline_mut(&id).snapshot(state, held);
        // What was heard before it was known that the room is mine.
        if let Some(timeline) = self.timelines.get(&id) {
            self.rooms.said(&id, timeline.after(head).map(|message| &**message));
        }
        // What was said while there was no connection is new as well.
        let brings_new = was_read && self.rooms.get(&id).is_some_and(|room| room.unread() > 0);
        if (is_new || brings_new) && self.open.as_ref() == Some(&id) {
            self.mark_unread();
        }
    }

    /// A room isn't mine any more. If it is open, its view stays, and shows what I said there in vain.
    pub(super) fn drop_room(&mut self, room: &str) {
        self.rooms.remove(room);
        self.reads.forget(room);
        self.typed.remove(room);
        if self.open.as_deref() != Some(room) {
            self.timelines.remove(room);
        } else if let Some(timeline) = self.timelines.get_mut(room) {
            timeline.disconnected();
            timeline.forget();
        }
    }
}
