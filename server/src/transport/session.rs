//! An Engine.IO session: one client, whichever connections carry it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use socketioxide::TransportType;
use socketioxide::socket::Sid;

use super::backlog::Backlog;
use super::gate::{Gate, Hold};
use super::stream::Connection;

/// A client with so many messages unanswered, or so many bytes of them, is not read from until those are answered.
const MAX_UNANSWERED: usize = 1_024;
const MAX_UNANSWERED_BYTES: usize = 1 << 20;

/// A client that speaks while more bytes wait for it than this part of the limit is not read from until half of that are
/// taken. So one that sends faster than it reads waits for itself, and only one that others write to reaches the limit.
const UNREAD_PART: u64 = 2;

/// What we know of one client. It lives as long as somebody has it: its WebSocket, or a member made from it.
#[derive(Debug)]
pub(crate) struct EngineSession {
    pub(crate) sid: Sid,
    /// Holds back what the client sends.
    pub(crate) gate: Gate,
    /// While too much of what it was sent is still unread.
    unread: Mutex<Option<Hold>>,
    /// Its WebSocket's connection, once it has one: a session may begin with long polling.
    websocket: Mutex<Option<Connection>>,
    /// The bytes that the client has taken, by polls or by its WebSocket, as far as we can see.
    taken: AtomicU64,
    backlog: Backlog,
    unanswered: AtomicUsize,
    unanswered_bytes: AtomicUsize,
    sessions: EngineSessions,
}

/// The sessions by their id, for requests that name one. Its clones are one and the same.
#[derive(Debug, Clone)]
pub(crate) struct EngineSessions {
    by_id: Arc<Mutex<HashMap<Sid, Weak<EngineSession>>>>,
    /// How many bytes may wait for one client.
    max_queued_bytes: u64,
}

/// More bytes would wait for a client than may.
#[derive(Debug)]
pub(crate) struct TooManyBytes(pub(crate) u64);

/// A message that came in and waits for its answer, which is when this is dropped.
#[derive(Debug)]
pub(crate) struct Unanswered {
    pub(crate) session: Arc<EngineSession>,
    bytes: usize,
    /// At the limits the client is held back until this one is answered.
    _hold: Option<Hold>,
}

impl EngineSession {
    /// From now on `connection` carries this session as a WebSocket: true, unless another one does that is still open.
    pub(crate) fn upgrade(self: &Arc<Self>, connection: &Connection) -> bool {
        let mut websocket = self.websocket();
        if websocket.as_ref().is_some_and(Connection::is_open) {
            return false;
        }
        connection.carry(self);
        *websocket = Some(connection.clone());
        // Polls take nothing until the upgrade is done, and for that its handshake has to be read.
        *self.unread() = None;
        true
    }

    /// The client took so many bytes.
    pub(super) fn took(&self, bytes: u64) {
        self.taken.fetch_add(bytes, Ordering::SeqCst);
        self.release();
    }

    /// Lets a client be heard again that has read enough.
    fn release(&self) {
        let mut unread = self.unread();
        if unread.is_some() && self.waiting() <= self.sessions.max_queued_bytes / UNREAD_PART / 2 {
            *unread = None;
        }
    }

    /// Counts a packet that is about to be emitted.
    pub(crate) fn emitting(&self, packet: u64) -> Result<(), TooManyBytes> {
        let waiting = self.backlog.add(packet, self.taken.load(Ordering::SeqCst));
        if waiting > self.sessions.max_queued_bytes { Err(TooManyBytes(waiting)) } else { Ok(()) }
    }

    /// Takes back a packet that was not emitted after all.
    pub(crate) fn not_emitted(&self, packet: u64) {
        self.backlog.take_back(packet);
    }

    fn waiting(&self) -> u64 {
        self.backlog.waiting(self.taken.load(Ordering::SeqCst))
    }

    /// Counts a message that came in over `transport`. With `crowded`, or at this client's own limits, the client has to
    /// wait.
    pub(crate) fn ask(self: &Arc<Self>, bytes: usize, crowded: bool, transport: TransportType) -> Unanswered {
        let count = self.unanswered.fetch_add(1, Ordering::Relaxed) + 1;
        let total = self.unanswered_bytes.fetch_add(bytes, Ordering::Relaxed) + bytes;
        let holds = crowded || count >= MAX_UNANSWERED || total >= MAX_UNANSWERED_BYTES;
        let hold = holds.then(|| self.gate.hold());
        if self.waiting() > self.sessions.max_queued_bytes / UNREAD_PART {
            self.hold_unread(transport);
        }
        Unanswered { session: Arc::clone(self), bytes, _hold: hold }
    }

    /// Hears no more of a client that speaks, but doesn't read. One that only listens is never held: its pongs are heard.
    fn hold_unread(&self, transport: TransportType) {
        // Under the lock: an upgrade either has begun and is seen, or begins later and opens the gate.
        let websocket = self.websocket();
        let upgrading = transport == TransportType::Polling && websocket.as_ref().is_some_and(Connection::is_open);
        if !upgrading {
            self.unread().get_or_insert_with(|| self.gate.hold());
            // All may have been taken before the gate was shut, and then nobody else would open it.
            self.release();
        }
    }

    /// Ends its WebSocket, if it has one, whatever the tasks at it wait for.
    pub(super) fn shut(&self) {
        let websocket = self.websocket().clone();
        websocket.inspect(Connection::shut);
        *self.unread() = None;
    }

