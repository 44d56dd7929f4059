//! Reading JSON.

use serde::Deserialize;

/// Reads text as the bytes that it is, as arguments are read (which may have binary in them): a reader for text beside the
/// one for bytes would be more for a browser to load, and no faster.
pub(crate) fn read<'a, T: Deserialize<'a>>(text: &'a str) -> serde_json::Result<T> {
    serde_json::from_slice(text.as_bytes())
}
