//! Whether a text speaks to somebody: `@` and the whole name, in upper or lower case.
//!
//! Case is folded as well as a browser can: what looks the same in upper case is the same. Names that differ in
//! their normalization only are not.

use std::ops::Range;

use crate::model::case;

/// A name that may be mentioned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mentions {
    folded: String,
}

impl Mentions {
    /// Of the user of this name.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self { folded: name.chars().map(fold).collect() }
    }

    /// Whether the name is mentioned.
    #[must_use]
    pub fn are_in(&self, text: &str) -> bool {
        self.ranges(text).next().is_some()
    }

    /// Where in `text` the name is mentioned, the `@` included.
    pub fn ranges<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        text.match_indices('@').filter_map(move |(at, sign)| {
            let begins = text[..at].chars().next_back().is_none_or(|before| !is_of_a_word(before));
            let name = at + sign.len();
            let end = name + self.length_in(&text[name..]).filter(|_| begins)?;
            let ends = text[end..].chars().next().is_none_or(|after| !is_of_a_word(after));
            ends.then_some(at..end)
        })
    }

    /// With how many bytes `text` begins that are the name.
    fn length_in(&self, text: &str) -> Option<usize> {
        let mut expected = &*self.folded;
        for (at, c) in text.char_indices() {
            if expected.is_empty() {
                return Some(at).filter(|&at| at > 0);
            }
            expected = expected.strip_prefix(&*fold(c))?;
        }
        (expected.is_empty() && !text.is_empty()).then_some(text.len())
    }
}

/// Letters of one case: `ß` is `ss`, and `ς` is `σ`.
fn fold(c: char) -> String {
    // Each by itself: in a word, `Σ` has two lower cases.
    case::lower(&case::upper(c.encode_utf8(&mut [0; 4])))
}

/// What continues a word: a letter, a digit, or a mark on one.
fn is_of_a_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || matches!(c, '\u{300}'..='\u{36F}' | '\u{200C}' | '\u{200D}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_is_mentioned_as_a_whole() {
        for (name, text, expected) in [
            ("Ada", "@ada", true),
            ("Ada", "hello @ADA, how are you?", true),
            ("Ada", "(@Ada)", true),
            ("Ada", "@Ada's idea", true),
            ("Ada", "@@ada", true),
            ("Ada", "@adam @ada", true),
            ("Ada", "Ada", false),
            ("Ada", "@adam", false),
            ("Ada", "@ada_2", false),
            ("Ada", "@ada2", false),
            ("Ada", "@ad", false),
            ("Ada", "@ ada", false),
            ("Ada", "mail@ada", false),
            ("Ada", "@ada\u{301}", false),
            ("Ada", "@", false),
            ("Ada Lovelace", "see @ada lovelace.", true),
            ("Ada Lovelace", "see @ada", false),
            ("Straße", "@STRASSE", true),
            ("STRASSE", "@straße!", true),
            ("Οδυσσεύς", "@ΟΔΥΣΣΕΎΣ", true),
            ("Zoë 👩‍👩‍👧", "@zoë 👩‍👩‍👧", true),
            ("小明", "@小明 你好", true),
            ("ß", "@s", false),
        ] {
            assert_eq!(Mentions::of(name).are_in(text), expected, "{name} in {text}");
        }
        assert_eq!(Mentions::of("ß").ranges("@ss, @ß").collect::<Vec<_>>(), [0..3, 5..8]);
        assert!(!Mentions::of("").are_in("@ @"));
    }

    proptest! {
        #[test]
        fn whoever_is_spoken_to_is_mentioned(name in "[\\PC&&[^@]]{1,32}", before in ".{0,10}", after in ".{0,10}") {
            let mentions = Mentions::of(&name);
            let text = format!("{before} @{name} {after}");
            prop_assert!(mentions.are_in(&text));
            for range in mentions.ranges(&text) {
                prop_assert!(text[range].starts_with('@'));
            }
        }
    }
}
