//! What a message's text may be. The page counts by the same rule as the server decides by.

use std::fmt;

/// The most characters (Unicode scalar values) of a message, after [`tidied`] left out what doesn't count.
pub const MAX_CHARS: usize = 4_000;

/// Why a text is no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextError {
    /// Nothing but white space and control characters.
    Empty,
    /// More than [`MAX_CHARS`] characters.
    TooLong,
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a message needs at least one character"),
            Self::TooLong => write!(f, "a message has at most {MAX_CHARS} characters"),
        }
    }
}

impl std::error::Error for TextError {}

/// The characters of `text` that count: no control character but newline and tab, and of what is left, no white space at
/// either end. To tidy it once more changes nothing.
pub fn tidied(text: &str) -> impl Iterator<Item = char> {
    text.trim_matches(|c: char| c.is_whitespace() || is_left_out(c)).chars().filter(|&c| !is_left_out(c))
}

fn is_left_out(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t')
}

/// Whether `text` is within the limits of a message.
///
/// # Errors
/// [`TextError`] says which limit it breaks.
pub fn check(text: &str) -> Result<(), TextError> {
    match tidied(text).take(MAX_CHARS + 1).count() {
        0 => Err(TextError::Empty),
        1..=MAX_CHARS => Ok(()),
        _ => Err(TextError::TooLong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_limits_at_their_edges() {
        let long = "é".repeat(MAX_CHARS);
        for (text, expected) in [
            ("a", Ok(())),
            ("", Err(TextError::Empty)),
            (" \t\r\n\u{3000}", Err(TextError::Empty)),
            ("\u{7}\u{0}\u{85}", Err(TextError::Empty)),
            ("\u{7} \u{7}", Err(TextError::Empty)),
            (&*long, Ok(())),
            (&*format!("  {long}\u{7}\n"), Ok(())),
            (&*format!("{long}a"), Err(TextError::TooLong)),
        ] {
            assert_eq!(check(text), expected, "{:?}…", text.chars().take(10).collect::<String>());
        }
    }

    proptest! {
        #[test]
        fn what_is_tidied_is_tidy(text in "[ \\t\\n\\u{7}\\u{85}\\u{3000}ax]{0,20}") {
            let once: String = tidied(&text).collect();
            prop_assert_eq!(once.trim(), &once);
            prop_assert_eq!(&tidied(&once).collect::<String>(), &once);
            prop_assert_eq!(check(&once), check(&text));
        }

        #[test]
        fn what_surrounds_a_text_does_not_count(text in "\\PC{1,50}", space in "[ \\t\\n\\r]{0,5000}") {
            prop_assert_eq!(check(&format!("{space}{text}{space}")), check(&text));
        }
    }
}
