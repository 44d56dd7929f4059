//! A gate that holds back what a client sends.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

/// Nothing that a client sends is read while somebody holds its gate, so TCP makes the client wait.
#[derive(Debug, Default)]
pub(crate) struct Gate(Arc<Inner>);

/// One reason why a gate is shut. It is open when all of them are dropped.
#[derive(Debug)]
pub(crate) struct Hold(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    holds: AtomicUsize,
    /// Those who wait: the task of a WebSocket, or POST requests of long polling.
    waiting: Mutex<Vec<Waker>>,
}

impl Gate {
    pub(crate) fn hold(&self) -> Hold {
        self.0.holds.fetch_add(1, Ordering::SeqCst);
        Hold(Arc::clone(&self.0))
    }

    pub(crate) fn poll_open(&self, cx: &mut Context<'_>) -> Poll<()> {
        if self.0.is_open() {
            return Poll::Ready(());
        }
        let mut waiting = self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        // Asked again under the lock: who opens does so before taking it, so that no waker is left behind.
        if self.0.is_open() {
            return Poll::Ready(());
        }
        if !waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
            waiting.push(cx.waker().clone());
        }
        Poll::Pending
    }

    /// Has those who wait look again.
    pub(super) fn wake(&self) {
        self.0.wake();
    }
}

impl Inner {
    fn is_open(&self) -> bool {
        self.holds.load(Ordering::SeqCst) == 0
    }

    fn wake(&self) {
        let waiting = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        waiting.into_iter().for_each(Waker::wake);
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if self.0.holds.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.0.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    #[tokio::test]
    async fn opens_when_the_last_reason_is_gone() {
        let gate = Arc::new(Gate::default());
        let (one, other) = (gate.hold(), gate.hold());
        let waiting = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move { poll_fn(|cx| gate.poll_open(cx)).await }
        });
        tokio::task::yield_now().await;
        drop(one);
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(other);
        waiting.await.unwrap();
    }
}
