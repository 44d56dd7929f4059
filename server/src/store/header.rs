//! The first bytes of a database file, read without SQLite, which may change files by opening them. So what mustn't be opened
//! is found out before anything is touched.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use tracing::warn;

use super::error::Refusal;
use super::schema;

/// <https://www.sqlite.org/fileformat2.html#the_database_header>
const LENGTH: usize = 100;
const MAGIC: &[u8] = b"SQLite format 3\0";
/// Of the one byte that is 2 once the file has been in WAL mode.
const WRITE_VERSION: usize = 18;
const USER_VERSION: usize = 60;
const APPLICATION_ID: usize = 68;

/// A file that may be opened.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// There is nothing yet.
    Nothing,
    /// A database of ours.
    Ours {
        /// As `hubbub backup` leaves it: never opened since.
        backup: bool,
    },
}

/// Looks at the file. It must not be open in this process: to close it here would drop the locks that SQLite holds on it.
pub(super) fn look(path: &Path) -> Result<Found, Refusal> {
    let about = match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Found::Nothing),
        about => about?,
    };
    if !about.is_file() {
        return Err(Refusal::NotADatabase);
    }
    if about.permissions().readonly() {
        return Err(Refusal::ReadOnly);
    }
    if about.len() == 0 {
        return Ok(Found::Nothing);
    }
    let mut header = [0; LENGTH];
    match File::open(path)?.read_exact(&mut header) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Err(Refusal::NotADatabase),
        read => read?,
    }
    check(&header)
}

fn check(header: &[u8; LENGTH]) -> Result<Found, Refusal> {
    let number = |at: usize| header[at..at + 4].iter().fold(0, |number, &byte| number << 8 | u32::from(byte));
    if !header.starts_with(MAGIC) {
        return Err(Refusal::NotADatabase);
    }
    if number(APPLICATION_ID) != schema::APPLICATION_ID {
        return Err(Refusal::AnothersDatabase);
    }
    match number(USER_VERSION) {
        version if version > schema::VERSION => Err(Refusal::Newer { version, known: schema::VERSION }),
        _ => Ok(Found::Ours { backup: header[WRITE_VERSION] == 1 }),
    }
}

/// Removes what SQLite kept beside a database that a backup has replaced since: it would write it into the backup.
pub(super) fn forget_predecessor(path: &Path) -> Result<(), Refusal> {
    for suffix in ["-wal", "-shm"] {
        let file = beside(path, suffix);
        match fs::remove_file(&file) {
            Ok(()) => warn!(file = %file.display(), "removed: it was of the database before the restored one"),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// The file that SQLite keeps beside a database.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
