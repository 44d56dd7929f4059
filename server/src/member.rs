//! One client in one namespace: who it is, what it is given, and what becomes of one that can't be given something.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use hubbub_shared::Event;
use hubbub_shared::chat::User;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use socketioxide::extract::{AckSender, SocketRef};
use socketioxide::socket::DisconnectReason;
use socketioxide::{SendError, SocketError, TransportType};
use tracing::{info, warn};

use crate::cut::Cut;
use crate::metrics;
use crate::remote;
use crate::store::Session;
use crate::transport::backlog::{ack_len, event_len};
use crate::transport::engine::Engine;
use crate::transport::gate::Hold;
use crate::transport::session::{EngineSession, TooManyBytes};
use crate::transport::stream::Connection;

/// A client that has joined a namespace and not left yet.
pub(crate) struct Member {
    pub(crate) id: MemberId,
    pub(crate) who: Who,
    pub(crate) session: Arc<EngineSession>,
    socket: SocketRef,
    remote: Option<IpAddr>,
    engine: Arc<Engine>,
    /// Once the server has cut it: it gets no more. It leaves when socketioxide has noticed, too.
    cut: OnceLock<Cut>,
    signed_out: AtomicBool,
    /// Whether it has left. Held while it is answered: once it has left, no answer to it is on its way any more.
    left: Mutex<bool>,
}

/// The place that a client's handlers keep for its member. They live as long as their socket, and a member has its socket:
/// once a client has left, its member must be nowhere, or both would stay for ever.
pub(crate) struct Seat(Mutex<Seated>);

enum Seated {
    /// The client isn't heard meanwhile.
    NotYet(#[expect(dead_code, reason = "it is there to be dropped")] Hold),
    Here(Arc<Member>),
    /// For good. socketioxide may say so before it says that the client has come, which must not let it in any more.
    Left,
}

/// What tells one member from another, of the same client too: it may be in both namespaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct MemberId(u64);

/// Who a member is to the others.
#[derive(Debug, Clone)]
pub(crate) enum Who {
    /// A client of the classic contract.
    Guest(User),
    /// Somebody who has signed in.
    User(Session),
}

/// How to answer somebody who asks for an answer.
pub(crate) struct Ack {
    pub(crate) id: i64,
    pub(crate) sender: AckSender,
}

/// An event as JSON, made once for all who get it.
pub(crate) struct SerialisedEvent {
    name: &'static str,
    pub(crate) json: Box<RawValue>,
}

impl Member {
    pub(crate) fn new(
        who: Who,
        socket: SocketRef,
        session: Arc<EngineSession>,
        engine: &Arc<Engine>,
        trust_proxy: bool,
    ) -> Arc<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let request = socket.req_parts();
        let connection = request.extensions.get::<Connection>();
        let remote = connection.map(|connection| remote::address(connection.remote, &request.headers, trust_proxy));
        let id = MemberId(NEXT.fetch_add(1, Ordering::Relaxed));
        Arc::new(Self {
            id,
            who,
            session,
            socket,
            remote,
            engine: Arc::clone(engine),
            cut: OnceLock::new(),
            signed_out: AtomicBool::new(false),
            left: Mutex::new(false),
        })
    }

    /// Emits to this member or, if that can't be, ends it.
    pub(crate) fn give(&self, events: &[SerialisedEvent]) {
        let (namespace, websocket) = (self.socket.ns(), self.is_websocket());
        for event in events {
            let len = event_len(namespace, event.name, event.json.get(), websocket);
            self.send(len, || self.socket.emit(event.name, &*event.json));
        }
    }

    /// Acknowledges what it said with one argument.
    pub(crate) fn answer(&self, ack: Ack, answer: &impl Serialize) {
        let json = to_raw_value(answer).expect("an answer of the contract is JSON");
        let len = ack_len(self.socket.ns(), ack.id, json.get(), self.is_websocket());
        self.unless_left(|| self.send(len, || ack.sender.send(&*json)));
    }

    /// Acknowledges what it said without any argument. Its few bytes are not counted.
    pub(crate) fn acknowledge(&self, ack: AckSender) {
        // An empty tuple would be one argument, `null`; an empty array is none.
        self.unless_left(|| self.send(0, || ack.send::<[(); 0]>(&[])));
    }

    /// socketioxide would pass on an acknowledgement to a client that has left, and may have come back with other ids.
    fn unless_left(&self, answer: impl FnOnce()) {
        let left = lock(&self.left);
        if !*left {
            answer();
        }
    }

    /// Tells it that its session is over. It isn't heard any more.
    pub(crate) fn sign_out(&self, farewell: &SerialisedEvent) {
        self.signed_out.store(true, Ordering::SeqCst);
        self.give(std::slice::from_ref(farewell));
    }

    pub(crate) fn is_signed_out(&self) -> bool {
        self.signed_out.load(Ordering::SeqCst)
    }

