//! A gate that holds back what a client sends.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

/// Why a gate is shut: each reason is a bit, and the gate is open while there is none.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Hold {
    /// The client comes into the namespace `/`, and would be heard before it is in the lobby.
    JoiningClassic = 1,
    /// Too much of what it sent is still unanswered.
    Unanswered = 2,
    /// Too much of what it was sent is still unread.
    Unread = 4,
    /// The client comes into the namespace `/chat`, and would be heard before it is in its rooms.
    JoiningChat = 8,
    /// It says more in a second than it may.
    TooFast = 16,
}

/// Nothing that a client sends is read while its gate is shut, so TCP makes the client wait. A gate begins open.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    holds: AtomicU8,
    /// Those who wait: the task of a WebSocket, or POST requests of long polling.
    waiting: Mutex<Vec<Waker>>,
}

impl Gate {
    pub(crate) fn shut(&self, hold: Hold) {
        self.holds.fetch_or(hold as u8, Ordering::SeqCst);
    }

    pub(crate) fn is_shut_by(&self, hold: Hold) -> bool {
        self.holds.load(Ordering::SeqCst) & hold as u8 != 0
    }

    /// Takes one reason away, and wakes who waits if it was the last.
    pub(crate) fn open(&self, hold: Hold) {
        let bit = hold as u8;
        if self.holds.fetch_and(!bit, Ordering::SeqCst) == bit {
            self.wake();
        }
    }

    /// Takes all reasons away: the connection ends, and reading is how its task notices.
    pub(crate) fn open_wide(&self) {
        self.holds.store(0, Ordering::SeqCst);
        self.wake();
    }

    pub(crate) fn poll_open(&self, cx: &mut Context<'_>) -> Poll<()> {
        if self.is_open() {
            return Poll::Ready(());
        }
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        // Asked again under the lock: who opens does so before taking it, so that no waker is left behind.
        if self.is_open() {
            return Poll::Ready(());
        }
        if !waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
            waiting.push(cx.waker().clone());
        }
        Poll::Pending
    }

    fn is_open(&self) -> bool {
        self.holds.load(Ordering::SeqCst) == 0
    }

    fn wake(&self) {
        let waiting = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        waiting.into_iter().for_each(Waker::wake);
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn opens_when_the_last_reason_is_gone() {
        let gate = Arc::new(Gate::default());
        gate.shut(Hold::JoiningClassic);
        gate.shut(Hold::Unanswered);
        let waiting = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move { poll_fn(|cx| gate.poll_open(cx)).await }
        });
        tokio::task::yield_now().await;
        gate.open(Hold::JoiningClassic);
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        gate.open(Hold::Unanswered);
        waiting.await.unwrap();
    }
}
