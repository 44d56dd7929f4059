//! From a URL and its settings to a connection.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use hubbub_client::{AuthError, BuildError, Client, DisconnectReason, Status};
use serde_json::json;

use crate::world::{MOMENT, Watched, conformance, give_way, joined, odd, official, peer, peer_does, tag, told};

#[conformance]
async fn every_form_of_url_reaches_the_server() {
    let port = peer().official;
    let mut urls = vec![
        format!("http://127.0.0.1:{port}"),
        format!("http://127.0.0.1:{port}/"),
        format!("ws://127.0.0.1:{port}"),
        format!("http://localhost:{port}/#fragment"),
    ];
    urls.extend(peer().ipv6.map(|port| format!("http://[::1]:{port}")));
    for url in urls {
        let mut socket = Watched::new(Client::new(&url).expect("a good URL").socket("/"));
        socket.connect();
        assert_eq!(socket.next_status().await, Status::Connecting, "{url}");
        let status = socket.next_status().await;
        assert!(matches!(status, Status::Connected { .. }), "{url}: {status:?}");
    }
}

#[conformance]
async fn a_relative_url_belongs_to_the_page() {
    let made = Client::new("/").map(drop);
    // Natively there is no page.
    let expected = if cfg!(target_family = "wasm") { Ok(()) } else { Err(BuildError::NoOrigin("/".into())) };
    assert_eq!(made, expected);
    // Another server, by the page's own scheme.
    let url = format!("//127.0.0.1:{}/deep/name", peer().official);
    let made = Client::builder(&url).socket();
    if cfg!(target_family = "wasm") {
        let mut socket = Watched::new(made.expect("there is a page"));
        socket.connect();
        socket.connected().await;
        assert_eq!(socket.namespace(), "/deep/name");
    } else {
        assert_eq!(made.map(drop), Err(BuildError::NoOrigin(url)));
    }
}

#[conformance]
async fn a_url_that_names_no_server_says_why() {
    let error = |url: &str| Client::new(url).map(drop).expect_err(url);
    assert_eq!(error("ftp://localhost"), BuildError::Scheme("ftp://localhost".into()));
    assert_eq!(error("localhost:5000"), BuildError::Scheme("localhost:5000".into()));
    assert_eq!(error("http://"), BuildError::NoHost("http://".into()));
}

/// A browser brings its own TLS; natively it is a feature.
#[conformance]
async fn tls_is_there_or_its_lack_says_so() {
    let made = Client::new("wss://localhost").map(drop);
    if cfg!(any(target_family = "wasm", feature = "wss")) {
        assert_eq!(made, Ok(()));
    } else {
        assert!(matches!(made, Err(BuildError::NoTls(_))), "{made:?}");
    }
}

#[conformance]
async fn the_urls_path_is_the_namespace() {
    let tag = tag();
    let url = format!("http://127.0.0.1:{}/deep/name?tag={tag}", peer().official);
    let mut socket = Watched::new(Client::builder(&url).socket().expect("a good URL"));
    assert_eq!(socket.namespace(), "/deep/name");
    socket.connect();
    socket.connected().await;
    assert_eq!(told(&tag, "connections", 1).await[0]["namespace"], "/deep/name");
}

#[conformance]
async fn a_path_of_ones_own() {
    let tag = tag();
    joined(official(&tag).path("/elsewhere/")).await;
    let url = told(&tag, "engines", 1).await[0]["url"].clone();
    assert!(url.as_str().is_some_and(|url| url.starts_with("/elsewhere/?EIO=4&transport=websocket")), "{url}");
}

#[conformance]
async fn the_query_arrives_as_it_was_given() {
    let tag = tag();
    let url = format!("http://127.0.0.1:{}/?of=url", peer().official);
    let builder = Client::builder(&url).query("tag", &tag).query("ü & ö", "a=b#c?d/e +%41").query("empty", "");
    joined(builder).await;
    let query = &told(&tag, "connections", 1).await[0]["query"];
    assert_eq!(query["of"], "url");
    assert_eq!(query["ü & ö"], "a=b#c?d/e +%41");
    assert_eq!(query["empty"], "");
}

#[conformance]
async fn auth_is_a_value() {
    let tag = tag();
    let mut socket = Watched::new(official(&tag).build().expect("a good URL").socket("/guarded"));
    let auth = json!({"token": "sesame", "more": [1, "ünï", null]});
    socket.set_auth(&auth).expect("an object");
    socket.connect();
    socket.connected().await;
    assert_eq!(told(&tag, "connections", 1).await[0]["auth"], auth);
    // Anything else can't be one.
    for no_object in [json!(1), json!("text"), json!([])] {
        assert_eq!(socket.set_auth(&no_object), Err(AuthError::NoObject), "{no_object}");
    }
}

