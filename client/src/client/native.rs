//! The platform outside browsers: tokio and tokio-tungstenite.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures_util::{FutureExt, Sink, SinkExt, Stream, future::BoxFuture};
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config, tungstenite::Message};

use super::driver::Frame;
use crate::error::{BuildError, LinkError};

/// A shared pointer: several threads may hold it.
pub(super) use std::sync::Arc as Shared;
/// Its weak form.
pub(super) use std::sync::Weak;

/// What a listener must be: here, callable from any thread.
pub trait Listening: Send + Sync + 'static {}
impl<T: Send + Sync + 'static> Listening for T {}

pub(super) type Callback<T> = Shared<dyn Fn(&T) + Send + Sync>;
pub(super) type Dial = BoxFuture<'static, Result<WebSocket, LinkError>>;
pub(super) type Sleep = Pin<Box<tokio::time::Sleep>>;

pub(super) fn sleep(duration: Duration) -> Sleep {
    Box::pin(tokio::time::sleep(duration))
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

pub(super) struct WebSocket(WebSocketStream<MaybeTlsStream<TcpStream>>);

pub(super) fn dial(url: &str) -> Dial {
    let url = url.to_owned();
    // No Nagle: a chat line is small, and nothing follows it soon.
    async move {
        match connect_async_with_config(url, None, true).await {
            Ok((socket, _)) => Ok(WebSocket(socket)),
            Err(error) => Err(LinkError::Unreachable(Arc::from(error.to_string()))),
        }
    }
    .boxed()
}

impl WebSocket {
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Frame, LinkError>> {
        loop {
            match ready!(Pin::new(&mut self.0).poll_next(cx)) {
                Some(Ok(Message::Text(text))) => return Poll::Ready(Ok(Frame::Text(text.as_str().to_owned()))),
                Some(Ok(Message::Binary(bytes))) => return Poll::Ready(Ok(Frame::Binary(bytes.into()))),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_))) => {}
                Some(Err(_)) | None => return Poll::Ready(Err(LinkError::Closed)),
            }
        }
    }

    pub(super) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), LinkError>> {
        Pin::new(&mut self.0).poll_ready(cx).map_err(|_| LinkError::Closed)
    }

    pub(super) fn send(&mut self, frame: String) -> Result<(), LinkError> {
        Pin::new(&mut self.0).start_send(Message::text(frame)).map_err(|_| LinkError::Closed)
    }

    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), LinkError>> {
        Pin::new(&mut self.0).poll_flush(cx).map_err(|_| LinkError::Closed)
    }

    pub(super) async fn close(mut self, farewell: Vec<String>) {
        for frame in farewell {
            if self.0.feed(Message::text(frame)).await.is_err() {
                return;
            }
        }
        // A link that fails here is closed as well.
        let _ = self.0.close(None).await;
    }
}
