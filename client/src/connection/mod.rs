//! The connection as a state machine without I/O and without a clock.
//!
//! Whoever drives a [`Connection`] tells it what happened and what the time is, and then carries out what it wants:
//!
//! | tell it | ask it |
//! |---|---|
//! | [`handle_frame`](Connection::handle_frame), [`handle_binary`](Connection::handle_binary), [`handle_closed`](Connection::handle_closed) | [`poll_order`](Connection::poll_order): open or drop the WebSocket |
//! | [`handle_timeout`](Connection::handle_timeout) | [`poll_timeout`](Connection::poll_timeout): when to be called again |
//! | [`connect`](Connection::connect), [`disconnect`](Connection::disconnect), [`emit`](Connection::emit), [`answer`](Connection::answer) | [`poll_frame`](Connection::poll_frame): what to send, [`poll_event`](Connection::poll_event): what to tell the user |
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
mod status;

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

pub use self::{
    acks::AckId,
    backoff::Reconnection,
    status::{DisconnectReason, Status},
};
use self::{acks::Acks, inbound::Partial, link::Link, namespace::Namespace};
use crate::{args::Args, error::AckError};

/// The settings of a connection.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// How a lost link is replaced. `None`: it isn't.
    pub reconnection: Option<Reconnection>,
    /// How long the server has to answer the handshake, and then each CONNECT. 20 s.
    pub connect_timeout: Duration,
    /// The most bytes that wait for a link that is slow to take them; an emit over it fails as
    /// [`EmitError::BackedUp`](crate::EmitError::BackedUp). 8 MiB.
    pub max_queued_bytes: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            reconnection: Some(Reconnection::default()),
            connect_timeout: Duration::from_secs(20),
            max_queued_bytes: 8 * 1024 * 1024,
        }
    }
}

/// What the driver must do with its WebSocket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Open a new one. Report its end, or that it can't be opened, by [`Connection::handle_closed`].
    Dial,
    /// Send these last frames if it takes them without much waiting, and close it. Its end needs no report.
    HangUp {
        /// Frames that were accepted for sending and not sent yet.
        farewell: Vec<String>,
    },
}

/// What the user is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A namespace's status changed.
    Status {
        /// Which.
        namespace: Box<str>,
        /// From now on.
        status: Status,
    },
    /// The server emitted an event.
    Received {
        /// Where.
        namespace: Box<str>,
        /// Its name.
        name: Box<str>,
        /// Its arguments.
        args: Args,
        /// Takes the answer, if the server asked for an acknowledgement.
        reply: Option<ReplyTo>,
    },
    /// An awaited acknowledgement has come, or never will.
    Acked {
        /// As [`Connection::emit_with_ack`] named it.
        id: AckId,
        /// Its arguments.
        result: Result<Args, AckError>,
    },
}

/// Where the answer to one of the server's events goes: to that event, on the connection that it came by, or nowhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyTo {
    namespace: Box<str>,
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
    namespaces: BTreeMap<Box<str>, Namespace>,
    acks: Acks,
    /// Counts the times that a namespace was joined, so that no answer goes to a session that never asked.
    sessions: u64,
    orders: VecDeque<Order>,
    /// What waits for the open link. Bounded by [`Config::max_queued_bytes`].
    frames: VecDeque<String>,
    queued_bytes: usize,
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
            namespaces: BTreeMap::new(),
            acks: Acks::default(),
            sessions: 0,
            orders: VecDeque::new(),
            frames: VecDeque::new(),
            queued_bytes: 0,
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

    /// Whether a report can be of the WebSocket that this connection means.
    fn is_current(&self) -> bool {
        self.orders.is_empty()
    }

    /// The next frame for the WebSocket, which must be ready to take it.
    pub fn poll_frame(&mut self) -> Option<String> {
        let frame = self.frames.pop_front()?;
        self.queued_bytes -= frame.len();
        Some(frame)
    }

    /// The next thing to tell the user.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }
}
