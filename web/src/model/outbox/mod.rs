//! What I said and the server hasn't acknowledged: the page's only buffer of messages.
//!
//! A letter stays until the server has it, or somebody discards it. Each room has one under way, so that they come in the
//! order in which they were entered; one that failed holds up none. Sent again it has the same id, which the server stores
//! once. `sending` says what to send and when, `keeping` what to keep where, and what other tabs do.

mod keeping;
mod letter;
mod sending;

use hubbub_shared::chat::MessageId;

use self::keeping::Keeping;
pub use self::{
    keeping::{Elsewhere, Keep, Owner},
    letter::{Attempt, Failure, Letter, Stage},
    sending::{Outcome, Parcel},
};
use super::backoff::Backoff;
use crate::model::{Draft, Refusal};

/// How many letters there may be. Beyond that one more is refused.
const MOST: usize = 100;

/// The letters of one user, as this tab knows them.
#[derive(Debug)]
pub struct Outbox {
    /// In the order in which they were entered.
    letters: Vec<Letter>,
    keeping: Keeping,
    /// There is a connection, and it is to the store that the letters are for.
    open: bool,
    /// Of all tabs, this is the one that sends.
    has_lock: bool,
    attempts: u64,
    pause: Backoff,
}

impl Outbox {
    /// All letters, in the order in which they were entered.
    #[must_use]
    pub fn letters(&self) -> &[Letter] {
        &self.letters
    }

    /// The letters of one room.
    pub fn of<'a>(&'a self, room: &'a str) -> impl Iterator<Item = &'a Letter> {
        self.letters.iter().filter(move |letter| letter.room == room)
    }

    /// Whether of all tabs this is the one that sends.
    #[must_use]
    pub fn has_lock(&self) -> bool {
        self.has_lock
    }

    /// How many would be lost with it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.letters.len()
    }

    /// Whether the server has everything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.letters.is_empty()
    }

    /// Something is said, under an id that was never used before.
    ///
    /// # Errors
    /// [`Refusal`]: it is no message, or too many wait.
    pub fn enter(&mut self, room: &str, text: &str, id: MessageId, now: u64) -> Result<Letter, Refusal> {
        let text = Draft(text).checked()?.into();
        if self.letters.len() >= MOST {
            return Err(Refusal::TooManyWaiting(MOST));
        }
        // The clock may stand still, or go back.
        let at = self.letters.last().map_or(now, |last| now.max(last.at.saturating_add(1)));
        let letter = Letter { id, room: room.to_owned(), text, at, stage: Stage::Waiting };
        self.keeping.set(&letter);
        self.letters.push(letter.clone());
        Ok(letter)
    }

    /// One that failed is to be sent again. Tells whether it is.
    pub fn retry(&mut self, id: MessageId) -> bool {
        match self.letters.iter_mut().find(|letter| letter.id == id && letter.is_failed()) {
            Some(letter) => {
                letter.stage = Stage::Waiting;
                self.keeping.set(letter);
                true
            }
            None => false,
        }
    }

    /// Whether one can be called back: the server may have what was sent, unless it has refused it.
    #[must_use]
    pub fn may_be_discarded(&self, id: MessageId) -> bool {
        let mut letters = self.letters.iter();
        letters.any(|letter| letter.id == id && matches!(letter.stage, Stage::Waiting | Stage::Failed(_)))
    }

    /// One isn't to be sent. Tells whether it won't be.
    pub fn discard(&mut self, id: MessageId) -> bool {
        self.may_be_discarded(id) && self.remove(id).is_some()
    }

    /// Everything is discarded, because I sign out.
    pub fn clear(&mut self) {
        for letter in std::mem::take(&mut self.letters) {
            self.keeping.remove(letter.id);
        }
    }

    /// The server has this one: it was heard in the room, whatever becomes of the acknowledgement. Tells whether it waited.
    pub fn heard(&mut self, id: MessageId) -> bool {
        !self.letters.is_empty() && self.remove(id).is_some()
    }

    fn remove(&mut self, id: MessageId) -> Option<Letter> {
        let i = self.letters.iter().position(|letter| letter.id == id)?;
        self.keeping.remove(id);
        Some(self.letters.remove(i))
    }
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
