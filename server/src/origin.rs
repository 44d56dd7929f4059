//! Whose pages may use the server from a browser, and whose cookies count.

use std::sync::Arc;

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderValue};

use crate::config::Config;
use crate::remote;

/// The rule of `--allow-origin`, for what CORS doesn't cover: browsers let a page of any origin open a WebSocket, and may
/// add our cookie to what it asks. So it is for us to refuse. Its clones are one and the same.
#[derive(Debug, Clone)]
pub(crate) struct Origins {
    /// None named: all may.
    allowed: Arc<[HeaderValue]>,
    trust_proxy: bool,
}

impl Origins {
    pub(crate) fn new(config: &Config) -> Self {
        Self { allowed: config.allow_origin.clone().into(), trust_proxy: config.trust_proxy }
    }

    /// For Socket.IO: lets a request pass unless a page of another origin made it, which is given back then. Who sends no Origin is no
    /// page.
    pub(crate) fn admit<'a>(&self, headers: &'a HeaderMap) -> Result<(), &'a HeaderValue> {
        match headers.get(ORIGIN) {
            Some(origin)
                if !self.allowed.is_empty() && !self.allowed.contains(origin) && !self.is_own(origin, headers) =>
            {
                Err(origin)
            }
            _ => Ok(()),
        }
    }

    /// Whether our own pages made a request, or no page at all, or one that was named: nobody else's may use the cookie. That
    /// any origin may use the server, as long as none is named, gives none of them this.
    pub(crate) fn trusts(&self, headers: &HeaderMap) -> bool {
        let mut origins = headers.get_all(ORIGIN).iter();
        match (origins.next(), origins.next()) {
            (None, _) => true,
            (Some(origin), None) => {
                let scheme = if self.is_https(headers) { "https" } else { "http" };
                let has_scheme = split(origin).is_some_and(|(theirs, _)| theirs.eq_ignore_ascii_case(scheme));
                self.allowed.contains(origin) || has_scheme && self.is_own(origin, headers)
            }
            _ => false,
        }
    }

    /// Whether the browser speaks TLS, which we don't: a proxy ends it.
    pub(crate) fn is_https(&self, headers: &HeaderMap) -> bool {
        let scheme = self.proxy_says(headers, "x-forwarded-proto");
        scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"))
    }

    /// Whether the origin is the host that was asked, by whatever scheme.
    fn is_own(&self, origin: &HeaderValue, headers: &HeaderMap) -> bool {
        let asked = || headers.get(HOST).and_then(|host| host.to_str().ok());
        let host = self.proxy_says(headers, "x-forwarded-host").or_else(asked);
        split(origin).zip(host).is_some_and(|((_, theirs), ours)| theirs.eq_ignore_ascii_case(ours))
    }

    fn proxy_says<'a>(&self, headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
        if self.trust_proxy { remote::last_word(headers, name) } else { None }
    }
}

