//! Messages come in: live, in pages and in snapshots, each perhaps for the second time.

use std::sync::Arc;

use hubbub_shared::chat::{Message, RoomState};

use super::row::{Gap, Row};
use super::{Change, Held, Key, Marks, OwnState, Slot, Timeline};
use crate::model::sort::sorted_by_key;

/// No number beyond it is exact in every client, so no server counts so far.
const MAX_SEQ: u64 = 1 << 53;

/// What becomes of the gap that seqs come into, below them.
enum Below {
    /// There was none, or it is the one above them.
    Nothing,
    /// It is filled.
    Gone,
    /// This is left of it.
    Left(Gap),
    /// It is in two parts, and this is the lower one.
    New(Gap),
}

impl Timeline {
    /// Messages as they are said. Everything up to the last of them is there to be had.
    pub fn live(&mut self, messages: Vec<Message>) {
        let last = messages.iter().map(|message| message.seq).filter(|&seq| seq <= MAX_SEQ).max();
        self.live_head = self.live_head.max(last.unwrap_or(0));
        self.merge(messages);
    }

    /// The room as it was when the server looked. `asked` is the seq that I said to hold, if I said one.
    pub fn snapshot(&mut self, state: RoomState, asked: Option<u64>) {
        if asked.is_some_and(|held| held > state.info.head) {
            self.forget();
        }
        self.merge(state.messages);
        self.raise_head(state.info.head);
    }

    /// What is here is of another world. Only mine that never had a place there stay.
    pub fn forget(&mut self) {
        self.own.retain(|slot| !matches!(slot.own.state, OwnState::Sent { .. }));
        self.slots.clear();
        self.mine.clear();
        // What was said since I came is of this world, but it can't be told from the rest: it is asked for again.
        self.held = Held::nothing_of(self.live_head);
        self.first_unread = None;
        self.looks_at = None;
        self.asking.stop();
        for i in 0..self.own.len() {
            self.own[i].marks = self.own_marks(i);
        }
        if self.changes.is_some() {
            let rows = self.rows().collect();
            self.changes = Some(vec![Change::Reset(rows)]);
        }
    }

    /// The connection is gone: what was asked for won't come, and what is heard next is of another one.
    pub fn disconnected(&mut self) {
        self.live_head = 0;
        self.asking.stop();
    }

    /// Takes in what isn't here yet.
    pub(super) fn merge(&mut self, messages: Vec<Message>) {
        let mut piece: Vec<Arc<Message>> = Vec::new();
        for message in sorted_by_key(messages, |message| message.seq) {
            let seq = message.seq;
            if seq == 0 || seq > MAX_SEQ || self.held.contains(seq) || self.has_elsewhere(&message) {
                continue;
            }
            match piece.last().map(|last| last.seq) {
                Some(last) if last == seq => continue,
                Some(last) if last + 1 != seq => self.insert(std::mem::take(&mut piece)),
                _ => {}
            }
            match self.own_of(&message) {
                Some(i) => {
                    self.insert(std::mem::take(&mut piece));
                    self.deliver(i, message.into());
                }
                None => piece.push(message.into()),
            }
        }
        self.insert(piece);
        self.place_sent();
        self.keep_in_bounds();
    }

    /// The room has so many messages, if not more.
    fn raise_head(&mut self, head: u64) {
        let before = self.held.tail_gap();
        self.held.raise_head(head.min(MAX_SEQ));
        let after = self.held.tail_gap();
        if let Some(gap) = after.filter(|_| after != before) {
            let at = self.held.row_of_gap(gap);
            self.record(match before {
                Some(_) => Change::Replace(at, gap.row()),
                None => Change::Insert(at, vec![gap.row()]),
            });
            self.settle_own(0);
        }
    }

    /// Puts neighbours in their place. None of them is here.
    fn insert(&mut self, piece: Vec<Arc<Message>>) {
        let (Some(first), Some(last)) = (piece.first(), piece.last()) else { return };
        let (first, last, count) = (first.seq, last.seq, piece.len());
        let (at, below) = self.hold(first, last);
        let rows: Vec<Row> = piece.into_iter().map(|message| self.put(Key::Seq(message.seq), message)).collect();
        if self.changes.is_some() {
            self.record(Change::Insert(at, rows));
        }
        self.close(at + count, below);
        self.settle_below(last);
    }

    /// One of mine has its place. Its row stays the same one.
    pub(super) fn deliver(&mut self, i: usize, message: Arc<Message>) {
        let seq = message.seq;
        let key = self.own[i].key;
        let row = self.held.rows() + i;
        let at_end = self.held.gap_for(seq).is_none();
        let (at, below) = self.hold(seq, seq);
        // The row it had. At the end a gap may have come in above it.
        let from = if at_end { at + i } else { row };
        self.own.remove(i);
        let row = self.put(key, message);
        if from != at {
            self.record(Change::Move(from, at));
        }
        self.record(Change::Replace(at, row));
        self.close(at + 1, below);
        self.settle_below(seq);
        self.settle_own(i);
    }

    /// Counts these seqs in, and tells at which row they are to stand. The gap above them is as it will be.
    fn hold(&mut self, first: u64, last: u64) -> (usize, Below) {
        let old = self.held.gap_for(first);
        let after = old.map_or(self.held.last().unwrap_or(0), |gap| gap.after);
        let at = old.map_or(self.held.rows(), |gap| self.held.row_of_gap(gap));
        self.held.add(first, last);
        let above = (after + 1 < first).then_some(Gap { after, before: first });
        let below = self.held.gap_for(last).filter(|gap| gap.after == last);
        if let Some(above) = above {
            self.record(match old {
                Some(_) => Change::Replace(at, above.row()),
                None => Change::Insert(at, vec![above.row()]),
            });
        }
        let below = match (old, above, below) {
            (_, Some(_), Some(gap)) => Below::New(gap),
            (_, None, Some(gap)) => Below::Left(gap),
            (Some(_), None, None) => Below::Gone,
            (_, _, None) => Below::Nothing,
        };
        (at + usize::from(above.is_some()), below)
    }

    /// Says what becomes of the gap below, at this row.
    fn close(&mut self, at: usize, below: Below) {
        match below {
            Below::Nothing => {}
            Below::Gone => self.record(Change::Remove(at, 1)),
            Below::Left(gap) => self.record(Change::Replace(at, gap.row())),
            Below::New(gap) => self.record(Change::Insert(at, vec![gap.row()])),
        }
    }

    fn put(&mut self, key: Key, message: Arc<Message>) -> Row {
        let seq = message.seq;
        if message.author.id == self.me.id {
            self.mine.insert(message.id, seq);
        }
        let marks: Marks = self.marks(&message);
        let slot = Slot { key, message, marks };
        let row = slot.row();
        self.slots.insert(seq, slot);
        row
    }

    /// What stands below this message has another one above it now.
    pub(super) fn settle_below(&mut self, seq: u64) {
        if self.held.last() == Some(seq) {
            self.settle_own(0);
        } else {
            self.settle(seq + 1);
        }
    }

    /// Whether one of mine has this id, in another place. No server says so; then the first one stays.
    fn has_elsewhere(&self, message: &Message) -> bool {
        message.author.id == self.me.id && self.mine.contains(&message.id)
    }
}
