//! Sessions over HTTP: beginning one by a name or a code, asking after it, ending it.

use hubbub_tests::database::Database;
use hubbub_tests::http::{Answer, ask, send};
use hubbub_tests::server::Server;
use hubbub_tests::session::{
    ask_for_link, bearer, begin, begin_with, cookie, end, link, refusal, sign_in, sign_in_again, sign_out, signed_in,
    whoami,
};
use hyper::{Method, StatusCode};
use serde_json::json;

use crate::{UNLIMITED, server};

#[tokio::test]
async fn a_name_begins_a_session() {
    let server = server().await;
    let answer = begin(&server.url, &json!({"name": "  Zoë \t"}), &[]).await;
    let session = signed_in(&answer);
    assert_eq!(session.user.name, "Zoë", "trimmed");
    assert!(!session.user.id.is_empty() && !session.user.id.starts_with("guest-"));
    let body = answer.json();
    assert_eq!(body, json!({"user": {"id": session.user.id, "name": "Zoë"}, "token": session.token}));
    // 256 bits, in whatever letters.
    assert!(session.token.len() >= 43, "{}", session.token);

    let set = answer.header("set-cookie");
    let (pair, attributes) = set.split_once(';').unwrap_or((set, ""));
    assert_eq!(pair, cookie(&session.token));
    let attributes: Vec<_> = attributes.split(';').map(|one| one.trim().to_lowercase()).collect();
    for attribute in ["httponly", "samesite=strict", "path=/"] {
        assert!(attributes.iter().any(|one| one == attribute), "{attribute}: {set}");
    }
    assert!(!attributes.iter().any(|one| one == "secure"), "there is no TLS here: {set}");

    let other = sign_in(&server.url, "Ada").await;
    assert_ne!(other.token, session.token);
    assert_ne!(other.user.id, session.user.id);
}

#[tokio::test]
async fn behind_tls_the_cookie_is_secure() {
    let forwarded = [("x-forwarded-proto", "https")];
    for (flags, secure) in [(&[][..], false), (&["--trust-proxy"], true)] {
        let server = Server::start(flags).await;
        let answer = begin(&server.url, &json!({"name": "Ada"}), &forwarded).await;
        let set = answer.header("set-cookie").to_lowercase();
        assert_eq!(set.split(';').any(|one| one.trim() == "secure"), secure, "{flags:?}: {set}");
    }
}

#[tokio::test]
async fn who_am_i() {
    let server = server().await;
    let session = sign_in(&server.url, "Ada").await;
    let (authorization, cookie) = (bearer(&session.token), cookie(&session.token));
    let among_others = format!("theme=dark; {cookie}; x=y");
    for (header, status) in [
        (("authorization", &*authorization), StatusCode::OK),
        (("cookie", &*cookie), StatusCode::OK),
        (("cookie", &*among_others), StatusCode::OK),
        (("x-nothing", "at all"), StatusCode::UNAUTHORIZED),
        (("authorization", "Bearer"), StatusCode::UNAUTHORIZED),
        (("authorization", &*session.token), StatusCode::UNAUTHORIZED),
        (("authorization", "Basic QWRhOg=="), StatusCode::UNAUTHORIZED),
        (("authorization", &*bearer(&forged(&session.token))), StatusCode::UNAUTHORIZED),
        (("authorization", &*bearer(&session.token.to_uppercase().to_lowercase().repeat(2))), StatusCode::UNAUTHORIZED),
        (("cookie", &*format!("hubbub_session={}", forged(&session.token))), StatusCode::UNAUTHORIZED),
        (("cookie", "hubbub_session="), StatusCode::UNAUTHORIZED),
    ] {
        let answer = whoami(&server.url, &[header]).await;
        assert_eq!(answer.status, status, "{header:?}: {}", answer.text());
        match status {
            StatusCode::OK => assert_eq!(answer.json(), json!({"user": session.user}), "{header:?}"),
            _ => assert_eq!(refusal(&answer), "unauthorized", "{header:?}"),
        }
    }
}

/// The same but for its last character.
fn forged(token: &str) -> String {
    let (rest, last) = token.split_at(token.len() - 1);
    format!("{rest}{}", if last == "0" { "1" } else { "0" })
}

