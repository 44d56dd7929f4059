//! What a client is told on `/chat`.

use serde::{Deserialize, Serialize};

use super::{Chat, Message, RoomInfo, RoomState, User};
use crate::classic::ClosingCode;
use crate::{Event, ServerEvent};

/// What was said in a room, to all sockets of its members. One event has all that waited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Messages {
    /// The room's id.
    pub room: String,
    /// Seq ascending without a gap, neither within an event nor from one to the next.
    pub messages: Vec<Message>,
}

/// Who came and went, to the members of a room; at most once a second.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// The room's id.
    pub room: String,
    /// Who is here and wasn't.
    pub online: Vec<User>,
    /// The ids of those who were here and aren't.
    pub offline: Vec<String>,
    /// How many are here.
    pub online_count: u64,
}

/// Somebody is typing, to the other members of a room; holds for [`TYPING_MS`](super::TYPING_MS).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserTyping {
    /// The room's id.
    pub room: String,
    /// Who.
    pub user: User,
}

/// A room was made, to everyone; or its topic or its members changed, to its members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RoomChanged(pub RoomInfo);

/// Another socket of mine joined a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Joined(pub RoomState);

/// Another socket of mine left a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// The room's id.
    pub room: String,
}

/// Another socket of mine has read a room up to here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HaveRead {
    /// The room's id.
    pub room: String,
    /// The last seq that I have read.
    pub seq: u64,
}

/// The server is about to end the connection, and says why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// Why, for the program.
    pub code: ClosingCode,
    /// Why, for the person, as a sentence.
    pub message: String,
}

macro_rules! events {
    ($($event:ty = $name:literal;)*) => {$(
        impl Event for $event {
            type Namespace = Chat;
            const NAME: &'static str = $name;
        }
        impl ServerEvent for $event {}
    )*};
}

events! {
    Messages = "messages";
    Presence = "presence";
    UserTyping = "typing";
    RoomChanged = "room";
    Joined = "joined";
    Left = "left";
    HaveRead = "read";
    Closing = "closing";
}
