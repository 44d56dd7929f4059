//! What listeners hear, as streams.

use std::{
    collections::VecDeque,
    fmt,
    pin::Pin,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use futures_util::{Stream, task::AtomicWaker};

use super::{listeners::Listener, platform::Shared};

/// The most items that wait in a stream for somebody to take them.
pub const STREAM_CAPACITY: usize = 4_096;

/// Between two items of a stream, this many found it full and are lost to it: who reads it is slower than the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{missed} items were lost, since nobody took those before them")]
pub struct Lagged {
    /// How many.
    pub missed: u64,
}

/// A stream of what happens from the moment it was made, in order. It holds at most [`STREAM_CAPACITY`] items that nobody has
/// taken; what comes beyond is lost, and where it is missing stands a [`Lagged`]. It never ends by itself, not even with its
/// client: watch the [`Status`](crate::Status) for that. Dropping it ends it.
#[must_use = "a stream that is dropped hears nothing"]
pub struct Items<T> {
    queue: Shared<Queue<T>>,
    listener: Listener,
}

pub(super) struct Queue<T> {
    waiting: Mutex<Waiting<T>>,
    reader: AtomicWaker,
}

struct Waiting<T> {
    items: VecDeque<T>,
    missed: u64,
}

impl<T> Queue<T> {
    pub(super) fn push(&self, item: T) {
        let mut waiting = self.waiting();
        // Once something is missing, all that follows is, until the reader knows of it.
        if waiting.missed > 0 || waiting.items.len() == STREAM_CAPACITY {
            waiting.missed += 1;
        } else {
            waiting.items.push_back(item);
        }
        drop(waiting);
        self.reader.wake();
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting<T>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Items<T> {
    /// A stream that a listener fills; `listen` adds the listener.
    pub(super) fn new(listen: impl FnOnce(Shared<Queue<T>>) -> Listener) -> Self {
        let waiting = Waiting { items: VecDeque::new(), missed: 0 };
        let queue = Shared::new(Queue { waiting: Mutex::new(waiting), reader: AtomicWaker::new() });
        Self { listener: listen(queue.clone()), queue }
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (items, missed) = {
            let waiting = self.queue.waiting();
            (waiting.items.len(), waiting.missed)
        };
        f.debug_struct("Items").field("waiting", &items).field("missed", &missed).finish_non_exhaustive()
    }
}

impl<T> Stream for Items<T> {
    type Item = Result<T, Lagged>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.queue.reader.register(cx.waker());
        let mut waiting = self.queue.waiting();
        if let Some(item) = waiting.items.pop_front() {
            return Poll::Ready(Some(Ok(item)));
        }
        match std::mem::take(&mut waiting.missed) {
            0 => Poll::Pending,
            missed => Poll::Ready(Some(Err(Lagged { missed }))),
        }
    }
}

impl<T> Drop for Items<T> {
    fn drop(&mut self) {
        self.listener.remove();
    }
}
