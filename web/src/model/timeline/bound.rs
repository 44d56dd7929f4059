//! A timeline has a bound: what is far from where the person looks is forgotten, and asked for again when it is seen.

use hubbub_shared::chat::PAGE;

use super::asking::SMALL;
use super::{Change, Gap, Timeline};

/// How many messages are kept of a room that is looked at.
const MOST: usize = 3_000;
/// How many go at that bound: no more than a browser takes out without a pause that is felt, and no fewer than leave a gap
/// which isn't filled again before anybody sees it.
const AT_ONCE: usize = 500;
const _: () = assert!(AT_ONCE as u64 > SMALL + PAGE);
/// How many are kept of a room that isn't looked at. At that bound a quarter goes, so that it is seldom reached.
const MOST_UNSEEN: usize = 200;
/// How far from its end, in messages, one finds the place again where one was when one left.
const MOST_BELOW: usize = 600;
/// How many are kept above that place.
const ABOVE: usize = 50;

/// Where a person looks who isn't at the end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Look {
    /// The first message that is in sight.
    pub seq: u64,
    /// How far its top is below the top of what is seen.
    pub top: f64,
}

impl Timeline {
    /// The person looks there, or at the end.
    pub fn look_at(&mut self, look: Option<Look>) {
        self.looks_at = look;
    }

    /// Where the person looks, or looked when they left; at the end, if nowhere.
    #[must_use]
    pub fn looks_at(&self) -> Option<Look> {
        self.looks_at
    }

    pub(super) fn keep_in_bounds(&mut self) {
        let is_open = self.changes.is_some();
        let mut below = self.looks_at.map_or(0, |look| self.slots.range(look.seq..).count());
        if below > MOST_BELOW && !is_open {
            self.looks_at = None;
            below = 0;
        }
        let most = if is_open { MOST } else { MOST_UNSEEN.max((below + ABOVE) * 4 / 3) };
        if self.held.count() <= most {
            return;
        }
        let kept = if is_open { most - AT_ONCE } else { most * 3 / 4 };
        let excess = self.held.count() - kept;
        if is_open && below > self.held.count() / 2 {
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