    /// Ends it for good: it isn't to come back by itself. Runs its disconnect handler.
    pub(crate) fn disconnect(&self) {
        if self.socket.clone().disconnect().is_err() {
            self.cut(Cut::TooManyPackets);
        }
    }

    /// Ends its connection, as a broken one would, so that it comes back.
    pub(crate) fn cut(&self, why: Cut) {
        if self.cut.set(why).is_ok() {
            metrics::cut(why);
            warn!(socket = %self.socket.id, remote = %self.remote(), "cut: {why}");
            let (engine, session) = (Arc::clone(&self.engine), Arc::clone(&self.session));
            tokio::spawn(async move { engine.end(session).await });
        }
    }

    pub(crate) fn log_start(&self) {
        let transport = self.socket.transport_type();
        info!(socket = %self.socket.id, namespace = self.socket.ns(), remote = %self.remote(), user = self.who.user().id, ?transport, "connected");
    }

    pub(crate) fn log_end(&self, reason: &DisconnectReason) {
        let (socket, namespace, remote) = (self.socket.id, self.socket.ns(), self.remote());
        match self.cut.get() {
            None => info!(%socket, namespace, %remote, %reason, "disconnected"),
            Some(why) => info!(%socket, namespace, %remote, reason = %why, "disconnected"),
        }
    }

    /// Sends so many bytes, unless it has left or been cut.
    fn send(&self, bytes: u64, send: impl FnOnce() -> Result<(), SendError>) {
        if self.cut.get().is_some() || !self.socket.connected() {
            return;
        }
        if let Err(TooManyBytes(waiting)) = self.session.emitting(bytes) {
            return self.cut(Cut::TooManyBytes(waiting));
        }
        match send() {
            Ok(()) => {}
            Err(SendError::Socket(SocketError::InternalChannelFull)) => self.cut(Cut::TooManyPackets),
            // It is leaving just now, perhaps only this namespace.
            Err(SendError::Socket(SocketError::Closed)) => self.session.not_emitted(bytes),
            Err(SendError::Serialize(error)) => unreachable!("JSON is valid JSON: {error}"),
        }
    }

    fn is_websocket(&self) -> bool {
        self.socket.transport_type() == TransportType::Websocket
    }

    fn remote(&self) -> String {
        self.remote.map_or_else(|| "unknown".to_owned(), |remote| remote.to_string())
    }
}

impl Seat {
    /// For a client that is held until it sits there, or never will.
    pub(crate) fn new(hold: Hold) -> Self {
        Self(Mutex::new(Seated::NotYet(hold)))
    }

    /// Takes the seat: false if the client has left already.
    pub(crate) fn take(&self, member: &Arc<Member>) -> bool {
        let mut seated = lock(&self.0);
        let may = matches!(*seated, Seated::NotYet(_));
        if may {
            *seated = Seated::Here(Arc::clone(member));
        }
        may
    }

    pub(crate) fn member(&self) -> Option<Arc<Member>> {
        match &*lock(&self.0) {
            Seated::Here(member) => Some(Arc::clone(member)),
            Seated::NotYet(_) | Seated::Left => None,
        }
    }

    /// Leaves it for good: who sat there, if anybody did.
    pub(crate) fn leave(&self) -> Option<Arc<Member>> {
        let seated = std::mem::replace(&mut *lock(&self.0), Seated::Left);
        match seated {
            Seated::Here(member) => {
                *lock(&member.left) = true;
                Some(member)
            }
            Seated::NotYet(_) | Seated::Left => None,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Who {
    pub(crate) fn user(&self) -> &User {
        match self {
            Self::Guest(user) => user,
            Self::User(session) => &session.user,
        }
    }
}

impl SerialisedEvent {
    pub(crate) fn of<E: Event>(event: &E) -> Self {
        // Types of the contract: strings, and structs of strings and numbers.
        let json = to_raw_value(event).expect("an event of the contract is JSON");
        Self { name: E::NAME, json }
    }

    /// An event whose argument is JSON already.
    pub(crate) fn of_json<E: Event>(json: Box<RawValue>) -> Self {
        Self { name: E::NAME, json }
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Poll, Waker};

    use super::*;
    use crate::transport::gate::Gate;

    #[test]
    fn a_client_is_held_for_its_own_seat_until_nobody_can_come_to_sit_there() {
        let gate = Gate::default();
        let is_held = || gate.poll_open(&mut Context::from_waker(Waker::noop())) == Poll::Pending;
        let (classic, chat) = (Seat::new(gate.hold()), Seat::new(gate.hold()));
        assert!(classic.leave().is_none());
        assert!(is_held(), "for the other namespace");
        drop(chat);
        assert!(!is_held(), "nobody else would open it");
        let too_fast = gate.hold();
        assert!(Seat::new(gate.hold()).leave().is_none());
        assert!(is_held(), "for another reason");
        drop(too_fast);
        assert!(!is_held());
    }
}
