//! Who is typing in a room. Nobody says when they stop: they count for a while after they were heard last.

use hubbub_shared::chat::{TYPING_MS, User};

/// How many are kept. Beyond that one more isn't shown.
const MOST: usize = 50;

/// Those who type, in the order in which they began.
#[derive(Debug, Clone, Default)]
pub(super) struct Typists(Vec<(User, u64)>);

impl Typists {
    /// Somebody types. Tells whether they didn't before.
    pub(super) fn heard(&mut self, user: User, now: u64) -> bool {
        let until = now.saturating_add(TYPING_MS);
        let has_place = self.0.len() < MOST;
        match self.0.iter_mut().find(|(typist, _)| typist.id == user.id) {
            Some((_, their)) => {
                *their = until;
                false
            }
            None if has_place => {
                self.0.push((user, until));
                true
            }
            None => false,
        }
    }

    /// Somebody has said it, or is gone. Tells whether they were typing.
    pub(super) fn stopped(&mut self, user: &str) -> bool {
        self.retain(|typist, _| typist.id != user)
    }

    /// Time has passed. Tells whether somebody doesn't count any more.
    pub(super) fn expire(&mut self, now: u64) -> bool {
        self.retain(|_, until| until > now)
    }

    pub(super) fn expires_at(&self) -> Option<u64> {
        self.0.iter().map(|(_, until)| *until).min()
    }

    pub(super) fn users(&self) -> impl Iterator<Item = &User> {
        self.0.iter().map(|(user, _)| user)
    }

    fn retain(&mut self, stays: impl Fn(&User, u64) -> bool) -> bool {
        let before = self.0.len();
        self.0.retain(|(user, until)| stays(user, *until));
        self.0.len() < before
    }
}
