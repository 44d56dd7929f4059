//! Where letters are kept: in storage that all tabs share and that outlives them, each letter under a key of its own.
//!
//! So two tabs that write at the same time never undo each other's work, as they would with one list. A letter is kept from
//! the moment it is entered until the moment it is done with. Every tab hears what the others write, and knows all letters;
//! which of them sends is decided by a lock, outside.

use hubbub_shared::chat::MessageId;

use super::{Backoff, Failure, Letter, Outbox, Stage};
use crate::model::sort::sorted_by_key;

/// Whose letters they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The id of the store that they are for; empty as long as nobody has said.
    pub store: String,
    /// The user's id.
    pub user: String,
}

/// What is to be done in the shared storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keep {
    /// Keep this value under this key.
    Set(String, String),
    /// Keep nothing under this key.
    Remove(String),
}

impl Keep {
    fn key(&self) -> &str {
        match self {
            Self::Set(key, _) | Self::Remove(key) => key,
        }
    }
}

/// What another tab did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Elsewhere {
    /// It has a letter that wasn't known here.
    Entered(Letter),
    /// It found that a letter failed, or tries it again.
    Changed(Letter),
    /// It is done with a letter: the server has it, or somebody discarded it.
    Gone(Letter),
}

/// What is to be done in the shared storage, until somebody does it.
#[derive(Debug)]
pub(super) struct Keeping {
    owner: Owner,
    to_do: Vec<Keep>,
}

impl Owner {
    /// What the keys of all letters begin with, of whatever owner.
    pub const ALL: &str = "hubbub.outbox.";

    fn key(&self, id: MessageId) -> String {
        format!("{}{}.{}.{id}", Self::ALL, self.store, self.user)
    }

    /// The id of the letter that is kept under `key`, if it is one of mine.
    fn id(&self, key: &str) -> Option<MessageId> {
        let of_store = key.strip_prefix(Self::ALL)?.strip_prefix(&*self.store)?.strip_prefix('.')?;
        of_store.strip_prefix(&*self.user)?.strip_prefix('.')?.parse().ok()
    }
}

impl Keeping {
    pub(super) fn set(&mut self, letter: &Letter) {
        self.add(Keep::Set(self.owner.key(letter.id), letter.kept()));
    }

    pub(super) fn remove(&mut self, id: MessageId) {
        self.add(Keep::Remove(self.owner.key(id)));
    }

    /// Mostly one is entered and sent at once: that is written once.
    fn add(&mut self, keep: Keep) {
        self.to_do.pop_if(|last| last.key() == keep.key());
        self.to_do.push(keep);
    }
}

impl Outbox {
    /// The outbox as it was kept: of all keys and values of the storage, mine are taken. What can't be read isn't touched.
    pub fn restore<'a>(owner: Owner, kept: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mine = |(key, value): (&str, &str)| {
            let letter = Letter::restored(value)?;
            (owner.id(key) == Some(letter.id)).then_some(letter)
        };
        let letters = kept.into_iter().filter_map(mine).collect();
        let mut letters = sorted_by_key(letters, Letter::order);
        letters.dedup_by_key(|letter| letter.id);
        let keeping = Keeping { owner, to_do: Vec::new() };
        Self { letters, keeping, open: false, has_lock: false, attempts: 0, pause: Backoff::default() }
    }

    /// Whose it is.
    #[must_use]
    pub fn owner(&self) -> &Owner {
        &self.keeping.owner
    }

    /// What is to be done in the shared storage, in this order, before anything else is.
    pub fn take_keeps(&mut self) -> Vec<Keep> {
        std::mem::take(&mut self.keeping.to_do)
    }

    /// Another tab has written or removed something: `value` is what is kept under `key` now, which may be later news than
    /// that of the event.
    pub fn hear(&mut self, key: &str, value: Option<&str>) -> Option<Elsewhere> {
        let id = self.keeping.owner.id(key)?;
        let known = self.letters.iter().position(|letter| letter.id == id);
        let heard = match value {
            None => return Some(Elsewhere::Gone(self.letters.remove(known?))),
            Some(value) => Letter::restored(value).filter(|letter| letter.id == id)?,
        };
        match known {
            None => {
                let i = self.letters.partition_point(|letter| letter.order() < heard.order());
                self.letters.insert(i, heard.clone());
                Some(Elsewhere::Entered(heard))
            }
            // Who sends it knows better.
            Some(i) if self.has_lock && self.letters[i].is_under_way() => None,
            Some(i) if self.letters[i].stage == heard.stage => None,
            Some(i) => {
                self.letters[i].stage = heard.stage;
                Some(Elsewhere::Changed(self.letters[i].clone()))
            }
        }
    }

    /// The server says which store it has. Letters that were entered before anybody knew are for this one. Those for
    /// another store aren't sent unless somebody says so: its rooms may have been others. Those are told.
    pub fn set_store(&mut self, store: &str) -> Vec<MessageId> {
        if self.keeping.owner.store == store {
            return Vec::new();
        }
        let is_replaced = !self.keeping.owner.store.is_empty();
        let before = self.keeping.owner.clone();
        self.keeping.owner.store = store.to_owned();
        for letter in &mut self.letters {
            if is_replaced {
                letter.stage = Stage::Failed(Failure::StoreReplaced);
            }
            // It is kept twice for a moment, rather than not at all.
            self.keeping.set(letter);
            self.keeping.add(Keep::Remove(before.key(letter.id)));
        }
        if is_replaced { self.letters.iter().map(|letter| letter.id).collect() } else { Vec::new() }
    }
}
