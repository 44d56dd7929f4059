//! Users and their sessions: how they begin, on how many devices, and what ends with the last one.

use hubbub_shared::ErrorCode;
use hubbub_shared::chat::{LOBBY, User};
use rusqlite::{Connection, OptionalExtension};

use super::rooms::insert_member;
use super::{Refusable, Store, StoreError, Transaction, random_id};
use crate::name::Name;
use crate::token::{CodeHash, TokenHash};

/// The most sessions that end in one go, so that nobody waits long behind them; the rest end the next time.
const MAX_EXPIRED: u64 = 1_000;

/// What the database calls a user. Only the store makes it, and only of somebody who exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct UserKey(pub(crate) i64);

/// What the database calls a session. It is never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct SessionId(pub(crate) i64);

/// One device of a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) id: SessionId,
    pub(crate) key: UserKey,
    pub(crate) user: User,
    /// When it was used last, as far as the database knows.
    pub(crate) seen_ms: u64,
}

/// A session is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EndedSession {
    pub(crate) session: SessionId,
    pub(crate) user: UserKey,
    /// The rooms that the user is no member of any more, because it was the last session: then the lobby is among them.
    pub(crate) left: Vec<String>,
}

impl Store {
    /// The session of a token.
    pub(crate) async fn session(&self, token: TokenHash) -> Result<Option<Session>, StoreError> {
        self.readers.read(move |db| session(db, token)).await
    }
}

impl Transaction<'_> {
    /// Makes a user, a member of the lobby, with a first session.
    pub(crate) fn sign_up(&mut self, name: &Name, token: TokenHash, now_ms: u64) -> Refusable<Session> {
        let user = User { id: random_id(16)?, name: name.shown.clone() };
        let db = self.write()?;
        let mut insert = db.prepare_cached(
            "INSERT INTO authors (public, name, key) VALUES (?1, ?2, ?3) ON CONFLICT (key) DO NOTHING",
        )?;
        if insert.execute((&user.id, &user.name, &name.key))? == 0 {
            return Ok(Err(ErrorCode::NameTaken));
        }
        let key = UserKey(db.last_insert_rowid());
        insert_member(db, key, LOBBY)?;
        begin(db, key, user, token, now_ms).map(Ok)
    }

    /// Makes one more session of the user who asked for the code, which is good for no other.
    pub(crate) fn sign_in(&mut self, code: CodeHash, token: TokenHash, now_ms: u64) -> Refusable<Session> {
        let db = self.write()?;
        let mut select = db.prepare_cached(
            "SELECT authors.id, public, name FROM links JOIN authors ON authors.id = user WHERE code = ?1 AND expires > ?2",
        )?;
        let linked = select
            .query_row((code.0, now_ms), |row| Ok((UserKey(row.get(0)?), User { id: row.get(1)?, name: row.get(2)? })));
        let Some((key, user)) = linked.optional()? else { return Ok(Err(ErrorCode::BadCode)) };
        db.prepare_cached("DELETE FROM links WHERE code = ?1")?.execute([code.0])?;
        begin(db, key, user, token, now_ms).map(Ok)
    }

    /// Keeps a code that lets one more device in, until `expires_ms`; and forgets those that are too old.
    pub(crate) fn link(
        &mut self,
        user: UserKey,
        code: CodeHash,
        expires_ms: u64,
        now_ms: u64,
    ) -> Result<(), StoreError> {
        let db = self.write()?;
        db.prepare_cached("DELETE FROM links WHERE expires <= ?1")?.execute([now_ms])?;
        // Nobody comes back whose last session has ended meanwhile.
        let mut insert = db.prepare_cached(
            "INSERT INTO links (code, user, expires) SELECT ?1, id, ?3 FROM authors WHERE id = ?2 AND key IS NOT NULL",
        )?;
        insert.execute((code.0, user.0, expires_ms))?;
        Ok(())
    }

    /// Ends a session, if there is one of this token.
    pub(crate) fn sign_out(&mut self, token: TokenHash) -> Result<Option<EndedSession>, StoreError> {
        let db = self.write()?;
        let Some(session) = session(db, token)? else { return Ok(None) };
        end(db, session.id, session.key).map(Some)
    }

    /// Remembers that these sessions are in use.
    pub(crate) fn touch(&mut self, sessions: &[SessionId], now_ms: u64) -> Result<(), StoreError> {
        let db = self.write()?;
        let mut update = db.prepare_cached("UPDATE sessions SET seen = ?2 WHERE id = ?1 AND seen < ?2")?;
        sessions.iter().try_for_each(|session| update.execute((session.0, now_ms)).map(|_| ()))?;
        Ok(())
    }

    /// Ends the sessions that were last seen before `seen_before_ms`; at most 1,000 of them, the longest unseen first.
    pub(crate) fn expire(&mut self, seen_before_ms: u64) -> Result<Vec<EndedSession>, StoreError> {
        let mut select =
            self.read().prepare_cached("SELECT id, user FROM sessions WHERE seen < ?1 ORDER BY seen LIMIT ?2")?;
        let idle = select
            .query_map((seen_before_ms, MAX_EXPIRED), |row| Ok((SessionId(row.get(0)?), UserKey(row.get(1)?))))?;
        let idle: Vec<_> = idle.collect::<rusqlite::Result<_>>()?;
        drop(select);
        if idle.is_empty() {
            return Ok(Vec::new());
        }
        let db = self.write()?;
        idle.into_iter().map(|(session, user)| end(db, session, user)).collect()
    }

    /// The rooms in which a session's user is. None: it has ended.
    pub(crate) fn rooms_of(&mut self, session: SessionId) -> Result<Option<Vec<String>>, StoreError> {
        let mut select = self.read().prepare_cached(
            "SELECT slug FROM sessions JOIN memberships USING (user) JOIN rooms ON rooms.id = room WHERE sessions.id = ?1",
        )?;
        let rooms: Vec<_> = select.query_map([session.0], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        // Every user is in the lobby.
        Ok(Some(rooms).filter(|rooms| !rooms.is_empty()))
    }
}

