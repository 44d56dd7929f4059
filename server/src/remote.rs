//! Who a client is, as the connection and the proxy in front say.

use std::net::IpAddr;

use axum::http::HeaderMap;

/// Whom a request came from: the other end of the connection or, behind a trusted proxy, whom the proxy says.
pub(crate) fn address(peer: IpAddr, headers: &HeaderMap, trust_proxy: bool) -> IpAddr {
    if !trust_proxy {
        return peer;
    }
    last_word(headers, "x-forwarded-for").and_then(|word| word.parse().ok()).unwrap_or(peer)
}

/// What the proxy in front wrote into a header of this name: the last of its words. Those before may be the client's
/// inventions.
pub(crate) fn last_word<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let line = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    line.rsplit(',').next().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proxy_is_believed_only_if_trusted_and_only_its_own_word() {
        let peer = IpAddr::from([127, 0, 0, 1]);
        let address_with = |lines: &[&'static str], trust| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            address(peer, &headers, trust).to_string()
        };
        assert_eq!(address_with(&["9.9.9.9"], false), "127.0.0.1");
        assert_eq!(address_with(&["9.9.9.9"], true), "9.9.9.9");
        assert_eq!(address_with(&["6.6.6.6, 2001:db8::1"], true), "2001:db8::1");
        assert_eq!(address_with(&["6.6.6.6", "9.9.9.9"], true), "9.9.9.9");
        assert_eq!(address_with(&["who knows"], true), "127.0.0.1");
        assert_eq!(address_with(&[], true), "127.0.0.1");
    }
}
