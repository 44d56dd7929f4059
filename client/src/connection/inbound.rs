//! What the server says.

use std::{sync::Arc, time::Duration};

use super::{AckId, Connection, DisconnectReason, Event, ReplyTo, link::Link, namespace::Membership, status::Welcome};
use crate::{
    args::Args,
    codec::{
        DecodeError, engine,
        socket::{Body, Packet},
    },
    error::LinkError,
};

/// A packet whose attachments are still to come.
#[derive(Debug)]
pub(super) struct Partial {
    /// None if nobody wants it: the attachments have to be taken all the same.
    event: Option<(Arc<str>, Event)>,
    missing: usize,
    bytes: usize,
}

impl Connection {
    /// A text frame came.
    pub fn handle_frame(&mut self, now: Duration, frame: &str) {
        self.handle_timeout(now);
        if !self.is_current() {
            return;
        }
        let handled = self
            .check_packet_bytes(frame.len())
            .and_then(|()| engine::Packet::decode(frame))
            .and_then(|packet| self.handle_packet(now, packet));
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
        if let Err(error) = self.handle_attachment(now, attachment) {
            self.lose_link(now, &error.into());
        }
    }

    fn check_packet_bytes(&self, bytes: usize) -> Result<(), DecodeError> {
        if bytes > self.config.max_packet_bytes { Err(DecodeError::TooLarge(bytes)) } else { Ok(()) }
    }

    fn handle_packet(&mut self, now: Duration, packet: engine::Packet<'_>) -> Result<(), DecodeError> {
        match (&mut self.link, packet) {
            (Link::Dialing { .. }, engine::Packet::Open(handshake)) => {
                self.link = Link::open(now, &handshake);
                self.max_payload = handshake.max_payload;
                self.join_wanted(now);
            }
            (Link::Open { patience, dead_at }, engine::Packet::Ping(data)) => {
                *dead_at = now.saturating_add(*patience);
                // With so much waiting, a pong more would come too late anyway.
                if self.queue.bytes() <= self.config.max_queued_bytes {
                    self.send_protocol(engine::pong(data));
                }
            }
            (Link::Open { .. }, engine::Packet::Message(text)) => return self.handle_message(now, text),
            (Link::Dialing { .. } | Link::Open { .. }, engine::Packet::Close) => {
                self.lose_link(now, &LinkError::Closed);
            }
            // A link that was let go may still have frames under way, and the rest means nothing to a WebSocket link.
            _ => {}
        }
        Ok(())
    }

    fn handle_message(&mut self, now: Duration, text: &str) -> Result<(), DecodeError> {
        if self.partial.is_some() {
            return Err(DecodeError::StrayAttachment);
        }
        let Packet { namespace, body } = Packet::decode(text)?;
        let missing = body.attachments();
        if missing > self.config.max_attachments {
            return Err(DecodeError::TooManyAttachments(missing));
        }
        let known = self.namespaces.get_key_value(namespace).map(|(name, _)| name.clone());
        let event = known.and_then(|name| self.handle_body(now, &name, body).map(|event| (name, event)));
        if missing > 0 {
            self.partial = Some(Partial { event, missing, bytes: text.len() });
        } else if let Some((namespace, event)) = event {
            self.deliver(now, &namespace, event)?;
        }
        Ok(())
    }

    /// Does what a packet says, or gives the event that it is.
    fn handle_body(&mut self, now: Duration, namespace: &Arc<str>, body: Body<'_>) -> Option<Event> {
        let entry = self.namespaces.get_mut(namespace)?;
        match (entry.membership, body) {
            (_, Body::Connect { .. } | Body::ConnectError { .. }) if entry.given_up > 0 => entry.given_up -= 1,
            (Membership::Joining { .. }, Body::Connect { data }) => match data.and_then(Welcome::read) {
                Some(Welcome { sid, pid }) => self.joined(now, namespace, sid, pid),
                None => self.leave(now, namespace, DisconnectReason::OldServer),
            },
            (Membership::Joining { .. }, Body::ConnectError { data }) => {
                self.leave(now, namespace, DisconnectReason::refused(data));
            }
            (Membership::Joined { .. }, Body::Disconnect) => self.leave(now, namespace, DisconnectReason::Server),
            (Membership::Joined { .. } | Membership::Joining { .. }, Body::Event { name, args, id, .. })
                if entry.hears() =>
            {
                // Of one that comes early the session will be known when it is told.
                let session = entry.session().unwrap_or_default();
                let mut args = Args::from_elements(args);
                if let Some(recovery) = &mut entry.recovery
                    && let Some(offset) = args.take_note_of_offset()
                {
                    recovery.offset = Some(offset);
                }
                let reply = id.map(|id| ReplyTo { namespace: namespace.clone(), session, id });
                return Some(Event::Received { namespace: namespace.clone(), name: name.into(), args, reply });
            }
            (Membership::Joined { .. }, Body::Ack { id, args, .. }) => {
                return Some(Event::Acked { id: AckId(id), result: Ok(Args::from_elements(args)) });
            }
            // Out of place, and without harm: what crossed with our own leaving, or with leaving and joining again.
            _ => {}
        }
        None
    }

    fn handle_attachment(&mut self, now: Duration, attachment: Vec<u8>) -> Result<(), DecodeError> {
        let mut partial = self.partial.take().ok_or(DecodeError::StrayAttachment)?;
        partial.bytes += attachment.len();
        self.check_packet_bytes(partial.bytes)?;
        partial.missing -= 1;
        if let Some((_, Event::Received { args, .. } | Event::Acked { result: Ok(args), .. })) = &mut partial.event {
            args.attach(attachment);
        }
        if partial.missing > 0 {
            self.partial = Some(partial);
        } else if let Some((namespace, event)) = partial.event {
            self.deliver(now, &namespace, event)?;
        }
        Ok(())
    }

    /// What nobody wants any more is dropped here, whole: a late acknowledgement, or an event whose attachments came after
    /// its namespace was left.
    fn deliver(&mut self, now: Duration, namespace: &Arc<str>, event: Event) -> Result<(), DecodeError> {
        let Some(entry) = self.namespaces.get(namespace) else { return Ok(()) };
        let (hears, joined) = (entry.hears(), entry.session().is_some());
        let wanted = match event {
            Event::Acked { id, .. } => self.acks.settle(id, namespace),
            _ => hears,
        };
        match event {
            _ if !wanted => {}
            Event::Received { ref args, .. } if !joined => {
                let (bytes, most) = (args.bytes(), self.config.max_packet_bytes);
                return self.entry(namespace).early.push(event, bytes, most);
            }
            Event::Acked { id, result: Ok(args) } if self.entry(namespace).retry.is_attempt(id) => {
                self.attempt_succeeded(now, namespace, args);
            }
            event => self.events.push_back(event),
        }
        Ok(())
    }
}
