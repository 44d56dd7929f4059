//! A connection's namespaces: which are wanted, which are joined, and how they end.

use std::{fmt, sync::Arc, time::Duration};

use serde::Serialize;

use super::{AckId, Connection, DisconnectReason, Event, Status, outbound::Queue, retry::RetryQueue};
use crate::{
    codec::{
        DecodeError,
        socket::{Body, Packet},
    },
    error::{AckError, EmitError, LinkError},
};

/// What CONNECT carries for the server's middleware to decide by.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Auth {
    /// Nothing.
    #[default]
    None,
    /// A JSON object, every time the same. It is sent as it is here, unchecked.
    Value(String),
    /// Asked for at every (re)connect, by [`Event::AuthWanted`].
    Ask,
}

/// Payloads are not shown.
impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Value(_) => "Value(..)",
            Self::Ask => "Ask",
        })
    }
}

#[derive(Debug, Default)]
pub(super) struct Namespace {
    pub(super) auth: Auth,
    pub(super) membership: Membership,
    /// How many CONNECTs on this link were given up before their answer, which is still to come and means nothing.
    pub(super) given_up: u32,
    /// Events that wait for the namespace to be joined. Bounded by [`Config::max_buffered_bytes`](super::Config).
    pub(super) buffer: Queue,
    /// Events in `retries` mode, within the same bound.
    pub(super) retry: RetryQueue,
    /// What lets a server with connection state recovery go on where the last session ended.
    pub(super) recovery: Option<Recovery>,
    pub(super) early: Early,
}

/// What a server that recovers a session sends again before it answers CONNECT. Bounded by
/// [`Config::max_packet_bytes`](super::Config): more ends the link.
#[derive(Debug, Default)]
pub(super) struct Early {
    events: Vec<Event>,
    bytes: usize,
}

impl Early {
    pub(super) fn push(&mut self, event: Event, bytes: usize, most: usize) -> Result<(), DecodeError> {
        self.bytes += bytes;
        if self.bytes > most {
            return Err(DecodeError::TooLarge(self.bytes));
        }
        self.events.push(event);
        Ok(())
    }
}

/// The private id of the last session, and the last event of it that came.
pub(super) struct Recovery {
    pub(super) pid: String,
    pub(super) offset: Option<String>,
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) enum Membership {
    /// Left, refused, or never joined.
    #[default]
    Out,
    /// To be joined as soon as a link is open.
    Wanted,
    /// The link is open, and the auth payload is awaited.
    Asking { ticket: u64, deadline: Duration },
    /// CONNECT is sent.
    Joining { deadline: Duration },
    /// The server has answered.
    Joined { session: u64 },
}

impl Membership {
    fn deadline(self) -> Option<Duration> {
        match self {
            Self::Asking { deadline, .. } | Self::Joining { deadline } => Some(deadline),
            Self::Out | Self::Wanted | Self::Joined { .. } => None,
        }
    }
}

impl Namespace {
    fn is_active(&self) -> bool {
        !matches!(self.membership, Membership::Out)
    }

    pub(super) fn session(&self) -> Option<u64> {
        match self.membership {
            Membership::Joined { session } => Some(session),
            _ => None,
        }
    }

    /// Whether events that come are for the user: of the session, or of one that the server may recover.
    pub(super) fn hears(&self) -> bool {
        match self.membership {
            Membership::Joined { .. } => true,
            Membership::Joining { .. } => self.recovery.is_some() && self.given_up == 0,
            _ => false,
        }
    }
}

impl Connection {
    pub(super) fn entry(&mut self, namespace: &Arc<str>) -> &mut Namespace {
        self.namespaces.get_or_insert_with(namespace.clone(), |_| Namespace::default())
    }

    /// The one pointer to a namespace's name that all its packets share.
    pub(super) fn name(&mut self, namespace: &str) -> Arc<str> {
        if let Some((name, _)) = self.namespaces.get_key_value(namespace) {
            return name.clone();
        }
        let name: Arc<str> = namespace.into();
        self.entry(&name);
        name
    }

    pub(super) fn active(&self) -> Vec<Arc<str>> {
        self.namespaces.iter().filter(|(_, entry)| entry.is_active()).map(|(name, _)| name.clone()).collect()
    }

    /// The session on a joined namespace.
    pub(super) fn session(&self, namespace: &str) -> Result<u64, EmitError> {
        self.namespaces.get(namespace).and_then(Namespace::session).ok_or(EmitError::NotConnected)
    }

    /// Until when the next of those that are being joined has to be.
    pub(super) fn join_deadline(&self) -> Option<Duration> {
        self.namespaces.values().filter_map(|entry| entry.membership.deadline()).min()
    }

    /// What was to be joined by `now` is not. A server that doesn't answer is none, whatever else it says. An auth function
    /// that doesn't is no fault of the link's, or of other namespaces.
    pub(super) fn joins_overdue(&mut self, now: Duration) {
        for namespace in self.active() {
            match self.entry(&namespace).membership {
                Membership::Joining { deadline } if deadline <= now => {
                    return self.lose_link(now, &LinkError::NoAnswer);
                }
                Membership::Asking { deadline, .. } if deadline <= now => {
                    self.leave(now, &namespace, DisconnectReason::NoAuth);
                }
                _ => {}
            }
        }
    }

