//! One packet, read.

use std::{sync::Arc, time::Duration};

use hubbub_client::{
    Direction,
    codec::{
        engine,
        socket::{self, Body},
    },
};

use super::{Content, PacketId, PacketType, Recorded};

/// One packet, as it is shown in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// As it was recorded.
    pub packet: Arc<Recorded>,
    /// Its Engine.IO type, if it could be read.
    pub engine: Option<PacketType>,
    /// Its Socket.IO type, if it has one and that could be read.
    pub socket: Option<PacketType>,
    /// The namespace that it belongs to.
    pub namespace: Option<Arc<str>>,
    /// The event that it is, answers, or is an attachment of.
    pub event: Option<Arc<str>>,
    /// The id of the acknowledgement that it asks for, or is.
    pub ack_id: Option<u64>,
    /// How many attachments follow it.
    pub attachments: usize,
    /// What it answers.
    pub answers: Option<Answer>,
    /// How long its answer took, once that has come.
    pub answered_after: Option<Duration>,
    /// The types that it is the first of.
    pub first_of: [Option<PacketType>; 2],
}

/// What a packet answers, and after which time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// What it answers.
    pub to: PacketId,
    /// The time between the two, at this end of the wire.
    pub after: Duration,
}

/// What one side asks, and the other answers. (A ping is not timed: the pong to it leaves at once.)
#[derive(Debug, PartialEq, Eq)]
enum Question<'a> {
    /// By CONNECT; by CONNECT or CONNECT_ERROR.
    Join(&'a str),
    /// By an event with an id; by an acknowledgement.
    Event(&'a str, u64),
}

impl Row {
    /// Reads a packet. What it has to do with others is not known yet.
    pub(super) fn read(packet: Arc<Recorded>) -> Self {
        let mut row = Self {
            packet: packet.clone(),
            engine: None,
            socket: None,
            namespace: None,
            event: None,
            ack_id: None,
            attachments: 0,
            answers: None,
            answered_after: None,
            first_of: [None; 2],
        };
        match &packet.content {
            Content::Text(text) => row.read_engine(text),
            Content::Binary(_) => row.engine = Some(PacketType::Message),
            Content::TooLarge => {}
        }
        row
    }

    fn read_engine(&mut self, text: &str) {
        let Ok(packet) = engine::Packet::decode(text) else { return };
        self.engine = Some(match packet {
            engine::Packet::Open(_) => PacketType::Open,
            engine::Packet::Close => PacketType::Close,
            engine::Packet::Ping(_) => PacketType::Ping,
            engine::Packet::Pong(_) => PacketType::Pong,
            engine::Packet::Upgrade => PacketType::Upgrade,
            engine::Packet::Noop => PacketType::Noop,
            engine::Packet::Message(text) => {
                self.read_socket(text);
                PacketType::Message
            }
        });
    }

    fn read_socket(&mut self, text: &str) {
        let Ok(socket::Packet { namespace, body }) = socket::Packet::decode(text) else { return };
        self.namespace = Some(namespace.into());
        self.attachments = body.attachments();
        let has_bytes = self.attachments > 0;
        self.socket = Some(match body {
            Body::Connect { .. } => PacketType::Connect,
            Body::Disconnect => PacketType::Disconnect,
            Body::ConnectError { .. } => PacketType::ConnectError,
            Body::Event { name, id, .. } => {
                self.event = Some(name.into());
                self.ack_id = id;
                if has_bytes { PacketType::BinaryEvent } else { PacketType::Event }
            }
            Body::Ack { id, .. } => {
                self.ack_id = Some(id);
                if has_bytes { PacketType::BinaryAck } else { PacketType::Ack }
            }
        });
    }

    /// The innermost type that could be read.
    pub fn packet_type(&self) -> Option<PacketType> {
        self.socket.or(self.engine)
    }

    /// Whether this is an attachment of a packet before it.
    pub fn is_attachment(&self) -> bool {
        matches!(self.packet.content, Content::Binary(_))
    }

    /// Whether the other side answers this.
    pub fn asks(&self) -> bool {
        self.question().is_some()
    }

    /// Whether this answers `other`.
    pub(super) fn is_answer_to(&self, other: &Self) -> bool {
        let answered = self.answered();
        self.packet.direction != other.packet.direction
            && other.answered_after.is_none()
            && answered.is_some()
            && answered == other.question()
    }

    /// What this asks.
    fn question(&self) -> Option<Question<'_>> {
        match self.packet_type()? {
            PacketType::Connect if self.packet.direction == Direction::Out => {
                Some(Question::Join(self.namespace.as_deref()?))
            }
            PacketType::Event | PacketType::BinaryEvent => {
                Some(Question::Event(self.namespace.as_deref()?, self.ack_id?))
            }
            _ => None,
        }
    }

    /// What this answers.
    fn answered(&self) -> Option<Question<'_>> {
        match self.packet_type()? {
            PacketType::Connect | PacketType::ConnectError if self.packet.direction == Direction::In => {
                Some(Question::Join(self.namespace.as_deref()?))
            }
            PacketType::Ack | PacketType::BinaryAck => Some(Question::Event(self.namespace.as_deref()?, self.ack_id?)),
            _ => None,
        }
    }
}
