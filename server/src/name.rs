//! Names of users and rooms: how they are shown, and what makes two of them the same.

use hubbub_shared::name::{self, NameError};

/// A name that may be used, if nobody has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    /// As it is shown.
    pub(crate) shown: String,
    /// Names with the same key are the same: NFKC, full case fold.
    pub(crate) key: String,
}

impl Name {
    /// The name of a user.
    pub(crate) fn of_user(text: &str) -> Result<Self, NameError> {
        Self::of(text, name::MAX_USER)
    }

    /// The name of a room.
    pub(crate) fn of_room(text: &str) -> Result<Self, NameError> {
        Self::of(text, name::MAX_ROOM)
    }

    fn of(text: &str, max: usize) -> Result<Self, NameError> {
        // A stub: neither normalised nor folded yet.
        let shown = text.trim().to_owned();
        name::check(&shown, max)?;
        Ok(Self { key: shown.to_lowercase(), shown })
    }
}
