//! A member of the namespace: what it is given, and what becomes of one that can't be given something.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use hubbub_shared::Event;
use serde_json::value::{RawValue, to_raw_value};
use socketioxide::extract::SocketRef;
use socketioxide::socket::DisconnectReason;
use socketioxide::{SendError, SocketError, TransportType};
use tracing::{info, warn};

use crate::transport::backlog::event_len;
use crate::transport::engine::Engine;
use crate::transport::session::{EngineSession, TooManyBytes};

/// A client that has joined and not left yet.
pub(super) struct Member {
    pub(super) socket: SocketRef,
    session: Arc<EngineSession>,
    remote: Option<IpAddr>,
    /// Once it gets no more. It leaves when socketioxide has noticed, too.
    ended: Option<Ended>,
}

/// Why a member gets no more.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ended {
    /// It is gone; the reason follows.
    Gone,
    /// More bytes wait for it than may.
    TooManyBytes(u64),
    /// More packets wait for it than its channel holds.
    TooManyPackets,
}

/// An event as JSON, made once for all who get it.
pub(super) struct SerialisedEvent {
    name: &'static str,
    pub(super) json: Box<RawValue>,
}

impl Member {
    pub(super) fn new(socket: SocketRef, session: Arc<EngineSession>, remote: Option<IpAddr>) -> Self {
        Self { socket, session, remote, ended: None }
    }

    pub(super) fn log_start(&self) {
        let transport = self.socket.transport_type();
        info!(socket = %self.socket.id, remote = %self.remote(), ?transport, "connected");
    }

    /// Emits to this member or, if that can't be, ends it.
    pub(super) fn give(&mut self, events: &[SerialisedEvent], engine: &Engine) {
        if self.ended.is_some() {
            return;
        }
        let websocket = self.socket.transport_type() == TransportType::Websocket;
        for event in events {
            let len = event_len(event.name, event.json.get(), websocket);
            if let Err(TooManyBytes(waiting)) = self.session.emitting(len) {
                return self.end(Ended::TooManyBytes(waiting), engine);
            }
            match self.socket.emit(event.name, &*event.json) {
                Ok(()) => {}
                Err(SendError::Socket(error)) => return self.end(error.into(), engine),
                Err(SendError::Serialize(error)) => unreachable!("JSON is valid JSON: {error}"),
            }
        }
    }

    pub(super) fn end(&mut self, ended: Ended, engine: &Engine) {
        if self.ended.is_some() {
            return;
        }
        self.ended = Some(ended);
        if !matches!(ended, Ended::Gone) {
            warn!(socket = %self.socket.id, remote = %self.remote(), "cut: {ended}");
            let (engine, session) = (engine.clone(), Arc::clone(&self.session));
            tokio::spawn(async move { engine.end(session).await });
        }
    }

    pub(super) fn log_end(&self, reason: &DisconnectReason) {
        let (socket, remote) = (self.socket.id, self.remote());
        match self.ended {
            None | Some(Ended::Gone) => info!(%socket, %remote, %reason, "disconnected"),
            Some(ended) => info!(%socket, %remote, reason = %ended, "disconnected"),
        }
    }

    fn remote(&self) -> String {
        self.remote.map_or_else(|| "unknown".to_owned(), |remote| remote.to_string())
    }
}

impl SerialisedEvent {
    pub(super) fn of<E: Event>(event: &E) -> Self {
        // Types of the contract: strings, and structs of strings.
        let json = to_raw_value(event).expect("an event of the contract is JSON");
        Self { name: E::NAME, json }
    }
}

impl From<SocketError> for Ended {
    fn from(error: SocketError) -> Self {
        match error {
            SocketError::InternalChannelFull => Self::TooManyPackets,
            SocketError::Closed => Self::Gone,
        }
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone => f.write_str("gone"),
            Self::TooManyBytes(waiting) => write!(f, "{waiting} bytes wait for a slow reader"),
            Self::TooManyPackets => f.write_str("too many packets wait for a slow reader"),
        }
    }
}
