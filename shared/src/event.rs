//! The traits that tie a payload type to its name on the wire.

use serde::{Serialize, de::DeserializeOwned};

/// A Socket.IO namespace: one of the conversations that share a connection.
pub trait Namespace {
    /// Its path, as CONNECT carries it; begins with `/`.
    const PATH: &'static str;
}

/// One event: a name, a namespace, and exactly one argument, which is the implementing type.
pub trait Event: Serialize + DeserializeOwned + 'static {
    /// Where the event is spoken.
    type Namespace: Namespace;
    /// Its name, as the first element of the EVENT packet's array.
    const NAME: &'static str;
}

/// An event that clients emit and the server handles.
pub trait ClientEvent: Event {}

/// An event that the server emits and clients handle.
pub trait ServerEvent: Event {}

/// A client's event that the server acknowledges when asked to.
pub trait Request: ClientEvent {
    /// What the acknowledgement carries: its arguments as a tuple, so `()` is an acknowledgement without any.
    type Answer: Serialize + DeserializeOwned + 'static;
}
