//! A timeline has a bound: what is far from where the person looks is forgotten, and asked for again when it is seen.

use super::{Change, Gap, Timeline};

/// How many messages are kept of a room that is looked at: as many as a browser lays out without a pause that is felt. At
/// the bound a quarter goes, so that it is seldom reached.
const MOST: usize = 3_000;
/// How many are kept of a room that isn't.
const MOST_UNSEEN: usize = 200;

impl Timeline {
    /// The person looks at the message of this seq, or at the end.
    pub fn look_at(&mut self, seq: Option<u64>) {
        self.looks_at = seq;
    }

    pub(super) fn keep_in_bounds(&mut self) {
        let most = if self.changes.is_some() { MOST } else { MOST_UNSEEN };
        if self.held.count() <= most {
            return;
        }
        let excess = self.held.count() - most * 3 / 4;
        let below = self.looks_at.map_or(0, |seq| self.slots.range(seq..).count());
        if below > self.held.count() / 2 {
            self.forget_below(excess);
        } else {
            self.forget_above(excess);
        }
    }

    /// Forgets so many messages at the top, and leaves at least one.
    fn forget_above(&mut self, count: usize) {
        let Some(&first) = self.slots.keys().nth(count) else { return };
        let rows = self.held.row_of(first);
        let kept = self.slots.split_off(&first);
        self.forget_mine(kept);
        self.held.drop_above(first);
        self.record(Change::Remove(0, rows));
        self.record(Change::Insert(0, vec![Gap { after: 0, before: first }.row()]));
        self.settle(first);
    }

    /// Forgets so many messages at the end, and leaves at least one.
    fn forget_below(&mut self, count: usize) {
        let Some(&last) = self.slots.keys().nth_back(count) else { return };
        let (at, rows) = (self.held.row_of(last) + 1, self.held.rows());
        let mut kept = std::mem::take(&mut self.slots);
        self.slots = kept.split_off(&(last + 1));
        self.forget_mine(kept);
        self.held.drop_below(last);
        self.record(Change::Remove(at, rows - at));
        self.record(Change::Insert(at, vec![Gap { after: last, before: self.held.head() + 1 }.row()]));
        self.settle_own(0);
    }

    /// Keeps these, and nothing of what is in `slots`.
    fn forget_mine(&mut self, kept: std::collections::BTreeMap<u64, super::Slot>) {
        for slot in std::mem::replace(&mut self.slots, kept).into_values() {
            if self.mine.get(&slot.message.id) == Some(&slot.message.seq) {
                self.mine.remove(&slot.message.id);
            }
        }
    }
}