    fn unread(&self) -> MutexGuard<'_, Option<Hold>> {
        self.unread.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn websocket(&self) -> MutexGuard<'_, Option<Connection>> {
        self.websocket.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Unanswered {
    fn drop(&mut self) {
        self.session.unanswered.fetch_sub(1, Ordering::Relaxed);
        self.session.unanswered_bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl EngineSessions {
    pub(super) fn new(max_queued_bytes: u64) -> Self {
        Self { by_id: Arc::default(), max_queued_bytes }
    }

    /// The session of this id, made if there is none.
    pub(crate) fn get_or_new(&self, sid: Sid) -> Arc<EngineSession> {
        let mut by_id = self.lock();
        if let Some(session) = by_id.get(&sid).and_then(Weak::upgrade) {
            return session;
        }
        let session = Arc::new(EngineSession {
            sid,
            gate: Gate::default(),
            unread: Mutex::default(),
            websocket: Mutex::default(),
            taken: AtomicU64::new(0),
            backlog: Backlog::default(),
            unanswered: AtomicUsize::new(0),
            unanswered_bytes: AtomicUsize::new(0),
            sessions: self.clone(),
        });
        by_id.insert(sid, Arc::downgrade(&session));
        session
    }

    pub(super) fn get(&self, sid: Sid) -> Option<Arc<EngineSession>> {
        self.lock().get(&sid).and_then(Weak::upgrade)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Sid, Weak<EngineSession>>> {
        self.by_id.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for EngineSession {
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
    use crate::transport::stream::tests as stream;

    fn is_held(session: &EngineSession) -> bool {
        session.gate.poll_open(&mut Context::from_waker(Waker::noop())) == Poll::Pending
    }

    fn say(session: &Arc<EngineSession>, bytes: usize) -> Unanswered {
        session.ask(bytes, false, TransportType::Polling)
    }

    #[test]
    fn a_client_waits_while_too_many_messages_are_unanswered() {
        let session = EngineSessions::new(1_000).get_or_new(Sid::ZERO);
        let mut unanswered: Vec<_> = (1..MAX_UNANSWERED).map(|_| say(&session, 1)).collect();
        assert!(!is_held(&session));
        unanswered.push(say(&session, 1));
        assert!(is_held(&session));
        let last = unanswered.pop();
        drop(unanswered);
        assert!(is_held(&session), "until the one at the limit is answered");
        drop(last);
        assert!(!is_held(&session));
    }

    #[test]
    fn a_client_waits_for_many_bytes_and_in_a_crowd() {
        let session = EngineSessions::new(1_000).get_or_new(Sid::ZERO);
        for (bytes, crowded) in [(MAX_UNANSWERED_BYTES, false), (1, true)] {
            let unanswered = session.ask(bytes, crowded, TransportType::Polling);
            assert!(is_held(&session));
            drop(unanswered);
            assert!(!is_held(&session));
        }
    }

    #[test]
    fn a_client_that_sends_faster_than_it_reads_waits_for_itself() {
        let session = EngineSessions::new(1_000).get_or_new(Sid::ZERO);
        session.emitting(500).unwrap();
        drop(say(&session, 1));
        assert!(!is_held(&session));
        session.emitting(1).unwrap();
        assert!(!is_held(&session), "who only listens is heard");
        drop(say(&session, 1));
        assert!(is_held(&session));
        session.took(250);
        assert!(is_held(&session));
        session.took(1);
        assert!(!is_held(&session));
    }

    #[tokio::test]
    async fn nobody_is_held_while_being_upgraded() {
        let session = EngineSessions::new(1_000).get_or_new(Sid::ZERO);
        session.emitting(501).unwrap();
        drop(say(&session, 1));
        assert!(is_held(&session));
        let (stream, connection) = stream::connected().await;
        assert!(session.upgrade(&connection));
        assert!(!is_held(&session), "its handshake is read");
        drop(say(&session, 1));
        assert!(!is_held(&session));
        drop(session.ask(1, false, TransportType::Websocket));
        assert!(is_held(&session), "the upgrade is done");
        drop(stream);
    }

    #[tokio::test]
    async fn a_broken_upgrade_leaves_all_as_it_was() {
        let session = EngineSessions::new(1_000).get_or_new(Sid::ZERO);
        let (broken, connection) = stream::connected().await;
        assert!(session.upgrade(&connection));
        let (other, another) = stream::connected().await;
        assert!(!session.upgrade(&another), "one at a time");
        drop(broken);

        session.emitting(1_000).unwrap();
        session.emitting(1).unwrap_err();
        drop(say(&session, 1));
        assert!(is_held(&session));
        assert!(session.upgrade(&another), "another try");
        drop(other);
    }

    #[test]
    fn no_more_bytes_wait_than_may() {
        let session = EngineSessions::new(1_000).get_or_new(Sid::ZERO);
        session.emitting(1_000).unwrap();
        session.took(1);
        session.emitting(1).unwrap();
        assert_eq!(session.emitting(1).unwrap_err().0, 1_001);
    }

    #[test]
    fn a_session_is_known_as_long_as_somebody_has_it() {
        let sessions = EngineSessions::new(1_000);
        let session = sessions.get_or_new(Sid::ZERO);
        assert!(Arc::ptr_eq(&session, &sessions.get_or_new(Sid::ZERO)));
        drop(session);
        assert!(sessions.get(Sid::ZERO).is_none());
        assert!(sessions.lock().is_empty());
    }
}
