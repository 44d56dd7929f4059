//! Who is typing in a room, as far as it has been told.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::store::UserKey;

/// Somebody who types on is told of again so often. It holds for five seconds with those who are told.
const AGAIN: Duration = Duration::from_secs(2);

/// More than so many at a time are told to nobody: that many people type.
const MAX_TYPISTS: usize = 16;

/// Those of whom the room was told within the last [`AGAIN`].
#[derive(Debug, Default)]
pub(super) struct Typists(HashMap<UserKey, Instant>);

impl Typists {
    /// Whether the room is to be told of this one now.
    pub(super) fn begins(&mut self, key: UserKey, now: Instant) -> bool {
        self.0.retain(|_, told| now.saturating_duration_since(*told) < AGAIN);
        let tell = self.0.len() < MAX_TYPISTS && !self.0.contains_key(&key);
        if tell {
            self.0.insert(key, now);
        }
        tell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typing_on_is_told_now_and_then() {
        let mut typists = Typists::default();
        let start = Instant::now();
        assert!(typists.begins(UserKey(1), start));
        assert!(!typists.begins(UserKey(1), start + AGAIN / 2));
        assert!(typists.begins(UserKey(2), start + AGAIN / 2));
        assert!(typists.begins(UserKey(1), start + AGAIN));
    }

    #[test]
    fn a_crowd_that_types_is_no_storm() {
        let mut typists = Typists::default();
        let start = Instant::now();
        let told = (0..1_000).filter(|&key| typists.begins(UserKey(key), start)).count();
        assert_eq!(told, MAX_TYPISTS);
        assert!(typists.begins(UserKey(2_000), start + AGAIN));
    }
}
