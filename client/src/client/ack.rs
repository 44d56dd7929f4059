//! The future of an acknowledgement.

use std::{
    fmt,
    future::Future,
    marker::PhantomData,
    pin::Pin,
    task::{Context, Poll, ready},
};

use futures_channel::oneshot;
use futures_util::FutureExt;

use crate::{
    args::{Args, FromArgs},
    error::AckError,
};

/// Where the driver puts what became of an acknowledgement.
pub(super) type Answer = oneshot::Receiver<Result<Args, AckError>>;

/// The future of an acknowledgement, read into the tuple `T`. It ends exactly once: with the answer, or as [`AckError`] says.
/// The event is sent whether this is awaited or not.
#[must_use = "without its future an acknowledgement can't be told from none"]
pub struct Ack<T> {
    answer: Answer,
    shape: PhantomData<fn() -> T>,
}

impl<T> Ack<T> {
    pub(super) fn new(answer: Answer) -> Self {
        Self { answer, shape: PhantomData }
    }
}

impl<T> fmt::Debug for Ack<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ack").finish_non_exhaustive()
    }
}

impl<T: FromArgs> Future for Ack<T> {
    type Output = Result<T, AckError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        // Without an answer the client's task is gone, and the connection with it.
        let result = ready!(self.answer.poll_unpin(cx)).unwrap_or(Err(AckError::Disconnected));
        Poll::Ready(result.and_then(|args| args.read().map_err(|error| AckError::Unreadable(error.to_string()))))
    }
}