#[tokio::test]
async fn names_at_their_edges() {
    let server = server().await;
    let too_long = "x".repeat(33);
    for name in [
        "",
        "  \t\u{3000}",
        &too_long,
        "a\nb",
        "a\u{0}b",
        "a\u{85}b",
        "a\u{e000}",
        "a\u{f8ff}",
        "a\u{f0000}",
        "a\u{200b}b",
        "a\u{200e}",
        "a\u{200f}",
        "a\u{61c}b",
        "a\u{202a}b",
        "a\u{202e}b",
        "a\u{2066}b",
        "a\u{2069}b",
        "a\u{feff}b",
        "guest-1",
        "Guest-Ada",
        "GUEST-",
        " guest-0123abcd ",
    ] {
        let answer = begin(&server.url, &json!({"name": name}), &[]).await;
        assert_eq!((answer.status, &*refusal(&answer)), (StatusCode::BAD_REQUEST, "invalid_name"), "{name:?}");
    }
    // 32 characters once it is composed.
    let longest = "e\u{301}".repeat(32);
    for (name, shown) in [("a", "a"), (&*longest, &*"é".repeat(32)), ("guest", "guest"), ("👩‍👩‍👧 & co", "👩‍👩‍👧 & co")]
    {
        assert_eq!(sign_in(&server.url, name).await.user.name, shown, "{name:?}");
    }
}

#[tokio::test]
async fn a_name_is_taken_by_whoever_looks_the_same() {
    let server = server().await;
    for (first, others) in [
        ("Ada", &["Ada", "ada", "ADA", " ada ", "Ａｄａ", "ᴬda"][..]),
        ("Straße", &["STRASSE", "strasse", "Straſſe"]),
        ("ﬁn", &["fin", "FIN"]),
        ("Zoe\u{301}", &["Zoé", "ZOÉ"]),
        ("ΣΊΣΥΦΟΣ", &["σίσυφος", "σίσυφοσ"]),
    ] {
        sign_in(&server.url, first).await;
        for other in others {
            let answer = begin(&server.url, &json!({"name": other}), &[]).await;
            assert_eq!(answer.status, StatusCode::CONFLICT, "{first} and {other}: {}", answer.text());
            assert_eq!(refusal(&answer), "name_taken", "{first} and {other}");
        }
    }
}

