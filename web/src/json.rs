//! Reading JSON that was kept, or that came over HTTP.

use serde::de::DeserializeOwned;

/// Reads text as the bytes that it is, as the client reads what comes over its socket: a reader for text beside the one
/// for bytes would be more to load, and no faster.
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_slice(text.as_bytes()).ok()
}
