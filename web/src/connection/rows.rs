//! The rows of the open room, as signals: in chunks, so that a change costs its chunk and not the room.

use std::mem;

use leptos::prelude::*;

use crate::model::timeline::{Change, Key, Row};

/// How many rows a chunk has at most.
const MOST: usize = 128;

/// The open room's rows, from the top. A change tells the chunk in which it is; if the row stays, that row alone.
#[derive(Clone, Copy, Default)]
pub struct Rows {
    chunks: RwSignal<Vec<Chunk>>,
    /// How many chunks and handles there ever were, to tell them apart.
    made: StoredValue<u64>,
    /// Is told before they change.
    before: StoredValue<Option<Callback<()>>>,
}

/// Rows that stand one after another. Never none.
#[derive(Clone)]
pub struct Chunk {
    /// For the view, to find the chunk's element again.
    pub key: u64,
    /// What is in it.
    pub rows: ArcRwSignal<Vec<RowHandle>>,
}

/// One row: its element is kept as long as its key is there.
#[derive(Clone)]
pub struct RowHandle {
    /// For the view, to find the row's element again. Never used twice, as a row's key may be when all rows are others.
    pub id: u64,
    key: Key,
    /// What stands in it.
    pub row: ArcRwSignal<Row>,
}

impl Chunk {
    fn len(&self) -> usize {
        self.rows.read_untracked().len()
    }
}

impl RowHandle {
    fn is_gap(&self) -> bool {
        matches!(self.key, Key::Gap(_))
    }
}

impl Rows {
    /// All chunks.
    #[must_use]
    pub fn chunks(self) -> Vec<Chunk> {
        self.chunks.get()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.chunks.read().is_empty()
    }

    /// Follows which rows there are.
    pub fn track(self) {
        self.chunks.read().iter().for_each(|chunk| chunk.rows.track());
    }

    /// Calls this before rows change, instead of what was called so far: while they are still seen as they were.
    pub fn before_changes(self, before: Callback<()>) {
        self.before.set_value(Some(before));
    }

    pub(super) fn reset(self, rows: Vec<Row>) {
        self.chunks.set(self.first(self.handles(rows)));
    }

    pub(super) fn apply(self, changes: Vec<Change>) {
        if let Some(before) = self.before.get_value().filter(|_| !changes.is_empty()) {
            // Whoever wanted to know may be gone.
            before.try_run(());
        }
        for change in changes {
            match change {
                Change::Replace(at, row) => self.replace(at, row),
                Change::Insert(at, rows) => self.insert(at, self.handles(rows)),
                Change::Move(from, to) => {
                    let row = self.remove(from, 1);
                    self.insert(to, row);
                }
                Change::Remove(at, count) => drop(self.remove(at, count)),
                Change::Reset(rows) => self.reset(rows),
            }
        }
    }

    fn replace(self, at: usize, row: Row) {
        let Some((_, chunk, at)) = self.find(at) else { return };
        let same = chunk.rows.read_untracked().get(at).filter(|handle| handle.key == row.key).cloned();
        match same {
            Some(handle) => handle.row.set(row),
            None => drop(chunk.rows.write().splice(at..=at, self.handles(vec![row]))),
        }
    }

    fn insert(self, at: usize, mut new: Vec<RowHandle>) {
        if at == 1 && self.is_only_a_gap() {
            let mut all = self.remove(0, 1);
            all.append(&mut new);
            return self.insert(0, all);
        }
        let Some((index, chunk, at)) = self.find(at) else {
            return self.chunks.set(self.first(new));
        };
        let len = chunk.len();
        if at == len && len + new.len() <= MOST {
            chunk.rows.write().extend(new);
            return;
        }
        // What stands between two chunks is the end of the upper one, if that has room: so messages that come in above one
        // of mine that waits don't make a chunk each.
        if at == 0 && index > 0 {
            let above = self.chunks.read_untracked()[index - 1].clone();
            if above.len() + new.len() <= MOST {
                above.rows.write().extend(new);
                return;
            }
        }
        // Elsewhere a chunk is cut in two: what comes in above a row in the same element would take the row along, out of
        // sight. The larger part keeps its elements, the smaller goes along with what is new.
        let index = if at <= len / 2 {
            if at > 0 {
                new.splice(..0, chunk.rows.write().drain(..at));
            }
            index
        } else {
            if at < len {
                new.extend(chunk.rows.write().split_off(at));
            }
            index + 1
        };
        let chunks = self.cut(new);
        self.chunks.write().splice(index..index, chunks);
    }

