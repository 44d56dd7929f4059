//! The log: one thread and one queue, which are the order of everything that is written.
//!
//! It takes all that waits, writes it in one transaction, and after the commit answers and passes it on to the
//! [rooms](crate::rooms). So nothing is acknowledged or heard that isn't on the disk, and whoever comes, joins, leaves or speaks
//! does so at one place in the order.
//!
//! The queue itself has no bound. What enters it has: messages by [`Places`], all else by the bound on what one client
//! may leave unanswered, times the bound on connections, each of which also has one HTTP request at a time. It is always
//! taken: what nobody can write now is refused or waits beside the queue.

mod entry;
mod thread;

use std::io;

use hubbub_shared::{ApiError, ErrorCode};
use tokio::sync::{mpsc, oneshot};

pub(crate) use self::entry::NotWritten;
use self::entry::{Entry, Manner, Write};
use self::thread::{Command, LogThread};
use crate::places::Places;
use crate::rooms::{Open, Rooms};
use crate::store::{StoreError, Transaction, Writer};

/// Those who enter something. Its clones are one and the same.
#[derive(Clone)]
pub(crate) struct Log {
    queue: mpsc::UnboundedSender<Command>,
    rooms: Rooms,
    pub(crate) places: Places,
}

impl Log {
    /// Starts the thread, which is the only one to write.
    pub(crate) fn start(writer: Writer, rooms: Rooms) -> io::Result<Self> {
        let (queue, commands) = mpsc::unbounded_channel();
        LogThread::start(writer, rooms.clone(), commands)?;
        Ok(Self { queue, rooms, places: Places::default() })
    }

