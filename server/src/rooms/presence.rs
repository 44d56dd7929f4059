//! Who is in a room: per user, however many tabs are open.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::iter;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use hubbub_shared::chat::event::Presence;
use hubbub_shared::chat::{MAX_ONLINE, User};

use crate::store::UserKey;

/// The most users that one event names on either side. Who is left over is named by the next one.
const MAX_NAMED: usize = 200;

/// Who is there, and what the members of the room were told of it. The two differ until the next event.
#[derive(Default)]
pub(super) struct Here {
    sockets: HashMap<UserKey, (User, usize)>,
    /// Those who may have come or gone since the last event.
    changed: BTreeSet<UserKey>,
    told: Told,
}

/// Who is there as far as the members were told. Who joins is told the same, so that the next event fits. Its clones are one
/// and the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Told(Arc<Mutex<BTreeMap<UserKey, User>>>);

/// Whose turn it is. An answer that names who is there and the events that tell of changes must reach a client in the order in
/// which they are true: rooms tell while nobody answers, and who answers does so while no room tells. Its clones are one and
/// the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Turns(Arc<RwLock<()>>);

impl Turns {
    /// For a room: many may tell at once.
    pub(super) fn to_tell(&self) -> RwLockReadGuard<'_, ()> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// From the look at [`Told`] until the answer is on its way, and its socket, if it is new, in the queues of its rooms.
    pub(super) fn to_answer(&self) -> RwLockWriteGuard<'_, ()> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Here {
    pub(super) fn new(told: Told) -> Self {
        Self { told, ..Self::default() }
    }

    pub(super) fn enter(&mut self, key: UserKey, user: &User) {
        let (_, sockets) = self.sockets.entry(key).or_insert_with(|| (user.clone(), 0));
        *sockets += 1;
        if *sockets == 1 {
            self.changed.insert(key);
        }
    }

    pub(super) fn leave(&mut self, key: UserKey) {
        if let Some((_, sockets)) = self.sockets.get_mut(&key) {
            *sockets -= 1;
            if *sockets == 0 {
                self.sockets.remove(&key);
                self.changed.insert(key);
            }
        }
    }

    pub(super) fn has_changed(&self) -> bool {
        !self.changed.is_empty()
    }

    /// What is to be told, if anything is: who came and went in between isn't named.
    pub(super) fn tell(&mut self, room: &str) -> Option<Presence> {
        let mut told = self.told.lock();
        let (mut online, mut offline) = (Vec::new(), Vec::new());
        while online.len() < MAX_NAMED
            && offline.len() < MAX_NAMED
            && let Some(key) = self.changed.pop_first()
        {
            match (self.sockets.get(&key), told.contains_key(&key)) {
                (Some((user, _)), false) => {
                    told.insert(key, user.clone());
                    online.push(user.clone());
                }
                (None, true) => offline.extend(told.remove(&key).map(|user| user.id)),
                (Some(_), true) | (None, false) => {}
            }
        }
        let online_count = told.len() as u64;
        let any = !online.is_empty() || !offline.is_empty();
        any.then(|| Presence { room: room.to_owned(), online, offline, online_count })
    }
}

