//! A copy of the database, made while the server runs.
//!
//! To restore it is to copy it back while no server runs. It has no store id: whoever opens it first makes a new one, by which
//! clients know that what they hold may not be there any more.

use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::database::{Database, connect_file};
use super::error::{OpenError, Refusal};
use super::header::{self, Found};
use super::random_id;

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

/// A file that is removed unless it becomes the backup.
struct Draft(PathBuf);

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

fn write(source: &Connection, to: &Path) -> Result<(), BackupError> {
    let failed = |why: String| BackupError::Write(to.to_owned(), why);
    let draft = Draft::beside(to).map_err(|error| failed(error.to_string()))?;
    let name = draft.0.to_str().ok_or_else(|| BackupError::Name(to.to_owned()))?;
    source.execute("VACUUM INTO ?1", [name]).map_err(|error| failed(error.to_string()))?;
    forget_store(&draft.0).map_err(|error| failed(error.to_string()))?;
    draft.publish(to).map_err(|error| failed(error.to_string()))
}

fn forget_store(copy: &Path) -> rusqlite::Result<()> {
    let copy = Connection::open_with_flags(copy, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // Nobody else knows the copy yet, so its journal need not survive a crash.
    copy.pragma_update(None, "journal_mode", "memory")?;
    copy.execute("DELETE FROM meta WHERE name = 'store'", ())?;
    Ok(())
}

impl Draft {
    fn beside(to: &Path) -> io::Result<Self> {
        let to = std::path::absolute(to)?;
        let mut name = OsString::from(".");
        name.push(to.file_name().ok_or(io::ErrorKind::InvalidInput)?);
        name.push(format!(".{}", random_id(8).map_err(io::Error::other)?));
        Ok(Self(to.with_file_name(name)))
    }

    /// Gives the file its name, once it and then the name are on the disk.
    fn publish(self, to: &Path) -> io::Result<()> {
        File::open(&self.0)?.sync_all()?;
        fs::rename(&self.0, to)?;
        let folder = std::path::absolute(to)?;
        folder.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Not there any more if all went well.
        let _ = fs::remove_file(&self.0);
    }
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
