//! Why something that a person asked for was not done.

use std::fmt;

use hubbub_shared::ApiError;

/// Why something was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failed {
    /// The server refused it.
    Refused(ApiError),
    /// The server can't be reached, or what it says can't be read, or the connection was lost before it answered.
    NoAnswer,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(f),
            Self::NoAnswer => f.write_str("The server doesn’t answer. Look at your connection, and try again."),
        }
    }
}
