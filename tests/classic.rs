//! The classic contract on `/`: what each event does, and that nothing that a client sends harms another.

use hubbub_tests::native::Chatter;
use hubbub_tests::peer::Peer;
use hubbub_tests::raw::Raw;
use hubbub_tests::server::Server;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

async fn connected(server: &Server) -> Peer {
    let peer = Peer::client(&server.url, json!({"transports": ["websocket"]}));
    peer.wait_for(&json!({"is": "connect"})).await;
    peer
}

/// What a peer got, as pairs of name and arguments.
fn events(peer: &Peer) -> Vec<(Value, Value)> {
    peer.said(&json!({"is": "event"})).into_iter().map(|event| (event["name"].clone(), event["args"].clone())).collect()
}

#[tokio::test]
async fn a_chat_message_goes_to_all_verbatim() {
    let server = Server::start(&[]).await;
    let (mut speaker, listener) = (connected(&server).await, connected(&server).await);
    let long = "é".repeat(4_000);
    let texts =
        ["hello", "  kept \t white\nspace  ", "🦀 ünï – 中文 \u{200d} \u{7}", "\"quoted\\\"", "</script>", &long];
    for text in texts {
        speaker.ask(json!({"do": "emit", "name": "chat_message", "args": [text]})).await;
    }
    for peer in [&speaker, &listener] {
        peer.wait_for_count(&json!({"is": "event"}), texts.len()).await;
        assert_eq!(peer.chat(), texts);
    }
}

#[tokio::test]
async fn a_chat_message_is_acknowledged_with_no_argument() {
    let server = Server::start(&[]).await;
    let mut speaker = connected(&server).await;
    speaker.ask(json!({"do": "ask", "name": "chat_message", "args": ["hello"]})).await;
    assert_eq!(speaker.wait_for(&json!({"is": "answer"})).await["answer"], json!([]));
}

#[tokio::test]
async fn a_server_message_comes_back_to_its_sender_alone() {
    let server = Server::start(&[]).await;
    let (mut speaker, listener) = (connected(&server).await, connected(&server).await);
    speaker.ask(json!({"do": "emit", "name": "server_message", "args": [" an echo\n"]})).await;
    speaker.ask(json!({"do": "emit", "name": "chat_message", "args": ["the end"]})).await;
    listener.wait_for(&json!({"name": "chat_message"})).await;
    speaker.wait_for(&json!({"name": "chat_message"})).await;
    let the_end = (json!("chat_message"), json!(["the end"]));
    assert_eq!(events(&listener), std::slice::from_ref(&the_end));
    assert_eq!(events(&speaker), [(json!("server_message"), json!([" an echo\n"])), the_end]);
}

#[tokio::test]
async fn what_the_contract_does_not_know_is_ignored_and_logged() {
    let server = Server::start(&[]).await;
    let listener = connected(&server).await;
    let mut speaker = connected(&server).await;
    let id = speaker.said(&json!({"is": "connect"}))[0]["id"].as_str().unwrap().to_owned();

    let bytes = json!({"$bytes": [1, 2, 3]});
    let too_long = "x".repeat(4_001);
    let huge = "x".repeat(60_000);
    let mut arguments = vec![
        json!([]),
        json!(["two", "texts"]),
        json!([1]),
        json!([{"text": "x"}]),
        json!([["x"]]),
        json!([null]),
        json!([true]),
        json!([bytes]),
        json!(["x", bytes]),
        json!([""]),
        json!([" \t\n\u{3000}"]),
        json!(["\u{7}\u{0}"]),
        json!([too_long]),
        json!([huge]),
    ];
    let known = arguments.len();
    arguments.push(json!(["fine, but for its name"]));
    for (number, args) in arguments.iter().enumerate() {
        let names: &[&str] = if number < known { &["chat_message", "server_message"] } else { &["shout"] };
        for name in names {
            for how in ["emit", "ask"] {
                let logged = server.log.with(&[&id, "ignored", name]).len();
                speaker.ask(json!({"do": how, "name": name, "args": args})).await;
                // Its line in the log is there by the time that what follows it comes back.
                let proof = format!("after {number} {name} {how}");
                speaker.ask(json!({"do": "emit", "name": "chat_message", "args": [proof]})).await;
                for peer in [&speaker, &listener] {
                    peer.wait_for(&json!({"is": "event", "args": [proof]})).await;
                }
                let lines = server.log.with(&[&id, "ignored", name]);
                let shown = args.to_string().chars().take(40).collect::<String>();
                assert_eq!(lines.len(), logged + 1, "{how} {name} {shown}: {lines:?}");
            }
        }
    }
    for peer in [&speaker, &listener] {
        assert!(peer.chat().iter().all(|text| text.starts_with("after ")), "something came back: {:?}", peer.chat());
        assert_eq!(events(peer).len(), peer.chat().len());
        assert_eq!(peer.said(&json!({"is": "answer"})), [Value::Null; 0]);
        assert_eq!(peer.said(&json!({"is": "disconnect"})), [Value::Null; 0]);
    }
}

