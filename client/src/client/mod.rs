//! The client as its users see it, and the task that drives its connection.

#[cfg_attr(target_family = "wasm", path = "browser.rs")]
#[cfg_attr(not(target_family = "wasm"), path = "native.rs")]
mod platform;

mod ack;
mod builder;
mod driver;
mod event;
mod listeners;
mod observe;
mod socket;
mod streams;
mod url;

use std::{
    fmt,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_channel::oneshot;
use futures_util::task::AtomicWaker;

pub use self::{
    ack::Ack,
    builder::Builder,
    event::{Event, GivenUp, Responder},
    listeners::Listener,
    observe::{Direction, Observed},
    platform::{Listening, MaybeSend},
    socket::{Emitter, Socket},
    streams::{Items, Lagged, STREAM_CAPACITY},
};
use self::{
    ack::Answer,
    listeners::Listeners,
    platform::{Clock, Shared, Spawner},
    socket::Local,
};
use crate::{
    args::{Args, Encoded},
    connection::{self, AckId, Connection, Delivery, DisconnectReason, Frame, Status},
    error::{AckError, BuildError, EmitError},
    sorted::Sorted,
};

/// One connection to a server, with any number of namespaces on it. A cheap handle; clones are the same client. When
/// the last handle and the last of its [`Socket`]s are dropped, the connection is closed.
#[derive(Clone)]
pub struct Client {
    owner: Shared<Owner>,
}

/// What all handles hold, and the driver doesn't: its end is the client's end.
struct Owner(Shared<Inner>);

impl Drop for Owner {
    fn drop(&mut self) {
        self.0.with(Connection::close);
        self.0.state().over = true;
        self.0.wake();
    }
}

/// What handles and driver share.
struct Inner {
    target: platform::Target,
    ack_timeout: Duration,
    spawner: Spawner,
    /// The connection's time is counted from here.
    clock: Clock,
    state: Mutex<State>,
    observers: Shared<Listeners<Observed>>,
    /// Wakes the driver when somebody has given the connection something to do.
    driver: AtomicWaker,
    /// The connection was used since it was last asked for news. (If not, it needn't be locked and asked again after a
    /// listener.) Set under the lock.
    touched: AtomicBool,
}

struct State {
    connection: Connection,
    /// The time as it was last read; it never goes back. Frames are received at this time: those of a turn had come when it
    /// began, and whoever uses the client between two of them reads the clock.
    now: Duration,
    acks: Sorted<AckId, oneshot::Sender<Result<Args, AckError>>>,
    sockets: Sorted<Box<str>, Shared<Local>>,
    /// Those who wait for the connection to be closed: they are told by being dropped.
    closed: Vec<oneshot::Sender<()>>,
    /// Nobody holds the client any more, or its driver is gone.
    over: bool,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Copied first: what `f` writes to is not ours, and nothing else runs under the lock.
        let namespaces: Vec<_> = self.inner().state().sockets.iter().map(|(name, _)| name.clone()).collect();
        f.debug_struct("Client").field("namespaces", &namespaces).finish_non_exhaustive()
    }
}

impl Client {
    /// A client with the usual settings ([`Config`](crate::Config)) for the server at `url`: `http(s)://host:port` or
    /// `ws(s)://host:port`; in a browser also `/` for the server that the page came from, and `//host:port` for another one
    /// by the page's own scheme. A query goes along with the handshake. (A path names a namespace, and only
    /// [`Builder::socket`] takes notice of it.)
    ///
    /// Nothing is dialled before a socket [connects](Socket::connect). Natively it is made on a tokio runtime, on which its
    /// task runs.
    ///
    /// # Errors
    /// As [`Builder::build`].
    pub fn new(url: &str) -> Result<Self, BuildError> {
        Self::builder(url).build()
    }

    /// For a client with other settings.
    pub fn builder(url: &str) -> Builder {
        Builder::new(url)
    }

    /// The namespace's socket: with or without a `/` at its beginning, always the same one, with its listeners and status. It
    /// is not connected by this.
    #[must_use]
    pub fn socket(&self, namespace: &str) -> Socket {
        let namespace = if namespace.starts_with('/') { namespace.into() } else { format!("/{namespace}") };
        let mut state = self.inner().state();
        let local = state.sockets.get_or_insert_with(namespace.into(), |name| Shared::new(Local::new(name)));
        Socket::new(self.clone(), local.clone())
    }

    /// Ends the wait before the next attempt to reconnect, if there is one. A browser's client does so by itself when the
    /// browser is online again or its page becomes visible.
    pub fn retry_now(&self) {
        self.inner().retry_now();
    }

    /// Drops the connection to the server as if the network had: without a farewell, and with what follows on that, which is
    /// a wait and an attempt to reconnect, if [`Reconnection`](crate::Reconnection) is on. To try, or to show, how a program
    /// recovers; without effect where there is no connection and none is being opened.
    pub fn cut_link(&self) {
        self.inner().with(Connection::cut_link);
        self.inner().wake();
    }

