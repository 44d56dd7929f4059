//! Sorting, and what names are sorted by.

use std::cmp::Ordering;

use super::case;

/// The items by a key each; those with the same stay in their order. The library's sort is made for millions and anew for each
/// type, and a browser has to load it: here positions are what is sorted, of a few hundred items at most.
pub(crate) fn sorted_by_key<T, K: Ord>(items: Vec<T>, key: impl FnMut(&T) -> K) -> Vec<T> {
    let keys: Vec<K> = items.iter().map(key).collect();
    let order = order(items.len(), &|a, b| keys[a].cmp(&keys[b]));
    let mut items: Vec<_> = items.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| items[at].take()).collect()
}

/// What a name is sorted by: its letters in one case, and its numbers as what they count, 2 before 10. For each digit but the
/// last a number begins with a sign that comes right after the digits, so that a longer one is after a shorter one.
pub(crate) fn name_key(name: &str) -> String {
    let name = case::lower(name);
    let mut key = String::with_capacity(name.len() + 2);
    let mut rest = &*name;
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, number) = rest.split_at(at);
        let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
        let (number, after) = number.split_at(end);
        let counted = number.trim_start_matches('0');
        key.push_str(before);
        (1..counted.len()).for_each(|_| key.push(':'));
        key.push_str(if counted.is_empty() { "0" } else { counted });
        rest = after;
    }
    key.push_str(rest);
    key
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
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_has_the_same_key_stays_in_its_order() {
        let sorted = sorted_by_key(vec!["bb", "c", "aa", "b", ""], |word| word.len());
        assert_eq!(sorted, ["", "c", "b", "bb", "aa"]);
    }

    #[test]
    fn names_are_in_the_order_that_people_count_in() {
        let sorted = [
            "",
            "0 days",
            "00 Days 1",
            "9th",
            "10th",
            "apples",
            "Room",
            "room 1",
            "Room 02",
            "room 2b",
            "room 10",
            "rooms",
        ];
        assert!(sorted.is_sorted_by_key(|name| name_key(name)));
    }

    proptest! {
        #[test]
        fn names_that_differ_in_a_number_are_in_its_order(before in "[a-zA-Z -]{0,4}", after in "([a-z -][a-z0-9]{0,3})?", one: u64, other: u64, zeros in "0{0,3}") {
            let key = |number| name_key(&format!("{before}{zeros}{number}{after}"));
            prop_assert_eq!(key(one).cmp(&key(other)), one.cmp(&other));
        }

        #[test]
        fn names_without_numbers_are_in_the_order_of_their_letters(one in r"\PC{0,6}", other in r"\PC{0,6}") {
            prop_assume!(![&one, &other].iter().any(|name| name.contains(|c: char| c.is_ascii_digit())));
            prop_assert_eq!(name_key(&one).cmp(&name_key(&other)), one.to_lowercase().cmp(&other.to_lowercase()));
        }
    }
}
