//! What waits to be sent, on an open link and while there is none.

use std::{collections::VecDeque, fmt, sync::Arc};

use super::{AckId, Connection, Event, Frame, without_secrets};
use crate::{
    args::Encoded,
    codec::socket::{Body, Packet},
    error::{AckError, EmitError},
};

/// What becomes of an event that can't be sent at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Delivery {
    /// It waits until the namespace is connected, in order, within [`Config::max_buffered_bytes`](super::Config).
    #[default]
    Buffered,
    /// It fails as [`EmitError::NotConnected`]. If it can be sent, and the link is lost before it takes it, it is lost too.
    AtOnce,
    /// As [`AtOnce`](Self::AtOnce), and it fails if the link is backed up: what is old tomorrow is not worth a queue.
    Volatile,
}

/// A packet on its way out.
pub(super) struct EncodedPacket {
    pub(super) text: String,
    pub(super) attachments: Vec<Vec<u8>>,
    /// The event that it is, unless it is the protocol's own.
    pub(super) event: Option<EventOf>,
}

/// Whose event a packet is.
#[derive(Debug, Clone)]
pub(super) struct EventOf {
    pub(super) namespace: Arc<str>,
    pub(super) ack: Option<AckId>,
    /// Whether it waits for the next link if this one doesn't take it.
    pub(super) outlives_link: bool,
}

impl fmt::Debug for EncodedPacket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attachments: Vec<_> = self.attachments.iter().map(Vec::len).collect();
        let text = without_secrets(&self.text);
        f.debug_struct("EncodedPacket").field("text", &text).field("attachments", &attachments).finish_non_exhaustive()
    }
}

impl EncodedPacket {
    /// Encodes an event; asks for an acknowledgement if there is an id for it.
    pub(super) fn event(
        namespace: Arc<str>,
        name: &str,
        args: Encoded,
        ack: Option<AckId>,
        outlives_link: bool,
    ) -> Self {
        let text = event_text(&namespace, name, &args, ack);
        Self { text, attachments: args.attachments, event: Some(EventOf { namespace, ack, outlives_link }) }
    }

    /// Encodes the answer to one of the server's events.
    pub(super) fn answer(namespace: &str, id: u64, args: Encoded) -> Self {
        let Encoded { elements, attachments } = args;
        let body = Body::Ack { id, args: &elements, attachments: attachments.len() };
        Self { text: Packet { namespace, body }.frame(), attachments, event: None }
    }

    pub(super) fn protocol(text: String) -> Self {
        Self { text, attachments: Vec::new(), event: None }
    }

    fn ack(&self) -> Option<AckId> {
        self.event.as_ref().and_then(|event| event.ack)
    }