    /// Calls `observer` for every frame that passes on the wire, both ways, before it has any effect. Without an observer it
    /// costs nothing. Until it is [removed](Listener::remove), also if the [`Listener`] is dropped.
    pub fn observe(&self, observer: impl Fn(&Observed) + Listening) -> Listener {
        self.inner().observers.add(None, false, Shared::new(observer))
    }

    /// Waits until the client has no connection and wants none: all its sockets are
    /// [disconnected](crate::Status::Disconnected), and what was emitted before that has been handed to the operating system,
    /// or the browser, as far as two seconds sufficed. A program that ends earlier may take its last words with it.
    ///
    /// ```no_run
    /// # async fn end(socket: hubbub_client::Socket) -> Result<(), hubbub_client::EmitError> {
    /// socket.emit("last words", ())?;
    /// socket.disconnect();
    /// socket.client().closed().await;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn closed(&self) {
        let (waiting, closed) = oneshot::channel();
        {
            let mut state = self.inner().state();
            if state.over {
                return;
            }
            state.closed.push(waiting);
        }
        self.inner().wake();
        // It is told by its end.
        let _ = closed.await;
    }

    fn inner(&self) -> &Shared<Inner> {
        &self.owner.0
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, State> {
        // No user code runs under this lock, so a panic elsewhere leaves nothing half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<R>(&self, change: impl FnOnce(&mut Connection, Duration) -> R) -> R {
        let mut state = self.state();
        self.touched.store(true, Ordering::Relaxed);
        // Read under the lock, so that it never goes back.
        state.now = self.clock.elapsed();
        let State { connection, now, .. } = &mut *state;
        change(connection, *now)
    }

    /// The time of all frames that are received until somebody reads the clock again.
    fn begin_turn(&self, now: Duration) {
        let mut state = self.state();
        state.now = state.now.max(now);
    }

    #[cfg(target_family = "wasm")]
    fn deadline(&self) -> Option<Duration> {
        self.state().connection.poll_timeout()
    }

    fn next_order(&self) -> Option<connection::Order> {
        self.state().connection.poll_order()
    }

    fn next_frame(&self) -> Option<Frame> {
        self.state().connection.poll_frame()
    }

    fn wake(&self) {
        self.driver.wake();
    }

    fn is_over(&self) -> bool {
        self.state().over
    }

    /// There is no driver any more: what was to be acknowledged won't be, and nothing can be sent. The listeners are not
    /// told, since one of them may be why.
    fn end(&self) {
        let mut state = self.state();
        if std::mem::replace(&mut state.over, true) {
            return;
        }
        let waiting = (std::mem::take(&mut state.acks), std::mem::take(&mut state.closed));
        for local in state.sockets.values() {
            local.set_status(Status::Disconnected { reason: DisconnectReason::Ended });
        }
        drop(state);
        // Whoever waits for one is woken by this, and not under the lock.
        drop(waiting);
    }

    /// The driver has no WebSocket any more: if none is wanted, that is what was waited for.
    fn tell_closed(&self) {
        let mut state = self.state();
        if state.connection.is_closed() {
            let waiting = std::mem::take(&mut state.closed);
            drop(state);
            drop(waiting);
        }
    }

    fn retry_now(&self) {
        self.with(Connection::retry_now);
        self.wake();
    }

    fn emit(&self, namespace: &str, event: &str, args: Encoded, delivery: Delivery) -> Result<(), EmitError> {
        let mut state = self.living()?;
        let now = state.now;
        state.connection.emit(now, namespace, event, args, delivery)?;
        drop(state);
        self.wake();
        Ok(())
    }

    fn emit_with_ack(
        &self,
        namespace: &str,
        event: &str,
        args: Encoded,
        delivery: Delivery,
        timeout: Option<Duration>,
    ) -> Result<Answer, EmitError> {
        let mut state = self.living()?;
        let now = state.now;
        let id = state.connection.emit_with_ack(now, namespace, event, args, delivery, timeout)?;
        let (sender, receiver) = oneshot::channel();
        state.acks.insert(id, sender);
        drop(state);
        self.wake();
        Ok(receiver)
    }

    /// The state, at this moment, if there is a driver to act on it.
    fn living(&self) -> Result<MutexGuard<'_, State>, EmitError> {
        let mut state = self.state();
        self.touched.store(true, Ordering::Relaxed);
        state.now = self.clock.elapsed();
        if state.over { Err(EmitError::Ended) } else { Ok(state) }
    }

    /// A frame came: the observers see it, the connection does what it says, and the listeners are told what that means.
    /// Answers whether there is something to write then.
    fn receive(self: &Shared<Self>, frame: Received<'_>) -> bool {
        if !self.observers.is_empty() {
            self.observe(Direction::In, frame.to_frame());
        }
        let mut state = self.state();
        let now = state.now;
        match frame {
            Received::Text(text) => state.connection.handle_frame(now, text),
            Received::Binary(bytes) => state.connection.handle_binary(now, bytes),
        }
        self.tell_in(state)
    }

    /// Shows a frame that is about to leave to the observers, and the event that it is to those who listen to such.
    fn show_outgoing(&self, frame: Frame) -> Frame {
        if let Some((namespace, event)) = self.outgoing_event(&frame) {
            let local = self.state().sockets.get(namespace).cloned();
            if let Some(local) = local {
                local.outgoing.call_any(&event);
            }
        }
        if self.observers.is_empty() { frame } else { self.observe(Direction::Out, frame) }
    }

    fn observe(&self, direction: Direction, frame: Frame) -> Frame {
        let observed = Observed { at: self.clock.elapsed(), direction, frame };
        self.observers.call_any(&observed);
        observed.frame
    }

    /// Nothing is decoded for nobody.
    fn outgoing_event<'a>(&self, frame: &'a Frame) -> Option<(&'a str, Event)> {
        if self.state().sockets.values().all(|local| local.outgoing.is_empty()) {
            return None;
        }
        Event::of_outgoing(frame)
    }

    /// Tells the listeners what has happened; they may use the client meanwhile. Answers whether there is something to
    /// write then.
    fn tell(self: &Shared<Self>) -> bool {
        self.tell_in(self.state())
    }

    /// As `tell`, with what is under the lock already.
    fn tell_in<'a>(self: &'a Shared<Self>, mut state: MutexGuard<'a, State>) -> bool {
        while let Some(news) = state.next_news(self) {
            let (more, writes) = (state.connection.has_events(), state.connection.wants_to_write());
            self.touched.store(false, Ordering::Relaxed);
            drop(state);
            match news {
                News::Status(local, status) => local.tell_status(&status),
                News::Event(local, event) => local.events.call(event.name(), &event),
                News::GivenUp(local, given_up) => local.given_up.call_any(&given_up),
                News::AuthWanted(local, ticket) => self.ask_for_auth(&local, ticket),
                // Nobody awaits it any more if this fails.
                News::Ack(sender, result) => drop(sender.send(result)),
            }
            // Another thread that uses it a moment later wakes the driver.
            if !more && !self.touched.load(Ordering::Relaxed) {
                return writes;
            }
            state = self.state();
        }
        state.connection.wants_to_write()
    }

    fn ask_for_auth(self: &Shared<Self>, local: &Shared<Local>, ticket: u64) {
        let Some(ask) = local.ask() else { return };
        let (inner, local, asked) = (self.clone(), local.clone(), ask());
        self.spawner.spawn(async move {
            let auth = asked.await;
            inner.with(|connection, now| connection.authenticate(now, local.namespace(), ticket, auth.as_deref()));
            inner.wake();
        });
    }
}

