//! The rows of the open room, as signals: one for the list, and one for each row.

use leptos::prelude::*;

use crate::model::timeline::{Change, Key, Row};

/// The open room's rows. A change of one row tells nobody but that row's element.
#[derive(Clone, Copy, Default)]
pub struct Rows(RwSignal<Vec<RowHandle>>);

/// One row: its element is kept as long as its key is there.
#[derive(Clone)]
pub struct RowHandle {
    /// For the view, to find the row's element again.
    pub key: Key,
    /// What stands in it.
    pub row: ArcRwSignal<Row>,
}

impl Rows {
    /// The rows, from the top.
    #[must_use]
    pub fn list(self) -> Vec<RowHandle> {
        self.0.get()
    }

    /// Follows which rows there are.
    pub fn track(self) {
        self.0.track();
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0.read().is_empty()
    }

    pub(super) fn reset(self, rows: Vec<Row>) {
        self.0.set(rows.into_iter().map(RowHandle::of).collect());
    }

    pub(super) fn apply(self, changes: Vec<Change>) {
        let mut are_others = false;
        self.0.update_untracked(|list| {
            for change in changes {
                are_others |= apply(change, list);
            }
        });
        if are_others {
            self.0.notify();
        }
    }
}

impl RowHandle {
    fn of(row: Row) -> Self {
        Self { key: row.key, row: ArcRwSignal::new(row) }
    }
}

/// Does to the list what was done to the timeline. Tells whether its rows are others than before.
fn apply(change: Change, list: &mut Vec<RowHandle>) -> bool {
    match change {
        Change::Replace(at, row) if list[at].key == row.key => {
            list[at].row.set(row);
            return false;
        }
        Change::Replace(at, row) => list[at] = RowHandle::of(row),
        Change::Insert(at, rows) => drop(list.splice(at..at, rows.into_iter().map(RowHandle::of))),
        Change::Move(from, to) => {
            let row = list.remove(from);
            list.insert(to, row);
        }
        Change::Remove(at, count) => drop(list.drain(at..at + count)),
        Change::Reset(rows) => *list = rows.into_iter().map(RowHandle::of).collect(),
    }
    true
}
