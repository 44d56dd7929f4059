//! What the page may do in a browser, and what others may do with it: as little as it needs. Should a message ever get
//! into the page as code, the browser doesn't run it, and doesn't let it send anything anywhere.

use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;

/// Nothing from elsewhere, nothing made of text at run time. Of what index.html holds itself, what was there when this was
/// built: `build/inline.rs` has the hashes.
const CONTENT: &str = concat!(
    "default-src 'none'; ",
    "script-src 'self' 'wasm-unsafe-eval'",
    env!("HUBBUB_INLINE_SCRIPTS"),
    "; style-src 'self'",
    env!("HUBBUB_INLINE_STYLES"),
    "; img-src 'self'; ",
    // The WebSocket too: it is of the page's own origin.
    "connect-src 'self'; ",
    "manifest-src 'self'; worker-src 'self'; ",
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// What a chat has no use for. Browsers complain about names that they don't know, so it has those that all know.
const PERMISSIONS: &str = "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), usb=()";

/// For all that is served as the page.
const OF_THE_PAGE: [(HeaderName, &str); 4] = [
    (CONTENT_SECURITY_POLICY, CONTENT),
    // Who follows a link from a message doesn't tell in which room it stood.
    (REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS),
    // No page that opens this one, or is opened by it, gets hold of its window.
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Adds the policies to an answer that is the page, or a file of it, or would be if there was one.
pub(crate) async fn of_the_page(mut response: Response) -> Response {
    let headers = OF_THE_PAGE.map(|(name, value)| (name, HeaderValue::from_static(value)));
    response.headers_mut().extend(headers);
    response
}

/// Whatever we answer is what we say that it is: what somebody wrote in a room never becomes a script.
pub(crate) async fn no_sniffing(mut response: Response) -> Response {
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_has_no_way_around_it() {
        assert!(CONTENT.starts_with("default-src 'none'; "));
        for word in CONTENT.split([' ', ';']) {
            assert!(!word.contains("unsafe") || word == "'wasm-unsafe-eval'", "{word}");
            assert!(!word.contains('*') && !word.contains(':'), "{word}");
        }
    }
}
