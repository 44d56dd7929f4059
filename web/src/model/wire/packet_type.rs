//! The packet types of both layers, and what each is for.

/// A packet type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PacketType {
    /// Engine.IO `0`.
    Open,
    /// Engine.IO `1`.
    Close,
    /// Engine.IO `2`.
    Ping,
    /// Engine.IO `3`.
    Pong,
    /// Engine.IO `4`.
    Message,
    /// Engine.IO `5`.
    Upgrade,
    /// Engine.IO `6`.
    Noop,
    /// Socket.IO `0`.
    Connect,
    /// Socket.IO `1`.
    Disconnect,
    /// Socket.IO `2`.
    Event,
    /// Socket.IO `3`.
    Ack,
    /// Socket.IO `4`.
    ConnectError,
    /// Socket.IO `5`.
    BinaryEvent,
    /// Socket.IO `6`.
    BinaryAck,
}

/// The protocol that a packet type belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// Keeps a link alive.
    EngineIo,
    /// Speaks over it.
    SocketIo,
}

impl PacketType {
    /// All of them, layer by layer, in the order of their numbers.
    pub const ALL: [Self; 14] = [
        Self::Open,
        Self::Close,
        Self::Ping,
        Self::Pong,
        Self::Message,
        Self::Upgrade,
        Self::Noop,
        Self::Connect,
        Self::Disconnect,
        Self::Event,
        Self::Ack,
        Self::ConnectError,
        Self::BinaryEvent,
        Self::BinaryAck,
    ];

    /// Its name in the protocol texts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Close => "close",
            Self::Ping => "ping",
            Self::Pong => "pong",
            Self::Message => "message",
            Self::Upgrade => "upgrade",
            Self::Noop => "noop",
            Self::Connect => "CONNECT",
            Self::Disconnect => "DISCONNECT",
            Self::Event => "EVENT",
            Self::Ack => "ACK",
            Self::ConnectError => "CONNECT_ERROR",
            Self::BinaryEvent => "BINARY_EVENT",
            Self::BinaryAck => "BINARY_ACK",
        }
    }

    /// The type of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|packet_type| packet_type.name() == name)
    }

    /// Its protocol.
    pub fn layer(self) -> Layer {
        match self {
            Self::Open | Self::Close | Self::Ping | Self::Pong | Self::Message | Self::Upgrade | Self::Noop => {
                Layer::EngineIo
            }
            Self::Connect
            | Self::Disconnect
            | Self::Event
            | Self::Ack
            | Self::ConnectError
            | Self::BinaryEvent
            | Self::BinaryAck => Layer::SocketIo,
        }
    }

    /// What it is for.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Open => {
                "The server’s first packet on every new link. It gives the link an id, and says how often it will ping \
                 and how large a packet may be. Engine.IO, the lower layer, does this before Socket.IO has its say."
            }
            Self::Close => "One side ends the link on purpose. The WebSocket closes next.",
            Self::Ping => {
                "The heartbeat: the server asks whether the link still works. Who hears no ping for too long takes the \
                 link for dead, and opens a new one."
            }
            Self::Pong => "The answer to a ping. A server that misses it takes this page for gone.",
            Self::Message => {
                "Engine.IO’s envelope for everything that is Socket.IO. Inside come a digit for the type, the namespace \
                 unless it is /, an id if an answer is wanted, and JSON."
            }
            Self::Upgrade => {
                "Ends a move from long polling to WebSocket. This page begins with WebSocket, and needs none."
            }
            Self::Noop => "Means nothing. A server ends a waiting long poll with it.",
            Self::Connect => {
                "Joins a namespace: a conversation of its own, of which many share one link. The page asks, and may prove \
                 who it is; the server’s CONNECT lets it in, and names its socket."
            }
            Self::Disconnect => {
                "Leaves a namespace. The link stays, for the others. Nobody reconnects by itself after this."
            }
            Self::Event => {
                "Something is said: a name, then arguments, in a JSON array. With an id, the sender waits for an \
                 acknowledgement."
            }
            Self::Ack => {
                "Answers the event of the same id, which went the other way. The time is the whole round trip."
            }
            Self::ConnectError => "The server refuses a namespace, and says why. The link stays, for the others.",
            Self::BinaryEvent => {
                "An event with bytes among its arguments: a placeholder stands where they belong, and the bytes follow, \
                 each in a frame of its own."
            }
            Self::BinaryAck => "An acknowledgement with bytes: placeholders in the JSON, then a frame for each.",
        }
    }
}
