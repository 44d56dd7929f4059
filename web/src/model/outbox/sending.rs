//! What to send next, and what the answers mean.

use hubbub_shared::chat::request::{SendMessage, Sent};
use hubbub_shared::{ApiError, ErrorCode, Reply};

use super::{Attempt, Failure, Letter, Outbox, Stage};

/// What is to be sent now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// What its answer is to come with.
    pub attempt: Attempt,
    /// The request.
    pub message: SendMessage,
}

/// What an answer decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server has it.
    Delivered {
        /// What had been entered.
        letter: Letter,
        /// Its place.
        sent: Sent,
    },
    /// The server won't have it.
    Failed {
        /// Which.
        letter: Letter,
        /// Why.
        why: Failure,
    },
}

impl Outbox {
    /// This tab has the lock that lets one tab send, or has it no more. What is under way may be answered still.
    pub fn set_lock(&mut self, has_lock: bool) {
        self.has_lock = has_lock;
    }

    /// There is a connection, and it is clear whose it is.
    pub fn open(&mut self) {
        self.open = true;
        self.pause.reset();
    }

    /// The connection is gone. Nobody can say what became of what was under way, so it is sent again.
    pub fn close(&mut self) {
        self.open = false;
        for letter in self.letters.iter_mut().filter(|letter| letter.is_under_way()) {
            letter.stage = Stage::Unsure;
        }
    }

    /// What to send now. Ask until there is nothing.
    pub fn next(&mut self, now: u64) -> Option<Parcel> {
        if !self.pause.is_over(now) {
            return None;
        }
        let i = self.next_letter()?;
        let attempt = Attempt(self.attempts);
        self.attempts += 1;
        let letter = &mut self.letters[i];
        let is_first = letter.stage == Stage::Waiting;
        letter.stage = Stage::UnderWay(attempt);
        if is_first {
            self.keeping.set(letter);
        }
        let Letter { id, room, text, .. } = &self.letters[i];
        Some(Parcel { attempt, message: SendMessage { room: room.clone(), id: *id, text: text.to_string() } })
    }

    /// When to ask for what to send, if nothing else happens before.
    #[must_use]
    pub fn next_at(&self) -> Option<u64> {
        self.next_letter().map(|_| self.pause.until())
    }

    /// An attempt was answered.
    pub fn answered(&mut self, attempt: Attempt, answer: Reply<Sent>, now: u64) -> Option<Outcome> {
        let i = self.position_of(attempt)?;
        match answer {
            Reply::Ok(sent) => {
                self.pause.reset();
                let letter = self.letters.remove(i);
                self.keeping.remove(letter.id);
                Some(Outcome::Delivered { letter, sent })
            }
            Reply::Error(error) if is_for_now(&error) => {
                self.letters[i].stage = Stage::Unsure;
                self.pause.failed(now, error.retry_after_ms);
                None
            }
            // The tab that sends now will find out for itself, or has.
            Reply::Error(_) if !self.has_lock => {
                self.letters[i].stage = Stage::Unsure;
                None
            }
            Reply::Error(error) => {
                let why = Failure::Refused(error);
                let letter = &mut self.letters[i];
                letter.stage = Stage::Failed(why.clone());
                self.keeping.set(letter);
                Some(Outcome::Failed { letter: letter.clone(), why })
            }
        }
    }

    /// An attempt wasn't answered in time, or in a way that nobody can read: it is made again.
    pub fn unanswered(&mut self, attempt: Attempt, now: u64) {
        if let Some(i) = self.position_of(attempt) {
            self.letters[i].stage = Stage::Unsure;
            self.pause.failed(now, None);
        }
    }

    /// The first letter that waits in a room where none is under way.
    fn next_letter(&self) -> Option<usize> {
        if !self.open || !self.has_lock {
            return None;
        }
        let busy: Vec<&str> =
            self.letters.iter().filter(|letter| letter.is_under_way()).map(|letter| &*letter.room).collect();
        self.letters.iter().position(|letter| letter.is_to_be_sent() && !busy.contains(&&*letter.room))
    }

    fn position_of(&self, attempt: Attempt) -> Option<usize> {
        self.letters.iter().position(|letter| letter.stage == Stage::UnderWay(attempt))
    }
}

/// Whether the same request may be granted later, with nobody's help.
fn is_for_now(error: &ApiError) -> bool {
    matches!(error.code, ErrorCode::RateLimited | ErrorCode::TryAgain | ErrorCode::Unauthorized)
}