    /// Sends CONNECT for all that wait for it ("Connection to a namespace"), or asks what it shall carry.
    pub(super) fn join_wanted(&mut self, now: Duration) {
        let deadline = now.saturating_add(self.config.connect_timeout);
        for namespace in self.active() {
            let entry = self.entry(&namespace);
            match (entry.membership, entry.auth.clone()) {
                (Membership::Wanted, Auth::None) => self.join(now, &namespace, None),
                (Membership::Wanted, Auth::Value(auth)) => self.join(now, &namespace, Some(&auth)),
                (Membership::Wanted, Auth::Ask) => {
                    let ticket = self.new_ticket();
                    self.entry(&namespace).membership = Membership::Asking { ticket, deadline };
                    self.events.push_back(Event::AuthWanted { namespace, ticket });
                }
                _ => {}
            }
        }
    }

    pub(super) fn join(&mut self, now: Duration, namespace: &Arc<str>, auth: Option<&str>) {
        let deadline = now.saturating_add(self.config.connect_timeout);
        let entry = self.entry(namespace);
        entry.membership = Membership::Joining { deadline };
        let data = entry.recovery.as_ref().map(|recovery| recovery.added_to(auth));
        let body = Body::Connect { data: data.as_deref().or(auth) };
        let text = Packet { namespace, body }.frame();
        self.send_protocol(text);
    }

    /// The server let us in.
    pub(super) fn joined(&mut self, now: Duration, namespace: &Arc<str>, id: Box<str>, pid: Option<String>) {
        let session = self.new_ticket();
        let entry = self.entry(namespace);
        entry.membership = Membership::Joined { session };
        let recovered = pid.is_some() && entry.recovery.as_ref().map(|recovery| &recovery.pid) == pid.as_ref();
        if !recovered {
            entry.recovery = pid.map(|pid| Recovery { pid, offset: None });
        }
        let early = std::mem::take(&mut entry.early);
        self.tell_status(namespace, Status::Connected { id, recovered });
        self.events.extend(early.events.into_iter().map(|event| event.in_session(session)));
        self.flush_buffer(namespace);
        self.attempt(now, namespace);
    }

    /// The link is gone and will be replaced: all that were joined want to be again.
    pub(super) fn suspend_active(&mut self, now: Duration, status: &Status) {
        for entry in self.namespaces.values_mut().filter(|entry| entry.is_active()) {
            entry.membership = Membership::Wanted;
            entry.early = Early::default();
        }
        self.tell_active(status);
        for namespace in self.active() {
            self.fail_acks(now, &namespace);
        }
    }

    /// A namespace ends for good. With the last one the connection ends.
    pub(super) fn leave(&mut self, now: Duration, namespace: &Arc<str>, reason: DisconnectReason) {
        let entry = self.entry(namespace);
        entry.membership = Membership::Out;
        // No server recovers what was ended on purpose.
        entry.recovery = None;
        entry.early = Early::default();
        if reason == DisconnectReason::Client {
            for id in self.queue.let_go(namespace) {
                self.acks.sent(id);
            }
        } else {
            self.rescue_unsent(Some(namespace));
        }
        self.tell_status(namespace, Status::Disconnected { reason });
        self.fail_acks(now, namespace);
        if !self.namespaces.values().any(Namespace::is_active) {
            self.hang_up();
        }
    }

    /// Fails the acknowledgements that can't come any more; those of events that are still to be sent can.
    fn fail_acks(&mut self, now: Duration, namespace: &Arc<str>) {
        for id in self.acks.take_lost(namespace) {
            self.ack_failed(now, namespace, id, AckError::Disconnected);
        }
    }

    /// An acknowledgement, awaited no more, didn't come.
    pub(super) fn ack_failed(&mut self, now: Duration, namespace: &Arc<str>, id: AckId, error: AckError) {
        let entry = self.entry(namespace);
        if entry.retry.is_attempt(id) {
            return self.attempt_failed(now, namespace, error);
        }
        self.events.push_back(Event::Acked { id, result: Err(error) });
    }

    pub(super) fn tell_status(&mut self, namespace: &Arc<str>, status: Status) {
        self.events.push_back(Event::Status { namespace: namespace.clone(), status });
    }

    pub(super) fn tell_active(&mut self, status: &Status) {
        for namespace in self.active() {
            self.tell_status(&namespace, status.clone());
        }
    }
}

/// Who knows the private id can take over the session, so it is not shown.
impl fmt::Debug for Recovery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recovery").field("offset", &self.offset).finish_non_exhaustive()
    }
}

impl Recovery {
    /// The auth payload, a JSON object, with what the server asks for beside it.
    fn added_to(&self, auth: Option<&str>) -> String {
        let inner = auth.and_then(|auth| auth.trim_ascii().strip_prefix('{')?.strip_suffix('}')).unwrap_or_default();
        #[derive(Serialize)]
        struct Session<'a> {
            pid: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            offset: Option<&'a str>,
        }
        let session = Session { pid: &self.pid, offset: self.offset.as_deref() };
        // Strings can always be written.
        let own = serde_json::to_string(&session).unwrap_or_default();
        if inner.trim_ascii().is_empty() { own } else { format!("{},{inner}}}", &own[..own.len() - 1]) }
    }
}
