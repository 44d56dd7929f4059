use axum::http::{Method, Request};
use clap::Parser;
use hubbub_shared::api::Refused;
use serde::de::DeserializeOwned;
use tower::ServiceExt;

use super::*;
use crate::session::in_memory::InMemory;
use crate::transport::engine::Engine;
use crate::transport::stream::{self, Stream};

/// The port, as a client at 127.0.0.1 finds it.
struct Port {
    router: Router,
    sessions: InMemory,
    connection: Connection,
    _stream: Stream,
}

/// What came back.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Port {
    async fn open(flags: &[&str]) -> Self {
        let config = Config::parse_from([&["hubbub"], flags].concat());
        let sessions = InMemory::open();
        let api = SessionApi::new(sessions.clone(), Arc::new(Limits::new(&config)), &config).router();
        let router = crate::routes::router(Arc::new(Engine::new(&config)), api, &config.allow_origin);
        let (_stream, connection) = stream::tests::connected().await;
        Self { router, sessions, connection, _stream }
    }

    async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let request = Request::builder().method(method).uri(path).extension(self.connection.clone());
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let response = self.router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 1 << 20).await.unwrap().into();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    async fn begin(&self, headers: &[(&str, &str)], body: &str) -> Answer {
        self.ask(Method::POST, SESSION_PATH, headers, body.to_owned()).await
    }

    async fn whose(&self, headers: &[(&str, &str)]) -> Answer {
        self.ask(Method::GET, SESSION_PATH, headers, "").await
    }

    async fn end(&self, headers: &[(&str, &str)]) -> Answer {
        self.ask(Method::DELETE, SESSION_PATH, headers, "").await
    }

    async fn link(&self, headers: &[(&str, &str)]) -> Answer {
        self.ask(Method::POST, LINK_PATH, headers, "").await
    }

    /// A new user's token.
    async fn sign_up(&self, name: &str) -> String {
        let answer = self.begin(&[], &format!(r#"{{"name":"{name}"}}"#)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{name}");
        answer.read::<SignedIn>().token
    }
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn read<T: DeserializeOwned>(&self) -> T {
        assert_eq!(self.header("content-type"), "application/json");
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Checks what every refusal must be, and gives its code.
    fn refusal(&self, status: u16) -> ErrorCode {
        let Refused { error } = self.read();
        assert_eq!(self.status, status, "{error}");
        assert!(error.message.ends_with('.'), "{error}");
        assert_eq!(self.header("cache-control"), "no-store");
        assert_eq!(self.header("set-cookie"), "", "{error}");
        error.code
    }
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

fn cookie(token: &str) -> String {
    format!("{COOKIE}={token}")
}

#[tokio::test]
async fn a_session_from_its_begin_to_its_end() {
    let port = Port::open(&[]).await;
    // As the content type of forms and of many scripts.
    let answer = port.begin(&[("content-type", "text/plain")], r#"{"name":" Zoe\u0308 ","later":1}"#).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.header("cache-control"), "no-store");
    let SignedIn { user, token } = answer.read();
    assert_eq!(user.name, "Zoë");
    let expected = format!("hubbub_session={token}; HttpOnly; SameSite=Strict; Path=/; Max-Age=2592000");
    assert_eq!(answer.header("set-cookie"), expected);
    // And what a page may know of it.
    let cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
    assert_eq!(cookies[1..], ["hubbub_here=1; SameSite=Strict; Path=/; Max-Age=2592000"]);

    for (proof, renewed) in [(("authorization", bearer(&token)), ""), (("cookie", cookie(&token)), &*expected)] {
        let whose = port.whose(&[(proof.0, &proof.1)]).await;
        assert_eq!(whose.header("set-cookie"), renewed);
        assert_eq!((whose.status, whose.header("cache-control")), (StatusCode::OK, "no-store"));
        assert_eq!(whose.read::<api::Session>().user, user);
    }
    let ended = port.end(&[("cookie", &cookie(&token))]).await;
    assert_eq!((ended.status, ended.body.len()), (StatusCode::NO_CONTENT, 0));
    assert_eq!(ended.header("cache-control"), "no-store");
    assert_eq!(ended.header("set-cookie"), "hubbub_session=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0");
    assert_eq!(port.whose(&[("cookie", &cookie(&token))]).await.refusal(401), ErrorCode::Unauthorized);
    assert_eq!(port.end(&[("cookie", &cookie(&token))]).await.status, StatusCode::NO_CONTENT, "a second time");
}

#[tokio::test]
async fn a_code_lets_one_more_device_in_once() {
    let port = Port::open(&[]).await;
    let token = port.sign_up("Ada").await;
    let before = now_ms();
    let answer = port.link(&[("authorization", &bearer(&token))]).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let Link { code, expires } = answer.read();
    assert!((before + 600_000..=now_ms() + 600_000).contains(&expires));

    let typed = format!(r#"{{"code":"{}"}}"#, code.to_lowercase().replace('-', " "));
    let second = port.begin(&[], &typed).await;
    assert_eq!(second.status, StatusCode::CREATED);
    let second: SignedIn = second.read();
    assert_ne!(second.token, token);
    assert_eq!(second.user.name, "Ada");
    assert_eq!(port.begin(&[], &typed).await.refusal(400), ErrorCode::BadCode, "used");

    assert_eq!(port.end(&[("authorization", &bearer(&token))]).await.status, StatusCode::NO_CONTENT);
    assert_eq!(
        port.whose(&[("authorization", &bearer(&second.token))]).await.status,
        StatusCode::OK,
        "the other stays"
    );
}

#[tokio::test]
async fn what_begins_no_session() {
    let port = Port::open(&["--session-rate-limit", "0"]).await;
    port.sign_up("Ada").await;
    let token = port.sign_up("Bob").await;
    let Link { code: expired, .. } = port.link(&[("authorization", &bearer(&token))]).await.read();
    port.sessions.write_in_the_future(CODE_TTL);
    let name = |name: &str| serde_json::json!({ "name": name }).to_string();
    let code = |code: &str| serde_json::json!({ "code": code }).to_string();
    // All that a body may have, and one byte.
    let padded = |length: usize| format!("{}{}", " ".repeat(length - name("Eve").len()), name("Eve"));

    for (body, status, expected) in [
        (String::new(), 400, ErrorCode::BadRequest),
        ("{".to_owned(), 400, ErrorCode::BadRequest),
        ("{}".to_owned(), 400, ErrorCode::BadRequest),
        ("null".to_owned(), 400, ErrorCode::BadRequest),
        ("[]".to_owned(), 400, ErrorCode::BadRequest),
        (r#"["Eve",null]"#.to_owned(), 400, ErrorCode::BadRequest),
        (r#" [null,"0123-4567-89AB"]"#.to_owned(), 400, ErrorCode::BadRequest),
        (format!(r#"{{"name":"Eve","x":{}"#, "[".repeat(200)), 400, ErrorCode::BadRequest),
        (r#""Eve""#.to_owned(), 400, ErrorCode::BadRequest),
        ("name=Eve".to_owned(), 400, ErrorCode::BadRequest),
        (r#"{"name":"Eve"}{"name":"Eve"}"#.to_owned(), 400, ErrorCode::BadRequest),
        (r#"{"name":"Eve","name":"Eve"}"#.to_owned(), 400, ErrorCode::BadRequest),
        (r#"{"name":"Eve","code":"0123-4567-89AB"}"#.to_owned(), 400, ErrorCode::BadRequest),
        (r#"{"name":1}"#.to_owned(), 400, ErrorCode::BadRequest),
        (r#"{"name":null}"#.to_owned(), 400, ErrorCode::BadRequest),
        (r#"{"name":["Eve"]}"#.to_owned(), 400, ErrorCode::BadRequest),
        (r#"{"name":"\ud800"}"#.to_owned(), 400, ErrorCode::BadRequest),
        (r#"{"code":123456789012}"#.to_owned(), 400, ErrorCode::BadRequest),
        (padded(4_097), 400, ErrorCode::BadRequest),
        (name(""), 400, ErrorCode::InvalidName),
        (name(" \u{3000}"), 400, ErrorCode::InvalidName),
        (name(&"x".repeat(33)), 400, ErrorCode::InvalidName),
        (name("a\u{0}b"), 400, ErrorCode::InvalidName),
        (name("a\u{202E}b"), 400, ErrorCode::InvalidName),
        (name("guest-12345678"), 400, ErrorCode::InvalidName),
        (name("ＧＵＥＳＴ－1"), 400, ErrorCode::InvalidName),
        (name("Ada"), 409, ErrorCode::NameTaken),
        (name(" aDA "), 409, ErrorCode::NameTaken),
        (name("Ａｄａ"), 409, ErrorCode::NameTaken),
        (code(""), 400, ErrorCode::BadCode),
        (code("0123-4567-89A"), 400, ErrorCode::BadCode),
        (code("UUUU-UUUU-UUUU"), 400, ErrorCode::BadCode),
        (code("0123-4567-89AB"), 400, ErrorCode::BadCode),
        (code(&expired), 400, ErrorCode::BadCode),
    ] {
        assert_eq!(port.begin(&[], &body).await.refusal(status), expected, "{body}");
    }
    let refused = port.ask(Method::POST, SESSION_PATH, &[], b"{\"name\":\"\xff\"}".to_vec()).await;
    assert_eq!(refused.refusal(400), ErrorCode::BadRequest, "not UTF-8");
    let refused: Refused = port.begin(&[], &name(&"x".repeat(33))).await.read();
    assert_eq!(refused.error.message, "A name has at most 32 characters.");

    assert_eq!(port.begin(&[], &name(&"x".repeat(32))).await.status, StatusCode::CREATED);
    assert_eq!(port.begin(&[], &padded(4_096)).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn what_proves_nothing() {
    let port = Port::open(&["--allow-origin", "https://one"]).await;
    let token = port.sign_up("Ada").await;
    let unknown = "A".repeat(43);
    let host = ("host", "here:1");
    for (headers, proves) in [
        (vec![], false),
        (vec![("authorization", bearer(&token))], true),
        (vec![("authorization", bearer(&unknown))], false),
        (vec![("authorization", bearer(&token[1..]))], false),
        (vec![("authorization", bearer("é"))], false),
        (vec![("authorization", bearer(&token)), ("cookie", cookie(&unknown))], true),
        (vec![("authorization", bearer(&unknown)), ("cookie", cookie(&token))], false),
        (vec![("authorization", bearer(&token)), ("origin", "https://evil".into())], true),
        (vec![("cookie", cookie(&token))], true),
        (vec![("cookie", cookie(&unknown))], false),
        (vec![("cookie", cookie("ü"))], false),
        (vec![("cookie", format!("theme=dark; {}; ü=ü", cookie(&token)))], true),
        (vec![("cookie", format!("{}; {}", cookie(&token), cookie(&unknown)))], false),
        (vec![("cookie", cookie(&token)), ("origin", "http://here:1".into())], true),
        (vec![("cookie", cookie(&token)), ("origin", "https://one".into())], true),
        (vec![("cookie", cookie(&token)), ("origin", "https://evil".into())], false),
        (vec![("cookie", cookie(&token)), ("origin", "null".into())], false),
        (vec![("cookie", cookie(&token)), ("origin", "ü".into())], false),
        (vec![("cookie", cookie(&token)), ("origin", "https://here:1".into())], false),
        (
            vec![
                ("cookie", cookie(&token)),
                ("origin", "https://here:1".into()),
                ("x-forwarded-proto", "https".into()),
            ],
            false,
        ),
    ] {
        let mut headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        headers.push(host);
        let (whose, link) = (port.whose(&headers).await, port.link(&headers).await);
        if proves {
            assert_eq!((whose.status, link.status), (StatusCode::OK, StatusCode::CREATED), "{headers:?}");
        } else {
            assert_eq!(whose.header("www-authenticate"), "Bearer");
            assert_eq!(whose.refusal(401), ErrorCode::Unauthorized, "{headers:?}");
            assert_eq!(link.refusal(401), ErrorCode::Unauthorized, "{headers:?}");
            assert_eq!(port.end(&headers).await.status, StatusCode::NO_CONTENT, "{headers:?}");
        }
    }
    assert_eq!(port.whose(&[("cookie", &cookie(&token))]).await.status, StatusCode::OK, "nobody was signed out");
}

#[tokio::test]
async fn an_idle_session_is_none() {
    let port = Port::open(&["--session-ttl", "1h"]).await;
    port.sessions.write_in_the_past(Duration::from_secs(3_590));
    let token = bearer(&port.sign_up("Ada").await);
    assert_eq!(port.whose(&[("authorization", &token)]).await.status, StatusCode::OK);
    assert_eq!(port.sessions.touched().len(), 1);
    port.sessions.write_in_the_past(Duration::from_secs(3_601));
    let token = bearer(&port.sign_up("Bob").await);
    assert_eq!(port.whose(&[("authorization", &token)]).await.refusal(401), ErrorCode::Unauthorized);
    assert_eq!(port.link(&[("authorization", &token)]).await.refusal(401), ErrorCode::Unauthorized);
    assert_eq!(port.end(&[("authorization", &token)]).await.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn the_cookie_is_set_where_it_would_count() {
    let tls = [("host", "inside"), ("x-forwarded-host", "chat"), ("x-forwarded-proto", "https")];
    for (n, (flags, around, origin, expected)) in [
        (&[][..], &[("host", "here")][..], "http://here", "Path=/; Max-Age=2592000"),
        (&[], &[("host", "here")], "https://evil", ""),
        (&[], &[("host", "here")], "null", ""),
        (&["--allow-origin", "https://one"], &[("host", "here")], "https://one", "Path=/; Max-Age=2592000"),
        (&["--session-ttl", "90s"], &[("host", "here")], "http://here", "Path=/; Max-Age=90"),
        (&["--trust-proxy"], &tls, "https://chat", "Path=/; Max-Age=2592000; Secure"),
        (&["--trust-proxy"], &tls, "http://chat", ""),
        (&[], &tls, "https://chat", ""),
    ]
    .into_iter()
    .enumerate()
    {
        let port = Port::open(flags).await;
        let headers = [around, &[("origin", origin)]].concat();
        let begun = port.begin(&headers, &format!(r#"{{"name":"Ada {n}"}}"#)).await;
        assert_eq!(begun.status, StatusCode::CREATED, "the token is for whoever asks");
        let (begun, ended) = (begun.header("set-cookie").to_owned(), port.end(&headers).await);
        assert!(begun.ends_with(expected) && begun.is_empty() == expected.is_empty(), "{origin}: {begun}");
        assert_eq!(ended.header("set-cookie").contains("Max-Age=0"), !expected.is_empty(), "{origin}");
        assert_eq!(ended.header("set-cookie").contains("Secure"), expected.contains("Secure"), "{origin}");
    }
}

#[tokio::test]
async fn sessions_begin_30_times_a_minute_from_one_address() {
    let port = Port::open(&["--trust-proxy"]).await;
    let here = [("x-forwarded-for", "6.6.6.6, 9.9.9.9")];
    // What can't be right is refused before it is counted.
    assert_eq!(port.begin(&here, "{").await.refusal(400), ErrorCode::BadRequest);
    assert_eq!(port.begin(&here, r#"{"name":""}"#).await.refusal(400), ErrorCode::InvalidName);
    for n in 0..28 {
        assert_eq!(port.begin(&here, &format!(r#"{{"name":"{n}"}}"#)).await.status, StatusCode::CREATED);
    }
    assert_eq!(port.begin(&here, r#"{"name":"0"}"#).await.refusal(409), ErrorCode::NameTaken);
    assert_eq!(port.begin(&here, r#"{"code":"?"}"#).await.refusal(400), ErrorCode::BadCode);
    for body in [r#"{"name":"0"}"#, r#"{"name":"new"}"#, r#"{"code":"0123-4567-89AB"}"#] {
        let refused = port.begin(&here, body).await;
        assert_eq!(refused.refusal(429), ErrorCode::RateLimited, "{body}");
        let ms = refused.read::<Refused>().error.retry_after_ms.unwrap();
        assert!((1..=2_000).contains(&ms), "{ms}");
        assert!(["1", "2"].contains(&refused.header("retry-after")), "{}", refused.header("retry-after"));
    }
    assert_eq!(port.begin(&here, r#"{"name":""}"#).await.refusal(400), ErrorCode::InvalidName, "said first");
    let there = port.begin(&[("x-forwarded-for", "9.9.9.9, 6.6.6.6")], r#"{"name":"new"}"#).await;
    assert_eq!(there.status, StatusCode::CREATED);
}

#[tokio::test]
async fn codes_are_made_as_often_as_other_requests() {
    let port = Port::open(&["--rate-limit", "1"]).await;
    let token = bearer(&port.sign_up("Ada").await);
    for _ in 0..25 {
        assert_eq!(port.link(&[("authorization", &token)]).await.status, StatusCode::CREATED);
    }
    assert_eq!(port.link(&[("authorization", &token)]).await.refusal(429), ErrorCode::RateLimited);
}

#[tokio::test]
async fn a_store_that_cannot_is_told_to_come_back() {
    let port = Port::open(&[]).await;
    let token = bearer(&port.sign_up("Ada").await);
    for (refusal, ms, header) in
        [(ErrorCode::TryAgain.into(), 1_000, "1"), (ApiError::retry_after(ErrorCode::TryAgain, 2_500), 2_500, "3")]
    {
        port.sessions.refuse(refusal);
        for answer in [
            port.begin(&[], r#"{"name":"Bob"}"#).await,
            port.begin(&[], r#"{"code":"0123-4567-89AB"}"#).await,
            port.whose(&[("authorization", &token)]).await,
            port.link(&[("authorization", &token)]).await,
            port.end(&[("authorization", &token)]).await,
        ] {
            assert_eq!(answer.refusal(503), ErrorCode::TryAgain);
            assert_eq!(answer.header("retry-after"), header);
            assert_eq!(answer.read::<Refused>().error.retry_after_ms, Some(ms));
        }
    }
}

#[tokio::test]
async fn other_methods_are_told_which_there_are() {
    let port = Port::open(&[]).await;
    for (path, methods, allowed) in [
        (SESSION_PATH, [Method::PUT, Method::PATCH], "GET,HEAD,POST,DELETE"),
        (LINK_PATH, [Method::GET, Method::DELETE], "POST"),
    ] {
        for method in methods {
            let answer = port.ask(method.clone(), path, &[], "").await;
            assert_eq!(answer.refusal(405), ErrorCode::BadRequest, "{method} {path}");
            assert_eq!(answer.header("allow"), allowed, "{method} {path}");
        }
    }
    assert_eq!(port.ask(Method::POST, "/api/session/", &[], "").await.status, StatusCode::NOT_FOUND);
    assert_eq!(port.ask(Method::POST, "/api/session/links", &[], "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_preflight_allows_the_token_and_no_credentials() {
    let port = Port::open(&[]).await;
    let preflight = [
        ("origin", "https://elsewhere"),
        ("access-control-request-method", "DELETE"),
        ("access-control-request-headers", "authorization,content-type"),
    ];
    for path in [SESSION_PATH, LINK_PATH] {
        let answer = port.ask(Method::OPTIONS, path, &preflight, "").await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("access-control-allow-methods"), "*");
        assert_eq!(answer.header("access-control-allow-headers"), "*,authorization");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
    }
}
