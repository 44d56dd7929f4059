//! The acknowledgements that are due, and until when.

use std::{sync::Arc, time::Duration};

use crate::sorted::Sorted;

/// Names one awaited acknowledgement of a connection. Ids are never used twice on one connection, so a late answer
/// finds nobody instead of somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AckId(pub(crate) u64);

/// Every awaited acknowledgement ends exactly once: answered, timed out, or lost with its namespace's connection.
#[derive(Debug, Default)]
pub(super) struct Acks {
    next: u64,
    awaited: Sorted<AckId, Awaited>,
    by_deadline: Sorted<(Duration, AckId), ()>,
}

#[derive(Debug)]
pub(super) struct Awaited {
    pub(super) namespace: Arc<str>,
    deadline: Option<Duration>,
    /// Its event is still to be sent, on this link or another: a lost one is no reason to give it up.
    waits: bool,
}

impl Acks {
    pub(super) fn new_id(&mut self) -> AckId {
        let id = AckId(self.next);
        self.next += 1;
        id
    }

    /// Awaits one; `waits` says whether its event may wait for another link.
    pub(super) fn expect(&mut self, id: AckId, namespace: Arc<str>, deadline: Option<Duration>, waits: bool) {
        self.awaited.insert(id, Awaited { namespace, deadline, waits });
        if let Some(deadline) = deadline {
            self.by_deadline.insert((deadline, id), ());
        }
    }

    /// Whether `id` was awaited from this namespace; it no longer is.
    pub(super) fn settle(&mut self, id: AckId, namespace: &str) -> bool {
        let awaited = self.awaited.get(&id).is_some_and(|awaited| &*awaited.namespace == namespace);
        awaited && self.remove(id).is_some()
    }

    pub(super) fn is_awaited(&self, id: AckId) -> bool {
        self.awaited.get(&id).is_some()
    }

    fn remove(&mut self, id: AckId) -> Option<Awaited> {
        let awaited = self.awaited.remove(&id)?;
        if let Some(deadline) = awaited.deadline {
            self.by_deadline.remove(&(deadline, id));
        }
        Some(awaited)
    }

    pub(super) fn next_deadline(&self) -> Option<Duration> {
        self.by_deadline.first().map(|((deadline, _), ())| *deadline)
    }

    /// Takes out one whose time is over.
    pub(super) fn pop_overdue(&mut self, now: Duration) -> Option<(AckId, Awaited)> {
        let (&(_, id), ()) = self.by_deadline.first().filter(|((deadline, _), ())| *deadline <= now)?;
        self.remove(id).map(|awaited| (id, awaited))
    }

    /// Its event doesn't wait any more.
    pub(super) fn sent(&mut self, id: AckId) {
        if let Some(awaited) = self.awaited.get_mut(&id) {
            awaited.waits = false;
        }
    }

    /// Takes out all of a namespace whose events don't wait, in the order in which they were asked for.
    pub(super) fn take_lost(&mut self, namespace: &str) -> Vec<AckId> {
        let of_it =
            |(id, awaited): (&AckId, &Awaited)| (&*awaited.namespace == namespace && !awaited.waits).then_some(*id);
        let ids: Vec<_> = self.awaited.iter().filter_map(of_it).collect();
        for id in &ids {
            self.remove(*id);
        }
        ids
    }
}