impl State {
    fn next_news(&mut self, inner: &Shared<Inner>) -> Option<News> {
        loop {
            let news = match self.connection.poll_event()? {
                connection::Event::Status { namespace, status } => {
                    self.sockets.get(&*namespace).map(|local| News::Status(local.clone(), status))
                }
                connection::Event::Received { namespace, args, reply } => self
                    .sockets
                    .get(&*namespace)
                    .map(|local| News::Event(local.clone(), Event::new(args, reply, inner))),
                connection::Event::GivenUp { namespace, name, error } => self
                    .sockets
                    .get(&*namespace)
                    .map(|local| News::GivenUp(local.clone(), GivenUp { event: name, error })),
                connection::Event::AuthWanted { namespace, ticket } => {
                    self.sockets.get(&*namespace).map(|local| News::AuthWanted(local.clone(), ticket))
                }
                connection::Event::Acked { id, result } => {
                    self.acks.remove(&id).map(|sender| News::Ack(sender, result))
                }
            };
            if news.is_some() {
                return news;
            }
        }
    }
}

/// A frame that came, as the platform has it.
enum Received<'a> {
    Text(&'a str),
    Binary(Vec<u8>),
}

impl Received<'_> {
    /// A copy, to be shown.
    fn to_frame(&self) -> Frame {
        match self {
            Self::Text(text) => Frame::Text((*text).to_owned()),
            Self::Binary(bytes) => Frame::Binary(bytes.clone()),
        }
    }
}

/// Something that happened, and who is to be told.
enum News {
    Status(Shared<Local>, connection::Status),
    Event(Shared<Local>, Event),
    GivenUp(Shared<Local>, GivenUp),
    AuthWanted(Shared<Local>, u64),
    Ack(oneshot::Sender<Result<Args, AckError>>, Result<Args, AckError>),
}
