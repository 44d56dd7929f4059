//! Rooms, and who is a member of which.

use std::collections::BTreeMap;

use hubbub_shared::ErrorCode;
use hubbub_shared::chat::request::RoomList;
use hubbub_shared::chat::{LOBBY, MAX_ONLINE_BYTES, MAX_PAGE, MAX_ROOMS, RoomInfo, RoomState, User};
use rusqlite::{Connection, OptionalExtension};

use super::messages::page;
use super::page::{Budget, Stretch, json_bytes};
use super::room::Room;
use super::{Refusable, Store, StoreError, Transaction, UserKey, random_id};
use crate::name::{self, Name};

/// More than the digits of how many are online.
const ONLINE_COUNT: usize = 10;

impl Store {
    /// All rooms of a user, with what the user lacks who holds the messages up to a seq of some of them.
    ///
    /// The whole is cut at what a reply may have: rooms whose messages don't fit have none, and `more`. Nobody is online in it.
    pub(crate) async fn sync(&self, user: UserKey, held: BTreeMap<String, u64>) -> Result<Vec<RoomState>, StoreError> {
        self.readers.read(move |db| sync(db, user, &held)).await
    }

    /// The rooms by name, whose name has `query` in it, after the room of the id `after`; at most `limit`, which is at least 1.
    pub(crate) async fn rooms(&self, query: Option<String>, after: Option<String>, limit: u64) -> Refusable<RoomList> {
        if limit == 0 {
            return Ok(Err(ErrorCode::BadRequest));
        }
        let query = name::fold(&query.unwrap_or_default());
        self.readers.read(move |db| list(db, &query, after.as_deref(), limit.min(MAX_PAGE))).await
    }

    /// A room.
    pub(crate) async fn room(&self, room: String) -> Result<Option<RoomInfo>, StoreError> {
        let read = move |db: &Connection| {
            let mut select =
                db.prepare_cached("SELECT id, slug, name, topic, members, head, NULL FROM room_infos WHERE slug = ?1")?;
            Ok(select.query_row([&room], Room::from_row).optional()?.map(|room| room.info))
        };
        self.readers.read(read).await
    }
}

impl Transaction<'_> {
    /// Makes a room with one member.
    pub(crate) fn create_room(&mut self, user: UserKey, name: &Name, topic: &str) -> Refusable<RoomState> {
        let db = self.write()?;
        if exists(db, "SELECT EXISTS (SELECT 1 FROM rooms WHERE key = ?1)", &name.key)? {
            return Ok(Err(ErrorCode::RoomExists));
        }
        if let Err(refusal) = may_join(db, user)? {
            return Ok(Err(refusal));
        }
        let slug = free_slug(db, name)?;
        let mut insert = db.prepare_cached("INSERT INTO rooms (slug, name, key, topic) VALUES (?1, ?2, ?3, ?4)")?;
        insert.execute((&slug, &name.shown, &name.key, topic))?;
        insert_member(db, user, &slug)?;
        state_of_member(db, user, &slug)
    }

    /// Makes a user a member of a room, unless it is one; and tells whether it wasn't. What was said before counts as read.
    pub(crate) fn join(&mut self, user: UserKey, room: &str) -> Refusable<(RoomState, bool)> {
        let db = self.write()?;
        let fresh = match Room::of_member(db, user, room)? {
            Ok(_) => false,
            Err(ErrorCode::NotAMember) => {
                if let Err(refusal) = may_join(db, user)? {
                    return Ok(Err(refusal));
                }
                insert_member(db, user, room)?;
                true
            }
            Err(refusal) => return Ok(Err(refusal)),
        };
        Ok(state_of_member(db, user, room)?.map(|room| (room, fresh)))
    }

    /// Ends a membership.
    pub(crate) fn leave(&mut self, user: UserKey, room: &str) -> Refusable<()> {
        if room == LOBBY {
            return Ok(Err(ErrorCode::LobbyIsForever));
        }
        let db = self.write()?;
        let room = match Room::of_member(db, user, room)? {
            Ok(room) => room,
            Err(refusal) => return Ok(Err(refusal)),
        };
        db.prepare_cached("DELETE FROM memberships WHERE user = ?1 AND room = ?2")?.execute((user.0, room.key))?;
        Ok(Ok(()))
    }

    /// Remembers up to where a user has read a room. Tells up to where that is now, if it has moved.
    pub(crate) fn mark_read(&mut self, user: UserKey, room: &str, seq: u64) -> Refusable<Option<u64>> {
        let db = self.write()?;
        let room = match Room::of_member(db, user, room)? {
            Ok(room) => room,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let seq = seq.min(room.info.head);
        if room.read.is_some_and(|read| seq <= read) {
            return Ok(Ok(None));
        }
        let mut update = db.prepare_cached("UPDATE memberships SET read = ?3 WHERE user = ?1 AND room = ?2")?;
        update.execute((user.0, room.key, seq))?;
        Ok(Ok(Some(seq)))
    }
}

