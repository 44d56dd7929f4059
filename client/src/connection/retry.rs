//! The `retries` mode: one event at a time, in order, sent again until the server has acknowledged it.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use super::{AckId, Connection, Event, outbound::EncodedPacket};
use crate::{
    args::{Args, Encoded},
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
    args: Encoded,
    attempts: u32,
    /// How long each attempt waits for its acknowledgement.
    timeout: Duration,
    /// Whom to tell in the end.
    user: Option<AckId>,
}

impl Unacknowledged {
    fn bytes(&self) -> usize {
        self.name.len() + self.args.bytes()
    }
}

impl RetryQueue {
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn is_attempt(&self, id: AckId) -> bool {
        self.attempt == Some(id)
    }

    fn is_due(&self) -> bool {
        self.attempt.is_none() && !self.events.is_empty()
    }

    /// One more attempt at the first, to be acknowledged as `id`, and how long that may take.
    fn begin(&mut self, id: AckId, namespace: &Arc<str>) -> Option<(EncodedPacket, Duration)> {
        let event = self.events.front_mut()?;
        event.attempts += 1;
        self.attempt = Some(id);
        // It is this queue that sends it again, and nobody else.
        let packet = EncodedPacket::event(namespace.clone(), &event.name, event.args.clone(), Some(id), false);
        Some((packet, event.timeout))
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
        args: Encoded,
        user: Option<AckId>,
        timeout: Duration,
    ) -> Result<(), EmitError> {
        self.check_event(namespace, name, &args)?;
        let event = Unacknowledged { name: name.into(), args, attempts: 0, timeout, user };
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
        while self.session(namespace).is_ok() && self.entry(namespace).retry.is_due() {
            let id = self.acks.new_id();
            let Some((packet, timeout)) = self.entry(namespace).retry.begin(id, namespace) else { return };
            if let Err(error) = self.check_size(&packet) {
                self.entry(namespace).retry.attempt = None;
                self.give_up(namespace, error.into());
            } else {
                self.acks.expect(id, namespace.clone(), Some(now.saturating_add(timeout)), false);
                self.queue.push(packet);
            }
        }
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
        if retry.events.front().is_some_and(|event| event.attempts > most) {
            self.give_up(namespace, error);
        }
        self.attempt(now, namespace);
    }

    fn give_up(&mut self, namespace: &Arc<str>, error: AckError) {
        match self.entry(namespace).retry.pop() {
            Some(Unacknowledged { user: Some(user), .. }) => self.settle(namespace, user, Err(error)),
            Some(Unacknowledged { name, .. }) => self.tell_given_up(namespace, name, error),
            None => {}
        }
    }

    pub(super) fn settle(&mut self, namespace: &str, id: AckId, result: Result<Args, AckError>) {
        if self.acks.settle(id, namespace) {
            self.events.push_back(Event::Acked { id, result });
        }
    }
}
