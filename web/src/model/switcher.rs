//! Which rooms a few letters mean, the likeliest first; and which one is next to another.

use super::sort::sorted_by_key;

/// A room that one can go to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The room's id.
    pub id: String,
    /// As it is shown.
    pub name: String,
    /// The same with its accents apart from their letters (NFD): they make no difference.
    pub decomposed: String,
    /// How many of its messages are unread.
    pub unread: u64,
    /// How many of them mention me.
    pub mentions: usize,
}

/// How well a name fits what was typed: the less the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It begins so.
    Start,
    /// One of its words begins so.
    Word,
    /// It is somewhere in it.
    Within,
    /// Its letters are, in their order, with so many others between the first and the last.
    Scattered(usize),
}

/// The places that `query` may mean. An empty one means all: those that mention me, those with something unread, the rest,
/// and `here` at the end, where one is already. `query` is decomposed as the names are. What fits as well stays in the order in which it came.
#[must_use]
pub fn ranked(places: Vec<Place>, query: &str, here: &str) -> Vec<Place> {
    let query = folded(query.trim());
    if query.is_empty() {
        return sorted_by_key(places, |place| (place.id == here, place.mentions == 0, place.unread == 0));
    }
    let fitting =
        places.into_iter().filter_map(|place| Some((fit(&folded(&place.decomposed), &query)?, place))).collect();
    sorted_by_key(fitting, |(fit, _)| *fit).into_iter().map(|(_, place)| place).collect()
}

/// The one before or after `here`, around both ends. From nowhere, the first or the last.
#[must_use]
pub fn beside<'a>(ids: &'a [String], here: &str, forward: bool) -> Option<&'a String> {
    let at = ids.iter().position(|id| id == here);
    let last = ids.len().checked_sub(1)?;
    let to = match (at, forward) {
        (Some(at), true) if at < last => at + 1,
        (Some(at), false) if at > 0 => at - 1,
        (_, true) => 0,
        (_, false) => last,
    };
    ids.get(to)
}

fn fit(name: &[char], query: &[char]) -> Option<Fit> {
    let places: Vec<_> = (0..name.len()).filter(|&at| name[at..].starts_with(query)).collect();
    let begins_word = |&at: &usize| at == 0 || !name[at - 1].is_alphanumeric();
    match places.first() {
        Some(0) => Some(Fit::Start),
        Some(_) if places.iter().any(begins_word) => Some(Fit::Word),
        Some(_) => Some(Fit::Within),
        None => scattered(name, query).map(Fit::Scattered),
    }
}

/// How many other letters stand between those of `query`, if all are there in their order, as near as they come from the
/// first of them that there is.
fn scattered(name: &[char], query: &[char]) -> Option<usize> {
    let mut wanted = query.iter();
    let first = wanted.next()?;
    let begin = name.iter().position(|c| c == first)?;
    let mut end = begin;
    for c in wanted {
        end += 1 + name[end + 1..].iter().position(|other| other == c)?;
    }
    Some(end + 1 - begin - query.len())
}

/// Without what tells cases and accents apart.
fn folded(decomposed: &str) -> Vec<char> {
    let letters = decomposed.chars().filter(|c| !matches!(c, '\u{300}'..='\u{36F}'));
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn place(name: &str, unread: u64, mentions: usize) -> Place {
        Place { id: name.to_lowercase(), name: name.to_owned(), decomposed: name.to_owned(), unread, mentions }
    }

    fn ranked_names(names: &[&str], query: &str) -> Vec<String> {
        let places = names.iter().map(|name| place(name, 0, 0)).collect();
        ranked(places, query, "").into_iter().map(|place| place.name).collect()
    }

    #[test]
    fn the_likeliest_is_first() {
        let names = ["Lobby", "Garden", "Rust and gardens", "Agarwood", "Great dense", "Zoo"];
        assert_eq!(ranked_names(&names, "gar"), ["Garden", "Rust and gardens", "Agarwood"]);
        assert_eq!(ranked_names(&names, " GARD "), ["Garden", "Rust and gardens", "Agarwood"]);
        assert_eq!(ranked_names(&names, "gden"), ["Garden", "Rust and gardens", "Great dense"]);
        assert_eq!(ranked_names(&names, "z"), ["Zoo"]);
        assert!(ranked_names(&names, "oz").is_empty());
        assert_eq!(ranked_names(&["Ab", "AB c", "ab"], "ab"), ["Ab", "AB c", "ab"], "equals stay as they came");
        assert_eq!(ranked_names(&["小明の部屋", "ÉCLAIR"], "écl"), ["ÉCLAIR"]);
        assert_eq!(ranked_names(&["小明の部屋", "ÉCLAIR"], "部"), ["小明の部屋"]);
        assert_eq!(ranked_names(&["Cafe\u{301}", "Cafeteria"], "cafe"), ["Cafe\u{301}", "Cafeteria"]);
        assert_eq!(ranked_names(&["Cafe\u{301}", "Cafe"], "Cafe\u{301}"), ["Cafe\u{301}", "Cafe"]);
    }

    #[test]
    fn without_a_word_what_is_unread_is_first_and_where_one_is_last() {
        let places = [
            place("Here", 9, 9),
            place("Quiet", 0, 0),
            place("Unread", 3, 0),
            place("Calls", 1, 1),
            place("Still", 0, 0),
        ];
        let names: Vec<_> = ranked(places.into(), "  ", "here").into_iter().map(|place| place.name).collect();
        assert_eq!(names, ["Calls", "Unread", "Quiet", "Still", "Here"]);
    }

    #[test]
    fn beside_goes_around_both_ends() {
        let ids = ["a", "b", "c"].map(str::to_owned);
        for (here, forward, expected) in [
            ("a", true, "b"),
            ("c", true, "a"),
            ("c", false, "b"),
            ("a", false, "c"),
            ("elsewhere", true, "a"),
            ("elsewhere", false, "c"),
        ] {
            assert_eq!(beside(&ids, here, forward).unwrap(), expected, "{here} {forward}");
        }
        assert_eq!(beside(&[], "a", true), None);
    }

    proptest! {
        #[test]
        fn what_a_name_has_in_it_finds_it(name in "\\PC{1,20}", from in 0_usize..20, length in 1_usize..20) {
            let part: String = name.chars().skip(from).take(length).collect();
            prop_assert_eq!(ranked_names(&[&name], &part).len(), 1);
        }

        #[test]
        fn nothing_comes_of_nothing(names in prop::collection::vec("\\PC{0,8}", 0..8), query in "\\PC{0,4}") {
            let names: Vec<_> = names.iter().map(String::as_str).collect();
            let found = ranked_names(&names, &query);
            prop_assert!(found.len() <= names.len());
            prop_assert!(found.iter().all(|name| names.contains(&name.as_str())));
        }
    }
}
