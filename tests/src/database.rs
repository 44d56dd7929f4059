//! A database file of a test's own.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use tempfile::TempDir;

/// A place for one database, which is deleted with this.
pub struct Database {
    folder: TempDir,
    /// What names it to the server: the value of `--database`.
    pub url: String,
}

impl Database {
    /// A place where no database is yet.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "it makes a folder")]
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("hubbub-test-").tempdir().expect("a folder for temporary files");
        let url = format!("sqlite:{}", folder.path().join(FILE).display());
        Self { folder, url }
    }

    /// The flags for a server on it, with others behind them.
    #[must_use]
    pub fn flags<'a>(&'a self, others: &[&'a str]) -> Vec<&'a str> {
        [&["--database", &*self.url], others].concat()
    }

    /// The file itself.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.path(FILE)
    }

    /// Locks it, as another program that writes would, until what comes back is dropped.
    #[must_use]
    pub fn lock(&self) -> Connection {
        let other = Connection::open(self.file()).expect("the server made it");
        // The server may be writing at the moment.
        other.busy_timeout(Duration::from_secs(10)).expect("a time");
        other.execute_batch("BEGIN IMMEDIATE").expect("nobody else holds it for so long");
        other
    }

    /// Changes what stands in it. No server may run on it.
    pub fn change(&self, sql: &str) {
        let file = Connection::open(self.file()).expect("the server made it");
        file.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// Fills a room with so many messages of this author, `message 1` and so on, a second apart and the last one now. No
    /// server may run on it.
    pub fn fill(&self, room: &str, author: &str, count: u64) {
        self.change(&format!(
            "WITH RECURSIVE numbers (number) AS (VALUES (1) UNION ALL SELECT number + 1 FROM numbers LIMIT {count})
            INSERT INTO messages (room, seq, author, id, text, at)
            SELECT rooms.id, number, authors.id, randomblob(16), 'message ' || number,
                unixepoch() * 1000 - ({count} - number) * 1000
            FROM numbers, rooms, authors WHERE rooms.slug = '{room}' AND authors.name = '{author}'"
        ));
    }

    /// A file beside it.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Removes the file and what SQLite keeps beside it. No server may run on it.
    pub fn remove(&self) {
        for file in files(self.folder.path()) {
            if file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(FILE)) {
                std::fs::remove_file(file).expect("no server holds it");
            }
        }
    }

    /// Every byte that is kept of it, in all its files.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        files(self.folder.path()).flat_map(|file| std::fs::read(file).expect("a file can be read")).collect()
    }
}

const FILE: &str = "hubbub.db";

fn files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    entries.map(|entry| entry.expect("an entry of the folder").path())
}
