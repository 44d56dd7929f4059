//! The tables, and how a database comes to have them.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::error::Refusal;

/// What brings a database of each version to the next; an empty one has version 0. What stands here never changes.
const MIGRATIONS: &[&str] = &[include_str!("schema/0001.sql")];

/// The version that this program reads and writes; in the file as `user_version`.
#[expect(clippy::cast_possible_truncation, reason = "there are few")]
pub(super) const VERSION: u32 = MIGRATIONS.len() as u32;

/// Says that a database is Hubbub's: "hubb".
pub(super) const APPLICATION_ID: u32 = u32::from_be_bytes(*b"hubb");

/// Brings the database to [`VERSION`], in one transaction.
pub(super) fn migrate(connection: &Connection) -> Result<(), Refusal> {
    if version(connection)? == VERSION {
        return Ok(());
    }
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    // Again, as another process may have done it meanwhile.
    let version = version(&transaction)?;
    let missing = MIGRATIONS.get(version as usize..).ok_or(Refusal::Newer { version, known: VERSION })?;
    for migration in missing {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()?;
    Ok(())
}

fn version(connection: &Connection) -> rusqlite::Result<u32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}
