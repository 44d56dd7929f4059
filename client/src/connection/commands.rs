//! What the user wants of a connection.

use std::time::Duration;

use super::{
    AckId, Connection, DisconnectReason, ReplyTo, Status,
    link::Link,
    namespace::{Membership, Namespace},
};
use crate::{
    args::ToArgs,
    codec::socket::{self, Body, Packet},
    error::EmitError,
};

impl Connection {
    /// Joins a namespace, now or as soon as there is a link; `auth` is what CONNECT carries, a JSON object. Without
    /// effect on a namespace that is joined or about to be.
    pub fn connect(&mut self, now: Duration, namespace: &str, auth: Option<String>) {
        self.handle_timeout(now);
        let entry = self.namespaces.entry(namespace.into()).or_insert_with(Namespace::new);
        if !matches!(entry.membership, Membership::Out) {
            return;
        }
        entry.auth = auth;
        entry.membership = Membership::Wanted;
        let status = match &self.link {
            Link::Waiting { until, attempt, reason } => {
                Status::Reconnecting { attempt: *attempt, delay: until.saturating_sub(now), reason: reason.clone() }
            }
            _ => Status::Connecting,
        };
        self.tell_status(namespace, status);
        match self.link {
            Link::Down => self.dial(now, 0),
            Link::Open { .. } => self.join_wanted(now),
            Link::Waiting { .. } | Link::Dialing { .. } => {}
        }
    }

    /// Leaves a namespace for good. The last one that is left closes the connection.
    pub fn disconnect(&mut self, now: Duration, namespace: &str) {
        self.handle_timeout(now);
        let Some(entry) = self.namespaces.get_mut(namespace) else { return };
        match entry.membership {
            Membership::Out => return,
            Membership::Wanted => {}
            Membership::Joining { .. } => {
                entry.given_up += 1;
                self.push_frame(Packet { namespace, body: Body::Disconnect }.frame());
            }
            Membership::Joined { .. } => self.push_frame(Packet { namespace, body: Body::Disconnect }.frame()),
        }
        self.leave(namespace, DisconnectReason::Client);
    }

    /// Leaves all namespaces and closes the connection.
    pub fn close(&mut self, now: Duration) {
        for namespace in self.active() {
            self.disconnect(now, &namespace);
        }
    }

    /// Sends an event: at most once, and now or never.
    ///
    /// # Errors
    /// [`EmitError`] says why it was not sent.
    pub fn emit(&mut self, now: Duration, namespace: &str, name: &str, args: &impl ToArgs) -> Result<(), EmitError> {
        self.handle_timeout(now);
        self.push_event(namespace, name, args, None)
    }

    /// As [`emit`](Self::emit), and asks for an acknowledgement within `timeout`.
    /// [`Event::Acked`](super::Event::Acked) will say, exactly once, what became of it.
    ///
    /// # Errors
    /// [`EmitError`] says why it was not sent.
    pub fn emit_with_ack(
        &mut self,
        now: Duration,
        namespace: &str,
        name: &str,
        args: &impl ToArgs,
        timeout: Duration,
    ) -> Result<AckId, EmitError> {
        self.handle_timeout(now);
        let id = self.acks.expect(namespace, now.saturating_add(timeout));
        self.push_event(namespace, name, args, Some(id.0)).inspect_err(|_| {
            self.acks.settle(id, namespace);
        })?;
        Ok(id)
    }

    /// Answers an event that the server wants acknowledged.
    ///
    /// # Errors
    /// [`EmitError`] says why it was not sent; [`EmitError::NotConnected`] also if the namespace was connected anew
    /// since.
    pub fn answer(&mut self, now: Duration, to: &ReplyTo, args: &impl ToArgs) -> Result<(), EmitError> {
        self.handle_timeout(now);
        if self.session(&to.namespace)? != to.session {
            return Err(EmitError::NotConnected);
        }
        let args = elements(args)?;
        let body = Body::Ack { id: to.id, args: &args, attachments: 0 };
        self.push_bounded(Packet { namespace: &to.namespace, body }.frame())
    }

    fn push_event(
        &mut self,
        namespace: &str,
        name: &str,
        args: &impl ToArgs,
        id: Option<u64>,
    ) -> Result<(), EmitError> {
        self.session(namespace)?;
        if socket::is_reserved(name) {
            return Err(EmitError::ReservedName(name.into()));
        }
        let args = elements(args)?;
        let body = Body::Event { name: name.into(), args: &args, id, attachments: 0 };
        self.push_bounded(Packet { namespace, body }.frame())
    }

    fn push_bounded(&mut self, frame: String) -> Result<(), EmitError> {
        if let Link::Open { max_payload: Some(limit), .. } = self.link
            && frame.len() as u64 > limit
        {
            return Err(EmitError::TooLarge { bytes: frame.len(), limit });
        }
        if self.queued_bytes + frame.len() > self.config.max_queued_bytes {
            return Err(EmitError::BackedUp);
        }
        self.push_frame(frame);
        Ok(())
    }

    /// Queues a frame whatever the bound: the protocol's own are small, few, and can't be refused.
    pub(super) fn push_frame(&mut self, frame: String) {
        self.queued_bytes += frame.len();
        self.frames.push_back(frame);
    }
}

fn elements(args: &impl ToArgs) -> Result<String, EmitError> {
    let mut json = Vec::new();
    args.write_args(&mut json).map_err(|error| EmitError::Encode(error.to_string()))?;
    String::from_utf8(json).map_err(|error| EmitError::Encode(error.to_string()))
}