impl Told {
    /// Those who are there, me first, as many as fit into so many bytes of JSON; and how many are there.
    pub(super) fn online(&self, key: UserKey, me: &User, mut bytes: usize) -> (Vec<User>, u64) {
        let told = self.lock();
        let others = told.iter().filter(|&(other, _)| *other != key).map(|(_, user)| user);
        let fitting = others.take(MAX_ONLINE - 1).take_while(|user| {
            let fits = json_bytes(user) <= bytes;
            bytes = bytes.saturating_sub(json_bytes(user));
            fits
        });
        let online = iter::once(me).chain(fitting).cloned().collect();
        let me_too = usize::from(!told.contains_key(&key));
        (online, (told.len() + me_too) as u64)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<UserKey, User>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The most bytes that a user is as JSON in a list: each character of a name may have to be escaped.
fn json_bytes(user: &User) -> usize {
    r#"{"id":"","name":""},"#.len() + user.id.len() + 2 * user.name.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn user(key: i64) -> User {
        User { id: format!("u{key}"), name: format!("User {key}") }
    }

    #[test]
    fn two_tabs_are_one_user() {
        let mut here = Here::default();
        here.enter(UserKey(1), &user(1));
        here.enter(UserKey(1), &user(1));
        let told = here.tell("lobby").unwrap();
        assert_eq!((told.online.len(), told.online_count), (1, 1));
        here.leave(UserKey(1));
        assert!(here.tell("lobby").is_none());
        here.leave(UserKey(1));
        let told = here.tell("lobby").unwrap();
        assert_eq!((told.offline, told.online_count), (vec!["u1".to_owned()], 0));
    }

    #[test]
    fn a_reload_is_not_told() {
        let mut here = Here::default();
        here.enter(UserKey(1), &user(1));
        here.tell("lobby");
        here.leave(UserKey(1));
        here.enter(UserKey(1), &user(1));
        assert!(here.has_changed());
        assert!(here.tell("lobby").is_none());
    }

    #[test]
    fn as_many_are_named_as_fit_and_i_always_am() {
        let mut here = Here::default();
        (0..300).for_each(|key| here.enter(UserKey(key), &user(key)));
        while here.tell("lobby").is_some() {}
        for (me, bytes, named, count) in [(7, usize::MAX, MAX_ONLINE, 300), (7, 0, 1, 300), (900, 100, 3, 301)] {
            let (online, online_count) = here.told.online(UserKey(me), &user(me), bytes);
            assert_eq!((online.len(), online_count), (named, count));
            assert_eq!(online[0], user(me));
            assert!(online[1..].iter().all(|other| *other != user(me)));
            assert!(serde_json::to_string(&online[1..]).unwrap().len() <= bytes.saturating_add(2));
        }
    }

    proptest! {
        /// Who joins at any moment and hears every event from then on knows who is there.
        #[test]
        fn a_snapshot_and_the_events_after_it_agree(steps in prop::collection::vec((0i64..300, 0..3), 1..600), from in 0usize..600) {
            let mut here = Here::default();
            let mut open: HashMap<i64, usize> = HashMap::new();
            let mut known: Option<BTreeMap<String, User>> = None;
            let apply = |here: &mut Here, known: &mut Option<BTreeMap<String, User>>| {
                while here.has_changed() {
                    let Some(told) = here.tell("r") else { continue };
                    assert!(told.online.len() <= MAX_NAMED && told.offline.len() <= MAX_NAMED);
                    if let Some(known) = known {
                        known.extend(told.online.into_iter().map(|user| (user.id.clone(), user)));
                        told.offline.iter().for_each(|id| { known.remove(id); });
                        assert_eq!(known.len() as u64, told.online_count);
                    }
                }
            };
            for (step, (key, action)) in steps.into_iter().enumerate() {
                if step == from {
                    let told = here.told.lock();
                    known = Some(told.values().map(|user| (user.id.clone(), user.clone())).collect());
                }
                let sockets = open.entry(key).or_default();
                match action {
                    0 => { here.enter(UserKey(key), &user(key)); *sockets += 1; }
                    1 if *sockets > 0 => { here.leave(UserKey(key)); *sockets -= 1; }
                    1 => {}
                    _ => apply(&mut here, &mut known),
                }
            }
            apply(&mut here, &mut known);
            if let Some(known) = known {
                let expected: Vec<_> = open.iter().filter(|(_, sockets)| **sockets > 0).map(|(key, _)| format!("u{key}")).collect();
                prop_assert_eq!(known.len(), expected.len());
                prop_assert!(expected.iter().all(|id| known.contains_key(id)));
            }
        }
    }
}
