//! Who wants to hear what of one namespace.

use std::collections::HashMap;

use super::platform::{Callback, Shared};

/// The listeners to one kind of thing, in the order in which they came. Calling them needs no lock: a call works on a
/// snapshot, so that a listener may add and remove listeners.
pub(super) struct Callbacks<T>(Shared<[(ListenerId, Callback<T>)]>);

impl<T> Default for Callbacks<T> {
    fn default() -> Self {
        Self(Shared::from([]))
    }
}

impl<T> Clone for Callbacks<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Callbacks<T> {
    pub(super) fn call(&self, about: &T) {
        for (_, callback) in &*self.0 {
            callback(about);
        }
    }

    fn add(&mut self, id: ListenerId, callback: Callback<T>) {
        self.0 = self.0.iter().cloned().chain([(id, callback)]).collect();
    }

    fn remove(&mut self, id: ListenerId) {
        self.0 = self.0.iter().filter(|(other, _)| *other != id).cloned().collect();
    }
}

/// Names one listener of a namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ListenerId(u64);

/// All listeners of one namespace.
pub(super) struct Listeners<E, S> {
    next: u64,
    events: HashMap<Box<str>, Callbacks<E>>,
    status: Callbacks<S>,
}

impl<E, S> Default for Listeners<E, S> {
    fn default() -> Self {
        Self { next: 0, events: HashMap::new(), status: Callbacks::default() }
    }
}

impl<E, S> Listeners<E, S> {
    fn new_id(&mut self) -> ListenerId {
        self.next += 1;
        ListenerId(self.next)
    }

    pub(super) fn add_to_event(&mut self, name: &str, callback: Callback<E>) -> ListenerId {
        let id = self.new_id();
        self.events.entry(name.into()).or_default().add(id, callback);
        id
    }

    pub(super) fn add_to_status(&mut self, callback: Callback<S>) -> ListenerId {
        let id = self.new_id();
        self.status.add(id, callback);
        id
    }

    pub(super) fn remove(&mut self, id: ListenerId) {
        self.status.remove(id);
        self.events.retain(|_, callbacks| {
            callbacks.remove(id);
            !callbacks.0.is_empty()
        });
    }

    pub(super) fn of_event(&self, name: &str) -> Option<Callbacks<E>> {
        self.events.get(name).cloned()
    }

    pub(super) fn of_status(&self) -> Callbacks<S> {
        self.status.clone()
    }
}
