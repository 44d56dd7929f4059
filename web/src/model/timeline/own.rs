//! Mine, from the moment they are entered until they have their place in the room.

use std::sync::Arc;

use hubbub_shared::chat::request::Sent;
use hubbub_shared::chat::{Message, MessageId};

use super::{Change, Key, Marks, Own, OwnSlot, OwnState, Timeline};
use crate::model::outbox::Failure;

impl Timeline {
    /// One of mine was entered, here or in another tab. It stands below all that was said, in the order of entering.
    pub fn enter(&mut self, own: Own) {
        if self.mine.contains(&own.id) || self.position_of(own.id).is_some() {
            return;
        }
        let order = |own: &Own| (own.at, own.id);
        let i = self.own.partition_point(|slot| order(&slot.own) <= order(&own));
        let key = Key::Own(self.entered);
        self.entered += 1;
        self.own.insert(i, OwnSlot { key, own, marks: Marks::default() });
        self.own[i].marks = self.own_marks(i);
        let row = self.own[i].row();
        self.record(Change::Insert(self.held.rows() + i, vec![row]));
        self.settle_own(i + 1);
    }

    /// The server has one of mine, and says where.
    pub fn sent(&mut self, id: MessageId, sent: Sent) {
        self.set_state(id, OwnState::Sent { seq: sent.seq, at: sent.at });
        self.place_sent();
    }

    /// One of mine isn't taken.
    pub fn failed(&mut self, id: MessageId, why: Failure) {
        self.set_state(id, OwnState::Failed(why));
    }

    /// One of mine is to be sent again.
    pub fn retried(&mut self, id: MessageId) {
        self.set_state(id, OwnState::Pending);
    }

    /// One of mine won't be sent.
    pub fn discarded(&mut self, id: MessageId) {
        if let Some(i) = self.position_of(id) {
            self.remove_own(i);
        }
    }

    /// The position among mine of what this message is, if it is one of them.
    pub(super) fn own_of(&self, message: &Message) -> Option<usize> {
        if self.own.is_empty() || message.author.id != self.me.id { None } else { self.position_of(message.id) }
    }

    /// Gives those their place that the server has, where it is clear: right at the end, or above something that is here.
    /// One that is further ahead waits for those in between, which are on their way.
    pub(super) fn place_sent(&mut self) {
        while let Some((i, seq, at)) = self.next_to_place() {
            if self.held.contains(seq) {
                self.remove_own(i);
            } else {
                let Own { id, text, .. } = &self.own[i].own;
                let (room, author) = (self.room.clone(), self.me.clone());
                self.deliver(i, Arc::new(Message { seq, id: *id, room, author, text: text.to_string(), at }));
            }
        }
    }

    fn next_to_place(&self) -> Option<(usize, u64, u64)> {
        let next = self.held.last().unwrap_or(0).max(self.held.head()) + 1;
        self.own.iter().enumerate().find_map(|(i, slot)| match slot.own.state {
            OwnState::Sent { seq, at } if (1..=next).contains(&seq) => Some((i, seq, at)),
            _ => None,
        })
    }

    fn remove_own(&mut self, i: usize) {
        self.own.remove(i);
        self.record(Change::Remove(self.held.rows() + i, 1));
        self.settle_own(i);
    }

    fn set_state(&mut self, id: MessageId, state: OwnState) {
        let Some(i) = self.position_of(id) else { return };
        if self.own[i].own.state != state {
            self.own[i].own.state = state;
            let row = self.own[i].row();
            self.record(Change::Replace(self.held.rows() + i, row));
        }
    }

    fn position_of(&self, id: MessageId) -> Option<usize> {
        self.own.iter().position(|slot| slot.own.id == id)
    }
}
