//! The store: everything that outlives the process, as methods in terms of the domain. All SQL stands in this folder.
//!
//! Whoever wants to know asks the [`Store`], from anywhere; each answer is of one instant. What changes goes through the one
//! [`Writer`], many changes to a transaction. The schema itself carries what always holds: a room has one message of each
//! seq, and an author has one of each id. It is not a cache, it tells nobody of what changes, and it knows no sockets.
//!
//! By subject: [`sessions`], [`guests`], [`rooms`] (with who is in them) and [`messages`] have the queries; [`page`] is the
//! arithmetic of pages. Under them, [`database`] opens, [`header`] and [`schema`] know what may be opened, [`pool`] reads and [`writer`] writes.

mod backup;
mod database;
mod error;
mod guests;
mod header;
mod messages;
mod page;
mod pool;
mod room;
mod rooms;
mod schema;
mod sessions;
#[cfg(test)]
mod tests;
mod writer;

use std::sync::Arc;

use data_encoding::BASE32_DNSSEC;
use hubbub_shared::ErrorCode;

pub(crate) use self::backup::backup;
pub use self::database::Database;
pub(crate) use self::error::{OpenError, StoreError};
pub(crate) use self::guests::GuestId;
pub(crate) use self::messages::{Appended, Author, NewMessage};
pub(crate) use self::page::Cursor;
pub(crate) use self::sessions::{EndedSession, Session, SessionId, UserKey};
pub(crate) use self::writer::{Transaction, Writer};

use self::pool::Pool;

/// The database as everybody may read it. Clones are one and the same.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    id: Arc<str>,
    readers: Arc<Pool>,
}

/// What the domain answers, unless the database can't: a refusal has changed nothing.
pub(crate) type Refusable<T> = Result<Result<T, ErrorCode>, StoreError>;

impl Store {
    /// Opens the database and makes it what this program needs; an empty or missing one is begun.
    ///
    /// # Errors
    /// It can't be, or mustn't be: then nothing of it has changed.
    pub(crate) fn open(database: &Database) -> Result<(Self, Writer), OpenError> {
        let opened = database::open(database)?;
        let store = Self { id: opened.id.into(), readers: Arc::new(Pool::new(opened.readers)) };
        Ok((store, Writer::new(opened.writer, opened.claim)))
    }

    /// Made when the database was made or restored.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }
}

/// So many characters of `[0-9a-v]` that nobody has had, as good as certainly.
fn random_id(length: usize) -> Result<String, getrandom::Error> {
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes)?;
    let mut id = BASE32_DNSSEC.encode(&bytes);
    id.truncate(length);
    Ok(id)
}
