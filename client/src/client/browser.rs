//! The platform in a browser: its WebSocket, and its timers and events through gloo.
//!
//! The WebSocket is the browser's own and not gloo-net's, whose messages wait without a bound in a queue between the
//! browser's call and a task that is waked for each.

use std::{
    task::{Context, Poll, ready},
    time::Duration,
};

use futures_util::{FutureExt, future::LocalBoxFuture};
use gloo_events::EventListener;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Error, Uint8Array};
use web_sys::{
    BinaryType, MessageEvent,
    wasm_bindgen::{self, JsCast, prelude::wasm_bindgen},
};

use super::{Inner, Received};
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
    let rounded_up = duration.saturating_add(Duration::from_nanos(999_999));
    TimeoutFuture::new(rounded_up.as_millis().min(i32::MAX as u128) as u32)
}

#[wasm_bindgen]
extern "C" {
    /// Milliseconds, counted from when the page (or the worker) began. (std's Instant panics in a browser.)
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn milliseconds() -> f64;
}

/// Counts the time from when it was made.
pub(super) struct Clock {
    start: f64,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self { start: milliseconds() }
    }

    pub(super) fn elapsed(&self) -> Duration {
        Duration::from_micros(((milliseconds() - self.start) * 1_000.0) as u64)
    }
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

/// A WebSocket of the browser's. What it receives is dealt with in the browser's own call, so nothing queues up here.
pub(super) struct WebSocket {
    socket: web_sys::WebSocket,
    opened: bool,
    /// The time until the browser is asked again.
    draining: Option<Sleep>,
    _listeners: [EventListener; 3],
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

    pub(super) fn dial(&self, inner: &Shared<Inner>) -> Dial {
        let dialed = match web_sys::WebSocket::new(&self.url) {
            Ok(socket) => Ok(WebSocket::new(socket, inner)),
            Err(error) => Err(LinkError::Unreachable(String::from(error.unchecked_into::<Error>().to_string()).into())),
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
    fn new(socket: web_sys::WebSocket, inner: &Shared<Inner>) -> Self {
        // Else it would be a Blob, whose bytes come later than the frame after it.
        socket.set_binary_type(BinaryType::Arraybuffer);
        let wakes = |when: &'static str| {
            let inner = inner.clone();
            EventListener::new(&socket, when, move |_| inner.wake())
        };
        let receives = inner.clone();
        let listeners = [
            wakes("open"),
            EventListener::new(&socket, "message", move |event| receive(&receives, event.unchecked_ref())),
            // An error is always followed by this.
            wakes("close"),
        ];
        Self { socket, opened: false, draining: None, _listeners: listeners }
    }

    /// Has nothing to say but its end: what it receives goes straight to `receive`.
    pub(super) fn poll_receive(&mut self, _: &mut Context<'_>) -> Poll<Result<bool, LinkError>> {
        match self.socket.ready_state() {
            web_sys::WebSocket::CLOSED if self.opened => Poll::Ready(Err(LinkError::Closed)),
            web_sys::WebSocket::CLOSED => {
                let why = "the browser could not open a WebSocket, and doesn't say why";
                Poll::Ready(Err(LinkError::Unreachable(why.into())))
            }
            state => {
                self.opened |= state == web_sys::WebSocket::OPEN;
                Poll::Pending
            }
        }
    }

    /// A browser discards silently what is sent on a socket that is closing, so only an open one is ready.
    pub(super) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), LinkError>> {
        match self.socket.ready_state() {
            web_sys::WebSocket::CONNECTING => Poll::Pending,
            web_sys::WebSocket::OPEN => self.poll_drained(cx),
            _ => Poll::Ready(Err(LinkError::Closed)),
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
        match frame {
            Frame::Text(text) => self.socket.send_with_str(&text),
            Frame::Binary(bytes) => self.socket.send_with_u8_array(&bytes),
        }
        .map_err(|_| LinkError::Closed)
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
    }
}

impl Drop for WebSocket {
    fn drop(&mut self) {
        // One that is closed already can't be closed, and needn't be.
        let _ = self.socket.close();
    }
}

/// A message came. The driver is waked only if there is something for it to do.
fn receive(inner: &Shared<Inner>, message: &MessageEvent) {
    inner.begin_turn(inner.clock.elapsed());
    let deadline = inner.deadline();
    let data = message.data();
    let writes = match data.as_string() {
        Some(text) => inner.receive(Received::Text(&text)),
        None => inner.receive(Received::Binary(Uint8Array::new(&data).to_vec())),
    };
    if writes || inner.deadline() != deadline {
        inner.wake();
    }
}