    /// The name of the event that it is. Only of one that is given up somebody wants to know.
    fn event_name(&self) -> Option<Box<str>> {
        match Packet::decode(self.text.strip_prefix('4')?).ok()?.body {
            Body::Event { name, .. } => Some(name.into()),
            _ => None,
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.text.len() + self.attachments.iter().map(Vec::len).sum::<usize>()
    }
}

/// An event's text frame.
fn event_text(namespace: &str, name: &str, args: &Encoded, ack: Option<AckId>) -> String {
    let id = ack.map(|id| id.0);
    let body = Body::Event { name: name.into(), args: &args.elements, id, attachments: args.attachments.len() };
    Packet { namespace, body }.frame()
}

/// A queue of packets that knows its bytes.
#[derive(Debug, Default)]
pub(super) struct Queue {
    packets: VecDeque<EncodedPacket>,
    /// The rest of a packet that is sent in part, and can't be taken back.
    begun: VecDeque<Vec<u8>>,
    bytes: usize,
}

impl Queue {
    pub(super) fn is_empty(&self) -> bool {
        self.packets.is_empty() && self.begun.is_empty()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn push(&mut self, packet: EncodedPacket) {
        self.bytes += packet.bytes();
        self.packets.push_back(packet);
    }

    /// The next frame, and the acknowledgement that is on its way with it.
    pub(super) fn pop_frame(&mut self) -> Option<(Frame, Option<AckId>)> {
        let (frame, ack) = match self.begun.pop_front() {
            Some(attachment) => (Frame::Binary(attachment), None),
            None => {
                let packet = self.packets.pop_front()?;
                let ack = packet.ack();
                self.begun.extend(packet.attachments);
                (Frame::Text(packet.text), ack)
            }
        };
        self.bytes -= frame.len();
        Some((frame, ack))
    }

    /// Takes out all packets of which nothing was sent.
    pub(super) fn take(&mut self) -> VecDeque<EncodedPacket> {
        self.bytes = self.begun.iter().map(Vec::len).sum();
        std::mem::take(&mut self.packets)
    }

    /// The user leaves a namespace: what is on its way there still goes, if this link takes it, and nobody waits for an
    /// answer.
    pub(super) fn let_go(&mut self, namespace: &str) -> Vec<AckId> {
        let events = self.packets.iter_mut().filter_map(|packet| packet.event.as_mut());
        let let_go = |event: &mut EventOf| {
            event.outlives_link = false;
            event.ack.take()
        };
        events.filter(|event| *event.namespace == *namespace).filter_map(let_go).collect()
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Puts packets before those that wait.
    pub(super) fn put_back(&mut self, packet: EncodedPacket) {
        self.bytes += packet.bytes();
        self.packets.push_front(packet);
    }

    /// Drops the events whose acknowledgement nobody awaits any more.
    fn drop_unawaited(&mut self, is_awaited: impl Fn(AckId) -> bool) {
        let bytes = &mut self.bytes;
        self.packets.retain(|packet| {
            let kept = packet.ack().is_none_or(&is_awaited);
            if !kept {
                *bytes -= packet.bytes();
            }
            kept
        });
    }
}

impl Connection {
    /// Queues an event for the link, or for when there is one.
    pub(super) fn send_event(
        &mut self,
        namespace: &Arc<str>,
        name: &str,
        args: Encoded,
        ack: Option<AckId>,
        delivery: Delivery,
    ) -> Result<(), EmitError> {
        let packet = EncodedPacket::event(namespace.clone(), name, args, ack, delivery == Delivery::Buffered);
        self.check_size(&packet)?;
        let joined = self.session(namespace).is_ok();
        match delivery {
            Delivery::AtOnce | Delivery::Volatile if !joined => Err(EmitError::NotConnected),
            Delivery::Volatile if !self.queue.is_empty() => Err(EmitError::BackedUp),
            _ if joined => self.send_bounded(packet),
            _ => self.buffer(namespace, packet),
        }
    }

    /// Queues a packet for the open link, within the bound.
    pub(super) fn send_bounded(&mut self, packet: EncodedPacket) -> Result<(), EmitError> {
        if self.queue.bytes() + packet.bytes() > self.config.max_queued_bytes {
            return Err(EmitError::BackedUp);
        }
        self.queue.push(packet);
        Ok(())
    }

    /// Queues a packet of the protocol's own, whatever the bound: they are small, few, and can't be refused.
    pub(super) fn send_protocol(&mut self, text: String) {
        self.queue.push(EncodedPacket::protocol(text));
    }

    /// Whether the server takes a packet, as far as it has said what it takes.
    pub(super) fn check_size(&self, packet: &EncodedPacket) -> Result<(), EmitError> {
        self.check_frames(&packet.text, &packet.attachments)
    }

    /// Whether the server would take an event, in the shortest form that it may be sent in.
    pub(super) fn check_event(&self, namespace: &str, name: &str, args: &Encoded) -> Result<(), EmitError> {
        self.check_frames(&event_text(namespace, name, args, Some(AckId(0))), &args.attachments)
    }

    fn check_frames(&self, text: &str, attachments: &[Vec<u8>]) -> Result<(), EmitError> {
        let largest = attachments.iter().map(Vec::len).chain([text.len()]).max().unwrap_or(0);
        match self.max_payload {
            Some(limit) if largest as u64 > limit => Err(EmitError::TooLarge { bytes: largest, limit }),
            _ => Ok(()),
        }
    }

    fn buffer(&mut self, namespace: &Arc<str>, packet: EncodedPacket) -> Result<(), EmitError> {
        if self.buffered_bytes() + packet.bytes() > self.config.max_buffered_bytes {
            return Err(EmitError::BufferFull);
        }
        self.entry(namespace).buffer.push(packet);
        Ok(())
    }

    pub(super) fn buffered_bytes(&self) -> usize {
        self.namespaces.values().map(|entry| entry.buffer.bytes() + entry.retry.bytes()).sum()
    }

    /// The namespace is joined: what waited for that goes first, in order, whatever the bound: that of the buffer was one.
    /// What turns out to be too large for the server would only cost the link.
    pub(super) fn flush_buffer(&mut self, namespace: &Arc<str>) {
        for packet in self.entry(namespace).buffer.take() {
            match (self.check_size(&packet), packet.ack()) {
                (Ok(()), _) => self.queue.push(packet),
                (Err(error), Some(id)) => self.settle(namespace, id, Err(error.into())),
                (Err(error), None) => {
                    self.tell_given_up(namespace, packet.event_name().unwrap_or_default(), error.into())
                }
            }
        }
    }

    /// An event is given up of which nobody awaits the acknowledgement.
    pub(super) fn tell_given_up(&mut self, namespace: &Arc<str>, name: Box<str>, error: AckError) {
        self.events.push_back(Event::GivenUp { namespace: namespace.clone(), name, error });
    }

    /// The next frame for the WebSocket, which must be ready to take it: what is taken here counts as sent.
    pub fn poll_frame(&mut self) -> Option<Frame> {
        let (frame, ack) = self.queue.pop_frame()?;
        if let Some(id) = ack {
            self.acks.sent(id);
        }
        Some(frame)
    }

    /// A namespace, or with the link all of them, can't be sent to any more: events of which nothing was sent wait for the
    /// next time that it is joined, before those that came later.
    pub(super) fn rescue_unsent(&mut self, namespace: Option<&str>) {
        for packet in self.queue.take().into_iter().rev() {
            match &packet.event {
                Some(event) if namespace.is_none_or(|namespace| *event.namespace == *namespace) => {
                    let namespace = event.namespace.clone();
                    if event.outlives_link {
                        self.entry(&namespace).buffer.put_back(packet);
                    }
                }
                _ if namespace.is_some() => self.queue.put_back(packet),
                _ => {}
            }
        }
    }

    /// An acknowledgement that timed out takes its event along, if that waits still.
    pub(super) fn drop_unawaited(&mut self) {
        let acks = &self.acks;
        self.queue.drop_unawaited(|id| acks.is_awaited(id));
        for entry in self.namespaces.values_mut() {
            entry.buffer.drop_unawaited(|id| acks.is_awaited(id));
        }
    }
}
