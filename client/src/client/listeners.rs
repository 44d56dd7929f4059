//! Who wants to hear what.

use std::{
    fmt,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use super::platform::{Callback, Shared};
use crate::sorted::Sorted;

/// Listeners, each to one name or to all. Calling them needs no lock: a call works on a snapshot, so that a listener may
/// add and remove listeners.
pub(super) struct Listeners<T> {
    /// How many there are, so that nobody need be asked when there are none.
    count: AtomicUsize,
    lists: Mutex<Lists<T>>,
}

struct Lists<T> {
    /// To all names.
    any: Snapshot<T>,
    named: Sorted<Box<str>, Snapshot<T>>,
}

/// In the order in which they came.
type Snapshot<T> = Shared<[Entry<T>]>;

struct Entry<T> {
    once: bool,
    /// Cleared by whoever removes it, before its list forgets it: a snapshot may still have it.
    active: Shared<AtomicBool>,
    callback: Callback<T>,
}

impl<T> Clone for Entry<T> {
    fn clone(&self) -> Self {
        Self { once: self.once, active: self.active.clone(), callback: self.callback.clone() }
    }
}

impl<T> Default for Listeners<T> {
    fn default() -> Self {
        let lists = Lists { any: Shared::from([]), named: Sorted::default() };
        Self { count: AtomicUsize::new(0), lists: Mutex::new(lists) }
    }
}

impl<T: 'static> Listeners<T> {
    /// Adds one to a name, or to all.
    pub(super) fn add(self: &Shared<Self>, name: Option<&str>, once: bool, callback: Callback<T>) -> Listener {
        let active = Shared::new(AtomicBool::new(true));
        let entry = Entry { once, active: active.clone(), callback };
        let mut lists = self.lists();
        let list = lists.list(name);
        let longer = list.iter().cloned().chain([entry]).collect();
        *list = longer;
        drop(lists);
        self.count.fetch_add(1, Ordering::Relaxed);
        let (of, name) = (Shared::downgrade(self), name.map(Box::<str>::from));
        Listener(Shared::new(move |()| {
            if let Some(listeners) = of.upgrade() {
                listeners.remove(name.as_deref(), &active);
            }
        }))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count.load(Ordering::Relaxed) == 0
    }

    /// Calls those to all names.
    pub(super) fn call_any(&self, about: &T) {
        if !self.is_empty() {
            let any = self.lists().any.clone();
            self.call_each(&any, None, about);
        }
    }

    /// Calls those to all names, and then those to this one.
    pub(super) fn call(&self, name: &str, about: &T) {
        if self.is_empty() {
            return;
        }
        let (any, named) = {
            let lists = self.lists();
            ((!lists.any.is_empty()).then(|| lists.any.clone()), lists.named.get(name).cloned())
        };
        if let Some(any) = any {
            self.call_each(&any, None, about);
        }
        if let Some(named) = named {
            self.call_each(&named, Some(name), about);
        }
    }

    fn call_each(&self, list: &[Entry<T>], name: Option<&str>, about: &T) {
        for entry in list {
            let wanted =
                if entry.once { self.remove(name, &entry.active) } else { entry.active.load(Ordering::Acquire) };
            if wanted {
                (entry.callback)(about);
            }
        }
    }

    /// Whether it was still there.
    fn remove(&self, name: Option<&str>, active: &Shared<AtomicBool>) -> bool {
        if !active.swap(false, Ordering::AcqRel) {
            return false;
        }
        self.count.fetch_sub(1, Ordering::Relaxed);
        let mut lists = self.lists();
        let list = lists.list(name);
        let rest = list.iter().filter(|entry| !Shared::ptr_eq(&entry.active, active)).cloned().collect();
        let old = std::mem::replace(list, rest);
        if let Some(name) = name.filter(|_| list.is_empty()) {
            lists.named.remove(name);
        }
        drop(lists);
        // What the listener owns goes here, and not under the lock: it may remove another.
        drop(old);
        true
    }

    fn lists(&self) -> MutexGuard<'_, Lists<T>> {
        // No listener runs under this lock.
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> Lists<T> {
    fn list(&mut self, name: Option<&str>) -> &mut Snapshot<T> {
        match name {
            None => &mut self.any,
            Some(name) => self.named.get_or_insert_with(name.into(), |_| Shared::from([])),
        }
    }
}

/// A listener that was added. Dropping this keeps it; [`remove`](Self::remove) ends it.
#[derive(Clone)]
pub struct Listener(Callback<()>);

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener").finish_non_exhaustive()
    }
}

impl Listener {
    /// No call begins after this.
    pub fn remove(&self) {
        (self.0)(&());
    }
}

#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use std::sync::Mutex;

    use super::*;

    type Heard = Shared<Mutex<Vec<&'static str>>>;

    fn add(listeners: &Shared<Listeners<()>>, once: bool, heard: &Heard, what: &'static str) -> Listener {
        let heard = heard.clone();
        listeners.add(Some("e"), once, Shared::new(move |()| heard.lock().unwrap().push(what)))
    }

    #[test]
    fn all_come_first_and_once_is_once() {
        let (listeners, heard) = (Shared::new(Listeners::default()), Heard::default());
        add(&listeners, true, &heard, "once");
        add(&listeners, false, &heard, "named");
        let any = heard.clone();
        listeners.add(None, false, Shared::new(move |()| any.lock().unwrap().push("any")));
        listeners.call("e", &());
        listeners.call("other", &());
        listeners.call("e", &());
        assert_eq!(*heard.lock().unwrap(), ["any", "once", "named", "any", "any", "named"]);
    }

    #[test]
    fn one_that_is_removed_is_not_called_any_more_not_even_in_the_same_round() {
        let (listeners, heard) = (Shared::new(Listeners::default()), Heard::default());
        let victim = Shared::new(Mutex::new(None::<Listener>));
        let takes = victim.clone();
        listeners.add(Some("e"), false, Shared::new(move |()| takes.lock().unwrap().iter().for_each(Listener::remove)));
        *victim.lock().unwrap() = Some(add(&listeners, false, &heard, "victim"));
        listeners.call("e", &());
        assert!(heard.lock().unwrap().is_empty());
    }

    #[test]
    fn what_a_listener_owns_may_remove_another() {
        struct Guard(Listener);
        impl Drop for Guard {
            fn drop(&mut self) {
                self.0.remove();
            }
        }
        let (listeners, heard) = (Shared::new(Listeners::default()), Heard::default());
        let guard = Guard(add(&listeners, false, &heard, "guarded"));
        let owner = listeners.add(Some("e"), false, Shared::new(move |()| _ = &guard.0));
        owner.remove();
        listeners.call("e", &());
        assert!(heard.lock().unwrap().is_empty() && listeners.is_empty());
    }
}
