//! The settings of a client, and how it is made.

use std::{
    fmt,
    sync::{Mutex, atomic::AtomicBool},
    time::Duration,
};

use futures_util::task::AtomicWaker;

use super::{
    Client, Inner, Owner, Socket, State,
    driver::Driver,
    platform::{self, Shared, Spawner},
    url::{PATH, ServerUrl, without_query},
};
use crate::{
    connection::{Config, Connection, Reconnection},
    error::BuildError,
    sorted::Sorted,
};

/// Makes a [`Client`] with other settings than the usual. What is usual stands at [`Config`] and [`Reconnection`].
#[derive(Clone)]
#[must_use = "a builder does nothing by itself"]
pub struct Builder {
    url: String,
    path: String,
    query: Vec<(String, String)>,
    extras: platform::Extras,
    config: Config,
}

/// Queries and headers are not shown: they may be secret.
impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = without_query(&self.url);
        let mut builder = f.debug_struct("Builder");
        builder.field("url", &url).field("path", &self.path).field("config", &self.config).finish_non_exhaustive()
    }
}

impl Builder {
    pub(super) fn new(url: &str) -> Self {
        Self {
            url: url.into(),
            path: PATH.into(),
            query: Vec::new(),
            extras: platform::Extras::default(),
            config: Config::default(),
        }
    }

    /// Where on its host the server listens for Socket.IO, with or without a `/` at either end. Usually `/socket.io/`. (The
    /// path of the URL is another thing: it names a namespace, for [`socket`](Self::socket).)
    pub fn path(mut self, path: &str) -> Self {
        let inner = path.trim_matches('/');
        self.path = if inner.is_empty() { "/".into() } else { format!("/{inner}/") };
        self
    }

    /// Adds a pair to the query of the handshake's URL, behind the URL's own, encoded (as by `encodeURIComponent`).
    pub fn query(mut self, key: &str, value: &str) -> Self {
        self.query.push((key.into(), value.into()));
        self
    }

    /// Adds a header to the handshake's request. Natively only: a browser lets no page do that. One that HTTP doesn't allow is
    /// an error when the client is built.
    #[cfg(not(target_family = "wasm"))]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.extras.headers.push((name.into(), value.into()));
        self
    }

    /// Whom to trust on `wss`, and how to show who one is. Usually the certificate authorities that browsers trust, and not
    /// at all.
    #[cfg(all(feature = "wss", not(target_family = "wasm")))]
    pub fn tls(mut self, config: std::sync::Arc<rustls::ClientConfig>) -> Self {
        self.extras.tls = Some(config);
        self
    }

    /// How a lost link is replaced; `None`: it isn't, and the sockets are
    /// [disconnected](crate::DisconnectReason::Link). See [`Reconnection`] for what is usual.
    pub fn reconnection(mut self, reconnection: impl Into<Option<Reconnection>>) -> Self {
        self.config.reconnection = reconnection.into();
        self
    }

    /// How long connecting may take: see [`Config::connect_timeout`].
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.config.connect_timeout = timeout;
        self
    }

    /// How long the server has to acknowledge an event, unless [`Socket::timeout`] says otherwise: see
    /// [`Config::ack_timeout`].
    pub fn ack_timeout(mut self, timeout: Duration) -> Self {
        self.config.ack_timeout = timeout;
        self
    }

    /// Sends every event up to so many times again, until the server has acknowledged it: see [`Config::retries`].
    pub fn retries(mut self, retries: u32) -> Self {
        self.config.retries = Some(retries);
        self
    }

    /// The most bytes of events that wait for a connection: see [`Config::max_buffered_bytes`].
    pub fn max_buffered_bytes(mut self, bytes: usize) -> Self {
        self.config.max_buffered_bytes = bytes;
        self
    }

    /// The most bytes that wait for a link that is slow to take them: see [`Config::max_queued_bytes`].
    pub fn max_queued_bytes(mut self, bytes: usize) -> Self {
        self.config.max_queued_bytes = bytes;
        self
    }

    /// The most bytes, and the most attachments, of one packet from the server: see [`Config::max_packet_bytes`] and
    /// [`Config::max_attachments`].
    pub fn max_packet(mut self, bytes: usize, attachments: usize) -> Self {
        self.config.max_packet_bytes = bytes;
        self.config.max_attachments = attachments;
        self
    }

    /// Makes the client, and starts its task. Nothing is dialled before a socket connects.
    ///
    /// # Errors
    /// [`BuildError`]: the URL names no server, a header can't be one, or (natively) there is no tokio runtime to run on.
    pub fn build(self) -> Result<Client, BuildError> {
        self.socket().map(|socket| socket.client().clone())
    }

    /// As [`build`](Self::build), and gives the socket of the namespace that the URL's path names.
    ///
    /// # Errors
    /// As [`build`](Self::build).
    pub fn socket(self) -> Result<Socket, BuildError> {
        let spawner = Spawner::current()?;
        let server = ServerUrl::read(&self.url, platform::page_origin().as_deref())?;
        let url = server.websocket_url(&self.path, &self.query);
        let target = platform::Target::new(url, self.extras, self.config.max_packet_bytes)?;
        let inner = Shared::new(Inner {
            target,
            ack_timeout: self.config.ack_timeout,
            spawner: spawner.clone(),
            clock: platform::Clock::start(),
            state: Mutex::new(State {
                connection: Connection::new(self.config, platform::seed()),
                now: Duration::ZERO,
                acks: Sorted::default(),
                sockets: Sorted::default(),
                closed: Vec::new(),
                over: false,
            }),
            observers: Shared::default(),
            driver: AtomicWaker::new(),
            touched: AtomicBool::new(false),
        });
        spawner.spawn(Driver::new(inner.clone()));
        Ok(Client { owner: Shared::new(Owner(inner)) }.socket(&server.namespace))
    }
}
