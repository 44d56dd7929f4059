//! The platform outside browsers: tokio and tokio-tungstenite.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use futures_util::{FutureExt, Sink, SinkExt, Stream, future::BoxFuture};
use tokio::net::TcpStream;
#[cfg(feature = "wss")]
use tokio_tungstenite::connect_async_tls_with_config;
#[cfg(not(feature = "wss"))]
use tokio_tungstenite::connect_async_with_config;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest,
        error::CapacityError,
        handshake::client::Request,
        http::{HeaderName, HeaderValue},
        protocol::WebSocketConfig,
    },
};

use super::{Inner, Received, url::without_query};
use crate::{
    codec::DecodeError,
    connection::Frame,
    error::{BuildError, LinkError},
};

/// A shared pointer: several threads may hold it.
pub(super) use std::sync::Arc as Shared;

/// What a listener must be: here, callable from any thread.
pub trait Listening: Send + Sync + 'static {}
impl<T: Send + Sync + 'static> Listening for T {}

/// What a future must be: here, able to move between threads.
pub trait MaybeSend: Send {}
impl<T: Send> MaybeSend for T {}

/// Asks for an auth payload.
pub(super) type Ask = Shared<dyn Fn() -> BoxFuture<'static, Option<String>> + Send + Sync>;
pub(super) type Callback<T> = Shared<dyn Fn(&T) + Send + Sync>;
pub(super) type Dial = BoxFuture<'static, Result<WebSocket, LinkError>>;
pub(super) type Sleep = Pin<Box<tokio::time::Sleep>>;

pub(super) fn sleep(duration: Duration) -> Sleep {
    Box::pin(tokio::time::sleep(duration))
}

/// Counts the time from when it was made.
pub(super) struct Clock(Instant);

impl Clock {
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

pub(super) fn seed() -> u64 {
    fastrand::Rng::new().u64(..)
}

pub(super) fn page_origin() -> Option<String> {
    None
}

/// Starts tasks. It is asked for when a client is made, so that a missing runtime is an error there and then.
#[derive(Debug, Clone)]
pub(super) struct Spawner(tokio::runtime::Handle);

impl Spawner {
    pub(super) fn current() -> Result<Self, BuildError> {
        tokio::runtime::Handle::try_current().map(Self).map_err(|_| BuildError::NoRuntime)
    }

    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.0.spawn(task);
    }
}

/// Outside browsers nobody says that the network is back.
pub(super) struct NetworkWatch;

impl NetworkWatch {
    pub(super) fn new(_: impl Fn() + Send + Sync + 'static) -> Self {
        Self
    }
}

/// What only this platform can be told.
#[derive(Clone, Default)]
pub(super) struct Extras {
    pub(super) headers: Vec<(String, String)>,
    #[cfg(feature = "wss")]
    pub(super) tls: Option<Shared<rustls::ClientConfig>>,
}

/// What is dialled: the request, how much of a message is taken, and whom TLS trusts.
pub(super) struct Target {
    request: Request,
    config: WebSocketConfig,
    #[cfg(feature = "wss")]
    tls: Shared<rustls::ClientConfig>,
}

/// The certificate authorities that browsers trust.
#[cfg(feature = "wss")]
fn usual_tls() -> Shared<rustls::ClientConfig> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Shared::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has the cipher suites of both versions");
    Shared::new(config.with_root_certificates(roots).with_no_client_auth())
}

impl Target {
    pub(super) fn new(url: String, extras: Extras, max_bytes: usize) -> Result<Self, BuildError> {
        if cfg!(not(feature = "wss")) && url.starts_with("wss:") {
            return Err(BuildError::NoTls(without_query(&url)));
        }
        let shown = without_query(&url);
        let mut request = url.into_client_request().map_err(|_| BuildError::NoHost(shown))?;
        for (name, value) in &extras.headers {
            let parsed = name.parse::<HeaderName>().ok().zip(value.parse::<HeaderValue>().ok());
            let (parsed_name, parsed_value) = parsed.ok_or_else(|| BuildError::Header(name.clone()))?;
            request.headers_mut().append(parsed_name, parsed_value);
        }
        Ok(Self {
            request,
            config: WebSocketConfig::default().max_message_size(Some(max_bytes)).max_frame_size(Some(max_bytes)),
            #[cfg(feature = "wss")]
            tls: extras.tls.unwrap_or_else(usual_tls),
        })
    }

    pub(super) fn dial(&self, inner: &Shared<Inner>) -> Dial {
        let inner = inner.clone();
        // No Nagle: what is sent is small, and nothing follows it soon.
        #[cfg(feature = "wss")]
        let connecting = {
            let connector = tokio_tungstenite::Connector::Rustls(self.tls.clone());
            connect_async_tls_with_config(self.request.clone(), Some(self.config), true, Some(connector))
        };
        #[cfg(not(feature = "wss"))]
        let connecting = connect_async_with_config(self.request.clone(), Some(self.config), true);
        async move {
            match connecting.await {
                Ok((stream, _)) => Ok(WebSocket { stream, inner }),
                Err(error) => Err(LinkError::Unreachable(why(&error).into())),
            }
        }
        .boxed()
    }
}

fn why(error: &Error) -> String {
    match error {
        Error::Http(answer) => format!("it answers {} instead of opening a WebSocket", answer.status()),
        error => error.to_string(),
    }
}

pub(super) struct WebSocket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    inner: Shared<Inner>,
}

impl WebSocket {
    /// Receives one frame; answers whether there is something to write then.
    pub(super) fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Result<bool, LinkError>> {
        loop {
            let received = match ready!(Pin::new(&mut self.stream).poll_next(cx)) {
                Some(Ok(Message::Text(text))) => self.inner.receive(Received::Text(&text)),
                Some(Ok(Message::Binary(bytes))) => self.inner.receive(Received::Binary(bytes.into())),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_))) => continue,
                Some(Err(Error::Capacity(CapacityError::MessageTooLong { size, .. }))) => {
                    return Poll::Ready(Err(DecodeError::TooLarge(size).into()));
                }
                Some(Err(_)) | None => return Poll::Ready(Err(LinkError::Closed)),
            };
            return Poll::Ready(Ok(received));
        }
    }

    pub(super) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), LinkError>> {
        Pin::new(&mut self.stream).poll_ready(cx).map_err(|_| LinkError::Closed)
    }

    pub(super) fn send(&mut self, frame: Frame) -> Result<(), LinkError> {
        Pin::new(&mut self.stream).start_send(message(frame)).map_err(|_| LinkError::Closed)
    }

    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), LinkError>> {
        Pin::new(&mut self.stream).poll_flush(cx).map_err(|_| LinkError::Closed)
    }

    pub(super) async fn close(mut self, farewell: Vec<Frame>) {
        for frame in farewell {
            if self.stream.feed(message(frame)).await.is_err() {
                return;
            }
        }
        // A link that fails here is closed as well.
        let _ = self.stream.close(None).await;
    }
}

fn message(frame: Frame) -> Message {
    match frame {
        Frame::Text(text) => Message::text(text),
        Frame::Binary(bytes) => Message::binary(bytes),
    }
}
