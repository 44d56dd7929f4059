//! What was said in one room, as rows: messages by their place, gaps where some are missing, and mine that have no place yet.
//!
//! Nothing that is told of a room, in whatever order and however often, makes two messages neighbours that aren't, or shows
//! one twice: `held` knows what is here, and each gap has a row of its own. `merge` takes messages in, `own` has mine
//! from the moment they are entered, `asking` says which history to ask for, `bound` forgets what nobody looks at.
//!
//! A view takes [`Timeline::watch`]'s rows and then applies [`Timeline::take_changes`]. It is no list of elements, and
//! knows nothing of scrolling but what [`Timeline::look_at`] and [`Timeline::gap_in_sight`] tell it.

mod asking;
mod bound;
mod change;
mod held;
mod merge;
mod own;
mod row;

use std::collections::BTreeMap;
use std::sync::Arc;

use hubbub_shared::chat::{Message, MessageId, User};

use self::asking::Asking;
use self::held::{Held, Place};
use self::row::Said;
pub use self::{
    asking::Side,
    bound::Look,
    change::Change,
    row::{Gap, Key, Marks, Offset, Own, OwnState, Row, What},
};
use crate::model::sorted::SortedMap;

/// One room's messages, as far as they are here.
#[derive(Debug, Clone)]
pub struct Timeline {
    room: String,
    /// Whose page it is.
    me: User,
    offset: Offset,
    /// What is in `slots`, as numbers.
    held: Held,
    slots: BTreeMap<u64, Slot>,
    /// Where mine are among `slots`.
    mine: SortedMap<MessageId, u64>,
    /// Mine that aren't among `slots`, in the order in which they were entered. Their rows come last.
    own: Vec<OwnSlot>,
    /// How many of mine were ever entered, to tell them apart.
    entered: u64,
    /// The line for new messages stands above this one.
    first_unread: Option<u64>,
    /// The highest seq that was heard live on this connection. No snapshot can take that back.
    live_head: u64,
    asking: Asking,
    /// Where the person looks, or looked when they left; at the end, if nowhere.
    looks_at: Option<Look>,
    /// What the view hasn't taken yet; `None` if there is no view.
    changes: Option<Vec<Change>>,
}

/// A message that has its place.
#[derive(Debug, Clone)]
struct Slot {
    key: Key,
    message: Arc<Message>,
    marks: Marks,
}

/// One of mine that hasn't.
#[derive(Debug, Clone)]
struct OwnSlot {
    key: Key,
    own: Own,
    marks: Marks,
}

impl Slot {
    fn row(&self) -> Row {
        Row { key: self.key, what: What::Message(self.message.clone()), marks: self.marks }
    }

    fn said(&self) -> Said<'_> {
        Said { author: &self.message.author.id, at: self.message.at }
    }
}

impl OwnSlot {
    fn row(&self) -> Row {
        Row { key: self.key, what: What::Own(self.own.clone()), marks: self.marks }
    }
}

impl Gap {
    fn row(self) -> Row {
        Row { key: Key::Gap(self.after), what: What::Gap(self), marks: Marks::default() }
    }
}

impl Timeline {
    /// A room of which nothing is here. `offset` says when a day begins for the person.
    #[must_use]
    pub fn new(room: String, me: User, offset: Offset) -> Self {
        Self {
            room,
            me,
            offset,
            held: Held::default(),
            slots: BTreeMap::new(),
            mine: SortedMap::default(),
            own: Vec::new(),
            entered: 0,
            first_unread: None,
            live_head: 0,
            asking: Asking::default(),
            looks_at: None,
            changes: None,
        }
    }

    /// From now on changes are kept for a view, which begins with these rows.
    pub fn watch(&mut self) -> Vec<Row> {
        self.changes = Some(Vec::new());
        self.rows().collect()
    }

    /// The view is gone.
    pub fn unwatch(&mut self) {
        self.changes = None;
        self.keep_in_bounds();
    }

    /// What changed since the view asked last.
    pub fn take_changes(&mut self) -> Vec<Change> {
        self.changes.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.held.rows() + self.own.len()
    }

