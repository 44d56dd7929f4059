//! The connection as a state machine without I/O and without a clock.
//!
//! Whoever drives a [`Connection`] tells it what happened and what the time is, and then carries out what it wants:
//!
//! | tell it | ask it |
//! |---|---|
//! | [`handle_frame`](Connection::handle_frame), [`handle_binary`](Connection::handle_binary), [`handle_closed`](Connection::handle_closed) | [`poll_order`](Connection::poll_order): open or drop the WebSocket |
//! | [`handle_timeout`](Connection::handle_timeout) | [`poll_timeout`](Connection::poll_timeout): when to be called again |
//! | [`connect`](Connection::connect), [`authenticate`](Connection::authenticate), [`disconnect`](Connection::disconnect), [`emit`](Connection::emit), [`answer`](Connection::answer) | [`poll_frame`](Connection::poll_frame): what to send, [`poll_event`](Connection::poll_event): what to tell the user |
//!
//! ```
//! # use std::time::Duration;
//! use hubbub_client::{
//!     Config, Encoded, Status,
//!     connection::{Connection, Delivery, Event, Frame, Order},
//! };
//!
//! let mut connection = Connection::new(Config::default(), 7);
//! let now = Duration::ZERO;
//! connection.connect(now, "/");
//! connection.emit(now, "/", "hello", Encoded::of(&("world",))?, Delivery::Buffered)?;
//!
//! // It wants a WebSocket. Once there is one, the server opens the link and lets us in.
//! assert_eq!(connection.poll_order(), Some(Order::Dial));
//! connection.handle_frame(now, r#"0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000}"#);
//! assert_eq!(connection.poll_frame(), Some(Frame::Text("40".into())));
//! connection.handle_frame(now, r#"40{"sid":"b"}"#);
//!
//! // Then what waited goes.
//! assert_eq!(connection.poll_frame(), Some(Frame::Text(r#"42["hello","world"]"#.into())));
//! let last = std::iter::from_fn(|| connection.poll_event()).last();
//! assert!(matches!(last, Some(Event::Status { status: Status::Connected { .. }, .. })));
//!
//! // If it hears nothing for 45 s (one interval and one time-out), it takes the link for dead.
//! assert_eq!(connection.poll_timeout(), Some(Duration::from_secs(45)));
//! # Ok::<(), hubbub_client::EmitError>(())
//! ```
//!
//! Times are [`Duration`]s since a moment of the driver's choice, and never go back. Every call that is given the time
//! first does what was due by then, so a driver whose timer comes late (a hidden tab, a laptop that slept) is never
//! shown a link that is already dead.

mod acks;
mod backoff;
mod commands;
mod inbound;
mod link;
mod namespace;
mod outbound;
mod retry;
mod status;

use std::{borrow::Cow, collections::VecDeque, fmt, sync::Arc, time::Duration};

pub use self::{
    acks::AckId,
    backoff::Reconnection,
    namespace::Auth,
    outbound::Delivery,
    status::{DisconnectReason, Status},
};
use self::{acks::Acks, inbound::Partial, link::Link, namespace::Namespace, outbound::Queue};
use crate::{args::Args, error::AckError, sorted::Sorted};

/// The settings of a connection: take the usual ones, and set what should differ.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Config {
    /// How a lost link is replaced. `None`: it isn't.
    pub reconnection: Option<Reconnection>,
    /// How long the server has to answer the handshake (the WebSocket's and Engine.IO's together), and then each CONNECT;
    /// and how long this side's auth function may take before that. 20 s.
    pub connect_timeout: Duration,
    /// The most bytes that wait for a link that is slow to take them; an emit over it fails as
    /// [`EmitError::BackedUp`](crate::EmitError::BackedUp). 8 MiB.
    pub max_queued_bytes: usize,
    /// The most bytes of events that wait for a namespace to be connected, all namespaces together (besides those that a
    /// lost link had accepted and not taken, which come back here); an emit over it
    /// fails as [`EmitError::BufferFull`](crate::EmitError::BufferFull). 1 MiB.
    pub max_buffered_bytes: usize,
    /// The most bytes of one packet from the server, attachments included; a larger one ends the link as
    /// [`DecodeError::TooLarge`](crate::codec::DecodeError::TooLarge). 16 MiB.
    pub max_packet_bytes: usize,
    /// The most attachments of one packet from the server; one that announces more ends the link as
    /// [`DecodeError::TooManyAttachments`](crate::codec::DecodeError::TooManyAttachments). 64.
    pub max_attachments: usize,
    /// If set, events are sent one at a time, in order, and each up to so many times again, until the server
    /// acknowledges it, each time within [`ack_timeout`](Self::ack_timeout). Every event then asks for an acknowledgement. An
    /// event may so arrive more than once, at the server's end, if its acknowledgement was lost; but never twice over one
    /// connection without a time-out between. `None`: each is sent once.
    pub retries: Option<u32>,
    /// How long an acknowledgement may take, unless a call says otherwise. 10 s.
    pub ack_timeout: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            reconnection: Some(Reconnection::default()),
            connect_timeout: Duration::from_secs(20),
            max_queued_bytes: 8 << 20,
            max_buffered_bytes: 1 << 20,
            max_packet_bytes: 16 << 20,
            max_attachments: 64,
            retries: None,
            ack_timeout: Duration::from_secs(10),
        }
    }
}

