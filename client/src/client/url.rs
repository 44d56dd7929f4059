//! From the URL that a user gives to the one of the WebSocket.

use crate::error::BuildError;

/// Where Socket.IO servers listen unless told otherwise.
const PATH: &str = "/socket.io/";

/// The WebSocket's URL on the server that `url` names: `http(s)://host`, `ws(s)://host`, or `/` for the server that
/// the page came from. Only scheme, host and port count.
pub(super) fn websocket_url(url: &str, page_origin: Option<&str>) -> Result<String, BuildError> {
    if url.is_empty() || url.starts_with('/') {
        let origin = page_origin.ok_or_else(|| BuildError::NoOrigin(url.into()))?;
        return websocket_url(origin, None);
    }
    let (scheme, rest) = url.split_once("://").ok_or_else(|| BuildError::Scheme(url.into()))?;
    let scheme = match scheme {
        "http" | "ws" => "ws",
        "https" | "wss" => "wss",
        _ => return Err(BuildError::Scheme(url.into())),
    };
    match rest.split(['/', '?', '#']).next() {
        None | Some("") => Err(BuildError::NoHost(url.into())),
        Some(authority) => Ok(format!("{scheme}://{authority}{PATH}?EIO=4&transport=websocket")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_names_one_websocket() {
        const LOCAL: &str = "ws://localhost:5000/socket.io/?EIO=4&transport=websocket";
        for url in ["http://localhost:5000", "ws://localhost:5000/", "http://localhost:5000/some/page?x#y"] {
            assert_eq!(websocket_url(url, None).as_deref(), Ok(LOCAL), "{url}");
        }
        assert_eq!(websocket_url("/", Some("http://localhost:5000")).as_deref(), Ok(LOCAL));
        assert_eq!(
            websocket_url("https://[::1]:1", None).as_deref(),
            Ok("wss://[::1]:1/socket.io/?EIO=4&transport=websocket")
        );
    }

    #[test]
    fn what_names_none_says_why() {
        assert_eq!(websocket_url("localhost:5000", None), Err(BuildError::Scheme("localhost:5000".into())));
        assert_eq!(websocket_url("ftp://x", None), Err(BuildError::Scheme("ftp://x".into())));
        assert_eq!(websocket_url("http://", None), Err(BuildError::NoHost("http://".into())));
        assert_eq!(websocket_url("/", None), Err(BuildError::NoOrigin("/".into())));
        assert_eq!(websocket_url("/", Some("null")), Err(BuildError::Scheme("null".into())));
    }
}
