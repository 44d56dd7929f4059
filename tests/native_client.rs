//! Our client against the official server, and against our own.

use std::time::Duration;

use hubbub_client::{AckError, Client, DisconnectReason, EmitError, LinkError, Reconnection, Socket, Status};
use hubbub_tests::native::{Chatter, Memory, statuses};
use hubbub_tests::peer::Peer;
use hubbub_tests::server::Server;
use hubbub_tests::wait::{wait_until_eq, within_limit};
use nix::sys::signal::Signal;
use serde_json::{Value, json};

/// A client that is quick to try again.
fn client(port: u16) -> Client {
    let quick = Reconnection::default().delay(Duration::from_millis(50));
    Client::builder(&format!("http://127.0.0.1:{port}")).reconnection(quick).build().expect("a good URL")
}

/// The official server, and a client of it.
async fn pair(options: Value) -> (Peer, u16, Client) {
    let (server, port) = Peer::server(0, options).await;
    (server, port, client(port))
}

async fn joined(client: &Client, namespace: &str) -> (Socket, Memory<Status>) {
    let socket = client.socket(namespace);
    let statuses = statuses(&socket);
    socket.connect();
    statuses.wait_for(is_connected).await;
    (socket, statuses)
}

fn is_connected(status: &Status) -> bool {
    matches!(status, Status::Connected { .. })
}

/// The arguments, as JSON, of all events of this name.
fn heard(socket: &Socket, name: &str) -> Memory<String> {
    let memory = Memory::default();
    let hearing = memory.clone();
    socket.on(name, move |event| hearing.add(event.args().as_json().to_owned()));
    memory
}

#[tokio::test]
async fn it_connects_under_the_id_that_the_server_gave() {
    let (server, _, client) = pair(json!({})).await;
    let (_, statuses) = joined(&client, "/").await;
    let id = server.wait_for(&json!({"is": "connection"})).await["id"].as_str().unwrap().into();
    assert_eq!(statuses.all(), [Status::Connecting, Status::Connected { id, recovered: false }]);
}

#[tokio::test]
async fn middleware_sees_the_auth_payload() {
    let (server, _, client) = pair(json!({})).await;
    let socket = client.socket("/guarded");
    let statuses = statuses(&socket);
    let auth = json!({"token": "sesame", "more": [1, "ünï"]});
    socket.set_auth(&auth).expect("an object");
    socket.connect();
    statuses.wait_for(is_connected).await;
    assert_eq!(server.wait_for(&json!({"is": "auth"})).await["auth"], auth);
}

#[tokio::test]
async fn a_refusal_of_middleware_has_its_message_and_data() {
    let (server, _, client) = pair(json!({})).await;
    let socket = client.socket("/guarded");
    let statuses = statuses(&socket);
    socket.set_auth(&json!({"token": "wrong"})).expect("an object");
    socket.connect();
    let refused = statuses.wait_for(|status| matches!(status, Status::Disconnected { .. })).await;
    let data = r#"{"code":7,"seen":{"token":"wrong"}}"#;
    let reason = DisconnectReason::Refused { message: "not with this token".into(), data: Some(data.into()) };
    assert_eq!(refused, Status::Disconnected { reason });
    assert_eq!(server.said(&json!({"is": "connection"})), [Value::Null; 0]);
    // It may try again with something better.
    socket.set_auth(&json!({"token": "sesame"})).expect("an object");
    socket.connect();
    statuses.wait_for(is_connected).await;
}

#[tokio::test]
async fn a_namespace_that_is_not_there_is_refused() {
    let (_server, _, client) = pair(json!({})).await;
    let socket = client.socket("/nowhere");
    let statuses = statuses(&socket);
    socket.connect();
    let refused = statuses.wait_for(|status| matches!(status, Status::Disconnected { .. })).await;
    let reason = DisconnectReason::Refused { message: "Invalid namespace".into(), data: None };
    assert_eq!(refused, Status::Disconnected { reason });
}

