//! What changed in a timeline, so that a view touches what changed and nothing else.

use super::row::Row;

/// One change of the rows. Changes are applied in their order; a position counts rows from the top, at that moment.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// These rows come in, so that the first of them stands at this position.
    Insert(usize, Vec<Row>),
    /// This row is another now. If its key is the old one, so is its element.
    Replace(usize, Row),
    /// A row goes from the first position to the second, which counts without it.
    Move(usize, usize),
    /// From this position on, so many rows go.
    Remove(usize, usize),
    /// All of them are others.
    Reset(Vec<Row>),
}

impl Change {
    /// Does to `rows` what was done to the timeline.
    pub fn apply(self, rows: &mut Vec<Row>) {
        match self {
            Self::Insert(at, new) => drop(rows.splice(at..at, new)),
            Self::Replace(at, row) => rows[at] = row,
            Self::Move(from, to) => {
                let row = rows.remove(from);
                rows.insert(to, row);
            }
            Self::Remove(at, count) => drop(rows.drain(at..at + count)),
            Self::Reset(all) => *rows = all,
        }
    }
}
