//! An Engine.IO session: one client, whichever connections carry it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use socketioxide::socket::Sid;

use super::backlog::Backlog;
use super::gate::{Gate, Hold};
use super::stream::Connection;

/// A client with so many messages unanswered, or so many bytes of them, is not read from until those are answered.
const MAX_UNANSWERED: usize = 1_024;
const MAX_UNANSWERED_BYTES: usize = 1 << 20;

/// A client for whom more bytes wait than this part of the limit is not read from until half of that are taken. So one
/// that sends faster than it reads waits for itself, and only one that others write to reaches the limit.
const UNREAD_PART: u64 = 2;

/// What we know of one client. It lives as long as somebody has it: its WebSocket, or a member made from it.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) sid: Sid,
    /// Holds back what the client sends.
    pub(crate) gate: Gate,
    /// Its WebSocket's connection, once it has one: a session may begin with long polling.
    websocket: OnceLock<Connection>,
    /// The bytes that polls have taken.
    polled: AtomicU64,
    backlog: Backlog,
    unanswered: AtomicUsize,
    unanswered_bytes: AtomicUsize,
    sessions: Sessions,
}

/// The sessions by their id, for requests that name one. Its clones are one and the same.
#[derive(Debug, Clone)]
pub(crate) struct Sessions {
    by_id: Arc<Mutex<HashMap<Sid, Weak<Session>>>>,
    /// How many bytes may wait for one client.
    max_queued_bytes: u64,
}

/// More bytes would wait for a client than may.
#[derive(Debug)]
pub(crate) struct TooManyBytes(pub(crate) u64);

/// A message that came in and waits for its answer, which is when this is dropped.
#[derive(Debug)]
pub(crate) struct Unanswered {
    pub(crate) session: Arc<Session>,
    bytes: usize,
    /// Whether the client is held back until this one is answered.
    holds: bool,
}

impl Session {
    /// From now on `connection` carries this session as a WebSocket.
    pub(crate) fn upgrade(self: &Arc<Self>, connection: &Connection) {
        if self.websocket.set(connection.clone()).is_ok() {
            connection.carry(self);
        }
    }

    /// A poll took `bytes` of what waits.
    pub(super) fn polled(&self, bytes: u64) {
        self.polled.fetch_add(bytes, Ordering::SeqCst);
        self.taken();
    }

    /// Some of what waits was taken.
    pub(super) fn taken(&self) {
        if self.gate.is_shut_by(Hold::Unread)
            && let Some(written) = self.written()
            && self.backlog.waiting(written) <= self.sessions.max_queued_bytes / UNREAD_PART / 2
        {
            self.gate.open(Hold::Unread);
        }
    }

    /// Counts a packet that is about to be emitted.
    pub(crate) fn emitting(&self, packet: u64) -> Result<(), TooManyBytes> {
        let Some(written) = self.written() else { return Ok(()) };
        let waiting = self.backlog.add(packet, written);
        if waiting > self.sessions.max_queued_bytes {
            return Err(TooManyBytes(waiting));
        }
        if waiting > self.sessions.max_queued_bytes / UNREAD_PART {
            self.gate.shut(Hold::Unread);
            // All may have been taken before the gate was shut, and then nobody else would open it.
            self.taken();
        }
        Ok(())
    }

    /// The bytes that the client has taken, as far as we can see. None if its connection is gone: nothing waits for it.
    fn written(&self) -> Option<u64> {
        let polled = self.polled.load(Ordering::SeqCst);
        match self.websocket.get() {
            None => Some(polled),
            Some(websocket) => websocket.written().map(|written| polled + written),
        }
    }

    /// Counts a message that came in. With `crowded`, or at this client's own limit, the client has to wait.
    pub(crate) fn ask(self: &Arc<Self>, bytes: usize, crowded: bool) -> Unanswered {
        let count = self.unanswered.fetch_add(1, Ordering::Relaxed) + 1;
        let total = self.unanswered_bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let holds = crowded || count >= MAX_UNANSWERED || total >= MAX_UNANSWERED_BYTES;
        if holds {
            self.gate.shut(Hold::Unanswered);
        }
        Unanswered { session: Arc::clone(self), bytes, holds }
    }

