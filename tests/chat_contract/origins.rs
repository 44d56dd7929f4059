//! When the cookie counts: if Origin is absent, is the server's own, or is named.

use hubbub_tests::raw::Raw;
use hubbub_tests::server::Server;
use hubbub_tests::session::{ask_for_link, bearer, cookie, end, sign_in, whoami};
use hyper::StatusCode;

/// What is asked, beside the cookie, and whether the cookie counts.
type Row<'a> = (&'a [&'a str], Vec<(&'static str, &'a str)>, bool);

const ONE: &[&str] = &["--allow-origin", "https://one.example"];
const PROXY: &[&str] = &["--trust-proxy"];

fn forwarded(host: &'static str, proto: &'static str) -> [(&'static str, &'static str); 2] {
    [("x-forwarded-host", host), ("x-forwarded-proto", proto)]
}

fn rows() -> Vec<Row<'static>> {
    let origin = |origin| vec![("origin", origin)];
    let with = |origin, forwarded: [_; 2]| vec![("origin", origin), forwarded[0], forwarded[1]];
    let chat = "https://chat.example";
    vec![
        (&[], vec![], true),
        // `own` stands for what the server listens on.
        (&[], origin("own"), true),
        (&[], origin("own, but https"), false),
        (&[], origin("http://127.0.0.1:1"), false),
        (&[], origin("http://127.0.0.1"), false),
        (&[], origin("https://elsewhere.example"), false),
        (&[], origin("null"), false),
        (&[], with(chat, forwarded("chat.example", "https")), false),
        (PROXY, with(chat, forwarded("chat.example", "https")), true),
        (PROXY, with(chat, forwarded("chat.example", "http")), false),
        (PROXY, with(chat, forwarded("elsewhere.example", "https")), false),
        (PROXY, vec![], true),
        (ONE, vec![], true),
        (ONE, origin("own"), true),
        (ONE, origin("https://one.example"), true),
        (ONE, origin("http://one.example"), false),
        (ONE, origin("https://elsewhere.example"), false),
    ]
}

/// The headers of a row, with the cookie and the server's own origin in them.
fn headers<'a>(
    row: &[(&'static str, &'a str)],
    own: &'a str,
    https: &'a str,
    cookie: &'a str,
) -> Vec<(&'static str, &'a str)> {
    let real = |value| match value {
        "own" => own,
        "own, but https" => https,
        value => value,
    };
    let row = row.iter().map(|(name, value)| (*name, real(*value)));
    row.chain([("cookie", cookie)]).collect()
}

#[tokio::test]
async fn over_http() {
    for (flags, row, counts) in rows() {
        let server = Server::start(flags).await;
        let session = sign_in(&server.url, "Ada").await;
        let (https, cookie) = (server.url.replace("http:", "https:"), cookie(&session.token));
        let headers = headers(&row, &server.url, &https, &cookie);

        let answer = whoami(&server.url, &headers).await;
        assert_eq!(answer.status == StatusCode::OK, counts, "{flags:?} {row:?}: {}", answer.status);
        let answer = ask_for_link(&server.url, &headers).await;
        assert_eq!(answer.status == StatusCode::CREATED, counts, "{flags:?} {row:?}: {}", answer.status);
        end(&server.url, &headers).await;
        let after = whoami(&server.url, &[("authorization", &bearer(&session.token))]).await;
        assert_eq!(after.status == StatusCode::UNAUTHORIZED, counts, "{flags:?} {row:?}: signed out?");
    }
}

#[tokio::test]
async fn over_socket_io() {
    for (flags, row, counts) in rows() {
        if flags == ONE && !counts {
            // No WebSocket at all; see the tests of HTTP.
            continue;
        }
        let server = Server::start(flags).await;
        let session = sign_in(&server.url, "Ada").await;
        let (https, cookie) = (server.url.replace("http:", "https:"), cookie(&session.token));
        let mut raw = Raw::open_with(server.address(), &headers(&row, &server.url, &https, &cookie)).await;
        raw.send("40/chat,").await;
        let answer = raw.text().await;
        let expected = if counts { r#"40/chat,{"sid":""# } else { r#"44/chat,{"message":"unauthorized"}"# };
        assert!(answer.starts_with(expected), "{flags:?} {row:?}: {answer}");
        // A token counts, whatever the origin.
        let mut raw = Raw::open_with(server.address(), &headers(&row, &server.url, &https, "")).await;
        raw.send(&format!(r#"40/chat,{{"token":"{}"}}"#, session.token)).await;
        let answer = raw.text().await;
        assert!(answer.starts_with(r#"40/chat,{"sid":""#), "{flags:?} {row:?}: {answer}");
    }
}

/// A token is not sent by any browser on its own, so it may come from any page that may ask at all.
#[tokio::test]
async fn a_token_counts_from_anywhere() {
    let server = Server::start(&[]).await;
    let session = sign_in(&server.url, "Ada").await;
    let headers = [("origin", "https://elsewhere.example"), ("authorization", &*bearer(&session.token))];
    let answer = whoami(&server.url, &headers).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("access-control-allow-credentials"), "");
}
