//! What the name of a user or a room may be. The page tells by the same rule that the server decides by.

use std::fmt;

/// The most characters (Unicode scalar values) of a user's name.
pub const MAX_USER: usize = 32;
/// The most characters of a room's name.
pub const MAX_ROOM: usize = 64;
/// The most characters of a room's topic. It may have none.
pub const MAX_TOPIC: usize = 200;
/// How the names begin that the server gives to those who have not signed in. Nobody else may have one.
pub const GUEST: &str = "guest-";

/// Why a text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameError {
    /// It has no character but white space.
    Empty,
    /// It has more than this many characters.
    TooLong(usize),
    /// It has a character that can't be seen, or that changes how others are seen.
    Forbidden(char),
    /// It begins as guests' names do.
    Guest,
}

/// Checks a name, in Unicode's normalization form C and without white space at its ends, of at most `max` characters.
///
/// # Errors
/// [`NameError`] says which rule it breaks.
pub fn check(name: &str, max: usize) -> Result<(), NameError> {
    if let Some(bad) = name.chars().find(|&c| is_forbidden(c)) {
        return Err(NameError::Forbidden(bad));
    }
    match name.chars().take(max + 1).count() {
        0 => Err(NameError::Empty),
        count if count > max => Err(NameError::TooLong(max)),
        _ if name.get(..GUEST.len()).is_some_and(|start| start.eq_ignore_ascii_case(GUEST)) => Err(NameError::Guest),
        _ => Ok(()),
    }
}

/// Control characters, private ones, and those that are invisible or turn the direction of what follows.
fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{E000}'..='\u{F8FF}' | '\u{F0000}'..='\u{FFFFD}' | '\u{100000}'..='\u{10FFFD}'
            | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("A name needs at least one character."),
            Self::TooLong(max) => write!(f, "A name has at most {max} characters."),
            Self::Forbidden(bad) => write!(f, "A name can't have the character U+{:04X}.", u32::from(*bad)),
            Self::Guest => write!(f, "A name can't begin with “{GUEST}”."),
        }
    }
}

impl std::error::Error for NameError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_at_their_edges() {
        let edge = "é".repeat(MAX_USER);
        for (name, expected) in [
            ("a", Ok(())),
            ("Zoë 👩‍👩‍👧", Ok(())),
            (&*edge, Ok(())),
            (&*format!("{edge}x"), Err(NameError::TooLong(MAX_USER))),
            ("", Err(NameError::Empty)),
            ("a\nb", Err(NameError::Forbidden('\n'))),
            ("a\u{85}", Err(NameError::Forbidden('\u{85}'))),
            ("\u{E000}", Err(NameError::Forbidden('\u{E000}'))),
            ("\u{F8FF}", Err(NameError::Forbidden('\u{F8FF}'))),
            ("\u{10FFFD}", Err(NameError::Forbidden('\u{10FFFD}'))),
            ("a\u{200B}", Err(NameError::Forbidden('\u{200B}'))),
            ("a\u{202E}b", Err(NameError::Forbidden('\u{202E}'))),
            ("\u{2066}", Err(NameError::Forbidden('\u{2066}'))),
            ("\u{FEFF}a", Err(NameError::Forbidden('\u{FEFF}'))),
            ("guest-1", Err(NameError::Guest)),
            ("GUEST-", Err(NameError::Guest)),
            ("guest", Ok(())),
            ("guest 1", Ok(())),
            ("my guest-1", Ok(())),
        ] {
            assert_eq!(check(name, MAX_USER), expected, "{name:?}");
        }
    }
}
