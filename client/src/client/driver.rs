//! The task behind a client: it opens and closes WebSockets as the [`Connection`](crate::connection::Connection) wants,
//! gives them its frames, sleeps until its next deadline, and tells the listeners. It decides nothing. What a WebSocket
//! receives it hands to [`Inner::receive`] itself.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use futures_util::{FutureExt, future};

use super::{
    Inner,
    platform::{self, Dial, NetworkWatch, Shared, Sleep, WebSocket},
};
use crate::connection::Order;

/// How long the last frames of a closed connection may take.
const FAREWELL: Duration = Duration::from_secs(2);

/// How many frames are taken in one turn, before others on the thread have theirs.
const TURN: usize = 256;

/// Ends when nobody holds the client any more and its connection is closed.
pub(super) struct Driver {
    inner: Shared<Inner>,
    link: Link,
    /// Each farewell that is under way holds this too.
    farewells: Shared<()>,
    /// The deadline that the sleep is for, and the sleep.
    timer: Option<(Duration, Sleep)>,
    /// Tries again as soon as the network may be back.
    _network: NetworkWatch,
}

enum Link {
    Down,
    Dialing(Dial),
    Up(Box<WebSocket>),
}

impl Driver {
    pub(super) fn new(inner: Shared<Inner>) -> Self {
        let watched = Shared::downgrade(&inner);
        let network = NetworkWatch::new(move || {
            if let Some(inner) = watched.upgrade() {
                inner.retry_now();
            }
        });
        Self { inner, link: Link::Down, farewells: Shared::new(()), timer: None, _network: network }
    }

    /// Carries out orders, and gives the WebSocket what it takes.
    fn write(&mut self, cx: &mut Context<'_>) {
        while let Some(order) = self.inner.next_order() {
            match order {
                Order::Dial => self.link = Link::Dialing(self.inner.target.dial(&self.inner)),
                Order::HangUp { farewell } => {
                    if let Link::Up(socket) = std::mem::replace(&mut self.link, Link::Down) {
                        let farewell = farewell.into_iter().map(|frame| self.inner.show_outgoing(frame)).collect();
                        let limit = platform::sleep(FAREWELL);
                        let (inner, under_way) = (self.inner.clone(), self.farewells.clone());
                        self.inner.spawner.spawn(async move {
                            future::select(Box::pin(socket.close(farewell)), limit).await;
                            drop(under_way);
                            inner.wake();
                        });
                    }
                }
            }
        }
        let Link::Up(socket) = &mut self.link else { return };
        // A link that takes nothing more may still have something to say: `read` finds its end, after its last frame.
        while let Poll::Ready(Ok(())) = socket.poll_ready(cx) {
            let Some(frame) = self.inner.next_frame() else {
                let _ = socket.poll_flush(cx);
                return;
            };
            if socket.send(self.inner.show_outgoing(frame)).is_err() {
                return;
            }
        }
    }

    /// Takes one thing that has come, if there is any; answers whether there is something to write then.
    fn read(&mut self, cx: &mut Context<'_>) -> Poll<bool> {
        let ended = match &mut self.link {
            Link::Down => return Poll::Pending,
            Link::Dialing(dial) => match ready!(dial.poll_unpin(cx)) {
                Ok(socket) => {
                    self.link = Link::Up(Box::new(socket));
                    return Poll::Ready(true);
                }
                Err(error) => error,
            },
            Link::Up(socket) => match ready!(socket.poll_receive(cx)) {
                Ok(writes) => return Poll::Ready(writes),
                Err(error) => error,
            },
        };
        self.link = Link::Down;
        self.inner.with(|connection, now| connection.handle_closed(now, ended));
        Poll::Ready(self.inner.tell())
    }

    /// Whether the WebSocket is gone, and its last frames with it.
    fn is_down(&self) -> bool {
        matches!(self.link, Link::Down) && Shared::strong_count(&self.farewells) == 1
    }

    /// Sleeps until the next deadline, and does what is due then; answers whether there is something to write.
    fn tick(&mut self, cx: &mut Context<'_>) -> Poll<bool> {
        let (deadline, now) = self.inner.with(|connection, now| (connection.poll_timeout(), now));
        let Some(deadline) = deadline else {
            self.timer = None;
            return Poll::Pending;
        };
        if deadline > now {
            let timer = match self.timer.take() {
                Some((at, sleep)) if at == deadline => (at, sleep),
                _ => (deadline, platform::sleep(deadline - now)),
            };
            // One that fires a little early is set again in the next round.
            ready!(self.timer.insert(timer).1.poll_unpin(cx));
            self.timer = None;
        }
        self.inner.with(|connection, now| connection.handle_timeout(now));
        Poll::Ready(self.inner.tell())
    }
}

impl Future for Driver {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        this.inner.driver.register(cx.waker());
        this.inner.begin_turn(this.inner.clock.elapsed());
        this.inner.tell();
        // What was sent in an earlier turn may not have left yet.
        let mut writes = true;
        for _ in 0..TURN {
            if writes {
                this.write(cx);
            }
            if this.is_down() {
                this.inner.tell_closed();
            }
            writes = match this.read(cx) {
                Poll::Ready(writes) => writes,
                Poll::Pending => match this.tick(cx) {
                    Poll::Ready(writes) => writes,
                    Poll::Pending => return if this.inner.is_over() { Poll::Ready(()) } else { Poll::Pending },
                },
            };
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl Drop for Driver {
    /// However it ends (its runtime was shut down, a listener panicked), nobody waits for it in vain.
    fn drop(&mut self) {
        self.inner.end();
    }
}
