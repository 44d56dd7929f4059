//! The client as its users see it, and the task that drives its connection.

#[cfg_attr(target_family = "wasm", path = "browser.rs")]
#[cfg_attr(not(target_family = "wasm"), path = "native.rs")]
mod platform;

mod driver;
mod listeners;
mod socket;
mod url;

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_channel::oneshot;
use futures_util::task::AtomicWaker;
use web_time::Instant;

use self::{
    driver::Driver,
    platform::{Shared, Spawner},
    socket::Local,
};
pub use self::{
    platform::Listening,
    socket::{Ack, Event, Listener, Responder, Socket},
};
use crate::{
    args::{Args, ToArgs},
    connection::{self, AckId, Config, Connection, Reconnection},
    error::{AckError, BuildError, EmitError},
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
    url: String,
    ack_timeout: Duration,
    spawner: Spawner,
    /// The connection's time is counted from here.
    epoch: Instant,
    state: Mutex<State>,
    /// Wakes the driver when somebody has given the connection something to do.
    driver: AtomicWaker,
}

struct State {
    connection: Connection,
    acks: HashMap<AckId, oneshot::Sender<Result<Args, AckError>>>,
    sockets: HashMap<Box<str>, Shared<Local>>,
    over: bool,
}

/// Makes a [`Client`] with other settings than the usual.
#[derive(Debug, Clone)]
pub struct Builder {
    url: String,
    config: Config,
    ack_timeout: Duration,
}

impl Builder {
    /// How a lost link is replaced; `None`: it isn't. See [`Reconnection`] for what is usual.
    #[must_use]
    pub fn reconnection(mut self, reconnection: impl Into<Option<Reconnection>>) -> Self {
        self.config.reconnection = reconnection.into();
        self
    }

    /// How long the server has to answer a handshake, and then each CONNECT. 20 s.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.config.connect_timeout = timeout;
        self
    }

    /// How long the server has to acknowledge an event. 10 s.
    #[must_use]
    pub fn ack_timeout(mut self, timeout: Duration) -> Self {
        self.ack_timeout = timeout;
        self
    }

    /// Makes the client, and starts its task. Nothing is dialled before a socket connects.
    ///
    /// # Errors
    /// [`BuildError`]: the URL names no server, or (natively) there is no tokio runtime to run on.
    pub fn build(self) -> Result<Client, BuildError> {
        let spawner = Spawner::current()?;
        let inner = Shared::new(Inner {
            url: url::websocket_url(&self.url, platform::page_origin().as_deref())?,
            ack_timeout: self.ack_timeout,
            spawner: spawner.clone(),
            epoch: Instant::now(),
            state: Mutex::new(State {
                connection: Connection::new(self.config, platform::seed()),
                acks: HashMap::new(),
                sockets: HashMap::new(),
                over: false,
            }),
            driver: AtomicWaker::new(),
        });
        spawner.spawn(Driver::new(inner.clone()));
        Ok(Client { owner: Shared::new(Owner(inner)) })
    }
}

impl Client {
    /// A client with the usual settings for the server at `url`: `http(s)://host`, `ws(s)://host`, or, in a browser, `/`
    /// for the server that the page came from.
    ///
    /// # Errors
    /// As [`Builder::build`].
    pub fn new(url: &str) -> Result<Self, BuildError> {
        Self::builder(url).build()
    }

    /// For a client with other settings.
    #[must_use]
    pub fn builder(url: &str) -> Builder {
        Builder { url: url.into(), config: Config::default(), ack_timeout: Duration::from_secs(10) }
    }

    /// The namespace's socket, always the same one. It is not connected by this.
    #[must_use]
    pub fn socket(&self, namespace: &str) -> Socket {
        let namespace = if namespace.starts_with('/') { namespace.into() } else { format!("/{namespace}") };
        let mut state = self.inner().state();
        let local = state.sockets.entry(namespace.into()).or_insert_with_key(|name| Shared::new(Local::new(name)));
        Socket::new(self.clone(), local.clone())
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
        // Read under the lock, so that it never goes back.
        change(&mut state.connection, self.epoch.elapsed())
    }

    fn wake(&self) {
        self.driver.wake();
    }

    fn is_over(&self) -> bool {
        self.state().over
    }

    fn emit_with_ack(
        &self,
        namespace: &str,
        event: &str,
        args: &impl ToArgs,
    ) -> Result<oneshot::Receiver<Result<Args, AckError>>, EmitError> {
        let mut state = self.state();
        let now = self.epoch.elapsed();
        let id = state.connection.emit_with_ack(now, namespace, event, args, self.ack_timeout)?;
        let (sender, receiver) = oneshot::channel();
        state.acks.insert(id, sender);
        Ok(receiver)
    }

    /// Tells the listeners what has happened; they may use the client meanwhile.
    fn tell(self: &Shared<Self>) {
        while let Some(news) = self.next_news() {
            match news {
                News::Status(local, status) => local.tell_status(status),
                News::Event(local, event) => local.tell_event(&event),
                // Nobody awaits it any more if this fails.
                News::Ack(sender, result) => drop(sender.send(result)),
            }
        }
    }

    fn next_news(self: &Shared<Self>) -> Option<News> {
        let mut state = self.state();
        loop {
            let news = match state.connection.poll_event()? {
                connection::Event::Status { namespace, status } => {
                    state.sockets.get(&namespace).map(|local| News::Status(local.clone(), status))
                }
                connection::Event::Received { namespace, name, args, reply } => state
                    .sockets
                    .get(&namespace)
                    .map(|local| News::Event(local.clone(), Event::new(name, args, reply, self))),
                connection::Event::Acked { id, result } => {
                    state.acks.remove(&id).map(|sender| News::Ack(sender, result))
                }
            };
            if news.is_some() {
                return news;
            }
        }
    }
}

/// Something that happened, and who is to be told.
enum News {
    Status(Shared<Local>, connection::Status),
    Event(Shared<Local>, Event),
    Ack(oneshot::Sender<Result<Args, AckError>>, Result<Args, AckError>),
}
