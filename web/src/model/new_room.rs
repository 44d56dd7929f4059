//! What a new room may be called, and which field a refusal stands beside.

use hubbub_shared::ErrorCode;
use hubbub_shared::name::{self, MAX_ROOM, MAX_TOPIC};

use crate::model::Failed;

/// Why there is no such room yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// What has to be changed.
    pub field: Field,
    /// A sentence.
    pub why: String,
    /// Whether there is such a room, which one may join.
    pub is_taken: bool,
}

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The room's name.
    Name,
    /// Its topic.
    Topic,
    /// Neither is to blame.
    Neither,
}

/// Checks what a person wrote, as far as it can be told here.
///
/// # Errors
/// [`Refused`].
pub fn check(name: &str, topic: &str) -> Result<(), Refused> {
    name::check(name.trim(), MAX_ROOM).map_err(|error| refused(Field::Name, error.to_string()))?;
    if topic.trim().chars().count() > MAX_TOPIC {
        return Err(refused(Field::Topic, format!("A topic has at most {MAX_TOPIC} characters.")));
    }
    Ok(())
}

fn refused(field: Field, why: String) -> Refused {
    Refused { field, why, is_taken: false }
}

impl From<Failed> for Refused {
    fn from(failed: Failed) -> Self {
        let (field, is_taken) = match &failed {
            Failed::Refused(error) if error.code == ErrorCode::RoomExists => (Field::Name, true),
            Failed::Refused(error) if error.code == ErrorCode::InvalidName => (Field::Name, false),
            _ => (Field::Neither, false),
        };
        Self { is_taken, ..refused(field, failed.to_string()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_where_it_is() {
        let field = |name: &str, topic: &str| check(name, topic).err().map(|refused| refused.field);
        assert_eq!(field(" Rust ", ""), None);
        assert_eq!(field("  ", ""), Some(Field::Name));
        assert_eq!(field(&"é".repeat(MAX_ROOM), &"é".repeat(MAX_TOPIC)), None);
        assert_eq!(field(&"é".repeat(MAX_ROOM + 1), ""), Some(Field::Name));
        assert_eq!(field("Rust", &"é".repeat(MAX_TOPIC + 1)), Some(Field::Topic));
        assert_eq!(field("a\u{202E}b", ""), Some(Field::Name));
    }

    #[test]
    fn what_the_server_refuses_stands_beside_what_it_is_about() {
        let field = |code: ErrorCode| Refused::from(Failed::Refused(code.into())).field;
        assert_eq!(field(ErrorCode::RoomExists), Field::Name);
        assert!(Refused::from(Failed::Refused(ErrorCode::RoomExists.into())).is_taken);
        assert_eq!(field(ErrorCode::InvalidName), Field::Name);
        assert_eq!(field(ErrorCode::TooManyRooms), Field::Neither);
        assert_eq!(Refused::from(Failed::NoAnswer).field, Field::Neither);
    }
}
