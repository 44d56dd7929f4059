//! Letters of one case. A browser has the tables for that: the standard library's, loaded for it, would be a thirtieth of the
//! page. It is the one thing in the model that isn't the same everywhere; both follow Unicode.

/// The text in lower case.
#[cfg(target_family = "wasm")]
pub(crate) fn lower(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

/// The text in upper case.
#[cfg(target_family = "wasm")]
pub(crate) fn upper(text: &str) -> String {
    js_sys::JsString::from(text).to_upper_case().into()
}

/// The text in lower case.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn lower(text: &str) -> String {
    text.to_lowercase()
}

/// The text in upper case.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn upper(text: &str) -> String {
    text.to_uppercase()
}
