//! Which database, and how it is opened.

use std::fmt;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::error::{OpenError, Refusal};
use super::header::{self, Found};
use super::{random_id, schema};

/// How long we wait for another program that has the database locked, before the clients get `try_again`.
const PATIENCE: Duration = Duration::from_secs(1);
/// How many read at the same time. Reads are short; more of them would only wait for the same disk.
const READERS: usize = 4;
/// More than there are different statements.
const STATEMENTS: usize = 64;

/// Which database, such as `sqlite:hubbub.db` or `sqlite::memory:`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// A file.
    File(PathBuf),
    /// None that outlives the process: each time it is opened there is a new one.
    Memory,
}

impl FromStr for Database {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.strip_prefix("sqlite:") {
            Some(":memory:") => Ok(Self::Memory),
            Some(path) if !path.is_empty() => Ok(Self::File(path.into())),
            _ => Err("a database is like sqlite:hubbub.db, or sqlite::memory: for none that lasts"),
        }
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "sqlite:{}", path.display()),
            Self::Memory => f.write_str("sqlite::memory:"),
        }
    }
}

/// The connections to an open database.
pub(super) struct Opened {
    pub(super) id: String,
    pub(super) writer: Connection,
    pub(super) readers: Vec<Connection>,
    /// Keeps other servers away. There is none for a database in memory.
    pub(super) claim: Option<File>,
}

/// What the writer keeps of the database in memory at the most: negative, and so in KiB. A transaction that changes more
/// writes pages before it commits, and reads them again.
const CACHE: i32 = -(16 << 10);

/// When the write-ahead log has so many pages, of 4 KiB, they are moved to the database: each once, however often it was
/// written meanwhile. SQLite's own 1,000 are full with 500 messages, if each goes to another room.
const CHECKPOINT: i32 = 4_096;

/// Opens `database` for one writer and several readers.
pub(super) fn open(database: &Database) -> Result<Opened, OpenError> {
    match database {
        Database::File(path) => open_file(path).map_err(|why| OpenError { path: path.clone(), why }),
        Database::Memory => open_memory().map_err(|why| OpenError { path: database.to_string().into(), why }),
    }
}

fn open_file(path: &Path) -> Result<Opened, Refusal> {
    if let Found::Ours { backup: true } = header::look(path)? {
        header::forget_predecessor(path)?;
    }
    let has_wal = header::beside(path, "-wal").exists();
    let writer = connect_file(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
    if writer.is_readonly("main")? {
        return Err(Refusal::ReadOnly);
    }
    let claim = claim(path)?;
    // If it is to be refused yet, then what a killed process left beside it stays there, and nothing else.
    writer.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, has_wal)?;
    schema::migrate(&writer)?;
    writer.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;

    let mode: String = writer.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if mode != "wal" {
        return Err(Refusal::Other(format!("it can't have a write-ahead log here, but only a journal ({mode})")));
    }
    // A commit is on the disk when it returns, not only in the system's memory.
    writer.pragma_update(None, "synchronous", "full")?;
    writer.pragma_update(None, "cache_size", CACHE)?;
    writer.pragma_update(None, "wal_autocheckpoint", CHECKPOINT)?;
    let id = store_id(&writer)?;
    let readers = readers(|| connect_file(path, OpenFlags::SQLITE_OPEN_READ_ONLY))?;
    Ok(Opened { id, writer, readers, claim: Some(claim) })
}

/// The database is this server's until the file is closed. Two would number their messages well, but each would tell only
/// its own members.
fn claim(path: &Path) -> Result<File, Refusal> {
    // Closing any file of it takes SQLite's own locks of it along, so it stays open as long as they are needed.
    let file = File::open(path)?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => Err(Refusal::Claimed),
        // Where files can't be locked nobody is kept away.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
    }
}

fn open_memory() -> Result<Opened, Refusal> {
    // A name of its own, by which its connections find it.
    let uri = format!("file:/{}?vfs=memdb", random_id(16)?);
    let connect = || connect(&uri, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE);
    let writer = connect()?;
    schema::migrate(&writer)?;
    let id = store_id(&writer)?;
    let readers = readers(|| {
        let reader = connect()?;
        reader.pragma_update(None, "query_only", true)?;
        Ok(reader)
    })?;
    Ok(Opened { id, writer, readers, claim: None })
}

/// A connection to a file. The path is absolute, as SQLite takes a name that begins with `file:` for a URI.
pub(super) fn connect_file(path: &Path, flags: OpenFlags) -> Result<Connection, Refusal> {
    Ok(connect(std::path::absolute(path)?, flags)?)
}

fn connect(name: impl AsRef<Path>, flags: OpenFlags) -> rusqlite::Result<Connection> {
    // Each connection is used by one thread at a time, so it needs no lock of its own.
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(name, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Or most statements would be prepared again at each use: it might be done another way for other values. Here it isn't.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(connection)
}

fn readers(mut connect: impl FnMut() -> Result<Connection, Refusal>) -> Result<Vec<Connection>, Refusal> {
    (0..READERS).map(|_| connect()).collect()
}

/// The store's id. A new database has none yet, and nor has a restored one.
fn store_id(writer: &Connection) -> Result<String, Refusal> {
    let known = writer.query_row("SELECT value FROM meta WHERE name = 'store'", (), |row| row.get(0)).optional()?;
    if let Some(id) = known {
        return Ok(id);
    }
    let id = random_id(16)?;
    writer.execute("INSERT INTO meta (name, value) VALUES ('store', ?1)", [&id])?;
    Ok(id)
}
