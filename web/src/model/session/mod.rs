//! One user's conversation with the server, without I/O and without a clock.
//!
//! It is told everything: what the server says ([`Session::hear`]) and answers ([`Session::answered`]), when the connection
//! comes and goes, what the person does, what other tabs write, and what time it is. It gives what to ask
//! ([`Session::next`], until there is nothing), what to keep ([`Session::take_keeps`]), and when to be asked again though
//! nothing happened ([`Session::deadline`]). What there is to see is in its [rooms](Rooms), [timelines](Timeline) and
//! [outbox](Outbox).
//!
//! Times are in milliseconds since 1970. `hearing` is what comes from the server unasked, `asking` what is asked and
//! answered, `syncing` how both meet after each connection, `reads` the marks of what was read.
//!
//! Rooms are listed, made, joined and left by requests of which nothing here depends; whoever makes one tells the outcome
//! with [`Heard::Joined`] or [`Heard::Left`].

mod asking;
mod hearing;
mod reads;
mod request;
mod syncing;

use std::collections::BTreeMap;

use hubbub_shared::chat::event::Closing;
use hubbub_shared::chat::{MessageId, RoomState, User};

use self::{asking::Asked, reads::Reads, syncing::Link};
pub use self::{
    request::{Answer, Heard, Request, Ticket},
    syncing::Ended,
};
use super::outbox::{Elsewhere, Keep, Letter, Outbox, Owner, Stage};
use super::rooms::Rooms;
use super::sorted::SortedMap;
use super::timeline::{Gap, Offset, Own, OwnState, Row, Side, Timeline};
use crate::model::Refusal;

/// How often the server is told that I type, at the most: in milliseconds.
const TYPING_EVERY: u64 = 2_500;

/// Everything that the page knows of one user's conversation.
#[derive(Debug)]
pub struct Session {
    me: User,
    offset: Offset,
    link: Link,
    rooms: Rooms,
    /// Of my rooms, of the one that is open, and of those that somebody speaks of before the server said that I'm in them.
    timelines: SortedMap<String, Timeline>,
    outbox: Outbox,
    reads: Reads,
    /// When the server was told last that I type, for each room.
    typed: BTreeMap<String, u64>,
    /// The room in which I type, which the server is to be told.
    types_in: Option<String>,
    open: Option<String>,
    asked: SortedMap<Ticket, Asked>,
    tickets: u64,
    closing: Option<Closing>,
}

