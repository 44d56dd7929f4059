//! Who writes: one, many changes to a transaction.

use std::collections::HashMap;
use std::fs::File;

use rusqlite::{Connection, TransactionBehavior};

use super::error::StoreError;
use super::guests::{Guest, GuestId};
use super::messages::Tail;
use super::random_id;

/// The one that changes the database. It blocks, so it wants a thread of its own.
///
/// It keeps nothing in memory of what is written, so there is nothing to take back when a transaction fails.
#[derive(Debug)]
pub(crate) struct Writer {
    connection: Connection,
    /// Closed after the connection.
    _claim: Option<File>,
}

/// Changes that all happen, or none of them. Each method answers as of after the ones before it; a refusal has changed
/// nothing. An error must be passed on: it ends the transaction.
#[derive(Debug)]
pub(crate) struct Transaction<'w> {
    connection: &'w Connection,
    /// Begun by the first that writes: who only reads succeeds also while another program writes.
    writing: Option<rusqlite::Transaction<'w>>,
    /// The ends of the rooms that it has written to, by the rooms' ids. Nobody else moves them meanwhile.
    pub(super) tails: HashMap<String, Tail>,
    /// The guests that it has written for.
    pub(super) guests: HashMap<GuestId, Guest>,
}

impl Writer {
    pub(super) fn new(connection: Connection, claim: Option<File>) -> Self {
        Self { connection, _claim: claim }
    }

    /// Does `work`, and has it on the disk when this returns.
    ///
    /// # Errors
    /// The work or the commit failed: then nothing of it has happened.
    pub(crate) fn transaction<R>(
        &mut self,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<R, StoreError>,
    ) -> Result<R, StoreError> {
        let (tails, guests) = (HashMap::new(), HashMap::new());
        let mut transaction = Transaction { connection: &self.connection, writing: None, tails, guests };
        let done = work(&mut transaction)?;
        // Whatever is not committed is rolled back where it is dropped.
        if let Some(writing) = transaction.writing {
            writing.commit()?;
        }
        Ok(done)
    }

    /// For tests that break it.
    #[cfg(test)]
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }
}

impl<'w> Transaction<'w> {
    /// Where to write.
    pub(super) fn write(&mut self) -> Result<&'w Connection, StoreError> {
        match &self.writing {
            None => {
                let behavior = TransactionBehavior::Immediate;
                self.writing = Some(rusqlite::Transaction::new_unchecked(self.connection, behavior)?);
            }
            // A full disk, for one, ends it by itself. What came after would be committed alone.
            Some(_) if self.connection.is_autocommit() => {
                return Err(StoreError::Broken("the transaction has failed already".to_owned()));
            }
            Some(_) => {}
        }
        Ok(self.connection)
    }

    /// Where to read only.
    pub(super) fn read(&self) -> &Connection {
        self.connection
    }

    /// Writes something that nobody reads, to see whether that can be done.
    ///
    /// # Errors
    /// It can't.
    pub(crate) fn probe(&mut self) -> Result<(), StoreError> {
        // Another value than before: SQLite writes nothing if nothing changes.
        let value = random_id(8)?;
        let mut write =
            self.write()?.prepare_cached("INSERT OR REPLACE INTO meta (name, value) VALUES ('probe', ?1)")?;
        write.execute([value])?;
        Ok(())
    }
}
