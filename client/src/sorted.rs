//! A map for what is few, or comes and goes about in its order.

use std::{borrow::Borrow, collections::VecDeque};

/// A map whose entries stand in a row, in the order of their keys. A browser has to load its code: it has a fifth of a
/// tree's. Looking up takes as long as in a tree; adding and removing move all that is between the place and the nearer
/// end, which is nothing for names that stay, and for acknowledgements that are answered in order.
#[derive(Debug)]
pub(crate) struct Sorted<K, V>(VecDeque<(K, V)>);

impl<K, V> Default for Sorted<K, V> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<K: Ord, V> Sorted<K, V> {
    fn find<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        self.0.binary_search_by(|(at, _)| at.borrow().cmp(key))
    }

    /// The key as it is here, and its value.
    pub(crate) fn get_key_value<Q: Ord + ?Sized>(&self, key: &Q) -> Option<(&K, &V)>
    where
        K: Borrow<Q>,
    {
        self.find(key).ok().and_then(|at| self.0.get(at)).map(|(key, value)| (key, value))
    }

    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.get_key_value(key).map(|(_, value)| value)
    }

    pub(crate) fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.find(key).ok().and_then(|at| self.0.get_mut(at)).map(|(_, value)| value)
    }

    /// The value of a key, made if there is none.
    pub(crate) fn get_or_insert_with(&mut self, key: K, make: impl FnOnce(&K) -> V) -> &mut V {
        let at = self.find(&key).unwrap_or_else(|at| {
            let value = make(&key);
            self.0.insert(at, (key, value));
            at
        });
        &mut self.0[at].1
    }

    /// Puts a value under a key that has none.
    pub(crate) fn insert(&mut self, key: K, value: V) {
        self.get_or_insert_with(key, |_| value);
    }

    pub(crate) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let at = self.find(key).ok()?;
        self.0.remove(at).map(|(_, value)| value)
    }

    pub(crate) fn first(&self) -> Option<(&K, &V)> {
        self.iter().next()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_order_of_its_keys_and_each_once() {
        let mut map = Sorted::<Box<str>, u8>::default();
        for (key, value) in [("c", 3), ("a", 1), ("b", 2)] {
            assert_eq!(*map.get_or_insert_with(key.into(), |_| value), value);
        }
        assert_eq!(*map.get_or_insert_with("b".into(), |_| 7), 2);
        assert_eq!(map.values().copied().collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!((map.remove("b"), map.remove("b")), (Some(2), None));
        assert_eq!((map.get("a"), map.get("b"), map.get("c")), (Some(&1), None, Some(&3)));
        assert_eq!(map.first(), Some((&"a".into(), &1)));
    }
}
