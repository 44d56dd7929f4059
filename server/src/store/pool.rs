//! Who reads: a few connections, each used by one thread at a time.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task;

use super::error::StoreError;

/// The connections that read. Whoever finds none idle waits, first come, first served. The line is as long as there are
/// requests that are not answered, of which each client has a bounded number.
pub(super) struct Pool {
    idle: Mutex<Vec<Connection>>,
    /// As many permits as connections.
    turns: Arc<Semaphore>,
}

/// A connection in use. It goes back when this is dropped, also by a panic.
struct Lease {
    pool: Arc<Pool>,
    /// None once it has gone back.
    connection: Option<Connection>,
    /// Dropped after that.
    _turn: OwnedSemaphorePermit,
}

impl Pool {
    pub(super) fn new(connections: Vec<Connection>) -> Self {
        let turns = Arc::new(Semaphore::new(connections.len()));
        Self { idle: Mutex::new(connections), turns }
    }

    /// Runs `work` in a transaction that reads, on a thread that may wait for the disk: all that it sees is of one instant.
    pub(super) async fn read<R: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Connection) -> Result<R, StoreError> + Send + 'static,
    ) -> Result<R, StoreError> {
        let lease = self.lease().await?;
        let reading = task::spawn_blocking(move || {
            let connection = lease.connection.as_ref().ok_or_else(closed)?;
            let snapshot = connection.unchecked_transaction()?;
            work(&snapshot)
        });
        reading.await.unwrap_or_else(|error| Err(StoreError::Broken(error.to_string())))
    }

    async fn lease(self: &Arc<Self>) -> Result<Lease, StoreError> {
        let turn = Arc::clone(&self.turns).acquire_owned().await.map_err(|_| closed())?;
        let connection = self.idle().pop();
        Ok(Lease { pool: Arc::clone(self), connection, _turn: turn })
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        // Nobody can panic while holding it and leave it half changed.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.pool.idle().extend(self.connection.take());
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("idle", &self.turns.available_permits()).finish()
    }
}

/// It never is, while there is a [`Pool`].
fn closed() -> StoreError {
    StoreError::Broken("the pool of readers is closed".to_owned())
}
