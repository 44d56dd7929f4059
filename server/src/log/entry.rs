//! What waits in the log to be written.

use hubbub_shared::{ApiError, ErrorCode};

use crate::rooms::Open;
use crate::store::{StoreError, Transaction};

/// In how many milliseconds those who couldn't be served may try again.
const TRY_AGAIN_MS: u64 = 1_000;

/// It was not written, and may be tried again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NotWritten;

/// Something to be written, and who waits for it.
pub(super) trait Entry: Send {
    /// Writes it. If the transaction fails this may be called again, for another one.
    fn write(&mut self, transaction: &mut Transaction<'_>, now: u64) -> Result<(), StoreError>;
    /// It is on the disk: answers, and tells others.
    fn committed(self: Box<Self>, rooms: &mut Open);
    /// It was not written, and won't be: tells whoever asked.
    fn refused(self: Box<Self>, rooms: &mut Open);
    /// What becomes of it while nothing can be written.
    fn manner(&self) -> Manner;
}

/// An entry as what it is about and two functions: one writes, one goes on with what came of it.
pub(super) struct Write<S, W, T, D> {
    subject: S,
    write: W,
    written: Option<T>,
    done: D,
    manner: Manner,
}

/// What becomes of an entry while nothing can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// Whoever asked is told, and may ask again.
    TriesAgain,
    /// Nobody can be told: it waits, and keeps its place in the order.
    Waits,
    /// It is served.
    OnlyReads,
}

impl<S, W, T, D> Write<S, W, T, D> {
    pub(super) fn new(manner: Manner, subject: S, write: W, done: D) -> Self {
        Self { subject, write, written: None, done, manner }
    }
}

impl<S, W, T, D> Entry for Write<S, W, T, D>
where
    S: Send + 'static,
    W: Fn(&S, &mut Transaction<'_>, u64) -> Result<T, StoreError> + Send + 'static,
    D: FnOnce(S, Result<T, NotWritten>, &mut Open) + Send + 'static,
    T: Send + 'static,
{
    fn write(&mut self, transaction: &mut Transaction<'_>, now: u64) -> Result<(), StoreError> {
        self.written = Some((self.write)(&self.subject, transaction, now)?);
        Ok(())
    }

    fn committed(self: Box<Self>, rooms: &mut Open) {
        (self.done)(self.subject, self.written.ok_or(NotWritten), rooms);
    }

    fn refused(self: Box<Self>, rooms: &mut Open) {
        (self.done)(self.subject, Err(NotWritten), rooms);
    }

    fn manner(&self) -> Manner {
        self.manner
    }
}

impl From<NotWritten> for ApiError {
    fn from(_: NotWritten) -> Self {
        Self::retry_after(ErrorCode::TryAgain, TRY_AGAIN_MS)
    }
}
