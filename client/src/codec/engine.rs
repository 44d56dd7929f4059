//! Engine.IO protocol, revision 4, "Packet encoding": one character for the type, then the data.

use std::time::Duration;

use serde::Deserialize;

use super::DecodeError;
use crate::json;

/// One Engine.IO packet in a text frame. (A binary frame is a message without a type character.)
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Packet<'a> {
    /// `0`: the server's handshake, the first packet of a link.
    Open(Handshake),
    /// `1`: the other side ends the link.
    Close,
    /// `2`: the server's heartbeat, to be answered by a pong with the same data.
    Ping(&'a str),
    /// `3`: the answer to a ping.
    Pong(&'a str),
    /// `4`: what the layer above has to say.
    Message(&'a str),
    /// `5`: part of a transport upgrade, of which a WebSocket link needs none.
    Upgrade,
    /// `6`: means nothing.
    Noop,
}

/// What the server says of a link when it opens it ("Handshake").
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Handshake {
    /// The link's id.
    pub sid: String,
    #[serde(rename = "pingInterval")]
    ping_interval_ms: u32,
    #[serde(rename = "pingTimeout")]
    ping_timeout_ms: u32,
    /// The most bytes of one payload that the server takes, if it says so.
    pub max_payload: Option<u64>,
}

impl Handshake {
    /// A link on which no ping came for this long is dead: one interval and the time-out after it ("Heartbeat").
    #[must_use]
    pub fn patience(&self) -> Duration {
        Duration::from_millis(u64::from(self.ping_interval_ms) + u64::from(self.ping_timeout_ms))
    }
}

impl<'a> Packet<'a> {
    /// Reads one text frame.
    ///
    /// # Errors
    /// [`DecodeError`] if it is empty, of an unknown type, or a handshake that can't be read.
    pub fn decode(frame: &'a str) -> Result<Self, DecodeError> {
        let mut rest = frame.chars();
        let kind = rest.next().ok_or(DecodeError::Empty)?;
        let data = rest.as_str();
        Ok(match kind {
            '0' => Self::Open(json::read(data).map_err(|_| DecodeError::BadPayload {
                packet: "OPEN",
                expected: "an object with sid, pingInterval and pingTimeout",
            })?),
            '1' => Self::Close,
            '2' => Self::Ping(data),
            '3' => Self::Pong(data),
            '4' => Self::Message(data),
            '5' => Self::Upgrade,
            '6' => Self::Noop,
            other => return Err(DecodeError::UnknownType(other)),
        })
    }
}

/// A pong that answers a ping with `data`.
#[must_use]
pub fn pong(data: &str) -> String {
    format!("3{data}")
}