#[tokio::test]
async fn bodies_that_make_no_sense() {
    let server = server().await;
    // Much more than may be, and little enough to have been sent when the answer ends the connection.
    let large = format!(r#"{{"name":"{}"}}"#, "x".repeat(16 << 10));
    for body in [
        "",
        "{",
        "{}",
        "[]",
        r#"["Ada"]"#,
        r#""Ada""#,
        "null",
        "1",
        r#"{"name":1}"#,
        r#"{"name":null}"#,
        r#"{"name":["Ada"]}"#,
        r#"{"name":"Ada","code":"1"}"#,
        r#"{"nom":"Ada"}"#,
        r#"{"code":{}}"#,
        "\u{0}",
        r#"{"name":"\ud800"}"#,
        &large,
    ] {
        let answer = begin_with(&server.url, body, &[]).await;
        let shown: String = body.chars().take(40).collect();
        assert_eq!((answer.status, &*refusal(&answer)), (StatusCode::BAD_REQUEST, "bad_request"), "{shown}");
    }
    // What a later version may add is ignored.
    let answer = begin_with(&server.url, r#"{"name":"Ada","later":[{}]}"#, &[]).await;
    assert_eq!(signed_in(&answer).user.name, "Ada");
}

#[tokio::test]
async fn a_code_lets_one_more_device_in_once() {
    let server = server().await;
    let session = sign_in(&server.url, "Ada").await;
    let code = link(&server.url, &session.token).await;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock").as_millis();
    let left = i128::from(code.expires) - i128::try_from(now).expect("a time");
    assert!((540_000..=600_000).contains(&left), "10 minutes, and not {left} ms");

    let again = signed_in(&begin(&server.url, &json!({"code": code.code}), &[]).await);
    assert_eq!(again.user, session.user);
    assert_ne!(again.token, session.token);
    for (code, why) in [(&*code.code, "used"), ("", "empty"), ("no such code", "unknown"), (&*"9".repeat(200), "long")]
    {
        let answer = begin(&server.url, &json!({"code": code}), &[]).await;
        assert_eq!((answer.status, &*refusal(&answer)), (StatusCode::BAD_REQUEST, "bad_code"), "{why}");
    }
}

#[tokio::test]
async fn a_code_is_for_who_has_signed_in() {
    let server = server().await;
    let session = sign_in(&server.url, "Ada").await;
    let code = link(&server.url, &session.token).await.code;
    sign_out(&server.url, &session.token).await;
    for headers in [&[][..], &[("authorization", &*bearer(&session.token))], &[("authorization", "Bearer forged")]] {
        let answer = ask_for_link(&server.url, headers).await;
        assert_eq!((answer.status, &*refusal(&answer)), (StatusCode::UNAUTHORIZED, "unauthorized"), "{headers:?}");
    }
    // Nobody is left to be let in as.
    let answer = begin(&server.url, &json!({"code": code}), &[]).await;
    assert_eq!((answer.status, &*refusal(&answer)), (StatusCode::BAD_REQUEST, "bad_code"));
}

#[tokio::test]
async fn signing_out_ends_one_session_and_the_last_one_frees_the_name() {
    let server = server().await;
    let first = sign_in(&server.url, "Ada").await;
    let second = sign_in_again(&server.url, &first.token).await;
    let taken = async || begin(&server.url, &json!({"name": "ada"}), &[]).await;

    sign_out(&server.url, &first.token).await;
    assert_eq!(whoami(&server.url, &[("authorization", &bearer(&first.token))]).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(whoami(&server.url, &[("authorization", &bearer(&second.token))]).await.status, StatusCode::OK);
    assert_eq!(refusal(&taken().await), "name_taken");

    // By the cookie this time; the browser is told to forget it.
    let answer = end(&server.url, &[("cookie", &cookie(&second.token))]).await;
    assert_eq!((answer.status, &*answer.body), (StatusCode::NO_CONTENT, &b""[..]));
    let forget = answer.header("set-cookie").to_lowercase();
    assert!(forget.starts_with("hubbub_session=;") && forget.contains("max-age=0"), "{forget}");
    let taken = signed_in(&taken().await);
    assert_ne!(taken.user.id, first.user.id, "an id is never used for another");
}

#[tokio::test]
async fn nobody_may_sign_out_as_well() {
    let server = server().await;
    for headers in [&[][..], &[("authorization", "Bearer forged")], &[("cookie", "hubbub_session=forged")]] {
        assert_eq!(end(&server.url, headers).await.status, StatusCode::NO_CONTENT, "{headers:?}");
    }
}

#[tokio::test]
async fn everything_else_there_is_json() {
    let server = server().await;
    let session = format!("{}/api/session", server.url);
    for (method, url) in [
        (Method::PUT, session.clone()),
        (Method::PATCH, session.clone()),
        (Method::GET, format!("{session}/link")),
        (Method::DELETE, format!("{session}/link")),
        (Method::GET, format!("{session}/other")),
        (Method::POST, format!("{}/api/", server.url)),
        (Method::GET, format!("{}/api/Session", server.url)),
    ] {
        let answer: Answer = ask(method.clone(), &url, &[]).await;
        let is_no = matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED);
        assert!(is_no, "{method} {url}: {}", answer.status);
        assert_eq!(answer.header("content-type"), "application/json", "{method} {url}");
        assert!(!refusal(&answer).is_empty(), "{method} {url}");
    }
}

#[tokio::test]
async fn sessions_and_names_outlive_the_server_and_tokens_are_not_kept() {
    let database = Database::new();
    let mut server = Server::start(&database.flags(&UNLIMITED)).await;
    let session = sign_in(&server.url, "Ada").await;
    let code = link(&server.url, &session.token).await.code;
    server.kill().await;
    let kept = database.bytes();
    for secret in [&session.token, &code] {
        let found = kept.windows(secret.len()).any(|bytes| bytes == secret.as_bytes());
        assert!(!found, "a secret is in the database");
    }
    server.restart().await;
    let answer = whoami(&server.url, &[("authorization", &bearer(&session.token))]).await;
    assert_eq!(answer.json(), json!({"user": session.user}));
    assert_eq!(refusal(&begin(&server.url, &json!({"name": "Ada"}), &[]).await), "name_taken");
    assert_eq!(signed_in(&begin(&server.url, &json!({"code": code}), &[]).await).user, session.user);
}

#[tokio::test]
async fn new_sessions_are_30_a_minute() {
    let server = Server::start(&[]).await;
    let started = std::time::Instant::now();
    let mut count = 0_u32;
    let refused = loop {
        let answer = begin(&server.url, &json!({"name": format!("User {count}")}), &[]).await;
        if answer.status != StatusCode::CREATED {
            break answer;
        }
        count += 1;
        assert!(count < 100, "no limit");
    };
    // One more every two seconds.
    let most = 30 + u32::try_from(started.elapsed().as_secs() / 2).expect("a short test") + 1;
    assert!((30..=most).contains(&count), "{count} in {:?}", started.elapsed());
    assert_eq!((refused.status, &*refusal(&refused)), (StatusCode::TOO_MANY_REQUESTS, "rate_limited"));
    let wait = refused.json()["error"]["retry_after_ms"].as_u64().expect("how long to wait");
    assert!((1..=60_000).contains(&wait), "{wait}");
    let seconds: u64 = refused.header("retry-after").parse().expect("in seconds");
    assert_eq!(seconds, wait.div_ceil(1_000));
    // A browser's page of another origin may not read cookies, but it can ask; nothing is special about it.
    let json = [("content-type", "application/json")];
    let body = json!({"code": "x"}).to_string().into();
    let code = send(Method::POST, &format!("{}/api/session", server.url), &json, body).await;
    assert_eq!(refusal(&code), "rate_limited", "codes can't be guessed faster than names");
}
