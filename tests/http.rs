//! What the port answers over HTTP: health, the page and its files, no API yet, and what pages of other origins may do.

use hubbub_tests::http::{ask, get, post};
use hubbub_tests::process::Process;
use hubbub_tests::raw::Raw;
use hubbub_tests::server::{self, Server};
use hubbub_tests::wait::wait_for;
use hyper::{Method, StatusCode};

/// The files that index.html names and that have a hash in their name.
async fn hashed_files(server: &Server) -> Vec<String> {
    let index = get(&server.url, &[]).await;
    let words = index.text().split(['"', '\'', '`']);
    let words = words.filter(|word| word.starts_with('/') && word.contains('-') && !word.contains(' '));
    let mut files: Vec<String> = words.map(str::to_owned).collect();
    files.sort();
    files.dedup();
    assert!(
        [".js", ".wasm", ".svg"].iter().all(|end| files.iter().any(|file| file.ends_with(end))),
        "index.html should name a script, an icon and a wasm file, each with a hash: {files:?}\n{}",
        index.text()
    );
    files
}

#[tokio::test]
async fn it_is_healthy() {
    let server = Server::start(&[]).await;
    let answer = get(&format!("{}/healthz", server.url), &[]).await;
    assert_eq!((answer.status, answer.text()), (StatusCode::OK, "ok"));
}

#[tokio::test]
async fn the_page_is_revalidated() {
    let server = Server::start(&[]).await;
    let page = get(&server.url, &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.header("content-type").starts_with("text/html"), "{:?}", page.headers);
    assert_eq!(page.header("cache-control"), "no-cache");
    let etag = page.header("etag");
    assert!(!etag.is_empty(), "no ETag: {:?}", page.headers);

    let again = get(&server.url, &[("if-none-match", etag)]).await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    let other = get(&server.url, &[("if-none-match", "\"another\"")]).await;
    assert_eq!((other.status, other.body), (StatusCode::OK, page.body));
}

#[tokio::test]
async fn hashed_files_are_kept_for_ever() {
    let server = Server::start(&[]).await;
    for file in hashed_files(&server).await {
        let answer = get(&format!("{}{file}", server.url), &[]).await;
        assert_eq!(answer.status, StatusCode::OK, "{file}");
        let cache = answer.header("cache-control");
        assert!(cache.contains("immutable") && cache.contains("max-age=31536000"), "{file}: {cache:?}");
        let expected = match file.rsplit('.').next() {
            Some("js") => "text/javascript",
            Some("wasm") => "application/wasm",
            Some("svg") => "image/svg+xml",
            _ => "",
        };
        assert!(answer.header("content-type").starts_with(expected), "{file}: {:?}", answer.headers);
    }
}

#[tokio::test]
async fn brotli_for_those_who_ask() {
    let server = Server::start(&[]).await;
    let mut files = hashed_files(&server).await;
    files.retain(|file| file.ends_with(".wasm") || file.ends_with(".js"));
    for file in files.iter().map(String::as_str).chain(["/"]) {
        let url = format!("{}{file}", server.url);
        let plain = get(&url, &[]).await;
        assert_eq!(plain.header("content-encoding"), "", "{file}");
        let compressed = get(&url, &[("accept-encoding", "gzip, deflate, br, zstd")]).await;
        assert_eq!(compressed.header("content-encoding"), "br", "{file}");
        assert!(
            compressed.header("vary").to_lowercase().contains("accept-encoding"),
            "{file}: {:?}",
            compressed.headers
        );
        assert!(plain.header("vary").to_lowercase().contains("accept-encoding"), "{file}: {:?}", plain.headers);
        assert!(compressed.body.len() < plain.body.len(), "{file}: {} bytes", compressed.body.len());
        let refused = get(&url, &[("accept-encoding", "br;q=0, gzip")]).await;
        assert_eq!((refused.header("content-encoding"), &refused.body), ("", &plain.body), "{file}");
    }
}

