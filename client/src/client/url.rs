//! From the URL that a user gives to the one of the WebSocket, and to the namespace.

use std::fmt::Write;

use crate::error::BuildError;

/// Where Socket.IO servers listen unless told otherwise.
pub(super) const PATH: &str = "/socket.io/";

/// What a user's URL names: a server, and a namespace on it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ServerUrl {
    /// `ws` or `wss`, host and port.
    origin: String,
    /// The URL's path: `/` if there is none.
    pub(super) namespace: String,
    /// The URL's own query, as it stands there.
    query: Option<String>,
}

impl ServerUrl {
    /// Reads `http(s)://host/namespace?query`, the same with `ws(s)`, a path for the server that the page came from, or
    /// `//host` and so on for another one by the page's own scheme.
    pub(super) fn read(url: &str, page_origin: Option<&str>) -> Result<Self, BuildError> {
        if url.is_empty() || url.starts_with('/') {
            let origin = page_origin.ok_or_else(|| BuildError::NoOrigin(without_query(url)))?;
            let (scheme, _) = origin.split_once('/').unwrap_or((origin, ""));
            let base = if url.starts_with("//") { scheme } else { origin };
            return Self::read(&format!("{base}{url}"), None);
        }
        let no_scheme = || BuildError::Scheme(without_query(url));
        let (scheme, rest) = url.split_once(':').ok_or_else(no_scheme)?;
        let rest = rest.strip_prefix("//").ok_or_else(no_scheme)?;
        let scheme = match scheme {
            "http" | "ws" => "ws",
            "https" | "wss" => "wss",
            _ => return Err(no_scheme()),
        };
        let rest = rest.split('#').next().unwrap_or_default();
        let (rest, query) = match rest.split_once('?') {
            Some((rest, query)) => (rest, Some(query).filter(|query| !query.is_empty()).map(Into::into)),
            None => (rest, None),
        };
        let (host, namespace) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        if host.is_empty() {
            return Err(BuildError::NoHost(without_query(url)));
        }
        let namespace = if namespace.is_empty() { "/" } else { namespace };
        Ok(Self { origin: format!("{scheme}://{host}"), namespace: namespace.into(), query })
    }

    /// The WebSocket's URL: Engine.IO's own query, the URL's, and the one that was given beside it.
    pub(super) fn websocket_url(&self, path: &str, query: &[(String, String)]) -> String {
        let mut url = format!("{}{path}?EIO=4&transport=websocket", self.origin);
        if let Some(own) = &self.query {
            url.push('&');
            url.push_str(own);
        }
        for (key, value) in query {
            url.push('&');
            push_encoded(&mut url, key);
            url.push('=');
            push_encoded(&mut url, value);
        }
        url
    }
}

/// A URL as it is shown: a query may be secret.
pub(super) fn without_query(url: &str) -> String {
    url.split('?').next().unwrap_or_default().into()
}

/// As JavaScript's `encodeURIComponent`: all but the characters that mean nothing in a URL.
fn push_encoded(url: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'!' | b'~' | b'*' | b'\'' | b'(' | b')' => {
                url.push(byte.into());
            }
            // Writing to a String can't fail.
            _ => drop(write!(url, "%{byte:02X}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn websocket_url(url: &str) -> String {
        ServerUrl::read(url, Some("http://page:1")).unwrap().websocket_url(PATH, &[])
    }

    #[test]
    fn every_form_names_one_server_and_one_namespace() {
        const LOCAL: &str = "ws://localhost:5000/socket.io/?EIO=4&transport=websocket";
        for (url, namespace) in
            [("http://localhost:5000", "/"), ("ws://localhost:5000/", "/"), ("http://localhost:5000/a/b#c?d", "/a/b")]
        {
            assert_eq!(websocket_url(url), LOCAL, "{url}");
            assert_eq!(ServerUrl::read(url, None).unwrap().namespace, namespace, "{url}");
        }
        for (url, expected) in [
            ("/", "ws://page:1/socket.io/?EIO=4&transport=websocket"),
            ("/admin", "ws://page:1/socket.io/?EIO=4&transport=websocket"),
            ("//other:2/admin?b=c", "ws://other:2/socket.io/?EIO=4&transport=websocket&b=c"),
            ("https://[::1]:1", "wss://[::1]:1/socket.io/?EIO=4&transport=websocket"),
            ("wss://a?b=c", "wss://a/socket.io/?EIO=4&transport=websocket&b=c"),
        ] {
            assert_eq!(websocket_url(url), expected, "{url}");
        }
    }

    #[test]
    fn a_url_without_a_scheme_has_the_pages() {
        let secure = ServerUrl::read("//other/admin", Some("https://page:1")).unwrap();
        assert_eq!((&*secure.origin, &*secure.namespace), ("wss://other", "/admin"));
    }

    #[test]
    fn a_query_is_encoded() {
        let server = ServerUrl::read("http://a", None).unwrap();
        let query = [("a b".into(), "c&d=é".into())];
        assert_eq!(server.websocket_url("/x/", &query), "ws://a/x/?EIO=4&transport=websocket&a%20b=c%26d%3D%C3%A9");
    }

    #[test]
    fn what_names_none_says_why() {
        let read = |url| ServerUrl::read(url, None).map(drop);
        assert_eq!(read("localhost:5000"), Err(BuildError::Scheme("localhost:5000".into())));
        assert_eq!(read("ftp://x"), Err(BuildError::Scheme("ftp://x".into())));
        assert_eq!(read("http://"), Err(BuildError::NoHost("http://".into())));
        assert_eq!(read("/"), Err(BuildError::NoOrigin("/".into())));
        assert_eq!(read("//host/a?secret"), Err(BuildError::NoOrigin("//host/a".into())));
        assert_eq!(read("ftp://x?secret"), Err(BuildError::Scheme("ftp://x".into())));
        assert_eq!(ServerUrl::read("/", Some("null")), Err(BuildError::Scheme("null/".into())));
    }
}
