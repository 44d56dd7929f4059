//! Which history to ask for: one page at a time, and again if it didn't come.
//!
//! What is missing at the end is always wanted, and small gaps are. Large ones, and what is above the first message, are
//! asked for when somebody sees them.

use hubbub_shared::chat::request::{History, Page};
use hubbub_shared::chat::{MAX_PAGE, PAGE};

use super::{Gap, Timeline};
use crate::model::backoff::Backoff;

/// A gap of no more than this is filled before anybody sees it.
pub(super) const SMALL: u64 = 2 * MAX_PAGE;

/// Which end of a gap is seen, and filled first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The upper end: somebody comes down to it.
    Upper,
    /// The lower end: somebody comes up to it.
    Lower,
}

/// What was asked for, and what is going to be.
#[derive(Debug, Clone, Default)]
pub(super) struct Asking {
    under_way: Option<Gap>,
    in_sight: Option<(Gap, Side)>,
    pause: Backoff,
}

impl Asking {
    /// What was asked for won't come, and nobody minds if it is asked for again.
    pub(super) fn stop(&mut self) {
        self.under_way = None;
        self.pause.reset();
    }
}

impl Timeline {
    /// Somebody sees a gap, and asks for it to be filled: for one page, and then the view says so again if it is still seen.
    pub fn gap_in_sight(&mut self, gap: Gap, side: Side) {
        self.asking.in_sight = Some((gap, side));
    }

    /// The page to ask for now, if one is. Until it is answered there is no other.
    pub fn ask(&mut self, now: u64) -> Option<History> {
        if self.asking.under_way.is_some() || !self.asking.pause.is_over(now) {
            return None;
        }
        let (gap, side) = self.wanted()?;
        self.asking.under_way = Some(gap);
        let room = self.room.clone();
        Some(match side {
            // To catch up.
            Side::Upper => History { room, before: None, after: Some(gap.after), limit: Some(MAX_PAGE) },
            // To be seen at once.
            Side::Lower => History { room, before: Some(gap.before), after: None, limit: Some(PAGE) },
        })
    }

    /// When to ask, if not now.
    #[must_use]
    pub fn asks_at(&self) -> Option<u64> {
        (self.asking.under_way.is_none() && self.wanted().is_some()).then(|| self.asking.pause.until())
    }

    /// The page that was asked for.
    pub fn page(&mut self, page: Page, now: u64) {
        let Some(asked) = self.asking.under_way.take() else { return };
        self.merge(page.messages);
        if self.held.gaps().any(|gap| gap == asked) {
            // It filled nothing. The same question would get the same answer.
            self.asking.pause.failed(now, None);
        } else {
            self.asking.pause.reset();
            self.asking.in_sight = None;
        }
    }

    /// The page that was asked for doesn't come.
    pub fn no_page(&mut self, now: u64, retry_after_ms: Option<u64>) {
        self.asking.under_way = None;
        self.asking.pause.failed(now, retry_after_ms);
    }

    fn wanted(&self) -> Option<(Gap, Side)> {
        let small = |gap: Gap| gap.missing() <= SMALL;
        let tail = self.held.tail_gap().map(|gap| {
            let side = if small(gap) && gap.after > 0 { Side::Upper } else { Side::Lower };
            (gap, side)
        });
        tail.or_else(|| self.seen()).or_else(|| {
            let between = |gap: &Gap| gap.after > 0 && small(*gap);
            self.held.gaps().find(between).map(|gap| (gap, Side::Upper))
        })
    }

    /// The gap in sight, which may have become smaller.
    fn seen(&self) -> Option<(Gap, Side)> {
        let (seen, side) = self.asking.in_sight?;
        let same = |gap: &Gap| match side {
            Side::Upper => gap.after == seen.after,
            Side::Lower => gap.before == seen.before,
        };
        self.held.gaps().find(same).map(|gap| (gap, side))
    }
}