#[conformance]
async fn auth_is_asked_for_at_every_connect() {
    let tag = tag();
    let mut socket = Watched::new(official(&tag).build().expect("a good URL").socket("/"));
    let asked = Arc::new(AtomicU32::new(0));
    socket.set_auth_with(move || {
        let time = asked.fetch_add(1, Ordering::Relaxed) + 1;
        async move {
            // It may take its time.
            give_way().await;
            json!({"time": time})
        }
    });
    socket.connect();
    socket.connected().await;
    peer_does(&tag, "close", json!([])).await;
    socket.connected().await;
    let connections = told(&tag, "connections", 2).await;
    assert_eq!([&connections[0]["auth"], &connections[1]["auth"]], [&json!({"time": 1}), &json!({"time": 2})]);
}

#[conformance]
async fn an_answer_that_is_no_auth_counts_as_none() {
    let tag = tag();
    let mut socket = Watched::new(official(&tag).build().expect("a good URL").socket("/"));
    socket.set_auth_with(|| async { "no object" });
    socket.connect();
    socket.connected().await;
    assert_eq!(told(&tag, "connections", 1).await[0]["auth"], json!({}));
}

#[conformance]
async fn an_auth_function_that_never_answers_is_given_up() {
    let tag = tag();
    let mut socket = Watched::new(official(&tag).connect_timeout(MOMENT * 10).socket().expect("a good URL"));
    socket.set_auth_with(std::future::pending::<()>);
    socket.connect();
    let disconnected = Status::Disconnected { reason: DisconnectReason::NoAuth };
    assert_eq!(socket.until(|status| *status != Status::Connecting).await.pop(), Some(disconnected));
    // Whoever is asked again may answer.
    socket.set_auth_with(|| async { json!({}) });
    socket.connect();
    socket.connected().await;
    assert_eq!(told(&tag, "connections", 1).await.len(), 1);
}

/// In a browser no page may set them.
#[cfg(not(target_family = "wasm"))]
#[conformance]
async fn headers_go_with_the_handshake() {
    let tag = tag();
    joined(official(&tag).header("X-Token", "sesame").header("Cookie", "a=1; b=2")).await;
    let headers = &told(&tag, "engines", 1).await[0]["headers"];
    assert_eq!((&headers["x-token"], &headers["cookie"]), (&json!("sesame"), &json!("a=1; b=2")));
    let refused = official(&tag).header("no good", "name").build().map(drop);
    assert_eq!(refused, Err(BuildError::Header("no good".into())));
}

#[conformance]
async fn nothing_is_dialled_before_connect() {
    let tag = tag();
    let socket = official(&tag).socket().expect("a good URL");
    assert_eq!(socket.status(), Status::Disconnected { reason: DisconnectReason::NeverConnected });
    // Another client's way there and back is time enough for a first attempt.
    joined(official(&crate::world::tag())).await;
    assert!(told(&tag, "engines", 0).await.is_empty());
}

#[conformance]
async fn connecting_twice_is_connecting_once() {
    let tag = tag();
    let mut socket = Watched::new(official(&tag).socket().expect("a good URL"));
    socket.connect();
    socket.connect();
    socket.connected().await;
    socket.connect();
    socket.ask::<()>("ask", ()).await;
    assert_eq!(told(&tag, "connections", 1).await.len(), 1);
    assert_eq!(told(&tag, "engines", 1).await.len(), 1);
}

#[conformance]
async fn the_transport_is_a_websocket_from_the_first_byte() {
    let tag = tag();
    let socket = joined(official(&tag)).await;
    socket.ask::<()>("ask", ()).await;
    let engines = told(&tag, "engines", 1).await;
    assert_eq!((engines.len(), &engines[0]["transport"]), (1, &json!("websocket")));
}

#[conformance]
async fn a_server_that_is_slow_to_open_is_given_up() {
    let tag = tag();
    let builder = odd("/mute/", &tag).connect_timeout(MOMENT);
    let mut socket = Watched::new(builder.socket().expect("a good URL"));
    socket.connect();
    let again = |status: &Status| matches!(status, Status::Reconnecting { attempt: 2, .. });
    socket.until(again).await;
    assert!(told(&tag, "engines", 2).await.len() >= 2);
}
