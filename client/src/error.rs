//! What can go wrong, one enum per question that a caller asks.

use std::sync::Arc;

use crate::codec::DecodeError;

/// Why a client can't be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// Neither `http`, `https`, `ws` nor `wss`.
    #[error("{0:?} is not a URL of http, https, ws or wss")]
    Scheme(String),
    /// No host between the scheme and the path.
    #[error("{0:?} names no host")]
    NoHost(String),
    /// A URL relative to a page (`/path`, `//host/path`), and no page to be relative to: there is one in a browser only.
    #[error("{0:?} is relative, and there is no page it could be relative to")]
    NoOrigin(String),
    /// A header's name or value that HTTP doesn't allow.
    #[error("{0:?} can't be a header with that value")]
    Header(String),
    /// Natively: `https` or `wss`, and this crate was built without its feature `wss`.
    #[error("{0:?} needs TLS, for which there is the feature `wss`")]
    NoTls(String),
    /// Natively: not called on a tokio runtime, which the client's task needs.
    #[error("a client is made on a tokio runtime")]
    NoRuntime,
}

/// Why something can't be an auth payload.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// It is JSON, but no object, which is all that the protocol allows there.
    #[error("an auth payload is a JSON object: a struct or a map")]
    NoObject,
    /// It can't be written as JSON.
    #[error("the auth payload can't be written as JSON: {0}")]
    Encode(String),
}

/// Why nothing was sent. The packet will not be sent later either.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EmitError {
    /// The namespace is not connected at the moment, and what was emitted does not wait.
    #[error("not connected")]
    NotConnected,
    /// The protocol keeps this event name for itself, see [`is_reserved`](crate::codec::socket::is_reserved).
    #[error("the event name {0:?} is reserved")]
    ReservedName(String),
    /// The arguments can't be written as JSON.
    #[error("the arguments can't be written as JSON: {0}")]
    Encode(String),
    /// A frame of the packet, its text or one of its attachments, has more bytes than the server takes. It says so by
    /// `maxPayload` in its handshake, so this is known from the first connection on.
    #[error("{bytes} bytes are more than the {limit} that the server takes")]
    TooLarge {
        /// The largest frame's bytes.
        bytes: usize,
        /// The server's bound in bytes.
        limit: u64,
    },
    /// The link doesn't take what is queued for it: with this packet the queue would be over
    /// [`Config::max_queued_bytes`](crate::Config::max_queued_bytes), or, if it is volatile, not empty.
    #[error("the connection is backed up")]
    BackedUp,
    /// The client's task has ended: its runtime was shut down, or a listener panicked.
    #[error("the client has ended")]
    Ended,
    /// So much waits for namespaces to be connected that with this packet it would be over
    /// [`Config::max_buffered_bytes`](crate::Config::max_buffered_bytes).
    #[error("too much waits for the connection already")]
    BufferFull,
}

/// Why an acknowledgement didn't come. Whether the server got the event is then unknown, unless it says so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AckError {
    /// The event was never sent: when it could be, it turned out to be too large for the server.
    #[error(transparent)]
    NotSent(#[from] EmitError),
    /// The namespace was disconnected first.
    #[error("disconnected before the acknowledgement came")]
    Disconnected,
    /// Its time was over first. If the event still waited to be sent, it won't be.
    #[error("no acknowledgement came in time")]
    TimedOut,
    /// It came, but its arguments can't be read as asked for: see [`Args::read`](crate::Args::read).
    #[error("the acknowledgement can't be read: {0}")]
    Unreadable(String),
}

/// Why a link ended. After each of these the client tries again, if it may.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// No WebSocket could be opened.
    #[error("can't reach the server: {0}")]
    Unreachable(Arc<str>),
    /// The server didn't answer the handshake, or a CONNECT, in time.
    #[error("the server doesn't answer")]
    NoAnswer,
    /// The server's ping didn't come in time: the link is dead, whatever the network says.
    #[error("the heartbeat was missed")]
    HeartbeatMissed,
    /// The WebSocket was closed, by the server or on the way.
    #[error("the connection was closed")]
    Closed,
    /// The server sent what the protocol doesn't know.
    #[error("the server broke the protocol: {0}")]
    Protocol(#[from] DecodeError),
}
