//! Sorting.

use std::cmp::Ordering;

/// The items by a key each; those with the same stay in their order. The library's sort is made for millions and anew for each
/// type, and a browser has to load it: here positions are what is sorted, of a few hundred items at most.
pub(crate) fn sorted_by_key<T, K: Ord>(items: Vec<T>, key: impl FnMut(&T) -> K) -> Vec<T> {
    let keys: Vec<K> = items.iter().map(key).collect();
    let order = order(items.len(), &|a, b| keys[a].cmp(&keys[b]));
    let mut items: Vec<_> = items.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| items[at].take()).collect()
}

fn order(len: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order = Vec::with_capacity(len);
    for item in 0..len {
        let place = order.partition_point(|&other| compare(other, item).is_le());
        order.insert(place, item);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_the_same_key_stays_in_its_order() {
        let sorted = sorted_by_key(vec!["bb", "c", "aa", "b", ""], |word| word.len());
        assert_eq!(sorted, ["", "c", "b", "bb", "aa"]);
    }
}
