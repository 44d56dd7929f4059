//! What the browser keeps for the page: strings under names, shared by its tabs.
//!
//! A browser may refuse to keep anything (a private window, a full disk, a setting). The page then forgets more than it
//! would, and does all else as ever: so nothing here fails.

use web_sys::Storage;

/// Begins all names of the page, so that they are nobody else's.
pub const OURS: &str = "hubbub.";
/// Begins the names of what a person chose for this browser. It outlives their session.
pub const SETTINGS: &str = "hubbub.settings.";

/// What is kept under `key`.
#[must_use]
pub fn get(key: &str) -> Option<String> {
    storage()?.get_item(key).ok()?
}

/// Keeps `value` under `key`.
pub fn set(key: &str, value: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(key, value);
    }
}

/// Keeps nothing under `key` any more.
pub fn remove(key: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(key);
    }
}

/// All that is kept under names that begin with `prefix`.
#[must_use]
pub fn all(prefix: &str) -> Vec<(String, String)> {
    let Some(storage) = storage() else { return vec![] };
    let keys = (0..storage.length().unwrap_or(0)).filter_map(|at| storage.key(at).ok()?);
    let ours = keys.filter(|key| key.starts_with(prefix));
    ours.filter_map(|key| storage.get_item(&key).ok()?.map(|value| (key, value))).collect()
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}