    /// Takes rows out. Chunks that are empty by that go.
    fn remove(self, at: usize, mut count: usize) -> Vec<RowHandle> {
        let mut removed = vec![];
        let mut is_any_empty = false;
        let Some((index, _, mut at)) = self.find(at) else { return removed };
        for chunk in &self.chunks.read_untracked()[index..] {
            let end = (at + count).min(chunk.len());
            count -= end - at;
            removed.extend(chunk.rows.write().drain(mem::take(&mut at)..end));
            is_any_empty |= chunk.len() == 0;
            if count == 0 {
                break;
            }
        }
        if is_any_empty {
            self.chunks.write().retain(|chunk| chunk.len() > 0);
        }
        removed
    }

    /// The chunk that has the row at this position, or the last one if it is right behind it; and the row's place in it.
    fn find(self, mut at: usize) -> Option<(usize, Chunk, usize)> {
        let chunks = self.chunks.read_untracked();
        for (index, chunk) in chunks.iter().enumerate() {
            let len = chunk.len();
            if at < len || (at == len && index + 1 == chunks.len()) {
                return Some((index, chunk.clone(), at));
            }
            at -= len;
        }
        None
    }

    fn is_only_a_gap(self) -> bool {
        match &**self.chunks.read_untracked() {
            [chunk] => chunk.rows.read_untracked().iter().map(RowHandle::is_gap).eq([true]),
            _ => false,
        }
    }

    /// The chunks of all rows. What stands below the first gap loses its head when that is filled, so it has no other rows in
    /// its chunk: where one begins elsewhere than before, everything in it would count as moved.
    fn first(self, mut rows: Vec<RowHandle>) -> Vec<Chunk> {
        let begins_with_gap = rows.first().is_some_and(RowHandle::is_gap);
        let rest = rows.split_off(if begins_with_gap { rows.len().min(2) } else { 0 });
        let mut chunks = self.cut(rows);
        chunks.extend(self.cut(rest));
        chunks
    }

    fn cut(self, rows: Vec<RowHandle>) -> Vec<Chunk> {
        let chunk = |rows: &[RowHandle]| Chunk { key: self.next_id(), rows: ArcRwSignal::new(rows.to_vec()) };
        rows.chunks(MOST).map(chunk).collect()
    }

    fn handles(self, rows: Vec<Row>) -> Vec<RowHandle> {
        let handle = |row: Row| RowHandle { id: self.next_id(), key: row.key, row: ArcRwSignal::new(row) };
        rows.into_iter().map(handle).collect()
    }

    fn next_id(self) -> u64 {
        self.made.update_value(|made| *made += 1);
        self.made.get_value()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::timeline::{Gap, Marks, What};

    fn row(number: u64) -> Row {
        let what = What::Gap(Gap { after: number, before: number + 2 });
        Row { key: Key::Seq(number), what, marks: Marks::default() }
    }

    /// A change for so many rows; the numbers choose which.
    fn change((kind, at, many): (u8, usize, usize), len: usize, next: &mut u64) -> Change {
        let mut new = |count| {
            *next += count as u64;
            (*next - count as u64..*next).map(row).collect::<Vec<_>>()
        };
        match kind {
            1 if len > 0 => Change::Replace(at % len, new(1).remove(0)),
            2 if len > 0 => Change::Move(at % len, many % len),
            3 if len > 0 => Change::Remove(at % len, many.min(len - at % len)),
            4 => Change::Reset(new(many)),
            _ => Change::Insert(at % (len + 1), new(many)),
        }
    }

    proptest! {
        #[test]
        fn chunks_have_what_a_plain_list_has(kinds in prop::collection::vec((0..30_u8, any::<usize>(), 1..300_usize), 1..40)) {
            let owner = Owner::new();
            owner.set();
            let (rows, mut plain, mut next) = (Rows::default(), vec![], 0);
            for kind in kinds {
                let change = change((kind.0 % 5, kind.1, kind.2), plain.len(), &mut next);
                change.clone().apply(&mut plain);
                rows.apply(vec![change]);
                let chunks = rows.chunks.get_untracked();
                prop_assert!(chunks.iter().all(|chunk| (1..=MOST).contains(&chunk.len())));
                let all: Vec<_> = chunks.iter().flat_map(|chunk| chunk.rows.get_untracked()).collect();
                prop_assert_eq!(all.iter().map(|handle| handle.row.get_untracked()).collect::<Vec<_>>(), plain.clone());
            }
        }
    }
}