#[tokio::test]
async fn a_path_without_a_dot_is_the_page_and_one_with_a_dot_is_nothing() {
    let server = Server::start(&[]).await;
    let page = get(&server.url, &[]).await;
    for path in ["/rooms", "/rooms/lobby", "/index.html"] {
        let answer = get(&format!("{}{path}", server.url), &[]).await;
        assert_eq!((answer.status, &answer.body), (StatusCode::OK, &page.body), "{path}");
        assert_eq!(answer.header("cache-control"), "no-cache", "{path}");
    }
    for path in ["/favicon.gif", "/rooms/app.js", "/../Cargo.toml", "/%2e%2e/Cargo.toml", "/.git/config"] {
        let answer = get(&format!("{}{path}", server.url), &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_ne!(answer.body, page.body, "{path}");
    }
}

#[tokio::test]
async fn an_unknown_api_is_json() {
    let server = Server::start(&[]).await;
    for method in [Method::GET, Method::POST, Method::DELETE] {
        let answer = ask(method.clone(), &format!("{}/api/unknown", server.url), &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method}");
        assert_eq!(answer.header("content-type"), "application/json", "{method}");
        let error: serde_json::Value = serde_json::from_slice(&answer.body).expect("JSON");
        assert!(error["error"]["code"].is_string() && error["error"]["message"].is_string(), "{error}");
    }
}

const POLL: &str = "/socket.io/?EIO=4&transport=polling";

#[tokio::test]
async fn any_origin_may_use_it_without_credentials() {
    let server = Server::start(&[]).await;
    for path in ["/healthz", POLL] {
        let answer = get(&format!("{}{path}", server.url), &[("origin", "https://elsewhere.example")]).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
        assert_eq!(answer.header("access-control-allow-credentials"), "", "{path}");
    }
}

#[tokio::test]
async fn named_origins_may_use_it_and_no_others() {
    let server =
        Server::start(&["--allow-origin", "https://one.example", "--allow-origin", "https://two.example:8443"]).await;
    for (origin, allowed) in [
        ("https://one.example", true),
        ("https://two.example:8443", true),
        ("http://one.example", false),
        ("https://one.example.evil.example", false),
        ("null", false),
    ] {
        let answer = get(&format!("{}{POLL}", server.url), &[("origin", origin)]).await;
        let expected = if allowed { origin } else { "" };
        assert_eq!(answer.status, if allowed { StatusCode::OK } else { StatusCode::FORBIDDEN }, "{origin}");
        assert_eq!(answer.header("access-control-allow-origin"), expected, "{origin}");
        assert_eq!(answer.header("access-control-allow-credentials"), "", "{origin}");
    }
}

/// Of CORS, browsers ask nothing before they open a WebSocket.
#[tokio::test]
async fn a_websocket_is_for_named_origins_our_own_and_those_without() {
    let open = Server::start(&[]).await;
    assert_eq!(Raw::knock(open.address(), Some("https://elsewhere.example")).await, 101);
    let server = Server::start(&["--allow-origin", "https://one.example"]).await;
    let own = server.url.clone();
    for (origin, status) in [
        (None, 101),
        (Some("https://one.example"), 101),
        (Some(&*own), 101),
        (Some("https://elsewhere.example"), 403),
        (Some("null"), 403),
    ] {
        assert_eq!(Raw::knock(server.address(), origin).await, status, "{origin:?}");
    }
    let refused = get(&format!("{}{POLL}", server.url), &[("origin", "https://elsewhere.example")]).await;
    assert_eq!(refused.text().lines().count(), 1, "{:?}", refused.text());
    server.log.wait_for(&["DEBUG", "refused", "https://elsewhere.example"]).await;
    let own = get(&format!("{}{POLL}", server.url), &[("origin", &own)]).await;
    assert_eq!(own.status, StatusCode::OK);
}

#[tokio::test]
async fn a_preflight_is_answered() {
    let headers = [
        ("origin", "https://elsewhere.example"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type"),
    ];
    for (flags, allowed) in [
        (&[][..], "*"),
        (&["--allow-origin", "https://elsewhere.example"], "https://elsewhere.example"),
        (&["--allow-origin", "https://one.example"], ""),
    ] {
        let server = Server::start(flags).await;
        let answer = ask(Method::OPTIONS, &format!("{}{POLL}", server.url), &headers).await;
        assert!(answer.status.is_success(), "{}", answer.status);
        assert_eq!(answer.header("access-control-allow-origin"), allowed, "{flags:?}");
        assert_ne!(answer.header("access-control-allow-methods"), "", "{flags:?}");
        assert_ne!(answer.header("access-control-allow-headers"), "", "{flags:?}");
    }
}

/// However few connections they need, sessions of long polling are as many as connections may be, and no more.
#[tokio::test]
async fn no_more_sessions_than_connections() {
    const SESSIONS: usize = 50;
    let server = Server::start(&["--max-connections", &SESSIONS.to_string()]).await;
    let poll = format!("{}{POLL}", server.url);
    let mut sessions = Vec::new();
    for _ in 0..SESSIONS {
        let open = get(&poll, &[]).await;
        let open: serde_json::Value = serde_json::from_str(open.text().trim_start_matches('0')).expect("a handshake");
        sessions.push(format!("{poll}&sid={}", open["sid"].as_str().expect("a session")));
    }
    let refused = get(&poll, &[]).await;
    assert_eq!((refused.status, refused.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "10"));
    assert_eq!(refused.text(), "Too many sessions.\n");
    assert_eq!(Raw::knock(server.address(), None).await, 503);
    server.log.wait_for(&["WARN", "too many sessions"]).await;

    // Those that are there go on, joined or not, and one that ends leaves its place to another.
    for session in &sessions {
        assert_eq!(post(session, "40").await.status, StatusCode::OK);
        wait_for("CONNECT, perhaps after a ping", async || {
            let packets = get(session, &[]).await;
            if packets.text().contains("40{") { Ok(()) } else { Err(format!("{packets:?}")) }
        })
        .await;
    }
    post(&sessions[0], "1").await;
    let open = wait_for("a place", async || {
        let open = get(&poll, &[]).await;
        if open.status == StatusCode::OK { Ok(open) } else { Err(open.status.to_string()) }
    })
    .await;
    assert!(open.text().starts_with("0{"), "{}", open.text());
    assert_eq!(get(&poll, &[]).await.status, StatusCode::SERVICE_UNAVAILABLE);
}

/// The URL that a server says which was started with these variables and flags.
async fn address_with(variables: &[(&str, &str)], flags: &[&str]) -> String {
    let mut command = server::command();
    let mut process = Process::start(command.envs(variables.iter().copied()).args(flags), "");
    let said = process.stdout();
    wait_for("an address", async || {
        let lines = said.get().clone();
        let word = lines.iter().find_map(|line| line.split_whitespace().rfind(|word| word.starts_with("http://")));
        word.map(str::to_owned).ok_or_else(|| format!("{lines:?}"))
    })
    .await
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

#[tokio::test]
async fn where_to_listen_is_the_flag_then_hubbub_listen_then_port() {
    let (flag, variable, port) = (free_port(), free_port(), free_port());
    let at = |port: u16| format!("127.0.0.1:{port}");
    let (flag, variable, port_text) = (at(flag), at(variable), port.to_string());
    let both = [("HUBBUB_LISTEN", &*variable), ("PORT", &*port_text)];
    assert_eq!(address_with(&both, &["--listen", &flag]).await, format!("http://{flag}"));
    assert_eq!(address_with(&both, &[]).await, format!("http://{variable}"));
    // On all addresses, so it says the one that works everywhere on this machine.
    assert_eq!(address_with(&both[1..], &[]).await, format!("http://localhost:{port}"));
}
