//! The typed contract, on the namespace `/chat`: rooms with history, for users who have signed in.
//!
//! [`request`] is what a client may ask, [`event`] what it is told. Both speak of what stands here. Unknown fields are ignored
//! by both ends, so that either may grow first.

pub mod event;
mod id;
pub mod request;

use serde::{Deserialize, Serialize};

pub use self::id::{MessageId, NotCanonical};
use crate::Namespace;

/// The namespace `/chat`. CONNECT carries [`Auth`], or the handshake the cookie of a session.
#[derive(Debug, Clone, Copy)]
pub struct Chat;

impl Namespace for Chat {
    const PATH: &'static str = "/chat";
}

/// The room in which everybody is, for ever; the classic contract feeds and hears it.
pub const LOBBY: &str = "lobby";

/// How many messages a page has if nobody says, and at the most.
pub const PAGE: u64 = 50;
/// The most messages (or rooms) of a page; who asks for more gets so many.
pub const MAX_PAGE: u64 = 200;
/// The most bytes of JSON of a reply or a page; but for one message, that it always has.
pub const MAX_REPLY_BYTES: usize = 256 << 10;
/// The most users that [`RoomState::online`] names.
pub const MAX_ONLINE: usize = 200;
/// The most bytes of all that a reply names as online, so that messages find room in it; but for me, in each room.
pub const MAX_ONLINE_BYTES: usize = 64 << 10;
/// The most rooms that a user may be a member of, the lobby included.
pub const MAX_ROOMS: usize = 500;
/// How long somebody counts as typing, in milliseconds, since the server said so last.
pub const TYPING_MS: u64 = 5_000;

/// What CONNECT carries. If the token is there it decides alone, else the cookie does.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Auth {
    /// A session's token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// Somebody with a name. The id is never used for another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct User {
    /// Of the user, or `guest-` and eight hexadecimal digits for the author of a classic message.
    pub id: String,
    /// As it is shown.
    pub name: String,
}

/// One message of a room. It never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its place in the room: 1, 2, 3 … without a gap.
    pub seq: u64,
    /// What its author calls it; unique among the author's.
    pub id: MessageId,
    /// The room's id.
    pub room: String,
    /// Who wrote it, by the name of that time.
    pub author: User,
    /// What it says.
    pub text: String,
    /// When the server took it, in milliseconds since 1970.
    pub at: u64,
}

/// A room, as everybody may know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomInfo {
    /// `[a-z0-9-]{1,40}`, for addresses.
    pub id: String,
    /// As it is shown.
    pub name: String,
    /// What it is about; may be empty.
    pub topic: String,
    /// How many members it has.
    pub members: u64,
    /// The seq of its last message; 0 if there is none.
    pub head: u64,
}

/// A room, as one of its members sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomState {
    /// What everybody may know.
    #[serde(flatten)]
    pub info: RoomInfo,
    /// The last seq that I have read, on any device.
    pub read: u64,
    /// Who is here; at most [`MAX_ONLINE`], and I am among them.
    pub online: Vec<User>,
    /// How many are here.
    pub online_count: u64,
    /// Messages, seq ascending without a gap.
    pub messages: Vec<Message>,
    /// Whether there are more, in the direction that was asked for.
    pub more: bool,
}
