//! Who is spoken to, where a text is shown.

use std::cmp::Reverse;
use std::ops::Range;

use crate::model::rooms::Mentions;
use crate::model::sort::sorted_by_key;

/// Beyond so many `@` in a piece of text, only those that mean me are looked for.
const MANY: usize = 100;

/// The names that stand out in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    me: Mentions,
    others: Vec<Mentions>,
}

/// A piece of a text: the pieces in their order are the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Speaks to nobody.
    Plain(&'a str),
    /// Speaks to me.
    Me(&'a str),
    /// Speaks to somebody else.
    Other(&'a str),
}

impl Names {
    /// Mine, and those of others.
    pub fn new<'a>(me: &str, others: impl IntoIterator<Item = &'a str>) -> Self {
        Self { me: Mentions::of(me), others: others.into_iter().map(Mentions::of).collect() }
    }

    /// Tells the names in a text from the rest of it. Where several fit, it is mine, or else the longest.
    #[must_use]
    pub fn pieces<'a>(&self, text: &'a str) -> Vec<Piece<'a>> {
        let mut found: Vec<(Range<usize>, bool)> = self.me.ranges(text).map(|range| (range, true)).collect();
        if text.matches('@').nth(MANY).is_none() {
            let others = self.others.iter().flat_map(|name| name.ranges(text));
            found.extend(others.map(|range| (range, false)));
        }
        found = sorted_by_key(found, |(range, is_me)| (range.start, !is_me, Reverse(range.end)));
        let mut pieces = Vec::new();
        let mut at = 0;
        for (range, is_me) in found {
            if range.start < at {
                continue;
            }
            if at < range.start {
                pieces.push(Piece::Plain(&text[at..range.start]));
            }
            at = range.end;
            pieces.push(if is_me { Piece::Me(&text[range]) } else { Piece::Other(&text[range]) });
        }
        if at < text.len() {
            pieces.push(Piece::Plain(&text[at..]));
        }
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_out() {
        let names = Names::new("Ada", ["Bob", "Bob Ross", "Ada Lovelace"]);
        assert_eq!(names.pieces("nobody"), [Piece::Plain("nobody")]);
        assert_eq!(
            names.pieces("hi @bob ross and @ada lovelace, not @bobby"),
            [
                Piece::Plain("hi "),
                Piece::Other("@bob ross"),
                Piece::Plain(" and "),
                Piece::Me("@ada"),
                Piece::Plain(" lovelace, not @bobby"),
            ]
        );
        let many = "@bob ".repeat(MANY + 1) + "@ada";
        assert_eq!(names.pieces(&many), [Piece::Plain(&many[..many.len() - 4]), Piece::Me("@ada")]);
    }
}
