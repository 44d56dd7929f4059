//! What the user wants of a connection.

use std::{sync::Arc, time::Duration};

use super::{
    AckId, Auth, Connection, Delivery, DisconnectReason, ReplyTo, Status, link::Link, namespace::Membership,
    outbound::EncodedPacket,
};
use crate::{
    args::Encoded,
    codec::socket::{self, Body, Packet},
    error::EmitError,
};

impl Connection {
    /// What the namespace's CONNECT carries from the next one on.
    pub fn set_auth(&mut self, namespace: &str, auth: Auth) {
        let namespace = self.name(namespace);
        self.entry(&namespace).auth = auth;
    }

    /// Joins a namespace, now or as soon as there is a link. Without effect on one that is joined or about to be.
    pub fn connect(&mut self, now: Duration, namespace: &str) {
        self.handle_timeout(now);
        let namespace = self.name(namespace);
        let entry = self.entry(&namespace);
        if !matches!(entry.membership, Membership::Out) {
            return;
        }
        entry.membership = Membership::Wanted;
        let status = match &self.link {
            Link::Waiting { until, attempt, reason } => {
                Status::Reconnecting { attempt: *attempt, delay: until.saturating_sub(now), reason: reason.clone() }
            }
            _ => Status::Connecting,
        };
        self.tell_status(&namespace, status);
        match self.link {
            Link::Down => self.dial(now, 0),
            Link::Open { .. } => self.join_wanted(now),
            Link::Waiting { .. } | Link::Dialing { .. } => {}
        }
    }

    /// Answers [`Event::AuthWanted`](super::Event::AuthWanted) with a JSON object, or nothing. Without effect if the
    /// question is not open any more: after [`Config::connect_timeout`](super::Config::connect_timeout) the namespace is
    /// left as [`DisconnectReason::NoAuth`].
    pub fn authenticate(&mut self, now: Duration, namespace: &str, ticket: u64, auth: Option<&str>) {
        self.handle_timeout(now);
        let namespace = self.name(namespace);
        if matches!(self.entry(&namespace).membership, Membership::Asking { ticket: asked, .. } if asked == ticket) {
            self.join(now, &namespace, auth);
        }
    }

    /// Leaves a namespace for good. The last one that is left closes the connection. What waits for the namespace goes
    /// on waiting for its next [`connect`](Self::connect).
    pub fn disconnect(&mut self, now: Duration, namespace: &str) {
        self.handle_timeout(now);
        let namespace = self.name(namespace);
        let entry = self.entry(&namespace);
        let membership = entry.membership;
        match membership {
            Membership::Out => return,
            Membership::Joining { .. } => entry.given_up += 1,
            Membership::Wanted | Membership::Asking { .. } | Membership::Joined { .. } => {}
        }
        // The server knows of it.
        if matches!(membership, Membership::Joining { .. } | Membership::Joined { .. }) {
            self.send_protocol(Packet { namespace: &namespace, body: Body::Disconnect }.frame());
        }
        self.leave(now, &namespace, DisconnectReason::Client);
    }

    /// Leaves all namespaces and closes the connection.
    pub fn close(&mut self, now: Duration) {
        for namespace in self.active() {
            self.disconnect(now, &namespace);
        }
    }

    /// Sends an event.
    ///
    /// # Errors
    /// [`EmitError`] says why it was not sent, and won't be.
    pub fn emit(
        &mut self,
        now: Duration,
        namespace: &str,
        name: &str,
        args: Encoded,
        delivery: Delivery,
    ) -> Result<(), EmitError> {
        let namespace = self.begin_emit(now, namespace, name)?;
        if self.retries(delivery) {
            return self.retry_later(now, &namespace, name, args, None, self.config.ack_timeout);
        }
        self.send_event(&namespace, name, args, None, delivery)
    }

    /// As [`emit`](Self::emit), and asks for an acknowledgement. [`Event::Acked`](super::Event::Acked) will say,
    /// exactly once, what became of it, within `timeout` if that is set. An event that is still waiting to be sent then
    /// never is. With [`retries`](super::Config::retries), the time-out is that of each attempt.
    ///
    /// # Errors
    /// [`EmitError`] says why it was not sent, and won't be.
    pub fn emit_with_ack(
        &mut self,
        now: Duration,
        namespace: &str,
        name: &str,
        args: Encoded,
        delivery: Delivery,
        timeout: Option<Duration>,
    ) -> Result<AckId, EmitError> {
        let namespace = self.begin_emit(now, namespace, name)?;
        let id = self.acks.new_id();
        if self.retries(delivery) {
            let timeout = timeout.unwrap_or(self.config.ack_timeout);
            // Before it is tried: it may be given up at once.
            self.acks.expect(id, namespace.clone(), None, true);
            self.retry_later(now, &namespace, name, args, Some(id), timeout).inspect_err(|_| {
                self.acks.settle(id, &namespace);
            })?;
        } else {
            self.send_event(&namespace, name, args, Some(id), delivery)?;
            let deadline = timeout.map(|timeout| now.saturating_add(timeout));
            self.acks.expect(id, namespace, deadline, delivery == Delivery::Buffered);
        }
        Ok(id)
    }

    /// Answers an event that the server wants acknowledged.
    ///
    /// # Errors
    /// [`EmitError`] says why it was not sent; [`EmitError::NotConnected`] also if the namespace was connected anew
    /// since.
    pub fn answer(&mut self, now: Duration, to: &ReplyTo, args: Encoded) -> Result<(), EmitError> {
        self.handle_timeout(now);
        if self.session(&to.namespace)? != to.session {
            return Err(EmitError::NotConnected);
        }
        let answer = EncodedPacket::answer(&to.namespace, to.id, args);
        self.check_size(&answer)?;
        self.send_bounded(answer)
    }

    fn begin_emit(&mut self, now: Duration, namespace: &str, name: &str) -> Result<Arc<str>, EmitError> {
        self.handle_timeout(now);
        if socket::is_reserved(name) {
            return Err(EmitError::ReservedName(name.into()));
        }
        Ok(self.name(namespace))
    }

    fn retries(&self, delivery: Delivery) -> bool {
        self.config.retries.is_some() && delivery == Delivery::Buffered
    }
}