impl Session {
    /// The session of `me`, not connected. `store` is the id of the store that was seen last, `kept` the whole storage that
    /// letters are kept in; `offset` says when a day begins.
    pub fn new<'a>(
        me: User,
        store: Option<String>,
        kept: impl IntoIterator<Item = (&'a str, &'a str)>,
        offset: Offset,
    ) -> Self {
        let owner = Owner { store: store.unwrap_or_default(), user: me.id.clone() };
        Self {
            rooms: Rooms::new(me.clone()),
            me,
            offset,
            link: Link::Down,
            timelines: SortedMap::default(),
            outbox: Outbox::restore(owner, kept),
            reads: Reads::default(),
            typed: BTreeMap::new(),
            types_in: None,
            open: None,
            asked: SortedMap::default(),
            tickets: 0,
            closing: None,
        }
    }

    /// A room as it was when the page was here last, from [`Session::to_remember`]: to be seen until the server says more.
    pub fn remember(&mut self, state: RoomState) {
        self.rooms.state(&state, false);
        self.timeline_mut(&state.info.id.clone()).snapshot(state, None);
    }

    /// What to remember of a room: its end without a gap, at most so many messages.
    #[must_use]
    pub fn to_remember(&self, room: &str, most: u64) -> Option<RoomState> {
        let (room, timeline) = (self.rooms.get(room)?, self.timelines.get(room)?);
        let last = timeline.last().unwrap_or(0);
        let first =
            (last.saturating_sub(most)..last).rev().take_while(|seq| timeline.message(seq + 1).is_some()).last();
        let messages = timeline.after(first.unwrap_or(last)).map(|message| (**message).clone()).collect();
        let info = hubbub_shared::chat::RoomInfo { head: last, ..room.info().clone() };
        Some(RoomState { info, read: room.read(), online: vec![], online_count: 0, messages, more: false })
    }

    /// Whose session it is.
    #[must_use]
    pub fn me(&self) -> &User {
        &self.me
    }

    /// The id of the server's store, as far as it is known: to be kept for the next visit.
    #[must_use]
    pub fn store(&self) -> Option<&str> {
        Some(&*self.outbox.owner().store).filter(|store| !store.is_empty())
    }

    /// My rooms.
    #[must_use]
    pub fn rooms(&self) -> &Rooms {
        &self.rooms
    }

    /// The same, to take what changed.
    pub fn rooms_mut(&mut self) -> &mut Rooms {
        &mut self.rooms
    }

    /// What was said in a room.
    #[must_use]
    pub fn timeline(&self, room: &str) -> Option<&Timeline> {
        self.timelines.get(room)
    }

    /// What the server hasn't acknowledged.
    #[must_use]
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// What the server said last of why this connection ends, or ended.
    #[must_use]
    pub fn closing(&self) -> Option<&Closing> {
        self.closing.as_ref()
    }

    /// The timeline of the room that is open, to take its changes and to tell where the person looks.
    pub fn open_timeline(&mut self) -> Option<&mut Timeline> {
        self.timelines.get_mut(self.open.as_ref()?)
    }

    /// The person opens a room, whether it is one of mine yet or not, and leaves the one that was open. The rows are what
    /// its view begins with.
    pub fn open(&mut self, room: &str) -> Vec<Row> {
        self.close();
        self.open = Some(room.to_owned());
        self.mark_unread();
        self.timeline_mut(room).watch()
    }

    /// No room is open any more.
    pub fn close(&mut self) {
        if let Some(timeline) = self.open_timeline() {
            timeline.unwatch();
        }
        self.open = None;
    }

    /// The person turned to something else: what comes from now on is new when they return.
    pub fn look_away(&mut self) {
        let Some(read) = self.open.as_ref().and_then(|room| self.rooms.get(room)).map(|room| room.read()) else {
            return;
        };
        if let Some(timeline) = self.open_timeline() {
            timeline.mark_unread(Some(read));
        }
    }

    /// The person has seen a room up to this message.
    pub fn seen(&mut self, room: &str, seq: u64, now: u64) {
        if self.rooms.read(room, seq) {
            self.reads.read(room, seq, now);
        }
    }

    /// The person sees a gap of the room that is open.
    pub fn gap_in_sight(&mut self, gap: Gap, side: Side) {
        if let Some(timeline) = self.open_timeline() {
            timeline.gap_in_sight(gap, side);
        }
    }

    /// The person types in a room.
    pub fn typing(&mut self, room: &str, now: u64) {
        let is_due = self.typed.get(room).is_none_or(|told| told.saturating_add(TYPING_EVERY) <= now);
        if is_due && self.is_synced() && self.rooms.get(room).is_some() {
            self.typed.insert(room.to_owned(), now);
            self.types_in = Some(room.to_owned());
        }
    }

    /// The person says something, under an id that was never used before.
    ///
    /// # Errors
    /// [`Refusal`]: it stays where it was typed.
    pub fn say(&mut self, room: &str, text: &str, id: MessageId, now: u64) -> Result<(), Refusal> {
        let letter = self.outbox.enter(room, text, id, now)?;
        self.typed.remove(room);
        self.timeline_mut(room).enter(own(&letter));
        Ok(())
    }

    /// The person wants one sent again that failed.
    pub fn retry(&mut self, id: MessageId) {
        if self.outbox.retry(id) {
            self.timelines.values_mut().for_each(|timeline| timeline.retried(id));
        }
    }

    /// The person doesn't want one sent any more. Tells whether it won't be.
    pub fn discard(&mut self, id: MessageId) -> bool {
        let is_gone = self.outbox.discard(id);
        if is_gone {
            self.timelines.values_mut().for_each(|timeline| timeline.discarded(id));
        }
        is_gone
    }

    /// The person signs out: [`Outbox::len`] says how many messages are lost with it, which should be said before.
    pub fn sign_out(&mut self) {
        self.disconnected();
        self.outbox.clear();
        self.link = Link::Over(Ended::SignedOut);
    }

    /// Of all tabs, this is the one that sends, or isn't any more.
    pub fn set_lock(&mut self, has_lock: bool) {
        self.outbox.set_lock(has_lock);
    }

    /// What to write to the storage that all tabs share, before anything is sent.
    pub fn take_keeps(&mut self) -> Vec<Keep> {
        self.outbox.take_keeps()
    }

    /// Another tab wrote to it: `value` is what stands under `key` now.
    pub fn hear_tab(&mut self, key: &str, value: Option<&str>) {
        match self.outbox.hear(key, value) {
            Some(Elsewhere::Entered(letter)) => {
                let timeline = self.timeline_mut(&letter.room);
                if timeline.has_mine(letter.id) {
                    self.outbox.heard(letter.id);
                } else {
                    timeline.enter(own(&letter));
                }
            }
            Some(Elsewhere::Changed(letter)) => {
                let timeline = self.timeline_mut(&letter.room);
                match letter.stage {
                    Stage::Failed(why) => timeline.failed(letter.id, why),
                    Stage::Waiting | Stage::UnderWay(_) | Stage::Unsure => timeline.retried(letter.id),
                }
            }
            Some(Elsewhere::Gone(letter)) => self.timeline_mut(&letter.room).discarded(letter.id),
            None => {}
        }
    }

    /// The timeline of a room. One that is made has what I said there.
    fn timeline_mut(&mut self, room: &str) -> &mut Timeline {
        self.timelines.get_or_insert_with(room.to_owned(), || {
            let mut timeline = Timeline::new(room.to_owned(), self.me.clone(), self.offset);
            self.outbox.of(room).for_each(|letter| timeline.enter(own(letter)));
            timeline
        })
    }

    /// What comes now is new to whoever looks elsewhere in the room that is open, and has read all that came before.
    fn mark_unread_elsewhere(&mut self, room: &str) {
        if self.open.as_deref() != Some(room) || self.rooms.get(room).is_none_or(|room| room.unread() > 0) {
            return;
        }
        if self.timelines.get(room).is_some_and(|timeline| timeline.looks_at().is_some()) {
            self.look_away();
        }
    }

    /// The line for new messages of the room that is open, if there are any.
    fn mark_unread(&mut self) {
        let Some(room) = self.open.clone() else { return };
        let after = self.rooms.get(&room).filter(|room| room.unread() > 0).map(|room| room.read());
        self.timeline_mut(&room).mark_unread(after);
    }
}

/// A letter as it stands in the timeline.
fn own(letter: &Letter) -> Own {
    let state = match &letter.stage {
        Stage::Waiting | Stage::UnderWay(_) | Stage::Unsure => OwnState::Pending,
        Stage::Failed(why) => OwnState::Failed(why.clone()),
    };
    Own { id: letter.id, text: letter.text.clone(), at: letter.at, state }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
