//! What a client may ask on `/chat`.
//!
//! Each is an event with one argument, an object, and is answered with [`Reply`]. What changes something is answered after
//! it is on the disk.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Chat, Message, MessageId, RoomInfo, RoomState, User};
use crate::{ClientEvent, Event, Reply, Request};

/// Brings me up to date: answers for every room that I'm a member of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sync {
    /// The last seq that I hold, for each room of which I hold something. A room that isn't there is answered with its last
    /// messages, 0 with the first.
    #[serde(default)]
    pub rooms: BTreeMap<String, u64>,
}

/// What [`Sync`] is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Synced {
    /// Made when the database was made or restored. If it isn't the one I know, what I hold is of another world.
    pub store: String,
    /// Who I am.
    pub user: User,
    /// My rooms. A held seq is answered with what comes after it.
    pub rooms: Vec<RoomState>,
}

/// All rooms, by name, page by page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListRooms {
    /// Only those whose name contains this, in upper or lower case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// Only those after the room of this id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// How many, at most; see [`PAGE`](super::PAGE) and [`MAX_PAGE`](super::MAX_PAGE).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
}

/// What [`ListRooms`] is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomList {
    /// By name.
    pub rooms: Vec<RoomInfo>,
    /// Whether more come after them.
    pub more: bool,
}

/// Makes a room, of which I am the first member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateRoom {
    /// See [`name`](crate::name).
    pub name: String,
    /// At most [`name::MAX_TOPIC`](crate::name::MAX_TOPIC) characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
}

/// Makes me a member of a room; fine if I am one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinRoom {
    /// The room's id.
    pub room: String,
}

/// Ends my membership of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveRoom {
    /// The room's id.
    pub room: String,
}

/// Says something in a room. The same id with the same room and text is answered as the first time, and stored once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendMessage {
    /// The room's id.
    pub room: String,
    /// Unique among mine.
    pub id: MessageId,
    /// See [`text`](crate::text).
    pub text: String,
}

/// What [`SendMessage`] is answered, after the commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// The message's place in the room.
    pub seq: u64,
    /// When the server took it, in milliseconds since 1970.
    pub at: u64,
}

/// A page of a room's messages, just before or just after a seq: exactly one of the two must be there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// The room's id.
    pub room: String,
    /// The messages just before this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
    /// The messages just after this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// How many, at most; see [`PAGE`](super::PAGE) and [`MAX_PAGE`](super::MAX_PAGE).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
}

/// What [`History`] is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    /// Seq ascending without a gap.
    pub messages: Vec<Message>,
    /// Whether there are more, in the direction that was asked for.
    pub more: bool,
}

/// I have read a room up to here. Beyond the head counts as the head; backwards is ignored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    /// The room's id.
    pub room: String,
    /// The last seq that I have read.
    pub seq: u64,
}

/// I am typing in a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typing {
    /// The room's id.
    pub room: String,
}

/// The answer that says no more than that it is done: `{}`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {}

macro_rules! requests {
    ($($request:ty = $name:literal -> $answer:ty;)*) => {$(
        impl Event for $request {
            type Namespace = Chat;
            const NAME: &'static str = $name;
        }
        impl ClientEvent for $request {}
        impl Request for $request {
            type Answer = (Reply<$answer>,);
        }
    )*};
}

requests! {
    Sync = "sync" -> Synced;
    ListRooms = "list_rooms" -> RoomList;
    CreateRoom = "create_room" -> RoomState;
    JoinRoom = "join_room" -> RoomState;
    LeaveRoom = "leave_room" -> Done;
    SendMessage = "send_message" -> Sent;
    History = "history" -> Page;
    Read = "read" -> Done;
    Typing = "typing" -> Done;
}
