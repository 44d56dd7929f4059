//! What may go wrong: [`OpenError`] at the start, [`StoreError`] later.

use std::fmt;
use std::io;
use std::path::PathBuf;

use rusqlite::ErrorCode as Sqlite;

/// Why nothing was read or written. What it says goes to the log; the client gets `try_again`.
#[derive(Debug)]
pub(crate) enum StoreError {
    /// No room is left on the disk.
    Full,
    /// Another program writes, for longer than we wait.
    Locked,
    /// The disk or the system fails.
    Io(String),
    /// The database is damaged, or this program is wrong about it. Trying again won't help.
    Broken(String),
}

impl StoreError {
    /// Whether the same may succeed later.
    pub(crate) fn may_pass(&self) -> bool {
        !matches!(self, Self::Broken(_))
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(Sqlite::DiskFull) => Self::Full,
            Some(Sqlite::DatabaseBusy | Sqlite::DatabaseLocked) => Self::Locked,
            Some(Sqlite::SystemIoFailure | Sqlite::CannotOpen | Sqlite::ReadOnly | Sqlite::OutOfMemory) => {
                Self::Io(error.to_string())
            }
            _ => Self::Broken(error.to_string()),
        }
    }
}

impl From<getrandom::Error> for StoreError {
    fn from(error: getrandom::Error) -> Self {
        Self::Io(error.to_string())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("the disk is full"),
            Self::Locked => f.write_str("another program has the database locked"),
            Self::Io(why) => write!(f, "the database can't be reached: {why}"),
            Self::Broken(why) => write!(f, "the database is broken: {why}"),
        }
    }
}

impl std::error::Error for StoreError {}

/// Why a database isn't opened.
#[derive(Debug)]
pub(crate) struct OpenError {
    /// Which.
    pub(super) path: PathBuf,
    pub(super) why: Refusal,
}

/// What is wrong with a database.
#[derive(Debug)]
pub(super) enum Refusal {
    Missing,
    NotADatabase,
    AnothersDatabase,
    Newer { version: u32, known: u32 },
    Corrupt(String),
    ReadOnly,
    Locked,
    Claimed,
    Unreachable,
    Io(io::Error),
    Other(String),
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(Sqlite::NotADatabase) => Self::NotADatabase,
            Some(Sqlite::DatabaseCorrupt) => Self::Corrupt(error.to_string()),
            Some(Sqlite::ReadOnly) => Self::ReadOnly,
            Some(Sqlite::DatabaseBusy | Sqlite::DatabaseLocked) => Self::Locked,
            Some(Sqlite::CannotOpen) => Self::Unreachable,
            _ => Self::Other(error.to_string()),
        }
    }
}

impl From<getrandom::Error> for Refusal {
    fn from(error: getrandom::Error) -> Self {
        Self::Other(error.to_string())
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.why {
            Refusal::Missing => write!(f, "there is no database {path}"),
            Refusal::NotADatabase => write!(f, "{path} is not a database"),
            Refusal::AnothersDatabase => write!(f, "{path} is the database of another program"),
            Refusal::Newer { version, known } => {
                write!(
                    f,
                    "{path} was written by a newer Hubbub (version {version}, this one knows {known}): use that one"
                )
            }
            Refusal::Corrupt(why) => write!(f, "{path} is damaged ({why}): restore a backup"),
            Refusal::ReadOnly => write!(f, "{path} can't be written to: it is read-only"),
            Refusal::Locked => write!(f, "another program has {path} locked"),
            Refusal::Claimed => {
                write!(f, "another Hubbub runs on {path}: end it, or give this one a database of its own")
            }
            Refusal::Unreachable => write!(f, "can't open {path}: its folder is missing, or no file may be made in it"),
            Refusal::Io(why) => write!(f, "can't open {path}: {why}"),
            Refusal::Other(why) => write!(f, "can't open {path}: {why}"),
        }
    }
}

impl std::error::Error for OpenError {}
