//! What is being typed, seen against the limits of a message.

use std::fmt;

use hubbub_shared::text::{self, MAX_CHARS, TextError};

/// From how few characters left on the count is shown.
const NEAR: usize = 200;

/// A text that somebody may want to send.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a>(pub &'a str);

/// How much may still be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// It in words.
    pub sentence: String,
    /// Whether it is too much already.
    pub is_over: bool,
}

/// Why a text isn't sent. It stays where it was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is no message.
    Text(TextError),
    /// As many messages as this wait to be sent again or discarded.
    TooManyWaiting(usize),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(TextError::Empty) => f.write_str("A message needs at least one character."),
            Self::Text(TextError::TooLong) => {
                write!(f, "A message has at most {} characters.", thousands(MAX_CHARS))
            }
            Self::TooManyWaiting(most) => {
                write!(f, "{most} messages haven’t arrived yet: send them again, or discard some.")
            }
        }
    }
}

impl Draft<'_> {
    /// The text as it is sent: without what doesn't count, so that what is refused is refused for what one sees.
    ///
    /// # Errors
    /// [`Refusal::Text`] if it is outside the limits.
    pub fn checked(self) -> Result<String, Refusal> {
        text::check(self.0).map_err(Refusal::Text)?;
        Ok(text::tidied(self.0).collect())
    }

    /// The count, where the limit is near or passed.
    pub fn count(self) -> Option<Count> {
        // Bytes are quickly counted, and never fewer than characters.
        if self.0.len() + NEAR < MAX_CHARS {
            return None;
        }
        let chars = text::tidied(self.0).count();
        let plural = |n| if n == 1 { "" } else { "s" };
        match MAX_CHARS.checked_sub(chars) {
            Some(left) if left > NEAR => None,
            Some(left) => Some(Count { sentence: format!("{left} character{} left", plural(left)), is_over: false }),
            None => {
                let over = chars - MAX_CHARS;
                let sentence = format!("{} character{} too many", thousands(over), plural(over));
                Some(Count { sentence, is_over: true })
            }
        }
    }
}

/// A number with a comma between thousands.
fn thousands(number: usize) -> String {
    match number {
        0..1_000 => number.to_string(),
        _ => format!("{},{:03}", thousands(number / 1_000), number % 1_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_count_is_not_sent() {
        assert_eq!(Draft(" \n two\u{7}\nlines \n").checked().as_deref(), Ok("two\nlines"));
        assert_eq!(Draft(" \n").checked(), Err(Refusal::Text(TextError::Empty)));
        let padded = format!("{}é", " ".repeat(100_000));
        assert_eq!(Draft(&padded).checked().as_deref(), Ok("é"));
    }

    #[test]
    fn the_count_comes_near_the_limit_only() {
        for (chars, expected) in [
            (0, None),
            (MAX_CHARS - NEAR - 1, None),
            (MAX_CHARS - NEAR, Some("200 characters left")),
            (MAX_CHARS - 1, Some("1 character left")),
            (MAX_CHARS, Some("0 characters left")),
            (MAX_CHARS + 1, Some("1 character too many")),
            (MAX_CHARS + 12_345, Some("12,345 characters too many")),
        ] {
            let count = Draft(&"é".repeat(chars)).count();
            assert_eq!(count.as_ref().map(|count| &*count.sentence), expected, "{chars}");
            assert_eq!(count.is_some_and(|count| count.is_over), chars > MAX_CHARS, "{chars}");
            assert_eq!(Draft(&"é".repeat(chars)).checked().is_ok(), (1..=MAX_CHARS).contains(&chars), "{chars}");
        }
        assert_eq!(Draft(&" ".repeat(2 * MAX_CHARS)).count(), None);
        assert_eq!(Refusal::Text(TextError::TooLong).to_string(), "A message has at most 4,000 characters.");
    }
}
