//! What was said, in the server's order, and after it what this page said and hasn't seen come back.
//!
//! The classic contract has neither ids nor authors: a message is its text. So an own one is known by its text when it
//! comes back, the oldest of equal texts first, and only on the link that it was sent on. Should somebody else say the
//! same in between, theirs is taken for ours and ours then for theirs; whoever reads sees the same list.
//!
//! An own message is sent with an acknowledgement. Acknowledgement, return and the end of the link may be told in any
//! order; whichever comes first decides, and none of them can show a message twice or drop one.

use std::{collections::VecDeque, sync::Arc};

use super::Refusal;

/// How many received messages are kept. Beyond that the oldest is forgotten.
const MAX_RECEIVED: usize = 2_000;

/// How many own messages may wait, under way or in doubt. Beyond that one more is refused.
const MAX_OUTGOING: usize = 100;

/// Names one entry. An own message keeps its id from the first attempt to the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryId(u64);

/// One message. It never changes; its [`State`] does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// What was said.
    pub text: Arc<str>,
    /// It was sent from this page.
    pub own: bool,
}

/// How far a message has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Sent, and nothing heard of it.
    Pending,
    /// The server has it; it hasn't come back.
    Accepted,
    /// In the server's order. Others' messages are from the start.
    Received,
    /// Nobody can say that the server has it.
    Unconfirmed(Doubt),
}

impl State {
    /// The state as one lower-case word, for style sheets and tests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Received => "received",
            Self::Unconfirmed(_) => "unconfirmed",
        }
    }
}

/// Why a message is unconfirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// It was never sent.
    NotSent,
    /// It was sent, and no acknowledgement came.
    NoAnswer,
}

/// An own message that hasn't come back.
#[derive(Debug)]
struct Outgoing {
    entry: Entry,
    /// Anything but [`State::Received`].
    state: State,
    /// The link that it was sent on is still there, so it may come back.
    may_return: bool,
}

/// All messages of the page.
#[derive(Debug, Default)]
pub struct Timeline {
    next_id: u64,
    received: VecDeque<Entry>,
    outgoing: Vec<Outgoing>,
}

impl Timeline {
    /// A new own message is about to be sent.
    ///
    /// # Errors
    /// [`Refusal::TooManyWaiting`] if it would be one too many.
    pub fn send(&mut self, text: Arc<str>) -> Result<EntryId, Refusal> {
        if self.outgoing.len() >= MAX_OUTGOING {
            return Err(Refusal::TooManyWaiting(MAX_OUTGOING));
        }
        let entry = self.entry(text, true);
        let id = entry.id;
        self.outgoing.push(Outgoing { entry, state: State::Pending, may_return: true });
        Ok(id)
    }

    /// An unconfirmed message is about to be sent again; answers its text. It goes to the end: that is when it is said.
    pub fn send_again(&mut self, id: EntryId) -> Option<Arc<str>> {
        let Outgoing { entry, .. } = self.take_unconfirmed(id)?;
        let text = entry.text.clone();
        self.outgoing.push(Outgoing { entry, state: State::Pending, may_return: true });
        Some(text)
    }

    /// An unconfirmed message is not wanted any more.
    pub fn discard(&mut self, id: EntryId) {
        self.take_unconfirmed(id);
    }

    /// A message came.
    pub fn receive(&mut self, text: Arc<str>) {
        let own = self.outgoing.iter().position(|own| own.may_return && own.entry.text == text);
        let entry = match own {
            Some(index) => self.outgoing.remove(index).entry,
            None => self.entry(text, false),
        };
        self.push_received(entry);
    }

    /// The server has an own message. If it can't come back any more, this alone says that it arrived.
    pub fn acknowledged(&mut self, id: EntryId) {
        let Some(index) = self.position(id) else { return };
        if self.outgoing[index].may_return {
            self.outgoing[index].state = State::Accepted;
        } else {
            let own = self.outgoing.remove(index);
            self.push_received(own.entry);
        }
    }

    /// The acknowledgement of an own message will not come.
    pub fn unacknowledged(&mut self, id: EntryId, doubt: Doubt) {
        let Some(index) = self.position(id) else { return };
        let own = &mut self.outgoing[index];
        own.state = State::Unconfirmed(doubt);
        own.may_return &= doubt != Doubt::NotSent;
    }

    /// The link is lost: what was sent on it can't come back. What the server has is in the room all the same. Of the
    /// rest the acknowledgement will say what to think, as it always does.
    pub fn link_lost(&mut self) {
        for mut own in std::mem::take(&mut self.outgoing) {
            if own.state == State::Accepted {
                self.push_received(own.entry);
            } else {
                own.may_return = false;
                self.outgoing.push(own);
            }
        }
    }

    /// All messages in the order to show them in.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.received.iter().chain(self.outgoing.iter().map(|own| &own.entry))
    }

    /// How far a message has come. One that isn't on its way has arrived.
    pub fn state(&self, id: EntryId) -> State {
        self.position(id).map_or(State::Received, |index| self.outgoing[index].state)
    }

    /// The own message that was sent last, of those that haven't come back.
    pub fn last_outgoing(&self) -> Option<EntryId> {
        self.outgoing.last().map(|own| own.entry.id)
    }

    fn entry(&mut self, text: Arc<str>, own: bool) -> Entry {
        let id = EntryId(self.next_id);
        self.next_id += 1;
        Entry { id, text, own }
    }

    fn position(&self, id: EntryId) -> Option<usize> {
        self.outgoing.iter().position(|own| own.entry.id == id)
    }

    fn take_unconfirmed(&mut self, id: EntryId) -> Option<Outgoing> {
        let index = self.position(id)?;
        matches!(self.outgoing[index].state, State::Unconfirmed(_)).then(|| self.outgoing.remove(index))
    }

    fn push_received(&mut self, entry: Entry) {
        if self.received.len() == MAX_RECEIVED {
            self.received.pop_front();
        }
        self.received.push_back(entry);
    }
}

#[cfg(test)]
mod tests;