fn session(db: &Connection, token: TokenHash) -> Result<Option<Session>, StoreError> {
    let mut select = db.prepare_cached(
        "SELECT sessions.id, user, public, name, seen FROM sessions JOIN authors ON authors.id = user WHERE token = ?1",
    )?;
    let session = select.query_row([token.0], |row| {
        Ok(Session {
            id: SessionId(row.get(0)?),
            key: UserKey(row.get(1)?),
            user: User { id: row.get(2)?, name: row.get(3)? },
            seen_ms: row.get(4)?,
        })
    });
    Ok(session.optional()?)
}

fn begin(db: &Connection, key: UserKey, user: User, token: TokenHash, now_ms: u64) -> Result<Session, StoreError> {
    let mut insert = db.prepare_cached("INSERT INTO sessions (token, user, seen) VALUES (?1, ?2, ?3)")?;
    let id = SessionId(insert.insert((token.0, key.0, now_ms))?);
    Ok(Session { id, key, user, seen_ms: now_ms })
}

/// Ends a session and, if it was the last one, what its user is: the name is free, and only the messages stay.
fn end(db: &Connection, session: SessionId, user: UserKey) -> Result<EndedSession, StoreError> {
    db.prepare_cached("DELETE FROM sessions WHERE id = ?1")?.execute([session.0])?;
    let mut others = db.prepare_cached("SELECT EXISTS (SELECT 1 FROM sessions WHERE user = ?1)")?;
    if others.query_row([user.0], |row| row.get(0))? {
        return Ok(EndedSession { session, user, left: Vec::new() });
    }
    let mut rooms = db.prepare_cached("SELECT slug FROM memberships JOIN rooms ON rooms.id = room WHERE user = ?1")?;
    let left = rooms.query_map([user.0], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    db.prepare_cached("DELETE FROM memberships WHERE user = ?1")?.execute([user.0])?;
    db.prepare_cached("DELETE FROM links WHERE user = ?1")?.execute([user.0])?;
    db.prepare_cached("UPDATE authors SET key = NULL WHERE id = ?1")?.execute([user.0])?;
    Ok(EndedSession { session, user, left })
}
