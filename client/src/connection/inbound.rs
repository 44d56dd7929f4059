//! What the server says.

use std::time::Duration;

use super::{
    AckId, Connection, DisconnectReason, Event, ReplyTo, Status, link::Link, namespace::Membership, status::socket_id,
};
use crate::{
    args::Args,
    codec::{
        DecodeError, engine,
        socket::{Body, Packet},
    },
    error::LinkError,
};

/// The most binary attachments of one packet. A packet that announces more ends the link.
const MAX_ATTACHMENTS: usize = 64;

/// A packet whose attachments are still to come.
#[derive(Debug)]
pub(super) struct Partial {
    namespace: Box<str>,
    event: Event,
    missing: usize,
}

impl Connection {
    /// A text frame came.
    pub fn handle_frame(&mut self, now: Duration, frame: &str) {
        self.handle_timeout(now);
        if !self.is_current() {
            return;
        }
        let handled = engine::Packet::decode(frame).and_then(|packet| self.handle_packet(now, packet));
        if let Err(error) = handled {
            self.lose_link(now, &error.into());
        }
    }

    /// A binary frame came.
    pub fn handle_binary(&mut self, now: Duration, attachment: Vec<u8>) {
        self.handle_timeout(now);
        if !self.is_current() {
            return;
        }
        let Some(mut partial) = self.partial.take() else {
            return self.lose_link(now, &DecodeError::StrayAttachment.into());
        };
        if let Event::Received { args, .. } | Event::Acked { result: Ok(args), .. } = &mut partial.event {
            args.attach(attachment);
        }
        partial.missing -= 1;
        if partial.missing == 0 {
            self.deliver(&partial.namespace, partial.event);
        } else {
            self.partial = Some(partial);
        }
    }

    fn handle_packet(&mut self, now: Duration, packet: engine::Packet<'_>) -> Result<(), DecodeError> {
        match (&mut self.link, packet) {
            (Link::Dialing { .. }, engine::Packet::Open(handshake)) => {
                self.link = Link::open(now, &handshake);
                self.join_wanted(now);
            }
            (Link::Open { patience, dead_at, .. }, engine::Packet::Ping(data)) => {
                *dead_at = now.saturating_add(*patience);
                self.push_frame(engine::pong(data));
            }
            (Link::Open { .. }, engine::Packet::Message(text)) => return self.handle_message(text),
            (Link::Dialing { .. } | Link::Open { .. }, engine::Packet::Close) => {
                self.lose_link(now, &LinkError::Closed);
            }
            // A link that was let go may still have frames under way, and the rest means nothing to a WebSocket link.
            _ => {}
        }
        Ok(())
    }

    fn handle_message(&mut self, text: &str) -> Result<(), DecodeError> {
        if self.partial.is_some() {
            return Err(DecodeError::StrayAttachment);
        }
        let Packet { namespace, body } = Packet::decode(text)?;
        let Some(entry) = self.namespaces.get_mut(namespace) else { return Ok(()) };
        match (entry.membership, body) {
            (_, Body::Connect { .. } | Body::ConnectError { .. }) if entry.given_up > 0 => entry.given_up -= 1,
            (Membership::Joining { .. }, Body::Connect { data }) => match data.and_then(socket_id) {
                Some(id) => {
                    self.sessions += 1;
                    entry.membership = Membership::Joined { session: self.sessions };
                    self.tell_status(namespace, Status::Connected { id });
                }
                None => self.leave(namespace, DisconnectReason::no_socket_id()),
            },
            (Membership::Joining { .. }, Body::ConnectError { data }) => {
                self.leave(namespace, DisconnectReason::refused(data));
            }
            (Membership::Joined { .. }, Body::Disconnect) => {
                self.leave(namespace, DisconnectReason::Server);
            }
            (Membership::Joined { session }, Body::Event { name, args, id, attachments }) => {
                let event = Event::Received {
                    namespace: namespace.into(),
                    name: name.into(),
                    args: Args::from_elements(args),
                    reply: id.map(|id| ReplyTo { namespace: namespace.into(), session, id }),
                };
                return self.complete(namespace, event, attachments);
            }
            (Membership::Joined { .. }, Body::Ack { id, args, attachments }) => {
                let event = Event::Acked { id: AckId(id), result: Ok(Args::from_elements(args)) };
                return self.complete(namespace, event, attachments);
            }
            // Out of place, and without harm: what crossed with our own leaving, or with leaving and joining again.
            _ => {}
        }
        Ok(())
    }

    /// Delivers an event now, or when its attachments have come ("Sending and receiving binary data").
    fn complete(&mut self, namespace: &str, event: Event, attachments: usize) -> Result<(), DecodeError> {
        match attachments {
            0 => self.deliver(namespace, event),
            1..=MAX_ATTACHMENTS => {
                self.partial = Some(Partial { namespace: namespace.into(), event, missing: attachments });
            }
            _ => return Err(DecodeError::TooManyAttachments(attachments)),
        }
        Ok(())
    }

    /// An acknowledgement that nobody awaits (any more) is dropped here, whole.
    fn deliver(&mut self, namespace: &str, event: Event) {
        match event {
            Event::Acked { id, .. } if !self.acks.settle(id, namespace) => {}
            event => self.events.push_back(event),
        }
    }
}
