//! The platform in a browser: its WebSocket and timers, through gloo.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures_util::{FutureExt, Sink, Stream, future::LocalBoxFuture};
use gloo_events::EventListener;
use gloo_net::websocket::{Message, State, WebSocketError, futures};
use gloo_timers::future::TimeoutFuture;

use crate::{
    connection::Frame,
    error::{BuildError, LinkError},
};

/// A shared pointer: a page has one thread.
pub(super) use std::rc::Rc as Shared;

/// What a listener must be: here, nothing more than its own, since a page has one thread.
pub trait Listening: 'static {}
impl<T: 'static> Listening for T {}

/// What a future must be: here, nothing more than its own.
pub trait MaybeSend {}
impl<T> MaybeSend for T {}

/// Asks for an auth payload.
pub(super) type Ask = Shared<dyn Fn() -> LocalBoxFuture<'static, Option<String>>>;
pub(super) type Callback<T> = Shared<dyn Fn(&T)>;
pub(super) type Dial = LocalBoxFuture<'static, Result<WebSocket, LinkError>>;
pub(super) type Sleep = TimeoutFuture;

pub(super) fn sleep(duration: Duration) -> Sleep {
    // Rounded up, so that the deadline has passed when the timer fires; a browser's timers count to i32::MAX.
    let millis = duration.as_micros().div_ceil(1_000).min(i32::MAX as u128);
    TimeoutFuture::new(millis as u32)
}

pub(super) fn seed() -> u64 {
    js_sys::Math::random().to_bits()
}

pub(super) fn page_origin() -> Option<String> {
    web_sys::window()?.location().origin().ok()
}

/// Starts tasks.
#[derive(Debug, Clone)]
pub(super) struct Spawner;

impl Spawner {
    pub(super) fn current() -> Result<Self, BuildError> {
        Ok(Self)
    }

    pub(super) fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        wasm_bindgen_futures::spawn_local(task);
    }
}

/// With so many bytes in the browser's own queue, ours is where the rest waits: ours is bounded, and knows what it holds.
const BACKED_UP: u32 = 1 << 20;

/// How often a browser is asked whether its queue has drained, since it doesn't say.
const ASK_AGAIN: Duration = Duration::from_millis(50);

pub(super) struct WebSocket {
    socket: futures::WebSocket,
    opened: bool,
    /// The time until the browser is asked again.
    draining: Option<Sleep>,
}

/// What only this platform can be told: nothing. A browser lets no page set headers, or choose whom TLS trusts.
#[derive(Clone, Default)]
pub(super) struct Extras {}

/// What is dialled.
pub(super) struct Target {
    url: String,
}

impl Target {
    /// How much of a message is taken is up to the browser.
    #[expect(clippy::unnecessary_wraps, reason = "natively there are headers, which may be none")]
    pub(super) fn new(url: String, _: Extras, _max_bytes: usize) -> Result<Self, BuildError> {
        Ok(Self { url })
    }

    pub(super) fn dial(&self) -> Dial {
        let dialed = match futures::WebSocket::open(&self.url) {
            Ok(socket) => Ok(WebSocket { socket, opened: false, draining: None }),
            Err(error) => Err(LinkError::Unreachable(error.to_string().into())),
        };
        std::future::ready(dialed).boxed_local()
    }
}

/// Says when the network may be back: the browser is online again, or its page is looked at again.
pub(super) struct NetworkWatch {
    _online: Option<EventListener>,
    _visible: Option<EventListener>,
}

impl NetworkWatch {
    pub(super) fn new(back: impl Fn() + Clone + 'static) -> Self {
        let window = web_sys::window();
        let document = window.as_ref().and_then(web_sys::Window::document);
        let seen = back.clone();
        Self {
            _online: window.map(|window| EventListener::new(&window, "online", move |_| back())),
            _visible: document.map(|document| {
                let page = document.clone();
                EventListener::new(&document, "visibilitychange", move |_| {
                    if !page.hidden() {
                        seen();
                    }
                })
            }),
        }
    }
}

impl WebSocket {
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Frame, LinkError>> {
        let next = ready!(Pin::new(&mut self.socket).poll_next(cx));
        Poll::Ready(match next {
            Some(Ok(message)) => {
                self.opened = true;
                Ok(match message {
                    Message::Text(text) => Frame::Text(text),
                    Message::Bytes(bytes) => Frame::Binary(bytes),
                })
            }
            Some(Err(WebSocketError::ConnectionError)) if !self.opened => {
                Err(LinkError::Unreachable("the browser could not open a WebSocket, and doesn't say why".into()))
            }
            Some(Err(_)) | None => Err(LinkError::Closed),
        })
    }

    /// A browser discards silently what is sent on a socket that is closing, so only an open one is ready.
    pub(super) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), LinkError>> {
        match self.socket.state() {
            State::Connecting => Pin::new(&mut self.socket).poll_ready(cx).map_err(|_| LinkError::Closed),
            State::Open if self.socket.buffered_amount() > BACKED_UP => self.poll_drained(cx),
            State::Open => Poll::Ready(Ok(())),
            State::Closing | State::Closed => Poll::Ready(Err(LinkError::Closed)),
        }
    }

    fn poll_drained(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), LinkError>> {
        while self.socket.buffered_amount() > BACKED_UP {
            let draining = self.draining.get_or_insert_with(|| sleep(ASK_AGAIN));
            ready!(draining.poll_unpin(cx));
            self.draining = None;
        }
        Poll::Ready(Ok(()))
    }

    pub(super) fn send(&mut self, frame: Frame) -> Result<(), LinkError> {
        let message = match frame {
            Frame::Text(text) => Message::Text(text),
            Frame::Binary(bytes) => Message::Bytes(bytes),
        };
        Pin::new(&mut self.socket).start_send(message).map_err(|_| LinkError::Closed)
    }

    /// A browser flushes by itself.
    #[expect(clippy::unused_self, reason = "the native WebSocket needs it")]
    pub(super) fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<Result<(), LinkError>> {
        Poll::Ready(Ok(()))
    }

    pub(super) async fn close(mut self, farewell: Vec<Frame>) {
        for frame in farewell {
            if self.send(frame).is_err() {
                break;
            }
        }
        // One that is closed already can't be closed, and needn't be.
        let _ = self.socket.close(None, None);
    }
}