#[tokio::test]
async fn events_go_both_ways_with_any_number_of_arguments() {
    let (mut server, _, client) = pair(json!({})).await;
    let (socket, _) = joined(&client, "/").await;
    let echoes = heard(&socket, "echo");
    socket.emit("echo", ()).unwrap();
    socket.emit("echo", ("ünï \"\\ \u{1F980}",)).unwrap();
    socket.emit("echo", (1, json!({"a": [null, true]}), "three")).unwrap();
    let expected = ["[]", r#"["ünï \"\\ 🦀"]"#, r#"[1,{"a":[null,true]},"three"]"#];
    echoes.wait_for_count(3, |_| true).await;
    assert_eq!(echoes.all(), expected);
    let said = server.said(&json!({"is": "event"}));
    let args: Vec<Value> = said.iter().map(|event| event["args"].clone()).collect();
    assert_eq!(args, expected.map(|args| serde_json::from_str::<Value>(args).unwrap()));

    let news = heard(&socket, "news");
    for args in [json!([]), json!(["one"]), json!([1, null, {"x": "y"}])] {
        server.ask(json!({"do": "emit", "namespace": "/", "name": "news", "args": args})).await;
    }
    news.wait_for_count(3, |_| true).await;
    assert_eq!(news.all(), ["[]", r#"["one"]"#, r#"[1,null,{"x":"y"}]"#]);
}

#[tokio::test]
async fn binary_attachments_come_whole() {
    let (mut server, _, client) = pair(json!({})).await;
    let (socket, _) = joined(&client, "/").await;
    let files = Memory::default();
    let got = files.clone();
    socket.on("file", move |event| got.add(event.args().attachments().to_vec()));
    let after = heard(&socket, "after");
    let args = json!([{"$bytes": [1, 2, 3]}, "between", {"inside": {"$bytes": [4]}}]);
    server.ask(json!({"do": "emit", "namespace": "/", "name": "file", "args": args})).await;
    server.ask(json!({"do": "emit", "namespace": "/", "name": "after", "args": []})).await;
    after.wait_for(|_| true).await;
    assert_eq!(files.all(), [vec![vec![1, 2, 3], vec![4]]]);
}

#[tokio::test]
async fn the_server_acknowledges() {
    let (_server, _, client) = pair(json!({})).await;
    let (socket, _) = joined(&client, "/").await;
    assert_eq!(socket.emit_with_ack::<()>("ask", ()).unwrap().await, Ok(()));
    assert_eq!(socket.emit_with_ack::<(String,)>("ask", ("x",)).unwrap().await, Ok(("x".into(),)));
    assert_eq!(
        socket.emit_with_ack::<(u8, Vec<bool>, String)>("ask", (7, [true], "z")).unwrap().await,
        Ok((7, vec![true], "z".into()))
    );
    let unreadable = socket.emit_with_ack::<(u8,)>("ask", ("no number",)).unwrap().await;
    assert!(matches!(unreadable, Err(AckError::Unreadable(_))), "{unreadable:?}");
}

#[tokio::test]
async fn the_client_acknowledges() {
    let (mut server, _, client) = pair(json!({})).await;
    let (socket, _) = joined(&client, "/").await;
    socket.on("question", |event| {
        let (text,) = event.read::<(String,)>().expect("one text");
        event.responder().expect("it asks").answer((text, 2, "three")).expect("connected");
    });
    server.ask(json!({"do": "ask", "namespace": "/", "name": "question", "args": ["one"]})).await;
    assert_eq!(server.wait_for(&json!({"is": "answer"})).await["answer"], json!(["one", 2, "three"]));
}

#[tokio::test]
async fn an_acknowledgement_that_never_comes_times_out() {
    let (server, port) = Peer::server(0, json!({})).await;
    let url = format!("http://127.0.0.1:{port}");
    let client = Client::builder(&url).ack_timeout(Duration::from_millis(200)).build().expect("a good URL");
    let (socket, statuses) = joined(&client, "/").await;
    let ack = within_limit("the time-out", socket.emit_with_ack::<()>("ignored", ("x",)).unwrap()).await;
    assert_eq!(ack, Err(AckError::TimedOut));
    server.wait_for(&json!({"is": "event", "name": "ignored"})).await;
    assert_eq!(statuses.all().len(), 2, "which is no reason to disconnect");
}

#[tokio::test]
async fn two_namespaces_share_one_connection_and_end_apart() {
    let (mut server, _, client) = pair(json!({})).await;
    let (root, root_statuses) = joined(&client, "/").await;
    let (other, other_statuses) = joined(&client, "/other").await;
    server.ask(json!({"do": "engine_connections"})).await;
    assert_eq!(server.wait_for(&json!({"is": "engine_connections"})).await["count"], 1);

    let (at_root, at_other) = (heard(&root, "echo"), heard(&other, "echo"));
    other.emit("echo", ("other",)).unwrap();
    root.emit("echo", ("root",)).unwrap();
    at_root.wait_for(|_| true).await;
    at_other.wait_for(|_| true).await;
    assert_eq!((at_root.all(), at_other.all()), (vec![r#"["root"]"#.into()], vec![r#"["other"]"#.into()]));

    other.disconnect();
    other_statuses.wait_for(|status| *status == Status::Disconnected { reason: DisconnectReason::Client }).await;
    let left = server.wait_for(&json!({"is": "disconnect", "namespace": "/other"})).await;
    assert_eq!(left["reason"], "client namespace disconnect");
    assert_eq!(other.at_once().emit("echo", ()), Err(EmitError::NotConnected));
    assert_eq!(root.emit_with_ack::<(u8,)>("ask", (1,)).unwrap().await, Ok((1,)));
    assert_eq!(root_statuses.all().len(), 2);
    assert_eq!(server.said(&json!({"is": "disconnect", "namespace": "/"})), [Value::Null; 0]);

    // The last one takes the connection with it.
    root.disconnect();
    server.wait_for(&json!({"is": "disconnect", "namespace": "/"})).await;
    wait_until_eq("the count of connections", &json!(0), async || {
        let asked = server.said(&json!({"is": "engine_connections"})).len();
        server.ask(json!({"do": "engine_connections"})).await;
        server.wait_for_count(&json!({"is": "engine_connections"}), asked + 1).await[asked]["count"].clone()
    })
    .await;
}

#[tokio::test]
async fn a_server_that_disconnects_is_not_dialled_again() {
    let (mut server, _, client) = pair(json!({})).await;
    let (socket, statuses) = joined(&client, "/").await;
    let (other, _) = joined(&client, "/other").await;
    server.ask(json!({"do": "disconnect", "namespace": "/"})).await;
    statuses.wait_for(|status| *status == Status::Disconnected { reason: DisconnectReason::Server }).await;
    // The other namespace proves that time has passed and the client is well.
    assert_eq!(other.emit_with_ack::<()>("ask", ()).unwrap().await, Ok(()));
    assert_eq!(socket.status(), Status::Disconnected { reason: DisconnectReason::Server });
    assert_eq!(server.said(&json!({"is": "connection", "namespace": "/"})).len(), 1);
}

#[tokio::test]
async fn a_dropped_client_closes_its_connection() {
    let (server, _, client) = pair(json!({})).await;
    let (socket, _) = joined(&client, "/").await;
    drop((client, socket));
    let left = server.wait_for(&json!({"is": "disconnect"})).await;
    assert_eq!(left["reason"], "client namespace disconnect");
}

#[tokio::test]
async fn a_killed_server_is_found_again() {
    let (mut server, port, client) = pair(json!({})).await;
    let (socket, statuses) = joined(&client, "/").await;
    let (_, other_statuses) = joined(&client, "/other").await;
    let asked = socket.emit_with_ack::<()>("ignored", ()).unwrap();
    server.wait_for(&json!({"is": "event", "name": "ignored"})).await;
    server.kill().await;
    assert_eq!(within_limit("the lost acknowledgement", asked).await, Err(AckError::Disconnected));
    for statuses in [&statuses, &other_statuses] {
        let is_first =
            |status: &Status| matches!(status, Status::Reconnecting { attempt: 1, reason: LinkError::Closed, .. });
        statuses.wait_for(is_first).await;
    }
    assert_eq!(socket.at_once().emit("echo", ("now or never",)), Err(EmitError::NotConnected));
    statuses
        .wait_for(|status| matches!(status, Status::Reconnecting { attempt: 2, reason: LinkError::Unreachable(_), .. }))
        .await;

    let (_again, _) = Peer::server(port, json!({})).await;
    statuses.wait_for_count(2, is_connected).await;
    other_statuses.wait_for_count(2, is_connected).await;
    assert_eq!(socket.emit_with_ack::<(u8,)>("ask", (1,)).unwrap().await, Ok((1,)));
}

#[tokio::test]
async fn a_server_that_falls_silent_is_noticed_by_its_heartbeat() {
    let (server, _, client) = pair(json!({"pingInterval": 200, "pingTimeout": 300})).await;
    let (socket, statuses) = joined(&client, "/").await;
    server.signal(Signal::SIGSTOP);
    let missed = |status: &Status| matches!(status, Status::Reconnecting { reason: LinkError::HeartbeatMissed, .. });
    statuses.wait_for(missed).await;
    server.signal(Signal::SIGCONT);
    statuses.wait_for_count(2, is_connected).await;
    assert_eq!(within_limit("an answer", socket.emit_with_ack::<(u8,)>("ask", (1,)).unwrap()).await, Ok((1,)));
}

/// A link that is used for longer than its patience stays, because pings are answered.
#[tokio::test]
async fn a_healthy_link_outlives_its_patience() {
    let (server, _, client) = pair(json!({"pingInterval": 100, "pingTimeout": 2_000})).await;
    let (socket, statuses) = joined(&client, "/").await;
    let started = std::time::Instant::now();
    while started.elapsed() < Duration::from_secs(4) {
        assert_eq!(socket.emit_with_ack::<()>("ask", ()).unwrap().await, Ok(()));
    }
    assert_eq!(statuses.all().len(), 2);
    assert_eq!(server.said(&json!({"is": "disconnect"})), [Value::Null; 0]);
}

const MESSAGES: usize = 20_000;

#[tokio::test]
async fn a_burst_keeps_its_order_with_the_official_server() {
    let (server, _, client) = pair(json!({})).await;
    let (socket, _) = joined(&client, "/").await;
    let echoes = heard(&socket, "echo");
    for number in 0..MESSAGES {
        socket.emit("echo", (number,)).expect("there is room for all of it");
    }
    echoes.wait_for_count(MESSAGES, |_| true).await;
    let expected: Vec<String> = (0..MESSAGES).map(|number| format!("[{number}]")).collect();
    assert!(echoes.all() == expected, "lost, or out of order");
    server.wait_for_count(&json!({"is": "event"}), MESSAGES).await;
}

#[tokio::test]
async fn a_burst_keeps_its_order_with_our_server() {
    let server = Server::start(&[]).await;
    let (speaker, bystander) = (Chatter::join(&server.url).await, Chatter::join(&server.url).await);
    let texts: Vec<String> = (0..MESSAGES).map(|number| format!("{number:064}")).collect();
    for text in &texts {
        speaker.socket.emit("chat_message", (text,)).expect("there is room for all of it");
    }
    for chatter in [&speaker, &bystander] {
        chatter.heard.wait_for_count(MESSAGES, |_| true).await;
        assert!(chatter.heard.all() == texts, "lost, or out of order");
    }
}

#[tokio::test]
async fn our_server_acknowledges_and_echoes() {
    let server = Server::start(&[]).await;
    let chatter = Chatter::join(&server.url).await;
    let echoes = heard(&chatter.socket, "server_message");
    assert_eq!(chatter.say("hello").await, Ok(()));
    chatter.socket.emit("server_message", ("echo",)).unwrap();
    echoes.wait_for(|echo| echo == r#"["echo"]"#).await;
    assert_eq!(chatter.heard.all(), ["hello"]);
}
