//! Which messages of a room are here and which are missing, as numbers: all that the order of rows follows from.
//!
//! The rows are the messages, and one row for each gap: above the first run if that doesn't begin with 1, between two
//! runs, and below the last one if that isn't the head. Gaps are few, so what counts them is as good as constant; who adds
//! at the end counts none.

use super::row::Gap;

/// The seqs that are held, of a room with messages 1 to `head`.
#[derive(Debug, Clone, Default)]
pub(super) struct Held {
    /// Ascending, and at least one seq is missing between two.
    runs: Vec<Run>,
    /// How many seqs the runs have.
    count: usize,
    head: u64,
}

/// Seqs without a gap, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Run {
    first: u64,
    last: u64,
}

impl Run {
    fn rows(self) -> usize {
        usize::try_from(self.last - self.first + 1).unwrap_or(usize::MAX)
    }
}

/// What stands in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Message(u64),
    Gap(Gap),
}

impl Held {
    /// Nothing, of a room with so many messages.
    pub(super) fn nothing_of(head: u64) -> Self {
        Self { head, ..Self::default() }
    }

    pub(super) fn head(&self) -> u64 {
        self.head
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The last seq that is held.
    pub(super) fn last(&self) -> Option<u64> {
        self.runs.last().map(|run| run.last)
    }

    pub(super) fn contains(&self, seq: u64) -> bool {
        self.run_at_or_below(seq).is_some_and(|i| seq <= self.runs[i].last)
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> usize {
        let above = usize::from(self.runs.first().is_some_and(|run| run.first > 1));
        let between = self.runs.len().saturating_sub(1);
        self.count + above + between + usize::from(self.tail_gap().is_some())
    }

    /// The missing seqs below everything that is held.
    pub(super) fn tail_gap(&self) -> Option<Gap> {
        let last = self.last().unwrap_or(0);
        (last < self.head).then_some(Gap { after: last, before: self.head + 1 })
    }

    /// The gap that `seq` is missing in. Beyond the head there is none, but the tail's may grow up to there.
    pub(super) fn gap_for(&self, seq: u64) -> Option<Gap> {
        match self.run_at_or_below(seq) {
            Some(i) => self.gap_below(i),
            None => self.gap_above(0).or_else(|| self.tail_gap()),
        }
    }

    /// All gaps, from the top.
    pub(super) fn gaps(&self) -> impl Iterator<Item = Gap> + '_ {
        (0..self.runs.len()).filter_map(|i| self.gap_above(i)).chain(self.tail_gap())
    }

    /// The row of a message that is held.
    pub(super) fn row_of(&self, seq: u64) -> usize {
        let mut row = self.rows() - usize::from(self.tail_gap().is_some());
        for (i, run) in self.runs.iter().enumerate().rev() {
            if seq > run.last {
                break;
            }
            let from = seq.max(run.first);
            row -= Run { first: from, last: run.last }.rows();
            if seq < run.first && self.gap_above(i).is_some() {
                row -= 1;
            }
        }
        row
    }

    /// The row of a gap.
    pub(super) fn row_of_gap(&self, gap: Gap) -> usize {
        if gap.after == 0 { 0 } else { self.row_of(gap.after) + 1 }
    }

    /// What stands in a row.
    pub(super) fn at(&self, row: usize) -> Option<Place> {
        let mut left = row;
        for (i, run) in self.runs.iter().enumerate() {
            if let Some(gap) = self.gap_above(i) {
                match left {
                    0 => return Some(Place::Gap(gap)),
                    _ => left -= 1,
                }
            }
            if left < run.rows() {
                return Some(Place::Message(run.first + left as u64));
            }
            left -= run.rows();
        }
        self.tail_gap().filter(|_| left == 0).map(Place::Gap)
    }

    /// Holds these seqs too, none of which is held.
    pub(super) fn add(&mut self, first: u64, last: u64) {
        self.count += Run { first, last }.rows();
        self.head = self.head.max(last);
        let next = self.run_at_or_below(first).map_or(0, |i| i + 1);
        let joins_above = next > 0 && self.runs[next - 1].last + 1 == first;
        let joins_below = self.runs.get(next).is_some_and(|run| run.first == last + 1);
        match (joins_above, joins_below) {
            (true, true) => {
                self.runs[next - 1].last = self.runs[next].last;
                self.runs.remove(next);
            }
            (true, false) => self.runs[next - 1].last = last,
            (false, true) => self.runs[next].first = first,
            (false, false) => self.runs.insert(next, Run { first, last }),
        }
    }

    /// The room has so many messages, if not more.
    pub(super) fn raise_head(&mut self, head: u64) {
        self.head = self.head.max(head);
    }

    /// Holds what is above `seq` no more.
    pub(super) fn drop_above(&mut self, seq: u64) {
        self.runs.retain(|run| run.last >= seq);
        if let Some(run) = self.runs.first_mut() {
            run.first = run.first.max(seq);
        }
        self.recount();
    }

    /// Holds what is below `seq` no more.
    pub(super) fn drop_below(&mut self, seq: u64) {
        self.runs.retain(|run| run.first <= seq);
        if let Some(run) = self.runs.last_mut() {
            run.last = run.last.min(seq);
        }
        self.recount();
    }

    fn recount(&mut self) {
        self.count = self.runs.iter().map(|run| run.rows()).sum();
    }

    /// The last run that begins at `seq` or above it.
    fn run_at_or_below(&self, seq: u64) -> Option<usize> {
        // At the end it is the last one.
        match self.runs.last() {
            Some(run) if run.first <= seq => Some(self.runs.len() - 1),
            _ => self.runs.partition_point(|run| run.first <= seq).checked_sub(1),
        }
    }

    fn gap_above(&self, i: usize) -> Option<Gap> {
        let run = self.runs.get(i)?;
        let after = if i == 0 { 0 } else { self.runs[i - 1].last };
        (after + 1 < run.first).then_some(Gap { after, before: run.first })
    }

    fn gap_below(&self, i: usize) -> Option<Gap> {
        if i + 1 < self.runs.len() { self.gap_above(i + 1) } else { self.tail_gap() }
    }
}
