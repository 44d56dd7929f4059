//! What one connection has to say in one room: one message in flight, the same id when it is sent again, until the server
//! has answered.

use std::iter::Sum;
use std::time::Duration;

use hubbub_client::{AckError, EmitError};
use hubbub_shared::ErrorCode;
use hubbub_shared::chat::request::{SendMessage, Sent};
use hubbub_shared::chat::{Chat, MessageId};
use hubbub_shared::client::TypedSocket;
use serde::Serialize;
use tokio::time::sleep;

use crate::chat::try_ask;

/// All that was written in one room, in this order.
#[derive(Debug, Default)]
pub struct Outbox {
    pub room: String,
    pub written: Vec<Written>,
    pub counts: Counts,
}

/// A message, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub id: MessageId,
    pub text: String,
    /// The acknowledgement, once it came.
    pub answer: Option<Sent>,
}

/// How often what happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub sent: u64,
    pub acknowledged: u64,
    /// Sent again because no acknowledgement had come.
    pub repeats: u64,
    pub rate_limited: u64,
    pub try_again: u64,
}

impl Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), |all, one| Self {
            sent: all.sent + one.sent,
            acknowledged: all.acknowledged + one.acknowledged,
            repeats: all.repeats + one.repeats,
            rate_limited: all.rate_limited + one.rate_limited,
            try_again: all.try_again + one.try_again,
        })
    }
}

/// Long enough for a lost link to be replaced, mostly.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

impl Outbox {
    /// An empty one.
    #[must_use]
    pub fn new(room: &str) -> Self {
        Self { room: room.to_owned(), ..Self::default() }
    }

    /// Writes one, and sends it until it is acknowledged.
    ///
    /// # Errors
    /// A refusal that no waiting would change.
    pub async fn say(&mut self, chat: &TypedSocket<Chat>, id: MessageId, text: String) -> Result<Sent, ErrorCode> {
        let request = SendMessage { room: self.room.clone(), id, text: text.clone() };
        self.written.push(Written { id, text, answer: None });
        let mut may_be_there = false;
        let sent = loop {
            let attempt = try_ask(chat, &request).await;
            if !matches!(attempt, Err(AckError::NotSent(EmitError::NotConnected))) {
                self.counts.sent += 1;
                self.counts.repeats += u64::from(may_be_there);
            }
            match attempt {
                Ok(Ok(sent)) => break sent,
                Ok(Err(refusal)) => {
                    match refusal.code {
                        ErrorCode::RateLimited => self.counts.rate_limited += 1,
                        ErrorCode::TryAgain => self.counts.try_again += 1,
                        code => return Err(code),
                    }
                    sleep(refusal.retry_after_ms.map_or(LOOK_AGAIN, Duration::from_millis)).await;
                }
                Err(AckError::NotSent(_)) => sleep(LOOK_AGAIN).await,
                Err(_) => may_be_there = true,
            }
        };
        self.counts.acknowledged += 1;
        if let Some(written) = self.written.last_mut() {
            written.answer = Some(sent);
        }
        Ok(sent)
    }
}
