//! The two packet formats, as text: Engine.IO v4 ([`engine`]) carries Socket.IO v5 ([`socket`]).
//!
//! Decoding borrows from the frame; nothing is copied until somebody wants to keep it.

pub mod engine;
pub mod socket;

/// Why a frame is not what the protocol says it should be. The connection that sent it can't be trusted to be in step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// No bytes at all, where a packet type was due.
    #[error("an empty packet")]
    Empty,
    /// A first character that no packet type has.
    #[error("unknown packet type {0:?}")]
    UnknownType(char),
    /// A number (acknowledgement id or attachment count) that is missing or too large.
    #[error("the {0} is missing or not a number that fits")]
    BadNumber(&'static str),
    /// A payload of another shape than this packet type has, or JSON that is none.
    #[error("the payload of {packet} must be {expected}")]
    BadPayload {
        /// The packet type's name in the protocol text.
        packet: &'static str,
        /// What the protocol text asks for.
        expected: &'static str,
    },
    /// An event by a name that the protocol keeps for itself, see [`socket::is_reserved`].
    #[error("the event name {0:?} is reserved")]
    ReservedName(String),
    /// A binary frame that no packet announced, or a packet while binary frames are due.
    #[error("a binary attachment out of place")]
    StrayAttachment,
    /// A packet of more bytes than this client takes.
    #[error("a packet of {0} bytes is too large")]
    TooLarge(usize),
    /// A packet that announces more attachments than this client takes.
    #[error("{0} binary attachments are too many")]
    TooManyAttachments(usize),
}
