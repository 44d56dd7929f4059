//! What the session wants asked, and what it is told.

use hubbub_shared::Reply;
use hubbub_shared::chat::event::{Closing, HaveRead, Joined, Left, Messages, Presence, RoomChanged, UserTyping};
use hubbub_shared::chat::request::{Done, History, Page, Read, SendMessage, Sent, Sync, Synced, Typing};

/// Names one request. Its answer comes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub(super) u64);

/// What is to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Bring me up to date.
    Sync(Sync),
    /// A page of a room.
    History(History),
    /// Something I said.
    Send(SendMessage),
    /// I have read this.
    Read(Read),
    /// I am typing. Nobody waits for its answer.
    Typing(Typing),
}

/// What a request was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// To [`Request::Sync`].
    Sync(Reply<Synced>),
    /// To [`Request::History`].
    History(Reply<Page>),
    /// To [`Request::Send`].
    Send(Reply<Sent>),
    /// To [`Request::Read`].
    Read(Reply<Done>),
    /// Nothing in time, or nothing that can be read, or it couldn't be sent.
    Nothing,
}

/// What the server says of its own accord.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Something was said.
    Messages(Messages),
    /// Somebody came or went.
    Presence(Presence),
    /// Somebody types.
    Typing(UserTyping),
    /// A room was made, or is another.
    Room(RoomChanged),
    /// I am in a room: another device says so, or a request of mine to join or to make one was answered.
    Joined(Joined),
    /// I am out of a room, likewise.
    Left(Left),
    /// I have read a room, on another device.
    Read(HaveRead),
    /// The connection is about to end.
    Closing(Closing),
}

macro_rules! heard {
    ($($event:ident => $variant:ident;)*) => {$(
        impl From<$event> for Heard {
            fn from(event: $event) -> Self {
                Self::$variant(event)
            }
        }
    )*};
}

heard! {
    Messages => Messages;
    Presence => Presence;
    UserTyping => Typing;
    RoomChanged => Room;
    Joined => Joined;
    Left => Left;
    HaveRead => Read;
    Closing => Closing;
}