/// A WebSocket frame. [`Debug`](fmt::Debug) shows of CONNECT only to which namespace, and of bytes only how many.
#[derive(Clone, PartialEq, Eq)]
pub enum Frame {
    /// An Engine.IO packet.
    Text(String),
    /// A binary attachment of the Socket.IO packet before it.
    Binary(Vec<u8>),
}

impl Frame {
    /// Its bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len(),
        }
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.debug_tuple("Text").field(&without_secrets(text)).finish(),
            Self::Binary(bytes) => f.debug_tuple("Binary").field(&format_args!("{} bytes", bytes.len())).finish(),
        }
    }
}

/// The text of a frame, without what CONNECT carries: to the server auth, and from it what continues a session.
fn without_secrets(text: &str) -> Cow<'_, str> {
    match text.find('{') {
        Some(payload) if text.starts_with("40") => format!("{}{{..}}", &text[..payload]).into(),
        _ => text.into(),
    }
}

/// What the driver must do with its WebSocket. (A driver has to know them all, so another one is a major release.)
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Open a new one. Report its end, or that it can't be opened, by [`Connection::handle_closed`].
    Dial,
    /// Send these last frames if it takes them without much waiting, and close it. Its end needs no report.
    HangUp {
        /// Frames that were accepted for sending and not sent yet.
        farewell: Vec<Frame>,
    },
}

/// What the user is told.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A namespace's status changed.
    Status {
        /// Which.
        namespace: Arc<str>,
        /// From now on.
        status: Status,
    },
    /// The server emitted an event.
    Received {
        /// Where.
        namespace: Arc<str>,
        /// Its arguments, and its [name](Args::event).
        args: Args,
        /// Takes the answer, if the server asked for an acknowledgement.
        reply: Option<ReplyTo>,
    },
    /// A namespace is about to be joined, and its auth payload is asked for: [`Connection::authenticate`] gives it.
    AuthWanted {
        /// Which.
        namespace: Arc<str>,
        /// Names this question.
        ticket: u64,
    },
    /// An event that was accepted, and of which nobody awaits the acknowledgement, is sent no more.
    GivenUp {
        /// Where it should have gone.
        namespace: Arc<str>,
        /// Its name.
        name: Box<str>,
        /// Why.
        error: AckError,
    },
    /// An awaited acknowledgement has come, or never will.
    Acked {
        /// As [`Connection::emit_with_ack`] named it.
        id: AckId,
        /// Its arguments.
        result: Result<Args, AckError>,
    },
}

impl Event {
    /// As it is if it came by this session.
    fn in_session(mut self, of: u64) -> Self {
        if let Self::Received { reply: Some(ReplyTo { session, .. }), .. } = &mut self {
            *session = of;
        }
        self
    }
}

/// Where the answer to one of the server's events goes: to that event, on the connection that it came by, or nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyTo {
    namespace: Arc<str>,
    session: u64,
    id: u64,
}

/// One connection to a server, with its namespaces.
#[derive(Debug)]
pub struct Connection {
    config: Config,
    rng: fastrand::Rng,
    link: Link,
    /// In order of their names, so that the same history gives the same frames.
    namespaces: Sorted<Arc<str>, Namespace>,
    acks: Acks,
    /// Numbers sessions and questions, so that no answer goes where nobody asked.
    tickets: u64,
    orders: VecDeque<Order>,
    /// What waits for the open link. Bounded by [`Config::max_queued_bytes`].
    queue: Queue,
    /// The most bytes of a frame that the server takes, as it last said.
    max_payload: Option<u64>,
    /// A packet whose attachments are still to come.
    partial: Option<Partial>,
    /// Drained by the driver after every call.
    events: VecDeque<Event>,
}

impl Connection {
    /// A connection that does nothing until a namespace is wanted. `seed` is for the random part of the waits between
    /// attempts to reconnect.
    #[must_use]
    pub fn new(config: Config, seed: u64) -> Self {
        Self {
            config,
            rng: fastrand::Rng::with_seed(seed),
            link: Link::Down,
            namespaces: Sorted::default(),
            acks: Acks::default(),
            tickets: 0,
            orders: VecDeque::new(),
            queue: Queue::default(),
            max_payload: None,
            partial: None,
            events: VecDeque::new(),
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) wants to be called, unless something happens before.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Duration> {
        [self.link.deadline(), self.join_deadline(), self.acks.next_deadline()].into_iter().flatten().min()
    }

    /// The next order about the WebSocket; to be carried out before any frame is taken. While one waits, whatever is
    /// reported is of a WebSocket that was let go already, and is ignored.
    pub fn poll_order(&mut self) -> Option<Order> {
        self.orders.pop_front()
    }

    /// Whether there is no link, none is wanted, and no order about one waits to be carried out.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        matches!(self.link, Link::Down) && self.orders.is_empty()
    }

    /// Whether a report can be of the WebSocket that this connection means.
    fn is_current(&self) -> bool {
        self.orders.is_empty()
    }

    /// Whether there is an order to carry out or a frame to send.
    #[must_use]
    pub fn wants_to_write(&self) -> bool {
        !self.orders.is_empty() || !self.queue.is_empty()
    }

    /// Whether there is something to tell the user.
    pub fn has_events(&self) -> bool {
        !self.events.is_empty()
    }

    /// The next thing to tell the user.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn new_ticket(&mut self) -> u64 {
        self.tickets += 1;
        self.tickets
    }
}
