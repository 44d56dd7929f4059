//! Watching the wire: every packet of a client, as it passes.

use std::time::Duration;

use crate::{
    codec::{DecodeError, engine, socket},
    connection::Frame,
};

/// Which way a packet goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the server.
    In,
    /// To the server.
    Out,
}

/// One frame on the wire: an Engine.IO packet, maybe with a Socket.IO packet in it, or a binary attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Observed {
    /// When, counted from when the client was made.
    pub at: Duration,
    /// Which way.
    pub direction: Direction,
    /// As it is on the wire.
    pub frame: Frame,
}

impl Observed {
    /// The Engine.IO packet, unless this is a binary attachment.
    #[must_use]
    pub fn engine_packet(&self) -> Option<Result<engine::Packet<'_>, DecodeError>> {
        match &self.frame {
            Frame::Text(text) => Some(engine::Packet::decode(text)),
            Frame::Binary(_) => None,
        }
    }

    /// The Socket.IO packet, if this carries one.
    #[must_use]
    pub fn socket_packet(&self) -> Option<Result<socket::Packet<'_>, DecodeError>> {
        match self.engine_packet()? {
            Ok(engine::Packet::Message(text)) => Some(socket::Packet::decode(text)),
            _ => None,
        }
    }
}
