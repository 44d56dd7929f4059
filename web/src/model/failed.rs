//! Why something that a person asked for was not done.

use std::fmt;

use hubbub_shared::{ApiError, ErrorCode};

/// Why something was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failed {
    /// The server refused it.
    Refused(ApiError),
    /// The server can't be reached, or what it says can't be read, or the connection was lost before it answered.
    NoAnswer,
    /// A part of the page didn't come, without which it can't be done. The server may have another version of it.
    NotLoaded,
}

impl Failed {
    /// Whether the room that was spoken of isn't there. What can't be the address of a room is a bad request.
    #[must_use]
    pub fn says_no_such_room(&self) -> bool {
        matches!(self, Self::Refused(error) if matches!(error.code, ErrorCode::NoSuchRoom | ErrorCode::BadRequest))
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(f),
            Self::NoAnswer => f.write_str("The server doesn’t answer. Look at your connection, and try again."),
            Self::NotLoaded => {
                f.write_str("This part of the page could not be loaded. Look at your connection, or reload the page.")
            }
        }
    }
}
