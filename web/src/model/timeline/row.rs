//! The rows of a timeline: what a view shows, one element for each.

use std::sync::Arc;

use hubbub_shared::chat::{Message, MessageId};

use crate::model::outbox::Failure;

/// Tells a row from all others of its timeline. A message that was sent from here keeps its key when it is delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// The message of this seq.
    Seq(u64),
    /// The so-and-so-many-th message that was sent from here.
    Own(u64),
    /// The gap after this seq.
    Gap(u64),
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// For the view, to find the row's element again.
    pub key: Key,
    /// What stands in it.
    pub what: What,
    /// What is seen around it. A gap has none.
    pub marks: Marks,
}

/// What stands in a row.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// A message that has its place in the room.
    Message(Arc<Message>),
    /// One of mine that hasn't.
    Own(Own),
    /// Messages that aren't here.
    Gap(Gap),
}

/// Messages that aren't here. Both ends are exclusive, and at least one message is between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The seq of the message above it; 0 at the top of the room.
    pub after: u64,
    /// The seq of the message below it; one more than the room's head at its end.
    pub before: u64,
}

impl Gap {
    /// How many messages are missing.
    #[must_use]
    pub fn missing(self) -> u64 {
        self.before - self.after - 1
    }
}

/// A message of mine that has no place in the room yet, or that has one which isn't here yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    /// The same from the first attempt to the end.
    pub id: MessageId,
    /// As it is sent.
    pub text: Arc<str>,
    /// When it was entered, in milliseconds since 1970.
    pub at: u64,
    /// How far it has come.
    pub state: OwnState,
}

/// How far a message of mine has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OwnState {
    /// It waits to be sent, or is under way.
    Pending,
    /// The server has it.
    Sent {
        /// Its place in the room.
        seq: u64,
        /// When the server took it.
        at: u64,
    },
    /// It wasn't taken, and won't be unless somebody tries again.
    Failed(Failure),
}

/// What a message looks like among its neighbours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks {
    /// It is the first of its day, or of what is here: the date stands above it.
    pub begins_day: bool,
    /// It has the author and the minute of the message above it: they needn't stand there again.
    pub continues: bool,
    /// It is the first one that I hadn't read: the line stands above it.
    pub first_unread: bool,
}

/// How many minutes local time is ahead of UTC at a time, in milliseconds since 1970. It changes with the seasons.
pub type Offset = fn(u64) -> i64;

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// What a message's marks are made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Said<'a> {
    pub(super) author: &'a str,
    pub(super) at: u64,
}

impl Said<'_> {
    /// Its marks after the message `above`, if that stands right above it.
    pub(super) fn marks(self, above: Option<Said<'_>>, offset: Offset) -> Marks {
        let Some(above) = above else { return Marks { begins_day: true, ..Marks::default() } };
        let (time, time_above) = (self.local(offset), above.local(offset));
        let begins_day = time.div_euclid(DAY) != time_above.div_euclid(DAY);
        let same_minute = time.div_euclid(MINUTE) == time_above.div_euclid(MINUTE);
        Marks { begins_day, continues: same_minute && self.author == above.author, first_unread: false }
    }

    fn local(self, offset: Offset) -> i64 {
        i64::try_from(self.at).unwrap_or(i64::MAX / 2).saturating_add(offset(self.at) * MINUTE)
    }
}
