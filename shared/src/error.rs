//! Why a request is refused: the same codes over HTTP and over Socket.IO.

use serde::{Deserialize, Serialize};

/// Why a request is refused, for the program. On the wire it is the name in lower case with underscores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorCode {
    /// No session: nobody has signed in, or the session has ended.
    Unauthorized,
    /// Not what the contract says: another number of arguments, another shape, a number out of its range.
    BadRequest,
    /// No such event.
    UnknownEvent,
    /// Not the name of a user or of a room.
    InvalidName,
    /// A user has this name, or one that looks the same.
    NameTaken,
    /// No such link code; or it was used, or it is too old.
    BadCode,
    /// A room has this name, or one that looks the same.
    RoomExists,
    /// No such room.
    NoSuchRoom,
    /// I'm not a member of the room.
    NotAMember,
    /// The lobby can't be left.
    LobbyIsForever,
    /// I'm a member of as many rooms as may be.
    TooManyRooms,
    /// Nothing is left of the text.
    TextEmpty,
    /// The text has too many characters.
    TextTooLong,
    /// I used this message id already, for another text or in another room.
    IdReused,
    /// Too many requests in too short a time: try again after `retry_after_ms`.
    RateLimited,
    /// Not now: the disk is full, the database is locked, the queue is full or the server closes. Try again.
    TryAgain,
    /// A code that this program is too old to know.
    #[serde(other)]
    Unknown,
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiError {
    /// Why, for the program.
    pub code: ErrorCode,
    /// Why, for the person, as a sentence.
    pub message: String,
    /// In how many milliseconds to try again; with [`ErrorCode::RateLimited`] and [`ErrorCode::TryAgain`] only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

impl ApiError {
    /// A refusal that says what `code` says by itself.
    #[must_use]
    pub fn new(code: ErrorCode) -> Self {
        Self { code, message: code.message().to_owned(), retry_after_ms: None }
    }

    /// A refusal to come back with after so many milliseconds.
    #[must_use]
    pub fn retry_after(code: ErrorCode, ms: u64) -> Self {
        Self { retry_after_ms: Some(ms), ..Self::new(code) }
    }
}

impl ErrorCode {
    /// All that there are: each that a server may give.
    pub const ALL: [Self; 16] = [
        Self::Unauthorized,
        Self::BadRequest,
        Self::UnknownEvent,
        Self::InvalidName,
        Self::NameTaken,
        Self::BadCode,
        Self::RoomExists,
        Self::NoSuchRoom,
        Self::NotAMember,
        Self::LobbyIsForever,
        Self::TooManyRooms,
        Self::TextEmpty,
        Self::TextTooLong,
        Self::IdReused,
        Self::RateLimited,
        Self::TryAgain,
    ];

    /// What happened and what to do, as a sentence for a person.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::Unauthorized => "You are not signed in. Sign in first.",
            Self::BadRequest => "The server can't make sense of this request.",
            Self::UnknownEvent => "The server doesn't know this event.",
            Self::InvalidName => "This name can't be used. Choose another.",
            Self::NameTaken => "Somebody has this name. Choose another.",
            Self::BadCode => "This code was used, is too old or is mistyped. Ask for a new one.",
            Self::RoomExists => "There is a room of this name. Join it, or choose another name.",
            Self::NoSuchRoom => "There is no such room.",
            Self::NotAMember => "You are not a member of this room. Join it first.",
            Self::LobbyIsForever => "The lobby can't be left.",
            Self::TooManyRooms => "You are a member of too many rooms. Leave one first.",
            Self::TextEmpty => "There is nothing in this message. Write something.",
            Self::TextTooLong => "This message is too long. Shorten it.",
            Self::IdReused => "This message's id was used for another one.",
            Self::RateLimited => "That was too fast. Wait a moment.",
            Self::TryAgain => "The server can't do this right now. Try again in a moment.",
            Self::Unknown => "The server refused, for a reason that this program doesn't know.",
        }
    }
}

/// The name on the wire.
impl std::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.serialize(f)
    }
}

impl From<ErrorCode> for ApiError {
    fn from(code: ErrorCode) -> Self {
        Self::new(code)
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ApiError {}

/// What a request is answered: `{"ok":…}` or `{"error":…}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply<T> {
    /// It is done, and this came of it.
    Ok(T),
    /// Nothing has changed.
    Error(ApiError),
}

impl<T> Reply<T> {
    /// As a `Result`, to go on with `?`.
    ///
    /// # Errors
    /// The refusal.
    pub fn into_result(self) -> Result<T, ApiError> {
        match self {
            Self::Ok(ok) => Ok(ok),
            Self::Error(error) => Err(error),
        }
    }
}

impl<T> From<Result<T, ApiError>> for Reply<T> {
    fn from(result: Result<T, ApiError>) -> Self {
        match result {
            Ok(ok) => Self::Ok(ok),
            Err(error) => Self::Error(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_shown_as_on_the_wire() {
        assert_eq!(ErrorCode::NoSuchRoom.to_string(), "no_such_room");
        for code in ErrorCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.to_string());
            assert_eq!(serde_json::from_value::<ErrorCode>(code.to_string().into()).unwrap(), code);
        }
    }
}