    /// Enters something about `subject`: `write` writes it, `done` goes on after the commit, or when it could not be
    /// written. Both run on the log's thread, and hold it up.
    pub(crate) fn enter<S: Send + 'static, T: Send + 'static>(
        &self,
        subject: S,
        write: impl Fn(&S, &mut Transaction<'_>, u64) -> Result<T, StoreError> + Send + 'static,
        done: impl FnOnce(S, Result<T, NotWritten>, &mut Open) + Send + 'static,
    ) {
        self.queue(Box::new(Write::new(Manner::TriesAgain, subject, write, done)));
    }

    /// Enters something that nobody can be told to try again: while nothing can be written, it waits. `done` is told
    /// that it wasn't written only if it never will be.
    pub(crate) fn enter_patiently<S: Send + 'static, T: Send + 'static>(
        &self,
        subject: S,
        write: impl Fn(&S, &mut Transaction<'_>, u64) -> Result<T, StoreError> + Send + 'static,
        done: impl FnOnce(S, Result<T, NotWritten>, &mut Open) + Send + 'static,
    ) {
        self.queue(Box::new(Write::new(Manner::Waits, subject, write, done)));
    }

    /// Enters something that only reads, and does so even while nothing can be written.
    pub(crate) fn enter_reader<S: Send + 'static, T: Send + 'static>(
        &self,
        subject: S,
        read: impl Fn(&S, &mut Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
        done: impl FnOnce(S, Result<T, NotWritten>, &mut Open) + Send + 'static,
    ) {
        let read = move |subject: &S, transaction: &mut Transaction<'_>, _: u64| read(subject, transaction);
        self.queue(Box::new(Write::new(Manner::OnlyReads, subject, read, done)));
    }

    /// Enters something and waits for it. `tell` goes on after the commit, on the log's thread.
    ///
    /// # Errors
    /// The refusal, or that it could not be written.
    pub(crate) async fn ask<S: Send + 'static, T: Send + 'static>(
        &self,
        subject: S,
        write: impl Fn(&S, &mut Transaction<'_>, u64) -> Result<Result<T, ErrorCode>, StoreError> + Send + 'static,
        tell: impl FnOnce(&T, &mut Open) + Send + 'static,
    ) -> Result<T, ApiError> {
        let (answer, answered) = oneshot::channel();
        self.enter(subject, write, move |_, written, rooms| {
            let result = refusal(written).inspect(|value| tell(value, rooms));
            // Who asked may be gone.
            let _ = answer.send(result);
        });
        answered.await.unwrap_or_else(|_| Err(NotWritten.into()))
    }

    /// Lets nothing in any more, and waits until all that is in has been written and answered.
    pub(crate) async fn close(&self) {
        let (closed, when_closed) = oneshot::channel();
        if self.queue.send(Command::Close(closed)).is_ok() {
            let _ = when_closed.await;
        }
    }

    fn queue(&self, entry: Box<dyn Entry>) {
        if let Err(mpsc::error::SendError(Command::Enter(entry))) = self.queue.send(Command::Enter(entry)) {
            entry.refused(&mut self.rooms.open());
        }
    }
}

/// What came of something that may be refused.
pub(crate) fn refusal<T>(written: Result<Result<T, ErrorCode>, NotWritten>) -> Result<T, ApiError> {
    Ok(written??)
}

#[cfg(test)]
mod tests {
    use hubbub_shared::chat::LOBBY;
    use hubbub_shared::chat::request::Sent;
    use rusqlite::Connection;
    use uuid::Uuid;

    use super::*;
    use crate::store::{Author, Database, GuestId, NewMessage, Store};

    fn say(log: &Log, text: usize, heard: &mpsc::UnboundedSender<(usize, Result<u64, NotWritten>)>) {
        let (guest, id) = (GuestId::new(), Uuid::now_v7().into());
        let heard = heard.clone();
        log.enter_patiently(
            text.to_string(),
            move |text, transaction, now| {
                let guest = transaction.guest(guest)?;
                let message = NewMessage { room: LOBBY, author: Author::Guest(guest.key), id, text };
                transaction.append(&message, now)
            },
            move |_, written, _| {
                let seq = written.map(|appended| {
                    let Sent { seq, .. } = appended.unwrap().sent;
                    seq
                });
                heard.send((text, seq)).unwrap();
            },
        );
    }

    fn open() -> (tempfile::TempDir, Connection, Log) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hubbub.db");
        let (store, writer) = Store::open(&Database::File(path.clone())).unwrap();
        let log = Log::start(writer, Rooms::new(store)).unwrap();
        (folder, Connection::open(path).unwrap(), log)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn while_nothing_can_be_written_some_wait_in_order_some_are_told_and_readers_are_served() {
        let (_folder, other, log) = open();
        let (heard, mut hears) = mpsc::unbounded_channel();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        (0..10_000).for_each(|text| say(&log, text, &heard));
        for _ in 0..3 {
            let refused = log.ask((), |(), transaction, _| transaction.probe().map(Ok), |(), _| {}).await.unwrap_err();
            assert_eq!(refused.code, ErrorCode::TryAgain);
        }
        let (read, is_read) = oneshot::channel();
        log.enter_reader((), |(), _| Ok(()), move |(), done, _| read.send(done.is_ok()).unwrap());
        assert!(is_read.await.unwrap());
        assert!(hears.try_recv().is_err(), "nobody was told anything that isn't so");

        other.execute_batch("ROLLBACK").unwrap();
        (10_000..10_010).for_each(|text| say(&log, text, &heard));
        for text in 0..10_010 {
            let (heard, seq) = hears.recv().await.unwrap();
            assert_eq!((heard, seq.unwrap()), (text, text as u64 + 1));
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_end_waits_for_what_can_be_written_and_refuses_the_rest() {
        for locked in [false, true] {
            let (_folder, other, log) = open();
            let (heard, mut hears) = mpsc::unbounded_channel();
            if locked {
                other.execute_batch("BEGIN IMMEDIATE").unwrap();
            }
            (0..5_000).for_each(|text| say(&log, text, &heard));
            log.close().await;
            say(&log, 5_000, &heard);
            for text in 0..=5_000 {
                let (heard, written) = hears.try_recv().unwrap();
                assert_eq!((heard, written.is_ok()), (text, !locked && text < 5_000));
            }
        }
    }
}
