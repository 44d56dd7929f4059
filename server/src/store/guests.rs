//! Guests: whoever speaks without having signed in, each for as long as a connection lasts.
//!
//! A guest is an author from the first message on. What others call it is short, so two may well draw the same name: who
//! comes second then gets another. What tells the store who comes again is longer, and nobody else sees it.

use hubbub_shared::chat::User;
use hubbub_shared::name::GUEST;
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

use super::{StoreError, Transaction};

/// A connection that may speak as a guest; never the same as another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct GuestId(pub(super) Uuid);

/// What the database calls a guest. Only the store makes it, and only of one that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GuestKey(pub(super) i64);

/// A guest that has become an author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Guest {
    pub(crate) key: GuestKey,
    pub(crate) user: User,
}

impl GuestId {
    pub(crate) fn new() -> Self {
        Self(Uuid::new_v4())
    }

    /// What the guest is called, unless an author is called so already.
    pub(crate) fn user(self) -> User {
        let name = format!("{GUEST}{:08x}", self.0.as_fields().0);
        User { id: name.clone(), name }
    }
}

impl Transaction<'_> {
    /// The guest as an author, which it becomes now if it isn't yet.
    pub(crate) fn guest(&mut self, id: GuestId) -> Result<Guest, StoreError> {
        let db = self.write()?;
        if let Some(guest) = self.guests.get(&id) {
            return Ok(guest.clone());
        }
        let guest = find(db, id)?.map_or_else(|| insert(db, id), Ok)?;
        self.guests.insert(id, guest.clone());
        Ok(guest)
    }
}

fn find(db: &Connection, id: GuestId) -> Result<Option<Guest>, StoreError> {
    let mut select = db.prepare_cached("SELECT id, public, name FROM authors WHERE guest = ?1")?;
    let guest = select.query_row([id.0.as_bytes()], |row| {
        Ok(Guest { key: GuestKey(row.get(0)?), user: User { id: row.get(1)?, name: row.get(2)? } })
    });
    Ok(guest.optional()?)
}

fn insert(db: &Connection, id: GuestId) -> Result<Guest, StoreError> {
    let mut insert = db.prepare_cached(
        "INSERT INTO authors (public, name, guest) VALUES (?1, ?2, ?3) ON CONFLICT (public) DO NOTHING",
    )?;
    let mut user = id.user();
    while insert.execute((&user.id, &user.name, id.0.as_bytes()))? == 0 {
        user = GuestId::new().user();
    }
    Ok(Guest { key: GuestKey(db.last_insert_rowid()), user })
}
