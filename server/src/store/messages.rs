//! Messages: how they are stored, once and in one order, and read page by page.

use hubbub_shared::ErrorCode;
use hubbub_shared::chat::request::{Page, Sent};
use hubbub_shared::chat::{Message, MessageId, User};
use rusqlite::{Connection, OptionalExtension, Row};

use super::guests::GuestKey;
use super::page::{Budget, Cursor, Stretch, json_bytes};
use super::room::Room;
use super::{Refusable, Store, StoreError, Transaction, UserKey};

/// A message that wants to be stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewMessage<'a> {
    /// The room's id.
    pub(crate) room: &'a str,
    pub(crate) author: Author,
    pub(crate) id: MessageId,
    /// As it is to be stored.
    pub(crate) text: &'a str,
}

/// Who writes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Author {
    /// A user, who must be a member of the room.
    Member(UserKey),
    /// Somebody of the classic contract, whom no room knows.
    Guest(GuestKey),
}

/// A message is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Appended {
    pub(crate) sent: Sent,
    /// Whether just now. If not, it was sent before, and this is the first one's answer.
    pub(crate) fresh: bool,
}

/// The end of a room, where its next message goes.
#[derive(Debug)]
pub(super) struct Tail {
    room: i64,
    /// The last message's; zeros if there is none.
    last: Sent,
}

impl Store {
    /// A page of a room's messages, for its members; of at most `limit`, which is at least 1.
    pub(crate) async fn history(&self, user: UserKey, room: String, cursor: Cursor, limit: u64) -> Refusable<Page> {
        if limit == 0 {
            return Ok(Err(ErrorCode::BadRequest));
        }
        let read = move |db: &Connection| {
            Ok(match Room::of_member(db, user, &room)? {
                Ok(room) => Ok(page(db, &room, &Stretch::new(cursor, limit, room.info.head), &mut Budget::of_reply())?),
                Err(refusal) => Err(refusal),
            })
        };
        self.readers.read(read).await
    }
}

impl Transaction<'_> {
    /// Stores a message as its room's next, unless it was sent before.
    pub(crate) fn append(&mut self, message: &NewMessage<'_>, now_ms: u64) -> Refusable<Appended> {
        let db = self.write()?;
        // Nearly every message is stored. So that is tried first, and only then asked why it can't be.
        let tail = self.tail(message.room)?;
        let room_exists = tail.is_some();
        if let Some(tail) = tail {
            let sent = tail.next(now_ms);
            if may_speak(db, tail.room, message.author)? && insert(db, tail.room, sent, message)? {
                tail.last = sent;
                return Ok(Ok(Appended { sent, fresh: true }));
            }
        }
        Ok(match sent_before(db, message)? {
            Some(answer) => answer,
            None if room_exists => Err(ErrorCode::NotAMember),
            None => Err(ErrorCode::NoSuchRoom),
        })
    }

    /// The end of a room, if there is one of this id.
    fn tail(&mut self, room: &str) -> Result<Option<&mut Tail>, StoreError> {
        if !self.tails.contains_key(room)
            && let Some(tail) = Tail::of(self.read(), room)?
        {
            self.tails.insert(room.to_owned(), tail);
        }
        Ok(self.tails.get_mut(room))
    }
}

impl Author {
    fn key(self) -> i64 {
        match self {
            Self::Member(UserKey(key)) | Self::Guest(GuestKey(key)) => key,
        }
    }
}

impl Tail {
    fn of(db: &Connection, room: &str) -> Result<Option<Self>, StoreError> {
        let mut select = db.prepare_cached(
            "SELECT rooms.id, coalesce(seq, 0), coalesce(at, 0) FROM rooms LEFT JOIN messages
                ON room = rooms.id AND seq = (SELECT max(seq) FROM messages WHERE room = rooms.id)
            WHERE slug = ?1",
        )?;
        let tail = select
            .query_row([room], |row| Ok(Self { room: row.get(0)?, last: Sent { seq: row.get(1)?, at: row.get(2)? } }));
        Ok(tail.optional()?)
    }

    fn next(&self, now_ms: u64) -> Sent {
        // A clock may be set back. A room's never runs backwards.
        Sent { seq: self.last.seq + 1, at: self.last.at.max(now_ms) }
    }
}

/// Whether a message's author may speak in the room.
fn may_speak(db: &Connection, room: i64, author: Author) -> Result<bool, StoreError> {
    let Author::Member(user) = author else { return Ok(true) };
    let mut select = db.prepare_cached("SELECT EXISTS (SELECT 1 FROM memberships WHERE user = ?1 AND room = ?2)")?;
    Ok(select.query_row((user.0, room), |row| row.get(0))?)
}

/// Stores a message, unless it was sent before.
fn insert(db: &Connection, room: i64, sent: Sent, message: &NewMessage<'_>) -> Result<bool, StoreError> {
    let mut insert = db.prepare_cached(
        "INSERT INTO messages (room, seq, author, id, text, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
        ON CONFLICT (author, id) DO NOTHING",
    )?;
    Ok(insert.execute((room, sent.seq, message.author.key(), message.id.as_bytes(), message.text, sent.at))? == 1)
}

/// The messages of `stretch`, as many as fit into the budget.
pub(super) fn page(db: &Connection, room: &Room, stretch: &Stretch, budget: &mut Budget) -> Result<Page, StoreError> {
    let mut messages = Vec::new();
    if !stretch.seqs.is_empty() {
        let order = if stretch.newest_first { MESSAGES_DESCENDING } else { MESSAGES_ASCENDING };
        let mut select = db.prepare_cached(order)?;
        let mut rows = select.query((room.key, stretch.seqs.start(), stretch.seqs.end()))?;
        while let Some(row) = rows.next()? {
            let message = message(row, &room.info.id)?;
            if !budget.take(json_bytes(&message)) {
                break;
            }
            messages.push(message);
        }
    }
    if stretch.newest_first {
        messages.reverse();
    }
    let more = stretch.has_more(&messages);
    Ok(Page { messages, more })
}

macro_rules! messages {
    ($order:literal) => {
        concat!(
            "SELECT seq, messages.id, public, name, text, at FROM messages JOIN authors ON authors.id = author ",
            "WHERE room = ?1 AND seq BETWEEN ?2 AND ?3 ORDER BY seq ",
            $order
        )
    };
}
const MESSAGES_ASCENDING: &str = messages!("ASC");
const MESSAGES_DESCENDING: &str = messages!("DESC");

fn message(row: &Row<'_>, room: &str) -> rusqlite::Result<Message> {
    Ok(Message {
        seq: row.get(0)?,
        id: MessageId::from_bytes(row.get(1)?),
        room: room.to_owned(),
        author: User { id: row.get(2)?, name: row.get(3)? },
        text: row.get(4)?,
        at: row.get(5)?,
    })
}

/// What the author's message of this id is answered, if there is one.
fn sent_before(db: &Connection, message: &NewMessage<'_>) -> Result<Option<Result<Appended, ErrorCode>>, StoreError> {
    let mut select = db.prepare_cached(
        "SELECT seq, at, slug = ?3 AND text = ?4 FROM messages JOIN rooms ON rooms.id = room
        WHERE author = ?1 AND messages.id = ?2",
    )?;
    let known = select.query_row((message.author.key(), message.id.as_bytes(), message.room, message.text), |row| {
        let sent = Sent { seq: row.get(0)?, at: row.get(1)? };
        let is_same: bool = row.get(2)?;
        Ok(if is_same { Ok(Appended { sent, fresh: false }) } else { Err(ErrorCode::IdReused) })
    });
    Ok(known.optional()?)
}