    /// Ends its WebSocket, if it has one, whatever the tasks at it wait for.
    pub(super) fn shut(&self) {
        if let Some(connection) = self.websocket.get() {
            connection.shut();
        }
        self.gate.open_wide();
    }
}

impl Drop for Unanswered {
    fn drop(&mut self) {
        self.session.unanswered.fetch_sub(1, Ordering::Relaxed);
        self.session.unanswered_bytes.fetch_sub(self.bytes, Ordering::Relaxed);
        if self.holds {
            self.session.gate.open(Hold::Unanswered);
        }
    }
}

impl Sessions {
    pub(super) fn new(max_queued_bytes: u64) -> Self {
        Self { by_id: Arc::default(), max_queued_bytes }
    }

    /// The session of this id, made if there is none.
    pub(crate) fn get_or_new(&self, sid: Sid) -> Arc<Session> {
        let mut by_id = self.lock();
        if let Some(session) = by_id.get(&sid).and_then(Weak::upgrade) {
            return session;
        }
        let session = Arc::new(Session {
            sid,
            gate: Gate::default(),
            websocket: OnceLock::new(),
            polled: AtomicU64::new(0),
            backlog: Backlog::default(),
            unanswered: AtomicUsize::new(0),
            unanswered_bytes: AtomicUsize::new(0),
            sessions: self.clone(),
        });
        by_id.insert(sid, Arc::downgrade(&session));
        session
    }

    pub(super) fn get(&self, sid: Sid) -> Option<Arc<Session>> {
        self.lock().get(&sid).and_then(Weak::upgrade)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Sid, Weak<Session>>> {
        self.by_id.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let mut by_id = self.sessions.lock();
        // Another of the same id may have been made meanwhile.
        if by_id.get(&self.sid).is_some_and(|session| session.strong_count() == 0) {
            by_id.remove(&self.sid);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn is_held(session: &Session) -> bool {
        session.gate.poll_open(&mut Context::from_waker(Waker::noop())) == Poll::Pending
    }

    #[test]
    fn a_client_waits_while_too_many_messages_are_unanswered() {
        let session = Sessions::new(1_000).get_or_new(Sid::ZERO);
        let mut unanswered: Vec<_> = (1..MAX_UNANSWERED).map(|_| session.ask(1, false)).collect();
        assert!(!is_held(&session));
        unanswered.push(session.ask(1, false));
        assert!(is_held(&session));
        let last = unanswered.pop();
        drop(unanswered);
        assert!(is_held(&session), "until the one at the limit is answered");
        drop(last);
        assert!(!is_held(&session));
    }

    #[test]
    fn a_client_waits_for_many_bytes_and_in_a_crowd() {
        let session = Sessions::new(1_000).get_or_new(Sid::ZERO);
        for (bytes, crowded) in [(MAX_UNANSWERED_BYTES, false), (1, true)] {
            let unanswered = session.ask(bytes, crowded);
            assert!(is_held(&session));
            drop(unanswered);
            assert!(!is_held(&session));
        }
    }

    #[test]
    fn a_client_that_sends_faster_than_it_reads_waits_for_itself() {
        let session = Sessions::new(1_000).get_or_new(Sid::ZERO);
        session.emitting(500).unwrap();
        assert!(!is_held(&session));
        session.emitting(1).unwrap();
        assert!(is_held(&session));
        session.polled(250);
        assert!(is_held(&session));
        session.polled(1);
        assert!(!is_held(&session));
    }

    #[test]
    fn no_more_bytes_wait_than_may() {
        let session = Sessions::new(1_000).get_or_new(Sid::ZERO);
        session.emitting(1_000).unwrap();
        session.polled(1);
        session.emitting(1).unwrap();
        assert_eq!(session.emitting(1).unwrap_err().0, 1_001);
    }

    #[test]
    fn a_session_is_known_as_long_as_somebody_has_it() {
        let sessions = Sessions::new(1_000);
        let session = sessions.get_or_new(Sid::ZERO);
        assert!(Arc::ptr_eq(&session, &sessions.get_or_new(Sid::ZERO)));
        drop(session);
        assert!(sessions.get(Sid::ZERO).is_none());
        assert!(sessions.lock().is_empty());
    }
}
