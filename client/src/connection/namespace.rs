//! A connection's namespaces: which are wanted, which are joined, and how they end.

use std::time::Duration;

use super::{Connection, DisconnectReason, Event, Status};
use crate::{
    codec::socket::{Body, Packet},
    error::{AckError, EmitError},
};

#[derive(Debug)]
pub(super) struct Namespace {
    /// What CONNECT carries, a JSON object.
    pub(super) auth: Option<String>,
    pub(super) membership: Membership,
    /// How many CONNECTs on this link were given up before their answer, which is still to come and means nothing.
    pub(super) given_up: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Membership {
    /// Left, refused, or never joined.
    Out,
    /// To be joined as soon as a link is open.
    Wanted,
    /// CONNECT is sent.
    Joining { deadline: Duration },
    /// The server has answered.
    Joined { session: u64 },
}

impl Namespace {
    pub(super) fn new() -> Self {
        Self { auth: None, membership: Membership::Out, given_up: 0 }
    }

    fn is_active(&self) -> bool {
        !matches!(self.membership, Membership::Out)
    }
}

impl Connection {
    pub(super) fn active(&self) -> Vec<Box<str>> {
        self.namespaces.iter().filter(|(_, entry)| entry.is_active()).map(|(name, _)| name.clone()).collect()
    }

    /// The session on a joined namespace.
    pub(super) fn session(&self, namespace: &str) -> Result<u64, EmitError> {
        match self.namespaces.get(namespace).map(|entry| entry.membership) {
            Some(Membership::Joined { session }) => Ok(session),
            _ => Err(EmitError::NotConnected),
        }
    }

    pub(super) fn join_deadline(&self) -> Option<Duration> {
        let deadline = |entry: &Namespace| match entry.membership {
            Membership::Joining { deadline } => Some(deadline),
            _ => None,
        };
        self.namespaces.values().filter_map(deadline).min()
    }

    /// Sends CONNECT for all that wait for it ("Connection to a namespace").
    pub(super) fn join_wanted(&mut self, now: Duration) {
        let deadline = now.saturating_add(self.config.connect_timeout);
        let mut packets = Vec::new();
        for (name, entry) in &mut self.namespaces {
            if matches!(entry.membership, Membership::Wanted) {
                entry.membership = Membership::Joining { deadline };
                packets.push(Packet { namespace: name, body: Body::Connect { data: entry.auth.as_deref() } }.frame());
            }
        }
        for packet in packets {
            self.push_frame(packet);
        }
    }

    /// The link is gone and will be replaced: all that were joined want to be again.
    pub(super) fn suspend_active(&mut self, status: &Status) {
        for entry in self.namespaces.values_mut().filter(|entry| entry.is_active()) {
            entry.membership = Membership::Wanted;
        }
        self.tell_active(status);
        for namespace in self.active() {
            self.fail_acks(&namespace);
        }
    }

    /// A namespace ends for good. With the last one the connection ends.
    pub(super) fn leave(&mut self, namespace: &str, reason: DisconnectReason) {
        if let Some(entry) = self.namespaces.get_mut(namespace) {
            entry.membership = Membership::Out;
        }
        self.tell_status(namespace, Status::Disconnected { reason });
        self.fail_acks(namespace);
        if !self.namespaces.values().any(Namespace::is_active) {
            self.hang_up();
        }
    }

    fn fail_acks(&mut self, namespace: &str) {
        for id in self.acks.take_all_of(namespace) {
            self.events.push_back(Event::Acked { id, result: Err(AckError::Disconnected) });
        }
    }

    pub(super) fn tell_status(&mut self, namespace: &str, status: Status) {
        self.events.push_back(Event::Status { namespace: namespace.into(), status });
    }

    pub(super) fn tell_active(&mut self, status: &Status) {
        for namespace in self.active() {
            self.tell_status(&namespace, status.clone());
        }
    }
}
