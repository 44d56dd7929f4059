//! The life of the link: dialled, opened by a handshake, kept alive by the heartbeat, lost, and dialled again.

use std::time::Duration;

use super::{Connection, DisconnectReason, Frame, Order, Status};
use crate::{
    codec::engine::Handshake,
    error::{AckError, LinkError},
};

/// One WebSocket at most, and which part of its life it is in.
#[derive(Debug)]
pub(super) enum Link {
    /// None, and none is wanted.
    Down,
    /// The wait before attempt `attempt` to reconnect.
    Waiting { until: Duration, attempt: u32, reason: LinkError },
    /// A WebSocket is being opened, or is open and the handshake hasn't come. `attempt` is 0 the first time.
    Dialing { deadline: Duration, attempt: u32 },
    /// The handshake came. If no ping follows by `dead_at`, the link is dead; each ping gives it `patience` more.
    Open { dead_at: Duration, patience: Duration },
}

impl Link {
    /// Engine.IO protocol, "Handshake": the server's first packet opens the link.
    pub(super) fn open(now: Duration, handshake: &Handshake) -> Self {
        let patience = handshake.patience();
        Self::Open { dead_at: now.saturating_add(patience), patience }
    }

    pub(super) fn deadline(&self) -> Option<Duration> {
        match *self {
            Self::Down => None,
            Self::Waiting { until, .. } => Some(until),
            Self::Dialing { deadline, .. } => Some(deadline),
            Self::Open { dead_at, .. } => Some(dead_at),
        }
    }
}

impl Connection {
    /// The WebSocket is closed, or couldn't be opened.
    pub fn handle_closed(&mut self, now: Duration, error: LinkError) {
        self.handle_timeout(now);
        if self.is_current() {
            self.lose_link(now, &error);
        }
    }

    /// Ends the wait before the next attempt to reconnect, if there is one: the network may be back.
    pub fn retry_now(&mut self, now: Duration) {
        self.handle_timeout(now);
        if let Link::Waiting { attempt, .. } = self.link {
            self.dial(now, attempt);
        }
    }

    /// Drops the link, if there is one or one is being opened, and deals with it as lost: with a wait and another attempt,
    /// if there may be one.
    pub fn cut_link(&mut self, now: Duration) {
        self.handle_timeout(now);
        self.lose_link(now, &LinkError::Closed);
    }

    /// Does what is due by `now`.
    pub fn handle_timeout(&mut self, now: Duration) {
        let mut overdue = false;
        while let Some((id, awaited)) = self.acks.pop_overdue(now) {
            overdue = true;
            self.ack_failed(now, &awaited.namespace, id, AckError::TimedOut);
        }
        if overdue {
            self.drop_unawaited();
        }
        match self.link {
            Link::Waiting { until, attempt, .. } if until <= now => self.dial(now, attempt),
            Link::Dialing { deadline, .. } if deadline <= now => self.lose_link(now, &LinkError::NoAnswer),
            Link::Open { dead_at, .. } if dead_at <= now => self.lose_link(now, &LinkError::HeartbeatMissed),
            Link::Open { .. } if self.join_deadline().is_some_and(|deadline| deadline <= now) => {
                self.joins_overdue(now);
            }
            _ => {}
        }
    }

    pub(super) fn dial(&mut self, now: Duration, attempt: u32) {
        self.link = Link::Dialing { deadline: now.saturating_add(self.config.connect_timeout), attempt };
        self.orders.push_back(Order::Dial);
        if attempt > 0 {
            self.tell_active(&Status::Connecting);
        }
    }

    /// The link is of no use any more: wait and dial again, or give up.
    pub(super) fn lose_link(&mut self, now: Duration, error: &LinkError) {
        let attempt = match self.link {
            Link::Down | Link::Waiting { .. } => return,
            Link::Dialing { attempt, .. } => attempt + 1,
            Link::Open { .. } => 1,
        };
        self.rescue_unsent(None);
        self.drop_link(Vec::new());
        let wait = self.config.reconnection.as_ref().and_then(|r| r.wait(attempt, &mut self.rng));
        if let Some(delay) = wait {
            self.link = Link::Waiting { until: now.saturating_add(delay), attempt, reason: error.clone() };
            self.suspend_active(now, &Status::Reconnecting { attempt, delay, reason: error.clone() });
        } else {
            for namespace in self.active() {
                self.leave(now, &namespace, DisconnectReason::Link(error.clone()));
            }
        }
    }

    /// Nobody wants the link any more: what is queued may still go, then it is closed.
    pub(super) fn hang_up(&mut self) {
        if !matches!(self.link, Link::Down) {
            let farewell = std::iter::from_fn(|| self.poll_frame()).collect();
            self.drop_link(farewell);
        }
    }

    /// Lets go of the link, and of all that belongs to it alone.
    fn drop_link(&mut self, farewell: Vec<Frame>) {
        self.link = Link::Down;
        self.partial = None;
        self.queue.clear();
        for entry in self.namespaces.values_mut() {
            entry.given_up = 0;
        }
        self.orders.push_back(Order::HangUp { farewell });
    }
}
