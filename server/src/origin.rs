//! Whose pages may use the server from a browser.

use std::sync::Arc;

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, HeaderValue};

use crate::config::Config;

/// The rule of `--allow-origin` for Socket.IO. Browsers let a page of any origin open a WebSocket, whatever CORS says, so
/// it is for us to refuse. Its clones are one and the same.
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

    /// Lets a request pass unless a page of another origin made it, which is given back then. Who sends no Origin is no
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

    /// Whether the origin is the host that was asked. Its scheme is not compared: a proxy may end TLS.
    fn is_own(&self, origin: &HeaderValue, headers: &HeaderMap) -> bool {
        let forwarded = headers.get("x-forwarded-host").filter(|_| self.trust_proxy);
        let host = forwarded.or_else(|| headers.get(HOST)).and_then(|host| host.to_str().ok());
        let authority = origin.to_str().ok().and_then(|origin| Some(origin.split_once("://")?.1));
        authority.zip(host).is_some_and(|(authority, host)| authority.eq_ignore_ascii_case(host))
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn admits(flags: &[&str], headers: &[(&'static str, &'static str)]) -> bool {
        let origins = Origins::new(&Config::parse_from([&["hubbub"], flags].concat()));
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)));
        origins.admit(&headers.collect()).is_ok()
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
}