fn sync(db: &Connection, user: UserKey, held: &BTreeMap<String, u64>) -> Result<Vec<RoomState>, StoreError> {
    let mut select = db.prepare_cached(
        "SELECT id, slug, name, topic, members, head, read
        FROM memberships JOIN room_infos ON room_infos.id = memberships.room WHERE user = ?1 ORDER BY memberships.room",
    )?;
    let rooms: Vec<_> = select.query_map([user.0], Room::from_row)?.collect::<rusqlite::Result<_>>()?;
    let mut states: Vec<_> = rooms.iter().map(Room::state).collect();

    let mut budget = budget_of_messages(db, user, &states)?;
    for (done, (room, state)) in rooms.iter().zip(&mut states).enumerate() {
        let stretch = Stretch::to_sync(held.get(&room.info.id).copied(), room.info.head);
        fill(db, room, state, &stretch, &mut budget.share(rooms.len() - done))?;
        budget.settle(state.messages.iter().map(json_bytes).sum());
    }
    Ok(states)
}

/// A room with its last messages.
fn state_of_member(db: &Connection, user: UserKey, slug: &str) -> Refusable<RoomState> {
    let room = match Room::of_member(db, user, slug)? {
        Ok(room) => room,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let mut state = room.state();
    let mut budget = budget_of_messages(db, user, std::slice::from_ref(&state))?;
    fill(db, &room, &mut state, &Stretch::latest(room.info.head), &mut budget)?;
    Ok(Ok(state))
}

/// What the messages of a reply may have, if it has these rooms. Who is online comes into them later: others, within a bound
/// of their own, and in each room the user.
fn budget_of_messages(db: &Connection, user: UserKey, states: &[RoomState]) -> Result<Budget, StoreError> {
    let mut select = db.prepare_cached("SELECT public, name FROM authors WHERE id = ?1")?;
    let me = select.query_row([user.0], |row| Ok(User { id: row.get(0)?, name: row.get(1)? }))?;
    let rooms: usize = states.iter().map(|state| json_bytes(state) + json_bytes(&me) + ONLINE_COUNT).sum();
    let mut budget = Budget::of_reply();
    budget.spend(MAX_ONLINE_BYTES + rooms);
    Ok(budget)
}

fn fill(
    db: &Connection,
    room: &Room,
    state: &mut RoomState,
    stretch: &Stretch,
    budget: &mut Budget,
) -> Result<(), StoreError> {
    let page = page(db, room, stretch, budget)?;
    state.messages = page.messages;
    state.more = page.more;
    Ok(())
}

fn list(db: &Connection, query: &str, after: Option<&str>, limit: u64) -> Refusable<RoomList> {
    let after: String = match after {
        None => String::new(),
        Some(slug) => {
            let mut select = db.prepare_cached("SELECT key FROM rooms WHERE slug = ?1")?;
            match select.query_row([slug], |row| row.get(0)).optional()? {
                Some(key) => key,
                None => return Ok(Err(ErrorCode::NoSuchRoom)),
            }
        }
    };
    let mut select = db.prepare_cached(
        "SELECT id, slug, name, topic, members, head, NULL FROM room_infos
        WHERE key > ?1 AND instr(key, ?2) > 0 ORDER BY key LIMIT ?3",
    )?;
    // One more than is asked for, to know whether there is one.
    let mut found = select.query_map((after, query, limit + 1), Room::from_row)?;
    let mut rooms = Vec::new();
    let mut budget = Budget::of_reply();
    let more = loop {
        let Some(room) = found.next().transpose()? else { break false };
        if u64::try_from(rooms.len()) == Ok(limit) || !budget.take(json_bytes(&room.info)) {
            break true;
        }
        rooms.push(room.info);
    };
    Ok(Ok(RoomList { rooms, more }))
}

/// Whether a user may be in one more room. One whose last session has ended meanwhile may be in none.
fn may_join(db: &Connection, user: UserKey) -> Refusable<()> {
    let mut select = db.prepare_cached(
        "SELECT key IS NOT NULL, (SELECT count(*) FROM memberships WHERE user = authors.id) FROM authors WHERE id = ?1",
    )?;
    let (is_user, rooms): (bool, usize) = select.query_row([user.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(match is_user {
        false => Err(ErrorCode::Unauthorized),
        true if rooms >= MAX_ROOMS => Err(ErrorCode::TooManyRooms),
        true => Ok(()),
    })
}

pub(super) fn insert_member(db: &Connection, user: UserKey, slug: &str) -> Result<(), StoreError> {
    let mut insert = db.prepare_cached(
        "INSERT INTO memberships (user, room, read) SELECT ?1, id, head FROM room_infos WHERE slug = ?2",
    )?;
    insert.execute((user.0, slug))?;
    Ok(())
}

/// The name's own, or a random one if that is taken or there is none.
fn free_slug(db: &Connection, name: &Name) -> Result<String, StoreError> {
    let mut slug = name.slug();
    loop {
        match slug {
            Some(slug) if !exists(db, "SELECT EXISTS (SELECT 1 FROM rooms WHERE slug = ?1)", &slug)? => {
                return Ok(slug);
            }
            _ => slug = Some(format!("r-{}", random_id(6)?)),
        }
    }
}

fn exists(db: &Connection, sql: &str, value: &str) -> Result<bool, StoreError> {
    Ok(db.prepare_cached(sql)?.query_row([value], |row| row.get(0))?)
}
