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
    heard: Option<(Arc<str>, Heard)>,
    missing: usize,
    bytes: usize,
}

/// What a packet brings for the user.
#[derive(Debug)]
enum Heard {
    Event { args: Args, reply: Option<ReplyTo> },
    Ack { id: AckId, args: Args },
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
        let heard = known.and_then(|name| self.handle_body(now, &name, body).map(|heard| (name, heard)));
        if missing > 0 {
            self.partial = Some(Partial { heard, missing, bytes: text.len() });
        } else if let Some((namespace, heard)) = heard {
            self.deliver(now, namespace, heard)?;
        }
        Ok(())
    }

    /// Does what a packet says, or gives what the user is to hear of it.
    fn handle_body(&mut self, now: Duration, namespace: &Arc<str>, body: Body<'_>) -> Option<Heard> {
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
                let mut args = Args::of_event(&name, args);
                if let Some(recovery) = &mut entry.recovery
                    && let Some(offset) = args.take_note_of_offset()
                {
                    recovery.offset = Some(offset);
                }
                let reply = id.map(|id| ReplyTo { namespace: namespace.clone(), session, id });
                return Some(Heard::Event { args, reply });
            }
            (Membership::Joined { .. }, Body::Ack { id, args, .. }) => {
                return Some(Heard::Ack { id: AckId(id), args: Args::from_elements(args) });
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
        if let Some((_, Heard::Event { args, .. } | Heard::Ack { args, .. })) = &mut partial.heard {
            args.attach(attachment);
        }
        if partial.missing > 0 {
            self.partial = Some(partial);
        } else if let Some((namespace, heard)) = partial.heard {
            self.deliver(now, namespace, heard)?;
        }
        Ok(())
    }

    /// What nobody wants any more is dropped here, whole: a late acknowledgement, or an event whose attachments came after
    /// its namespace was left.
    fn deliver(&mut self, now: Duration, namespace: Arc<str>, heard: Heard) -> Result<(), DecodeError> {
        let Some(entry) = self.namespaces.get_mut(&namespace) else { return Ok(()) };
        match heard {
            Heard::Event { args, reply } if entry.hears() => {
                let bytes = args.bytes();
                let event = Event::Received { namespace, args, reply };
                if entry.session().is_none() {
                    return entry.early.push(event, bytes, self.config.max_packet_bytes);
                }
                self.events.push_back(event);
            }
            Heard::Ack { id, args } if self.acks.settle(id, &namespace) => {
                if entry.retry.is_attempt(id) {
                    self.attempt_succeeded(now, &namespace, args);
                } else {
                    self.events.push_back(Event::Acked { id, result: Ok(args) });
                }
            }
            _ => {}
        }
        Ok(())
    }
}