/// An origin's scheme and authority.
fn split(origin: &HeaderValue) -> Option<(&str, &str)> {
    origin.to_str().ok()?.split_once("://")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn origins(flags: &[&str]) -> Origins {
        Origins::new(&Config::parse_from([&["hubbub"], flags].concat()))
    }

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        lines.iter().fold(HeaderMap::new(), |mut headers, (name, value)| {
            headers.append(*name, HeaderValue::from_static(value));
            headers
        })
    }

    fn admits(flags: &[&str], lines: &[(&'static str, &'static str)]) -> bool {
        origins(flags).admit(&headers(lines)).is_ok()
    }

    #[test]
    fn every_origin_is_admitted_unless_some_are_named() {
        assert!(admits(&[], &[("origin", "https://elsewhere"), ("host", "here")]));
        let named = ["--allow-origin", "https://one", "--allow-origin", "http://two:1"];
        for (origin, expected) in [
            ("https://one", true),
            ("http://two:1", true),
            ("http://one", false),
            ("http://two", false),
            ("null", false),
            ("", false),
            ("http://here:5000", true),
            ("https://HERE:5000", true),
            ("http://here", false),
        ] {
            assert_eq!(admits(&named, &[("origin", origin), ("host", "here:5000")]), expected, "{origin}");
        }
        assert!(admits(&named, &[("host", "here:5000")]), "no page");
    }

    #[test]
    fn the_proxy_says_who_was_asked_only_if_trusted() {
        let headers = [("origin", "https://chat"), ("host", "inside:5000"), ("x-forwarded-host", "chat")];
        assert!(!admits(&["--allow-origin", "https://one"], &headers));
        assert!(admits(&["--allow-origin", "https://one", "--trust-proxy"], &headers));
        let headers = [("origin", "https://chat"), ("host", "chat")];
        assert!(admits(&["--allow-origin", "https://one", "--trust-proxy"], &headers), "the proxy kept it");
    }

    #[test]
    fn the_cookie_is_for_our_own_pages_named_ones_and_no_page() {
        const OPEN: &[&str] = &[];
        const NAMED: &[&str] = &["--allow-origin", "https://one"];
        const PROXY: &[&str] = &["--trust-proxy"];
        let host = ("host", "here:5000");
        let proxied = [("host", "inside"), ("x-forwarded-host", "chat"), ("x-forwarded-proto", "https")];
        // As `trunk serve` passes it on.
        let trunk = [("host", "127.0.0.1"), ("x-forwarded-host", "localhost:8080"), ("x-forwarded-proto", "http")];
        for (flags, around, origin, expected) in [
            (OPEN, &[host][..], "http://here:5000", true),
            (OPEN, &[host], "http://HERE:5000", true),
            (OPEN, &[host], "https://here:5000", false),
            (OPEN, &[host], "http://here", false),
            (OPEN, &[host], "http://elsewhere", false),
            (OPEN, &[host], "null", false),
            (OPEN, &[host], "", false),
            (OPEN, &[host], "here:5000", false),
            (OPEN, &[host], "http://here:5000/", false),
            (OPEN, &[], "http://here:5000", false),
            (NAMED, &[host], "https://one", true),
            (NAMED, &[host], "http://one", false),
            (NAMED, &[host], "http://here:5000", true),
            (NAMED, &[host], "null", false),
            (OPEN, &proxied, "https://chat", false),
            (PROXY, &proxied, "https://chat", true),
            (PROXY, &proxied, "http://chat", false),
            (PROXY, &proxied, "https://inside", false),
            (PROXY, &[("host", "chat"), ("x-forwarded-proto", "https")], "https://chat", true),
            (PROXY, &[("host", "chat"), ("x-forwarded-proto", "https, HTTP")], "http://chat", true),
            (PROXY, &[("host", "chat"), ("x-forwarded-host", "evil, chat")], "http://evil", false),
            (PROXY, &[("host", "chat")], "http://chat", true),
            (PROXY, &trunk, "http://localhost:8080", true),
            (OPEN, &trunk, "http://localhost:8080", false),
        ] {
            let lines = [around, &[("origin", origin)]].concat();
            assert_eq!(origins(flags).trusts(&headers(&lines)), expected, "{flags:?} {lines:?}");
        }
        assert!(origins(OPEN).trusts(&headers(&[host])), "no page");
        let two = [host, ("origin", "http://here:5000"), ("origin", "http://here:5000")];
        assert!(!origins(OPEN).trusts(&headers(&two)), "no browser sends two");
    }

    #[test]
    fn only_a_trusted_proxy_ends_tls() {
        let https = headers(&[("x-forwarded-proto", "https")]);
        assert!(!origins(&[]).is_https(&https));
        assert!(origins(&["--trust-proxy"]).is_https(&https));
        assert!(!origins(&["--trust-proxy"]).is_https(&headers(&[])));
    }
}
