//! Whom a request comes from, by what it brings along: a token in a header that only programs can set, or in a cookie that
//! a browser adds by itself.

use axum::http::{HeaderMap, header};
use hubbub_shared::api::COOKIE;

use crate::origin::Origins;
use crate::token::{Token, TokenHash};

/// What the handshake of a Socket.IO connection had for a cookie, among the extensions of its request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HandshakeCookie(pub(crate) Option<TokenHash>);

/// What an HTTP request brings along.
pub(super) enum Proof {
    Bearer(Token),
    Cookie(Token),
}

/// The proof of an HTTP request: `Authorization: Bearer` decides alone if it is there, else the cookie does.
pub(super) fn proof(headers: &HeaderMap, origins: &Origins) -> Option<Proof> {
    let mut bearers = headers.get_all(header::AUTHORIZATION).iter().filter_map(|value| bearer(value.as_bytes()));
    match (bearers.next(), bearers.next()) {
        (Some(token), None) => parse(token).map(Proof::Bearer),
        // Two are none: we can't tell which is meant.
        (Some(_), Some(_)) => None,
        (None, _) => cookie(headers, origins).map(Proof::Cookie),
    }
}

/// The token in the cookie, if cookies count: with a page of a foreign origin it would be the browser that asks, and not
/// the user.
pub(crate) fn cookie(headers: &HeaderMap, origins: &Origins) -> Option<Token> {
    if !origins.trusts(headers) {
        return None;
    }
    let lines = headers.get_all(header::COOKIE).iter();
    let pairs = lines.flat_map(|line| line.as_bytes().split(|&byte| byte == b';'));
    let mut tokens = pairs.filter_map(|pair| pair.trim_ascii().strip_prefix(COOKIE.as_bytes())?.strip_prefix(b"="));
    let token = tokens.next()?;
    // Another site on our domain can add a cookie of this name to ours. Then we can't tell which is ours.
    if tokens.all(|other| other == token) { parse(token) } else { None }
}

impl Proof {
    pub(super) fn hash(&self) -> TokenHash {
        let (Self::Bearer(token) | Self::Cookie(token)) = self;
        token.hash()
    }
}

/// What follows the word Bearer, if that is the scheme.
fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = value.split_at_checked("bearer".len())?;
    let is_bearer = scheme.eq_ignore_ascii_case(b"bearer") && token.first().is_none_or(|&byte| byte == b' ');
    is_bearer.then(|| token.trim_ascii())
}

fn parse(token: &[u8]) -> Option<Token> {
    str::from_utf8(token).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};
    use clap::Parser;

    use super::*;
    use crate::config::Config;

    const ONE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    const TWO: &str = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA";

    /// `{1}` and `{2}` in a header are the two tokens, and `{!}` is a byte that isn't text.
    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let lines = lines.iter().map(|(name, value)| {
            let value = value.replace("{1}", ONE).replace("{2}", TWO);
            let bytes: Vec<u8> = value.replace("{!}", "\u{1}").bytes().map(|b| if b == 1 { 0xff } else { b }).collect();
            (HeaderName::from_static(name), HeaderValue::from_bytes(&bytes).unwrap())
        });
        lines.fold(HeaderMap::new(), |mut headers, (name, value)| {
            headers.append(name, value);
            headers
        })
    }

    fn origins(flags: &[&str]) -> Origins {
        Origins::new(&Config::parse_from([&["hubbub"], flags].concat()))
    }

    /// Which of the two tokens counts; 0 if none does.
    fn which(token: Option<Token>) -> u8 {
        match token.map(|token| token.to_string()).as_deref() {
            None => 0,
            Some(ONE) => 1,
            Some(TWO) => 2,
            Some(_) => u8::MAX,
        }
    }

    fn token(headers: &HeaderMap, origins: &Origins) -> Option<Token> {
        proof(headers, origins).map(|(Proof::Bearer(token) | Proof::Cookie(token))| token)
    }

    #[test]
    fn a_bearer_decides_alone() {
        let cookie = ("cookie", "hubbub_session={2}");
        for (lines, expected) in [
            (&[("authorization", "Bearer {1}")][..], 1),
            (&[("authorization", "bEARER   {1}  "), cookie], 1),
            (&[("authorization", "Bearer {1}"), ("origin", "https://evil")], 1),
            (&[("authorization", "Bearer"), cookie], 0),
            (&[("authorization", "Bearer "), cookie], 0),
            (&[("authorization", "Bearer {1}x"), cookie], 0),
            (&[("authorization", "Bearer {1} {1}"), cookie], 0),
            (&[("authorization", "Bearer {!}"), cookie], 0),
            (&[("authorization", "Bearer {1}"), ("authorization", "Bearer {2}"), cookie], 0),
            // Another scheme is a matter between the browser and a proxy.
            (&[("authorization", "Basic e30="), cookie], 2),
            (&[("authorization", "Bearers {1}"), cookie], 2),
            (&[("authorization", "{!}"), cookie], 2),
            (&[("authorization", ""), cookie], 2),
            (&[], 0),
        ] {
            assert_eq!(which(token(&headers(lines), &origins(&[]))), expected, "{lines:?}");
        }
    }

    #[test]
    fn the_cookie_is_found_among_others() {
        for (lines, expected) in [
            (&[("cookie", "hubbub_session={1}")][..], 1),
            (&[("cookie", "a=b;  hubbub_session={1} ;c")], 1),
            (&[("cookie", "a=b"), ("cookie", "hubbub_session={1}")], 1),
            (&[("cookie", "a={!}; hubbub_session={1}; {!}")], 1),
            (&[("cookie", "hubbub_session={1}; hubbub_session={1}")], 1),
            (&[("cookie", "hubbub_session={1}; hubbub_session={2}")], 0),
            (&[("cookie", "hubbub_session={1}"), ("cookie", "hubbub_session=")], 0),
            (&[("cookie", "hubbub_session=")], 0),
            (&[("cookie", "hubbub_session")], 0),
            (&[("cookie", "hubbub_session={!}")], 0),
            (&[("cookie", "hubbub_session=\"{1}\"")], 0),
            (&[("cookie", "hubbub_session=={1}")], 0),
            (&[("cookie", "Hubbub_Session={1}; hubbub_session2={1}; xhubbub_session={1}")], 0),
            (&[("cookie", "")], 0),
        ] {
            assert_eq!(which(cookie(&headers(lines), &origins(&[]))), expected, "{lines:?}");
            assert_eq!(which(token(&headers(lines), &origins(&[]))), expected, "{lines:?}");
        }
    }

    #[test]
    fn with_a_foreign_origin_the_cookie_does_not_count() {
        let counts = |flags: &[&str], origin| {
            let lines = [("cookie", "hubbub_session={1}"), ("host", "here:5000"), ("origin", origin)];
            cookie(&headers(&lines), &origins(flags)).is_some()
        };
        for (origin, expected) in [("http://here:5000", true), ("https://here:5000", false), ("null", false)] {
            assert_eq!(counts(&[], origin), expected, "{origin}");
        }
        assert!(counts(&["--allow-origin", "https://one"], "https://one"));
    }

    #[test]
    fn the_handshake_has_no_bearer() {
        let lines = [("authorization", "Bearer {1}"), ("cookie", "hubbub_session={2}")];
        assert_eq!(which(cookie(&headers(&lines), &origins(&[]))), 2);
    }
}
