//! A copy of the database, made while the server runs.
//!
//! To restore it is to copy it back while no server runs. It has no store id: whoever opens it first makes a new one, by which
//! clients know that what they hold may not be there any more.

use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};
use tempfile::NamedTempFile;

use super::database::{Database, connect_file};
use super::error::{OpenError, Refusal};
use super::header::{self, Found};

/// Why there is no backup.
#[derive(Debug)]
pub(crate) enum BackupError {
    /// A database in memory is another process's own.
    Memory,
    /// There is a file of this name. We overwrite none.
    Exists(PathBuf),
    /// SQLite takes only names that are text.
    Name(PathBuf),
    /// The database can't be read.
    Open(OpenError),
    /// The copy can't be written.
    Write(PathBuf, String),
}

/// Copies `database`, as it is at this instant, to the new file `to`. Nobody finds half a copy there.
pub(crate) fn backup(database: &Database, to: &Path) -> Result<(), BackupError> {
    let Database::File(path) = database else { return Err(BackupError::Memory) };
    if to.symlink_metadata().is_ok() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    let source = open(path).map_err(|why| BackupError::Open(OpenError { path: path.clone(), why }))?;
    write(&source, to)
}

fn open(path: &Path) -> Result<Connection, Refusal> {
    match header::look(path)? {
        Found::Nothing => Err(Refusal::Missing),
        Found::Ours { .. } => connect_file(path, OpenFlags::SQLITE_OPEN_READ_WRITE),
    }
}

/// Copies into a draft, which is removed unless it becomes the backup.
pub(super) fn write(source: &Connection, to: &Path) -> Result<(), BackupError> {
    let failed = |why: &dyn fmt::Display| BackupError::Write(to.to_owned(), why.to_string());
    let folder = folder(to).map_err(|error| failed(&error))?;
    let draft = tempfile::Builder::new().prefix(".hubbub-backup-").make_in(folder, |path| File::create_new(path));
    let draft = draft.map_err(|error| failed(&error))?;
    let name = draft.path().to_str().ok_or_else(|| BackupError::Name(to.to_owned()))?;
    source.execute("VACUUM INTO ?1", [name]).map_err(|error| failed(&error))?;
    forget_store(draft.path()).map_err(|error| failed(&error))?;
    publish(draft, to).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Exists(to.to_owned()),
        _ => failed(&error),
    })
}

fn forget_store(copy: &Path) -> rusqlite::Result<()> {
    let copy = Connection::open_with_flags(copy, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // Nobody else knows the copy yet, so its journal need not survive a crash.
    copy.pragma_update(None, "journal_mode", "memory")?;
    copy.execute("DELETE FROM meta WHERE name = 'store'", ())?;
    Ok(())
}

/// Gives the file its name, once it and then the name are on the disk; unless there is a file of this name by now.
fn publish(draft: NamedTempFile, to: &Path) -> io::Result<()> {
    draft.as_file().sync_all()?;
    draft.persist_noclobber(to)?;
    File::open(folder(to)?)?.sync_all()
}

/// Where a file is.
fn folder(file: &Path) -> io::Result<PathBuf> {
    let file = std::path::absolute(file)?;
    file.parent().map(Path::to_owned).ok_or_else(|| io::ErrorKind::InvalidInput.into())
}

impl fmt::Display for BackupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("a database in memory has no backup: it is gone with its server"),
            Self::Exists(to) => write!(f, "{} exists already: choose another name", to.display()),
            Self::Name(to) => write!(f, "{} can't be the name of a backup: it is not UTF-8", to.display()),
            Self::Open(error) => error.fmt(f),
            Self::Write(to, why) => write!(f, "can't write {}: {why}", to.display()),
        }
    }
}

impl std::error::Error for BackupError {}
