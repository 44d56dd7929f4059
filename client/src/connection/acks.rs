//! The acknowledgements that are due, and until when.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

/// Names one awaited acknowledgement of a connection. Ids are never used twice on one connection, so a late answer
/// finds nobody instead of somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AckId(pub(crate) u64);

/// Every awaited acknowledgement ends exactly once: answered, timed out, or lost with its namespace's connection.
#[derive(Debug, Default)]
pub(super) struct Acks {
    next: u64,
    awaited: HashMap<AckId, Awaited>,
    by_deadline: BTreeSet<(Duration, AckId)>,
}

#[derive(Debug)]
struct Awaited {
    namespace: Box<str>,
    deadline: Duration,
}

impl Acks {
    pub(super) fn expect(&mut self, namespace: &str, deadline: Duration) -> AckId {
        let id = AckId(self.next);
        self.next += 1;
        self.awaited.insert(id, Awaited { namespace: namespace.into(), deadline });
        self.by_deadline.insert((deadline, id));
        id
    }

    /// Whether `id` was awaited from this namespace; it no longer is.
    pub(super) fn settle(&mut self, id: AckId, namespace: &str) -> bool {
        match self.awaited.get(&id) {
            Some(awaited) if &*awaited.namespace == namespace => {
                self.by_deadline.remove(&(awaited.deadline, id));
                self.awaited.remove(&id).is_some()
            }
            _ => false,
        }
    }

    pub(super) fn next_deadline(&self) -> Option<Duration> {
        self.by_deadline.first().map(|&(deadline, _)| deadline)
    }

    /// Takes out one whose time is over.
    pub(super) fn pop_overdue(&mut self, now: Duration) -> Option<AckId> {
        let &(deadline, id) = self.by_deadline.first()?;
        if deadline > now {
            return None;
        }
        self.by_deadline.pop_first();
        self.awaited.remove(&id).map(|_| id)
    }

    /// Takes out all of a namespace, in the order in which they were asked for.
    pub(super) fn take_all_of(&mut self, namespace: &str) -> Vec<AckId> {
        let mut ids: Vec<_> =
            self.awaited.iter().filter(|(_, awaited)| &*awaited.namespace == namespace).map(|(id, _)| *id).collect();
        ids.sort_unstable();
        for id in &ids {
            self.settle(*id, namespace);
        }
        ids
    }
}
