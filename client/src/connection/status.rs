//! What a namespace's connection is like, in words for a user.

use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{error::LinkError, json};

/// The state of a namespace's connection. It only changes by an event, so it can be watched.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// On the way: a link is being opened, or the server is asked for the namespace.
    Connecting,
    /// Joined.
    Connected {
        /// The socket's id, as the server and others know it.
        id: Box<str>,
        /// The server has continued the last session: what it emitted meanwhile is still to come ("connection state
        /// recovery").
        recovered: bool,
    },
    /// The link was lost, or couldn't be opened; attempt `attempt` (from 1) to replace it begins after `delay`.
    Reconnecting {
        /// Counted since the last time that a link was open.
        attempt: u32,
        /// The wait before it.
        delay: Duration,
        /// Why there is no link.
        reason: LinkError,
    },
    /// Not connected, and it stays so until somebody connects it.
    Disconnected {
        /// Why.
        reason: DisconnectReason,
    },
}

/// Why a namespace is disconnected, and doesn't reconnect by itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DisconnectReason {
    /// It has never been connected.
    #[error("it has never been connected")]
    NeverConnected,
    /// This side left it.
    #[error("this side disconnected")]
    Client,
    /// The server ended it, by DISCONNECT.
    #[error("the server disconnected")]
    Server,
    /// The server refused it, by CONNECT_ERROR: its middleware said no, or it has no such namespace.
    #[error("the server refuses: {message}")]
    Refused {
        /// The server's words.
        message: String,
        /// What the server's middleware said beside, a JSON value.
        data: Option<Box<str>>,
    },
    /// The server answered CONNECT without a socket's id, as those before Socket.IO 3 do. They speak another protocol, and no
    /// further attempt would change that.
    #[error("the server speaks a Socket.IO older than version 3")]
    OldServer,
    /// This side's auth function didn't answer within [`Config::connect_timeout`](super::Config::connect_timeout).
    #[error("the auth function doesn't answer")]
    NoAuth,
    /// The client's task has ended: its runtime was shut down, or a listener panicked.
    #[error("the client has ended")]
    Ended,
    /// The link is gone, and reconnection is off or has run out of attempts.
    #[error(transparent)]
    Link(LinkError),
}

impl DisconnectReason {
    /// Reads what CONNECT_ERROR carries: an object with a message, and maybe data; or, from old servers, a string.
    pub(super) fn refused(payload: &str) -> Self {
        #[derive(Deserialize)]
        struct Refusal<'a> {
            message: String,
            #[serde(borrow)]
            data: Option<&'a RawValue>,
        }
        match json::read(payload) {
            Ok(Refusal { message, data }) => Self::Refused { message, data: data.map(|data| data.get().into()) },
            Err(_) => Self::Refused { message: json::read(payload).unwrap_or_else(|_| payload.into()), data: None },
        }
    }
}

/// What the server's CONNECT says: the socket's id, and its private id if the server can recover sessions.
#[derive(Deserialize)]
pub(super) struct Welcome {
    pub(super) sid: Box<str>,
    pub(super) pid: Option<String>,
}

impl Welcome {
    pub(super) fn read(payload: &str) -> Option<Self> {
        json::read(payload).ok()
    }
}
