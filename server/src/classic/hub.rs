//! The hub: one task and one queue, which are the order of the namespace.
//!
//! Members join, leave and speak through the same queue, so that all see the same. Nobody is passed over: a member that
//! can't be given a message is cut, and comes back.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use hubbub_shared::classic::{ChatMessage, Closing, ClosingCode, ServerMessage};
use socketioxide::extract::{AckSender, SocketRef};
use socketioxide::socket::{DisconnectReason, Sid};
use socketioxide::{SendError, TransportType};
use tokio::sync::mpsc::{self, error::TrySendError};
use tokio::sync::oneshot;
use tokio::task::yield_now;
use tracing::warn;

use super::member::{Member, SerialisedEvent};
use crate::transport::engine::Engine;
use crate::transport::session::{EngineSession, Unanswered};

/// With so many entries waiting, a client that adds one has to wait until it is answered.
const CROWDED: usize = 65_536;

/// The most entries that can wait. What clients had sent before they had to wait still finds room. At the bound, the
/// client that speaks is cut: its message has no place in the order, so it must not believe that it has.
const QUEUE: usize = 4 * CROWDED;

/// The most messages, and their bytes (and one message), that go out in one round.
const ROUND: usize = 256;
const ROUND_BYTES: usize = 256 << 10;

/// After so many events the hub lets other tasks run, the ones that write these events among them.
const EVENTS_PER_TURN: usize = 1_024;

/// What becomes of the namespace, in order.
enum Entry {
    Join(Member),
    Leave(Sid, DisconnectReason),
    Said(Unanswered, Said),
    Close(oneshot::Sender<()>),
}

/// What a client said.
pub(super) enum Said {
    Chat(ChatMessage, AckSender),
    Echo(ServerMessage),
}

/// Those who enter something into the queue. Its clones are one and the same.
#[derive(Clone)]
pub(crate) struct HubHandle {
    queue: mpsc::Sender<Entry>,
    engine: Engine,
}

/// The task's own.
pub(super) struct Hub {
    members: HashMap<Sid, Member>,
    engine: Engine,
}

/// Consecutive messages that go out together: each member gets all of them before the next member gets any, so the task
/// that writes to a member is woken once.
#[derive(Default)]
struct Round {
    events: Vec<SerialisedEvent>,
    bytes: usize,
    /// Answered when the round is out.
    unanswered: Vec<Unanswered>,
}

impl HubHandle {
    /// Enters a client. It gets what comes after.
    pub(super) fn join(&self, socket: SocketRef, session: Arc<EngineSession>, remote: Option<IpAddr>) {
        let member = Member::new(socket, Arc::clone(&session), remote);
        self.enter(&session, Entry::Join(member));
    }

    /// Gives a message its place in the order.
    pub(super) fn hear(&self, session: &Arc<EngineSession>, transport: TransportType, bytes: usize, said: Said) {
        let crowded = self.queue.max_capacity() - self.queue.capacity() >= CROWDED;
        let unanswered = session.ask(bytes, crowded, transport);
        self.enter(session, Entry::Said(unanswered, said));
    }

    /// Enters that a client has left, after all that it said, and before it can join again.
    pub(super) fn leave(&self, sid: Sid, reason: DisconnectReason) {
        if let Err(TrySendError::Full(entry)) = self.queue.try_send(Entry::Leave(sid, reason)) {
            // It mustn't be lost, and nobody waits for its place.
            let queue = self.queue.clone();
            tokio::spawn(async move { queue.send(entry).await });
        }
    }

    /// Says farewell to all members. Nobody gets anything afterwards.
    pub(crate) async fn close(&self) {
        let (closed, when_closed) = oneshot::channel();
        if self.queue.send(Entry::Close(closed)).await.is_ok() {
            let _ = when_closed.await;
        }
    }

    fn enter(&self, session: &Arc<EngineSession>, entry: Entry) {
        if let Err(TrySendError::Full(_)) = self.queue.try_send(entry) {
            warn!(socket = %session.sid, "cut: the queue of messages is full");
            let (engine, session) = (self.engine.clone(), Arc::clone(session));
            tokio::spawn(async move { engine.end(session).await });
        }
    }
}

impl Hub {
    pub(super) fn start(engine: Engine) -> HubHandle {
        let (queue, entries) = mpsc::channel(QUEUE);
        let hub = Self { members: HashMap::new(), engine: engine.clone() };
        tokio::spawn(hub.run(entries));
        HubHandle { queue, engine }
    }

    async fn run(mut self, mut entries: mpsc::Receiver<Entry>) {
        let mut waiting = Vec::with_capacity(ROUND);
        let mut round = Round::default();
        while entries.recv_many(&mut waiting, ROUND).await > 0 {
            for entry in waiting.drain(..) {
                if round.bytes >= ROUND_BYTES || !matches!(entry, Entry::Said(_, Said::Chat(..))) {
                    // What was said before goes out before.
                    self.send_out(&mut round).await;
                }
                match entry {
                    Entry::Said(unanswered, Said::Chat(message, ack)) => {
                        self.acknowledge(unanswered.session.sid, ack);
                        round.add(unanswered, SerialisedEvent::of(&message));
                    }
                    Entry::Said(unanswered, Said::Echo(message)) => self.echo(&unanswered, &message),
                    Entry::Join(member) => self.join(member),
                    Entry::Leave(sid, reason) => self.leave(sid, reason),
                    Entry::Close(closed) => {
                        self.close();
                        let _ = closed.send(());
                        return;
                    }
                }
            }
            self.send_out(&mut round).await;
            yield_now().await;
        }
    }

    fn join(&mut self, member: Member) {
        member.log_start();
        self.members.insert(member.socket.id, member);
    }

    fn leave(&mut self, sid: Sid, reason: DisconnectReason) {
        if let Some(member) = self.members.remove(&sid) {
            member.log_end(&reason);
        }
    }

    /// The message has its place in the order.
    fn acknowledge(&mut self, sid: Sid, ack: AckSender) {
        // An empty tuple would be one argument, `null`; an empty array is none. Its few bytes are not counted.
        if let Err(SendError::Socket(error)) = ack.send::<[(); 0]>(&[])
            && let Some(member) = self.members.get_mut(&sid)
        {
            member.end(error.into(), &self.engine);
        }
    }

    fn echo(&mut self, unanswered: &Unanswered, message: &ServerMessage) {
        if let Some(member) = self.members.get_mut(&unanswered.session.sid) {
            member.give(&[SerialisedEvent::of(message)], &self.engine);
        }
    }

    /// Gives the round to every member.
    async fn send_out(&mut self, round: &mut Round) {
        if round.events.is_empty() {
            return;
        }
        let mut events = 0;
        for member in self.members.values_mut() {
            member.give(&round.events, &self.engine);
            events += round.events.len();
            if events >= EVENTS_PER_TURN {
                events = 0;
                yield_now().await;
            }
        }
        round.clear();
    }

    fn close(&mut self) {
        let message = "The server is closing.".to_owned();
        let farewell = [SerialisedEvent::of(&Closing { code: ClosingCode::ServerClosing, message })];
        for (_, mut member) in self.members.drain() {
            member.give(&farewell, &self.engine);
            // socketioxide runs no disconnect handler when it closes.
            member.log_end(&DisconnectReason::ClosingServer);
        }
    }
}

impl Round {
    fn add(&mut self, unanswered: Unanswered, event: SerialisedEvent) {
        self.bytes += event.json.get().len();
        self.events.push(event);
        self.unanswered.push(unanswered);
    }

    fn clear(&mut self) {
        self.events.clear();
        self.bytes = 0;
        self.unanswered.clear();
    }
}
