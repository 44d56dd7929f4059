//! What a member of rooms holds of them: put together from events, `sync` and `history`, as a page does it.
//!
//! It has no connection and no clock: it is told what came, and says what to ask for. It is strict. What the contract rules
//! out, such as a gap between two events of one connection, it takes down as a [`Fault`].

use std::collections::BTreeMap;
use std::iter::Sum;

use hubbub_shared::chat::Message;
use hubbub_shared::chat::event::Messages;
use hubbub_shared::chat::request::{Page, Synced};
use serde::Serialize;

/// All rooms of one connection's user, each from its first message on.
#[derive(Debug, Default)]
pub struct Timeline {
    store: Option<String>,
    rooms: BTreeMap<String, Room>,
    /// Counts the connections, so that the answer to an earlier one is known as such.
    connection: u64,
    /// The last connection that was brought up to date.
    synced: u64,
    pub counts: Counts,
    pub faults: Vec<Fault>,
}

/// How often what happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub syncs: u64,
    /// Rooms that were behind when an event came, and were filled up.
    pub gaps_healed: u64,
    /// Messages that came once more.
    pub seen_again: u64,
    /// Rooms dropped because another store answered.
    pub dropped: u64,
}

impl Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), |all, one| Self {
            syncs: all.syncs + one.syncs,
            gaps_healed: all.gaps_healed + one.gaps_healed,
            seen_again: all.seen_again + one.seen_again,
            dropped: all.dropped + one.dropped,
        })
    }
}

/// What must not be, whatever the network does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Fault {
    /// Two events of one connection, or two messages of one event, do not follow each other.
    LiveGap { room: String, after: u64, came: u64 },
    /// The messages of a reply do not follow each other, or what was asked for.
    PageGap { room: String, after: u64, came: u64 },
    /// A seq came again, and was another message.
    Changed { room: String, seq: u64 },
    /// A message came in a list of another room.
    Astray { room: String, says: String, seq: u64 },
    /// There should be more, and nothing came.
    NoMore { room: String, after: u64 },
    /// The store is another one.
    OtherStore { was: String, is: String },
}

/// What to ask the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// To be brought up to date, holding this.
    Sync { connection: u64, held: BTreeMap<String, u64> },
    /// For what comes after this.
    History { room: String, after: u64 },
}

#[derive(Debug, Default)]
struct Room {
    /// Seq 1, 2, 3 …
    held: Vec<Message>,
    /// What came before what precedes it.
    ahead: BTreeMap<u64, Message>,
    /// The seq of the last event of this connection.
    live: Option<u64>,
    /// The server said that there is more.
    more: bool,
}

impl Room {
    fn head(&self) -> u64 {
        self.held.len() as u64
    }

    /// Takes a message in its place. Whether it was one that was held and is another now.
    fn take(&mut self, message: &Message, counts: &mut Counts) -> bool {
        let seq = message.seq;
        let place = usize::try_from(seq).unwrap_or(usize::MAX).wrapping_sub(1);
        if let Some(held) = self.held.get(place).or_else(|| self.ahead.get(&seq)) {
            counts.seen_again += 1;
            return held != message;
        }
        self.ahead.insert(seq, message.clone());
        while let Some(next) = self.ahead.remove(&(self.head() + 1)) {
            self.held.push(next);
        }
        false
    }
}

/// Takes it down, once: what is wrong in the history is seen each time that somebody asks.
fn note(faults: &mut Vec<Fault>, fault: Fault) {
    if !faults.contains(&fault) {
        faults.push(fault);
    }
}

impl Timeline {
    /// A connection was made, the first or another. It has to be brought up to date.
    pub fn connected(&mut self) {
        self.connection += 1;
        self.rooms.values_mut().for_each(|room| room.live = None);
    }

    /// Holds this room from now on, from its first message.
    pub fn follow(&mut self, room: &str) {
        self.rooms.entry(room.to_owned()).or_default();
    }

    /// What to ask next, if there is something.
    #[must_use]
    pub fn ask(&self) -> Option<Ask> {
        if self.synced != self.connection {
            let held = self.rooms.iter().map(|(id, room)| (id.clone(), room.head())).collect();
            return Some(Ask::Sync { connection: self.connection, held });
        }
        let behind = self.rooms.iter().find(|(_, room)| room.more || !room.ahead.is_empty());
        behind.map(|(id, room)| Ask::History { room: id.clone(), after: room.head() })
    }

    /// An event came.
    pub fn told(&mut self, event: &Messages) {
        let Some(room) = self.rooms.get_mut(&event.room) else { return };
        let was_behind = !room.ahead.is_empty();
        for message in &event.messages {
            if let Some(last) = room.live.filter(|last| last + 1 != message.seq) {
                note(&mut self.faults, Fault::LiveGap { room: event.room.clone(), after: last, came: message.seq });
            }
            room.live = Some(message.seq);
        }
        self.take(&event.room, &event.messages);
        let is_behind = self.rooms.get(&event.room).is_some_and(|room| !room.ahead.is_empty());
        self.counts.gaps_healed += u64::from(is_behind && !was_behind);
    }

    /// The answer to [`Ask::Sync`] came.
    pub fn synced(&mut self, connection: u64, held: &BTreeMap<String, u64>, answer: &Synced) {
        if connection != self.connection {
            return;
        }
        self.synced = connection;
        self.counts.syncs += 1;
        if let Some(was) = self.store.replace(answer.store.clone()).filter(|was| *was != answer.store) {
            note(&mut self.faults, Fault::OtherStore { was, is: answer.store.clone() });
            self.counts.dropped += self.rooms.len() as u64;
            self.rooms.values_mut().for_each(|room| *room = Room { more: true, ..Room::default() });
            return;
        }
        for state in &answer.rooms {
            if let Some(after) = held.get(&state.info.id) {
                self.page(&state.info.id, *after, &state.messages, state.more);
            }
        }
    }

    /// The answer to [`Ask::History`] came.
    pub fn history(&mut self, room: &str, after: u64, page: &Page) {
        self.page(room, after, &page.messages, page.more);
    }

    /// Messages that follow `after`.
    fn page(&mut self, room: &str, after: u64, messages: &[Message], more: bool) {
        let mut last = after;
        for message in messages {
            if message.seq != last + 1 {
                note(&mut self.faults, Fault::PageGap { room: room.to_owned(), after: last, came: message.seq });
            }
            last = message.seq;
        }
        if more && messages.is_empty() {
            note(&mut self.faults, Fault::NoMore { room: room.to_owned(), after });
        }
        self.take(room, messages);
        if let Some(room) = self.rooms.get_mut(room) {
            room.more = more;
        }
    }

    fn take(&mut self, id: &str, messages: &[Message]) {
        let Some(room) = self.rooms.get_mut(id) else { return };
        for message in messages {
            let (id, seq) = (id.to_owned(), message.seq);
            if message.room != id {
                note(&mut self.faults, Fault::Astray { room: id, says: message.room.clone(), seq });
            } else if room.take(message, &mut self.counts) {
                note(&mut self.faults, Fault::Changed { room: id, seq });
            }
        }
    }

    /// What it holds of a room, seq 1, 2, 3 …
    #[must_use]
    pub fn held(&self, room: &str) -> &[Message] {
        self.rooms.get(room).map_or(&[], |room| &room.held)
    }
}

#[cfg(test)]
mod tests;