    /// Whether there is nothing to see.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One row, counted from the top.
    #[must_use]
    pub fn row(&self, position: usize) -> Option<Row> {
        match self.held.at(position) {
            Some(Place::Message(seq)) => self.slots.get(&seq).map(Slot::row),
            Some(Place::Gap(gap)) => Some(gap.row()),
            None => self.own.get(position.checked_sub(self.held.rows())?).map(OwnSlot::row),
        }
    }

    /// All rows, from the top.
    pub fn rows(&self) -> impl Iterator<Item = Row> + '_ {
        let mut above = 0;
        let held = self.slots.iter().flat_map(move |(&seq, slot)| {
            let gap = (above + 1 < seq).then_some(Gap { after: above, before: seq });
            above = seq;
            gap.map(Gap::row).into_iter().chain([slot.row()])
        });
        held.chain(self.held.tail_gap().map(Gap::row)).chain(self.own.iter().map(OwnSlot::row))
    }

    /// The last seq that is here: what a sync says that I hold.
    #[must_use]
    pub fn last(&self) -> Option<u64> {
        self.held.last()
    }

    /// The seq of the room's last message, as far as it is known.
    #[must_use]
    pub fn head(&self) -> u64 {
        self.held.head()
    }

    /// Whether something was heard live on this connection.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.live_head > 0
    }

    /// Whether there are messages above the first row that is no gap.
    #[must_use]
    pub fn more_above(&self) -> bool {
        self.held.gaps().next().is_some_and(|gap| gap.after == 0)
    }

    /// A message that is here.
    #[must_use]
    pub fn message(&self, seq: u64) -> Option<&Arc<Message>> {
        self.slots.get(&seq).map(|slot| &slot.message)
    }

    /// The messages that are here after this seq.
    pub fn after(&self, seq: u64) -> impl Iterator<Item = &Arc<Message>> {
        self.slots.range(seq.saturating_add(1)..).map(|(_, slot)| &slot.message)
    }

    /// Whether the message of mine that has this id is here, in its place.
    #[must_use]
    pub fn has_mine(&self, id: MessageId) -> bool {
        self.mine.contains(&id)
    }

    /// The line for new messages stands below the message of this seq, or nowhere. It stays while I read on.
    pub fn mark_unread(&mut self, after: Option<u64>) {
        let first = after.map(|seq| seq.saturating_add(1));
        let before = std::mem::replace(&mut self.first_unread, first);
        for seq in [before, first].into_iter().flatten() {
            self.settle(seq);
        }
    }

    fn record(&mut self, change: Change) {
        if let Some(changes) = &mut self.changes {
            changes.push(change);
        }
    }

    /// The marks of a message that has its place.
    fn marks(&self, message: &Message) -> Marks {
        let said = Said { author: &message.author.id, at: message.at };
        let above = self.slots.get(&(message.seq - 1)).map(Slot::said);
        let first_unread = self.first_unread == Some(message.seq) && message.author.id != self.me.id;
        Marks { first_unread, ..said.marks(above, self.offset) }
    }

    /// The marks of one of mine that hasn't.
    fn own_marks(&self, i: usize) -> Marks {
        let said = |slot: &OwnSlot| Said { author: &self.me.id, at: slot.own.at };
        let above = match i.checked_sub(1) {
            Some(above) => Some(said(&self.own[above])),
            None if self.held.tail_gap().is_some() => None,
            None => self.slots.last_key_value().map(|(_, slot)| slot.said()),
        };
        said(&self.own[i]).marks(above, self.offset)
    }

    /// The message above this one may be another than before.
    fn settle(&mut self, seq: u64) {
        let Some(slot) = self.slots.get(&seq) else { return };
        let marks = self.marks(&slot.message);
        if let Some(slot) = self.slots.get_mut(&seq)
            && slot.marks != marks
        {
            slot.marks = marks;
            let row = slot.row();
            let at = self.held.row_of(seq);
            self.record(Change::Replace(at, row));
        }
    }

    /// The message above this one of mine may be another than before.
    fn settle_own(&mut self, i: usize) {
        if i >= self.own.len() {
            return;
        }
        let marks = self.own_marks(i);
        let slot = &mut self.own[i];
        if slot.marks != marks {
            slot.marks = marks;
            let row = slot.row();
            self.record(Change::Replace(self.held.rows() + i, row));
        }
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
