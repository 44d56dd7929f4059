//! The arithmetic of pages: which messages, and how many of them fit.
//!
//! A room's seqs have no gap, so what a page may have is known from the room's head before anything is read.

use std::io;
use std::ops::RangeInclusive;

use hubbub_shared::chat::{MAX_PAGE, MAX_REPLY_BYTES, Message, PAGE};
use serde::Serialize;

/// For what stands around the messages of a reply.
const ENVELOPE: usize = 512;

/// Where a page begins; it hasn't got this message itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cursor {
    /// The messages just before it; the last ones, if it is beyond the head.
    Before(u64),
    /// The messages just after it.
    After(u64),
}

/// The seqs that a page may have, in a room with messages 1 to `head`. A page that is cut has those nearest to the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stretch {
    pub(super) seqs: RangeInclusive<u64>,
    pub(super) newest_first: bool,
    head: u64,
}

impl Stretch {
    /// At most `limit` messages, and [`MAX_PAGE`].
    pub(super) fn new(cursor: Cursor, limit: u64, head: u64) -> Self {
        let limit = limit.min(MAX_PAGE);
        match cursor {
            Cursor::Before(seq) => {
                let last = seq.saturating_sub(1).min(head);
                let first = last.saturating_sub(limit) + 1;
                Self { seqs: first..=last, newest_first: true, head }
            }
            Cursor::After(seq) => {
                // At most the head, so that nothing here overflows.
                let held = seq.min(head);
                let last = held.saturating_add(limit).min(head);
                Self { seqs: held.saturating_add(1)..=last, newest_first: false, head }
            }
        }
    }

    /// What somebody lacks who holds the messages up to `held`. Who holds nothing, or what this room never had, gets the
    /// last ones.
    pub(super) fn to_sync(held: Option<u64>, head: u64) -> Self {
        match held {
            Some(held) if held <= head => Self::new(Cursor::After(held), MAX_PAGE, head),
            _ => Self::latest(head),
        }
    }

    /// The last ones.
    pub(super) fn latest(head: u64) -> Self {
        Self::new(Cursor::Before(u64::MAX), PAGE, head)
    }

    /// Whether there are more than `messages`, ascending, in the direction of the page.
    pub(super) fn has_more(&self, messages: &[Message]) -> bool {
        match messages {
            // None fitted.
            [] => !self.seqs.is_empty(),
            [first, ..] if self.newest_first => first.seq > 1,
            [.., last] => last.seq < self.head,
        }
    }
}

/// How many bytes of JSON a reply may still have. What stands in it once only is spent; of lists, items are taken while they
/// fit, but the first one of the reply always.
#[derive(Debug)]
pub(super) struct Budget {
    left: usize,
    /// What the next item may have even if it is more than is left.
    first: usize,
}

impl Budget {
    /// Of a whole reply.
    pub(super) fn of_reply() -> Self {
        Self { left: MAX_REPLY_BYTES - ENVELOPE, first: usize::MAX }
    }

    /// A fair share of what is left, if there are so many to share it. Its first item may have all that is left.
    pub(super) fn share(&self, among: usize) -> Self {
        Self { left: self.left / among.max(1), first: self.first.max(self.left) }
    }

    /// Takes what a share has taken.
    pub(super) fn settle(&mut self, bytes: usize) {
        if bytes > 0 {
            self.first = 0;
            self.spend(bytes);
        }
    }

    /// Takes what has to be there.
    pub(super) fn spend(&mut self, bytes: usize) {
        self.left = self.left.saturating_sub(bytes);
    }

    /// Whether one more of the list fits; then it is taken.
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        let fits = bytes <= self.left.max(self.first);
        if fits {
            self.first = 0;
            self.spend(bytes);
        }
        fits
    }
}

/// The length of `value` as JSON in a list.
pub(super) fn json_bytes(value: &impl Serialize) -> usize {
    let mut counter = Counter(1);
    // Neither the counter nor our types can fail. If they could, it wouldn't fit.
    serde_json::to_writer(&mut counter, value).map_or(usize::MAX, |()| counter.0)
}

/// Counts what is written.
struct Counter(usize);

impl io::Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
