//! The answer to a request.

use std::marker::PhantomData;
use std::sync::Arc;

use hubbub_shared::{ApiError, ErrorCode, Reply};
use serde::Serialize;
use tracing::debug;

use crate::member::{Ack, Member};
use crate::metrics;
use crate::transport::session::Unanswered;

/// Somebody waits for a `T`, or for the reason why there is none. Its client counts as waiting until this is dropped.
pub(super) struct Answer<T> {
    pub(super) by: Arc<Member>,
    event: &'static str,
    ack: Option<Ack>,
    pub(super) unanswered: Unanswered,
    ok: PhantomData<fn(T)>,
}

impl<T: Serialize> Answer<T> {
    pub(super) fn new(by: Arc<Member>, event: &'static str, ack: Option<Ack>, unanswered: Unanswered) -> Self {
        Self { by, event, ack, unanswered, ok: PhantomData }
    }

    /// Answers, if an answer was asked for.
    pub(super) fn give(self, result: Result<T, ApiError>) -> Unanswered {
        if let Err(error) = &result {
            metrics::refused(error.code);
            debug!(socket = %self.by.session.sid, event = self.event, code = ?error.code, "refused");
        }
        if let Some(ack) = self.ack {
            self.by.answer(ack, &Reply::from(result));
        }
        self.unanswered
    }

    pub(super) fn refuse(self, code: ErrorCode) {
        self.give(Err(code.into()));
    }
}
