//! A room, as a query finds it.

use hubbub_shared::ErrorCode;
use hubbub_shared::chat::{RoomInfo, RoomState};
use rusqlite::{Connection, OptionalExtension, Row};

use super::{Refusable, UserKey};

/// A room, as somebody sees it.
pub(super) struct Room {
    pub(super) key: i64,
    pub(super) info: RoomInfo,
    /// The last seq that the user has read. None: the user is no member.
    pub(super) read: Option<u64>,
}

impl Room {
    /// A room, if there is one and the user is a member of it.
    pub(super) fn of_member(db: &Connection, user: UserKey, slug: &str) -> Refusable<Self> {
        let mut select = db.prepare_cached(
            "SELECT id, slug, name, topic, members, head, read
            FROM room_infos LEFT JOIN memberships ON memberships.room = room_infos.id AND user = ?1 WHERE slug = ?2",
        )?;
        Ok(match select.query_row((user.0, slug), Self::from_row).optional()? {
            None => Err(ErrorCode::NoSuchRoom),
            Some(Self { read: None, .. }) => Err(ErrorCode::NotAMember),
            Some(room) => Ok(room),
        })
    }

    pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let info = RoomInfo {
            id: row.get(1)?,
            name: row.get(2)?,
            topic: row.get(3)?,
            members: row.get(4)?,
            head: row.get(5)?,
        };
        Ok(Self { key: row.get(0)?, info, read: row.get(6)? })
    }

    /// As its member sees it, without messages yet.
    pub(super) fn state(&self) -> RoomState {
        RoomState {
            info: self.info.clone(),
            read: self.read.unwrap_or_default(),
            online: Vec::new(),
            online_count: 0,
            messages: Vec::new(),
            more: false,
        }
    }
}
