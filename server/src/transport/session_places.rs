//! How many sessions there may be at a time: one connection could begin any number of those that poll.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracing::warn;

/// The places that sessions take. Its clones are one and the same.
#[derive(Debug, Clone)]
pub(super) struct SessionPlaces {
    free: Arc<Semaphore>,
    /// Whether we said that we refuse. We say so once, until there is room again.
    full: Arc<AtomicBool>,
}

/// A session's place, among the extensions of the request that began it: they live as long as the session.
#[derive(Debug, Clone)]
pub(super) struct SessionPlace {
    _permit: Arc<OwnedSemaphorePermit>,
}

impl SessionPlaces {
    pub(super) fn new(count: u32) -> Self {
        Self { free: Arc::new(Semaphore::new(count as usize)), full: Arc::default() }
    }

    /// None if all are taken.
    pub(super) fn take(&self) -> Option<SessionPlace> {
        let permit = Arc::clone(&self.free).try_acquire_owned().ok();
        let was_full = self.full.swap(permit.is_none(), Ordering::Relaxed);
        if permit.is_none() && !was_full {
            warn!("too many sessions: new ones are refused");
        }
        permit.map(|permit| SessionPlace { _permit: Arc::new(permit) })
    }
}
