//! All open connections: how many there are, and a way to end them all.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::stream::Connection;

/// The open connections. Its clones are one and the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Connections(Arc<Mutex<Open>>);

#[derive(Debug, Default)]
struct Open {
    next: u64,
    connections: HashMap<u64, Connection>,
}

/// One connection's place among the open ones, which it leaves when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    connections: Connections,
    id: u64,
}

impl Connections {
    pub(crate) fn len(&self) -> usize {
        self.with(|open| open.connections.len())
    }

    pub(super) fn enter(&self, connection: Connection) -> Place {
        let id = self.with(|open| {
            open.next += 1;
            open.connections.insert(open.next, connection);
            open.next
        });
        Place { connections: self.clone(), id }
    }

    /// Ends every connection, whatever its tasks wait for.
    pub(crate) fn shut(&self) {
        // Not under the lock: a stream that goes takes it to leave.
        let open: Vec<_> = self.with(|open| open.connections.values().cloned().collect());
        open.iter().for_each(Connection::shut);
    }

    fn with<T>(&self, f: impl FnOnce(&mut Open) -> T) -> T {
        f(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.with(|open| open.connections.remove(&self.id));
    }
}
