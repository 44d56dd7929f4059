//! One message that the server hasn't acknowledged, and how it is kept.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use hubbub_shared::chat::MessageId;
use hubbub_shared::{ApiError, text};
use serde::{Deserialize, Serialize};

use crate::json;

/// The form in which letters are kept. Another one is not read, and not touched.
const VERSION: u32 = 1;

/// One of mine, on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The same from the first attempt to the end.
    pub id: MessageId,
    /// The room's id.
    pub room: String,
    /// As it is sent.
    pub text: Arc<str>,
    /// When it was entered, in milliseconds since 1970; two of an outbox never have the same.
    pub at: u64,
    /// How far it has come.
    pub stage: Stage,
}

/// How far a letter has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// It is to be sent, for the first time.
    Waiting,
    /// It was sent, and nothing is heard of it.
    UnderWay(Attempt),
    /// It was sent, and nobody can say what became of it: it is to be sent again.
    Unsure,
    /// It won't be sent unless somebody tries again.
    Failed(Failure),
}

/// One sending of one letter. What is answered to an earlier one says nothing of a later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Attempt(pub(super) u64);

/// Why a letter won't be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The server refused it, for good.
    Refused(ApiError),
    /// It was written for a store that isn't there any more, whose rooms may have been others.
    StoreReplaced,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(f),
            Self::StoreReplaced => {
                f.write_str("The server’s data was replaced before this was sent. Send it again, or discard it.")
            }
        }
    }
}

/// A letter as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept<'a> {
    v: u32,
    id: MessageId,
    room: Cow<'a, str>,
    text: Cow<'a, str>,
    at: u64,
    /// Whether it was sent: what becomes of that nobody knows who reads this.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    sent: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failed: Option<Cow<'a, Failure>>,
}

impl Letter {
    pub(super) fn is_failed(&self) -> bool {
        matches!(self.stage, Stage::Failed(_))
    }

    pub(super) fn is_under_way(&self) -> bool {
        matches!(self.stage, Stage::UnderWay(_))
    }

    pub(super) fn is_to_be_sent(&self) -> bool {
        matches!(self.stage, Stage::Waiting | Stage::Unsure)
    }

    /// What letters are sorted by.
    pub(super) fn order(&self) -> (u64, MessageId) {
        (self.at, self.id)
    }

    /// The letter as a string, to be kept.
    pub(super) fn kept(&self) -> String {
        let (sent, failed) = match &self.stage {
            Stage::Waiting => (false, None),
            Stage::UnderWay(_) | Stage::Unsure => (true, None),
            Stage::Failed(failure) => (false, Some(Cow::Borrowed(failure))),
        };
        let (room, text) = (Cow::Borrowed(&*self.room), Cow::Borrowed(&*self.text));
        // Nothing in it can fail to be written.
        serde_json::to_string(&Kept { v: VERSION, id: self.id, room, text, at: self.at, sent, failed })
            .unwrap_or_default()
    }

    /// The letter that was kept as this string, if it is one.
    pub(super) fn restored(kept: &str) -> Option<Self> {
        let Kept { v, id, room, text, at, sent, failed } = json::read(kept)?;
        if v != VERSION || text::check(&text).is_err() {
            return None;
        }
        let stage = match failed {
            Some(failure) => Stage::Failed(failure.into_owned()),
            None if sent => Stage::Unsure,
            None => Stage::Waiting,
        };
        Some(Self { id, room: room.into_owned(), text: text.into(), at, stage })
    }
}
