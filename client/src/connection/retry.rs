//! The `retries` mode: one event at a time, in order, sent again until the server has acknowledged it.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use super::{
    AckId, Connection, Event,
    namespace::{Membership, Namespace},
    outbound::{EventOf, Outgoing},
};
use crate::{
    args::Args,
    codec::socket::{self, Body, Packet},
    error::{AckError, EmitError},
};

/// The events of one namespace that are not acknowledged yet. Only the first is ever under way.
#[derive(Debug, Default)]
pub(super) struct RetryQueue {
    events: VecDeque<Unacknowledged>,
    /// The acknowledgement that the first one's last attempt waits for.
    attempt: Option<AckId>,
    bytes: usize,
}

#[derive(Debug)]
struct Unacknowledged {
    name: Box<str>,
    args: String,
    attachments: Vec<Vec<u8>>,
    attempts: u32,
    /// Whom to tell in the end.
    user: Option<AckId>,
}

impl Unacknowledged {
    fn bytes(&self) -> usize {
        self.name.len() + self.args.len() + self.attachments.iter().map(Vec::len).sum::<usize>()
    }
}

impl RetryQueue {
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn holds(&self, user: AckId) -> bool {
        self.events.iter().any(|event| event.user == Some(user))
    }

    pub(super) fn is_attempt(&self, id: AckId) -> bool {
        self.attempt == Some(id)
    }

    fn pop(&mut self) -> Option<Unacknowledged> {
        let event = self.events.pop_front()?;
        self.bytes -= event.bytes();
        Some(event)
    }
}

impl Connection {
    /// Puts an event behind those that wait.
    pub(super) fn retry_later(
        &mut self,
        now: Duration,
        namespace: &Arc<str>,
        name: &str,
        (args, attachments): (String, Vec<Vec<u8>>),
        user: Option<AckId>,
    ) -> Result<(), EmitError> {
        if socket::is_reserved(name) {
            return Err(EmitError::ReservedName(name.into()));
        }
        let event = Unacknowledged { name: name.into(), args, attachments, attempts: 0, user };
        let bytes = event.bytes();
        if self.buffered_bytes() + bytes > self.config.max_buffered_bytes {
            return Err(EmitError::BufferFull);
        }
        let retry = &mut self.entry(namespace).retry;
        retry.events.push_back(event);
        retry.bytes += bytes;
        self.attempt(now, namespace);
        Ok(())
    }

    /// Sends the first of those that wait, unless it is under way or there is no connection.
    pub(super) fn attempt(&mut self, now: Duration, namespace: &Arc<str>) {
        let Some(Namespace { membership: Membership::Joined { .. }, retry, .. }) = self.namespaces.get_mut(namespace)
        else {
            return;
        };
        let (None, Some(event)) = (retry.attempt, retry.events.front_mut()) else { return };
        let id = self.acks.new_id();
        event.attempts += 1;
        retry.attempt = Some(id);
        let body = Body::Event {
            name: (&*event.name).into(),
            args: &event.args,
            id: Some(id.0),
            attachments: event.attachments.len(),
        };
        let text = Packet { namespace, body }.frame();
        // It is this queue that sends it again, and nobody else.
        let of = EventOf { namespace: namespace.clone(), ack: Some(id), outlives_link: false };
        let packet = Outgoing { text, attachments: event.attachments.clone(), event: Some(of) };
        let deadline = now.saturating_add(self.config.ack_timeout);
        self.acks.expect(id, namespace.clone(), Some(deadline));
        self.queue.push(packet);
    }

    /// The first one's attempt is acknowledged.
    pub(super) fn attempt_succeeded(&mut self, now: Duration, namespace: &Arc<str>, args: Args) {
        let retry = &mut self.entry(namespace).retry;
        retry.attempt = None;
        if let Some(user) = retry.pop().and_then(|event| event.user) {
            self.settle(namespace, user, Ok(args));
        }
        self.attempt(now, namespace);
    }

    /// The first one's attempt got no answer, or lost its connection. Sends it again, or gives it up.
    pub(super) fn attempt_failed(&mut self, now: Duration, namespace: &Arc<str>, error: AckError) {
        let most = self.config.retries.unwrap_or(0);
        let retry = &mut self.entry(namespace).retry;
        retry.attempt = None;
        if retry.events.front().is_some_and(|event| event.attempts > most)
            && let Some(user) = retry.pop().and_then(|event| event.user)
        {
            self.settle(namespace, user, Err(error));
        }
        self.attempt(now, namespace);
    }

    fn settle(&mut self, namespace: &str, id: AckId, result: Result<Args, AckError>) {
        if self.acks.settle(id, namespace) {
            self.events.push_back(Event::Acked { id, result });
        }
    }
}
