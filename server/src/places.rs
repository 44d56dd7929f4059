//! How many messages are on their way: from the moment they enter the log until they have gone out.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// With so many messages, or so many bytes of them, on their way, there is no place for another: `/chat` is told to try
/// again, and a classic client isn't read from until its last one has gone out.
const MAX_MESSAGES: usize = 65_536;
const MAX_BYTES: usize = 64 << 20;

/// Counts the messages that are on their way. One bound for the log and for all rooms behind it, so that no room can hold
/// up the log. Its clones are one and the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places(Arc<Taken>);

#[derive(Debug, Default)]
struct Taken {
    messages: AtomicUsize,
    bytes: AtomicUsize,
}

/// One message's place. It is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    taken: Arc<Taken>,
    bytes: usize,
}

impl Places {
    /// Whether there is none.
    pub(crate) fn are_taken(&self) -> bool {
        self.0.messages.load(Ordering::Relaxed) >= MAX_MESSAGES || self.0.bytes.load(Ordering::Relaxed) >= MAX_BYTES
    }

    /// How many messages are on their way.
    pub(crate) fn taken(&self) -> usize {
        self.0.messages.load(Ordering::Relaxed)
    }

    /// Takes one, even if there is none: of what a client has said before it is held back nothing is lost.
    pub(crate) fn take(&self, bytes: usize) -> Place {
        self.0.messages.fetch_add(1, Ordering::Relaxed);
        self.0.bytes.fetch_add(bytes, Ordering::Relaxed);
        Place { taken: Arc::clone(&self.0), bytes }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.taken.messages.fetch_sub(1, Ordering::Relaxed);
        self.taken.bytes.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_bounded_by_number_and_by_bytes() {
        let places = Places::default();
        let mut all: Vec<_> = (1..MAX_MESSAGES).map(|_| places.take(1)).collect();
        assert_eq!(places.taken(), MAX_MESSAGES - 1);
        assert!(!places.are_taken());
        all.push(places.take(1));
        assert!(places.are_taken());
        drop(all);
        let one = places.take(MAX_BYTES - 1);
        assert!(!places.are_taken());
        let another = places.take(1);
        assert!(places.are_taken());
        drop((one, another));
        assert!(!places.are_taken());
        assert_eq!(places.taken(), 0);
    }
}
