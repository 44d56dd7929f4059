//! Who I am, as this browser remembers it: also before the server has said anything, and for all its tabs.

use hubbub_shared::chat::User;

use crate::{json, storage};

/// Where it is kept.
pub const KEY: &str = "hubbub.me";

/// Who was here last, and hasn't signed out.
#[must_use]
pub fn kept() -> Option<User> {
    json::read(&storage::get(KEY)?)
}

/// This is who is here from now on. What another user left is forgotten.
pub fn keep(user: &User) {
    if kept().is_some_and(|me| me.id != user.id) {
        forget();
    }
    if let Ok(user) = serde_json::to_string(user) {
        storage::set(KEY, &user);
    }
}

/// Nothing of a user is kept, but what they chose for this browser.
pub fn forget() {
    for (key, _) in storage::all(storage::OURS) {
        if !key.starts_with(storage::SETTINGS) {
            storage::remove(&key);
        }
    }
}
