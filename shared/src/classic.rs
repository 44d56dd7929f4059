//! The classic contract, on the namespace `/`: the two events of the original sample, word for word, and the farewell.

use serde::{Deserialize, Serialize};

use crate::{ClientEvent, Event, Namespace, Request, ServerEvent};

/// The namespace `/`. It needs no session.
#[derive(Debug, Clone, Copy)]
pub struct Classic;

impl Namespace for Classic {
    const PATH: &'static str = "/";
}

/// One line of chat. A client sends it; every client on the namespace, the sender included, gets it verbatim and in order.
///
/// Acknowledged, if asked, with no argument, when it is on the disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChatMessage(pub String);

impl Event for ChatMessage {
    type Namespace = Classic;
    const NAME: &'static str = "chat_message";
}
impl ClientEvent for ChatMessage {}
impl ServerEvent for ChatMessage {}
impl Request for ChatMessage {
    type Answer = ();
}

/// An echo: what a client sends comes back to it alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ServerMessage(pub String);

impl Event for ServerMessage {
    type Namespace = Classic;
    const NAME: &'static str = "server_message";
}
impl ClientEvent for ServerMessage {}
impl ServerEvent for ServerMessage {}

/// The server is about to end the connection, and says why. Clients of the original sample don't know it, and may ignore it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// Why, for the program.
    pub code: ClosingCode,
    /// Why, for the user.
    pub message: String,
}

/// Why the server ends a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ClosingCode {
    /// The session has ended, here or on another device. A client must not connect again with it.
    SignedOut,
    /// The server itself ends. The transport closes next, and a client may connect again.
    ServerClosing,
    /// A code that this program is too old to know.
    #[serde(other)]
    Unknown,
}

impl Event for Closing {
    type Namespace = Classic;
    const NAME: &'static str = "closing";
}
impl ServerEvent for Closing {}