/// Over long polling a payload may hold many packets, each on its way by itself.
#[tokio::test]
async fn what_is_ignored_over_polling_hurts_nobody_either() {
    let server = Server::start(&[]).await;
    let listener = connected(&server).await;
    let mut speaker = Peer::client(&server.url, json!({"transports": ["polling"]}));
    speaker.wait_for(&json!({"is": "connect"})).await;
    for args in [json!([]), json!([1]), json!(["two", "texts"]), json!([{"$bytes": [1]}]), json!([""])] {
        speaker.ask(json!({"do": "emit", "name": "chat_message", "args": args})).await;
    }
    speaker.ask(json!({"do": "emit", "name": "chat_message", "args": ["the end"]})).await;
    for peer in [&speaker, &listener] {
        peer.wait_for(&json!({"args": ["the end"]})).await;
        assert_eq!(peer.chat(), ["the end"]);
    }
}

/// The most bytes of an Engine.IO payload: 64 KiB. What is over it ends the connection that it came by.
#[tokio::test]
async fn the_edge_of_the_payload() {
    let server = Server::start(&[]).await;
    let neighbour = Chatter::join(&server.url).await;
    // `42["shout","…"]` has 14 bytes around the text.
    for (bytes, survives) in [(65_535, true), (65_536, true), (65_537, false), (1_000_000, false)] {
        let mut raw = Raw::join(server.address()).await;
        let frame = format!(r#"42["shout","{}"]"#, "x".repeat(bytes - 14));
        assert_eq!(frame.len(), bytes);
        // Of a large one the server may refuse the rest.
        let _ = raw.try_send(Message::text(frame)).await;
        if survives {
            raw.send(r#"42["server_message","still here"]"#).await;
            assert_eq!(raw.text().await, r#"42["server_message","still here"]"#, "{bytes} bytes");
        } else {
            assert_eq!(raw.rest().await, [""; 0], "{bytes} bytes");
            server.log.wait_for(&[&raw.id, "disconnected"]).await;
        }
    }
    neighbour.say("still here").await.expect("the neighbour goes on");
    assert_eq!(neighbour.statuses.all().len(), 2, "connecting, connected, and no more");
}

#[tokio::test]
async fn frames_that_break_the_protocol_end_their_own_connection_only() {
    let server = Server::start(&[]).await;
    let neighbour = Chatter::join(&server.url).await;
    let text = |text: &str| (text.to_owned(), None);
    let bytes = |bytes: &[u8]| (String::new(), Some(bytes.to_vec()));
    for (frame, binary) in [
        text("9"),
        text("x"),
        text("4"),
        text("49"),
        text("4x"),
        text(r#"42/nowhere,["chat_message","not joined"]"#),
        text(r#"45["chat_message"]"#),
        text(r#"451000000-["chat_message"]"#),
        text(r#"451-["chat_message",{"_placeholder":true,"num":0}]42["chat_message","x"]"#),
        text("é"),
        text("\u{0}"),
        bytes(b"stray"),
        bytes(&[]),
        bytes(&[0xff; 1_000]),
    ] {
        let mut raw = Raw::join(server.address()).await;
        match &binary {
            None => raw.send(&frame).await,
            Some(bytes) => raw.send_bytes(bytes).await,
        }
        // Some of it means nothing, some of it ends the connection. What it never does is come back as a message, or end
        // any other connection.
        let asked = r#"42["server_message","still here"]"#;
        let _ = raw.try_send(Message::text(asked)).await;
        // Either it comes back, so the frame before it was read, or the connection ends.
        let rest = raw.rest_until(asked).await;
        assert!(rest.iter().all(|text| !text.contains("chat_message")), "{frame:?}: {rest:?}");
        let said = format!("after {frame:?}");
        neighbour.say(&said).await.expect("the neighbour goes on");
        // It is acknowledged before it goes out, and the next one must not hear it.
        neighbour.heard.wait_for_count(1, |text| *text == said).await;
    }
    assert!(neighbour.heard.all().iter().all(|text| text.starts_with("after ")), "{:?}", neighbour.heard.all());
    assert_eq!(neighbour.statuses.all().len(), 2, "connecting, connected, and no more");
}

#[tokio::test]
async fn payloads_that_are_no_json_are_ignored_or_end_their_own_connection_only() {
    let server = Server::start(&[]).await;
    let neighbour = Chatter::join(&server.url).await;
    for payload in
        ["", "[", "]", "{}", "[]", "[1]", "null", "\"chat_message\"", r#"["chat_message","#, r#"["chat_message" "x"]"#]
    {
        let mut raw = Raw::join(server.address()).await;
        raw.send(&format!("42{payload}")).await;
        let asked = r#"42["server_message","still here"]"#;
        let _ = raw.try_send(Message::text(asked)).await;
        let rest = raw.rest_until(asked).await;
        assert!(rest.iter().all(|text| !text.contains("chat_message")), "{payload:?}: {rest:?}");
        neighbour.say(&format!("after {payload:?}")).await.expect("the neighbour goes on");
    }
    assert!(neighbour.heard.all().iter().all(|text| text.starts_with("after ")), "{:?}", neighbour.heard.all());
    assert_eq!(neighbour.statuses.all().len(), 2, "connecting, connected, and no more");
}

#[tokio::test]
async fn a_namespace_that_is_not_there_is_refused() {
    let server = Server::start(&[]).await;
    let mut raw = Raw::join(server.address()).await;
    raw.send("40/nowhere,").await;
    let refusal = raw.text().await;
    assert!(refusal.starts_with("44/nowhere,{"), "{refusal}");
    raw.send(r#"42["server_message","still here"]"#).await;
    assert_eq!(raw.text().await, r#"42["server_message","still here"]"#);
}

#[tokio::test]
async fn without_the_classic_contract_clients_are_refused() {
    let server = Server::start(&["--no-classic"]).await;
    let peer = Peer::client(&server.url, json!({"transports": ["websocket"]}));
    peer.wait_for(&json!({"is": "connect_error"})).await;
    assert_eq!(peer.said(&json!({"is": "connect"})), [Value::Null; 0]);
}

#[tokio::test]
async fn the_log_has_a_line_for_each_connect_and_disconnect() {
    let server = Server::start(&[]).await;
    let peer = connected(&server).await;
    let id = peer.said(&json!({"is": "connect"}))[0]["id"].as_str().unwrap().to_owned();
    server.log.wait_for(&["connected", &id]).await;
    drop(peer);
    let line = server.log.wait_for(&["disconnected", &id]).await;
    assert!(line.contains("reason="), "{line}");
    assert_eq!(server.log.with(&[" connected", &id]).len(), 1);
    assert_eq!(server.log.with(&["disconnected", &id]).len(), 1);
}
