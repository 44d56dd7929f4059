//! How the server ends and starts: asked to, it closes within five seconds whatever its clients do, and they come back by
//! themselves; a start that can't work says why.

use std::time::{Duration, Instant};

use hubbub_client::{LinkError, Status};
use hubbub_tests::native::Chatter;
use hubbub_tests::peer::Peer;
use hubbub_tests::raw::Raw;
use hubbub_tests::server::{self, Server};
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use tokio::net::TcpStream;

/// The contract: the one time limit in these tests that is not just patience.
const PROMISED: Duration = Duration::from_secs(5);

async fn official(server: &Server, transport: &str) -> Peer {
    let peer = Peer::client(&server.url, json!({"transports": [transport], "reconnectionDelay": 50}));
    peer.wait_for(&json!({"is": "connect"})).await;
    peer
}

/// Asks the server to end, and measures that it does.
async fn end(server: &mut Server, signal: Signal) {
    let asked = Instant::now();
    server.signal(signal);
    let status = server.exit().await;
    let took = asked.elapsed();
    assert_eq!(status.code(), Some(0), "{}", server.log.last_lines());
    assert!(took < PROMISED, "it took {took:?}: {}", server.log.last_lines());
}

/// A client whose socket is full: it reads nothing, and the server has more for it.
async fn stalled_reader(server: &Server, speaker: &Chatter) -> Raw {
    let stalled = Raw::join(server.address()).await;
    let text = "x".repeat(3_900);
    // What the kernels hold for it, and some more; below the bound of 8 MiB.
    for _ in 0..1_000 {
        speaker.say(&text).await.expect("others are served");
    }
    assert!(server.log.with(&["cut"]).is_empty(), "{}", server.log.last_lines());
    stalled
}

async fn ends_with_a_stalled_reader_and_all_come_back(signal: Signal) {
    let mut server = Server::start(&[]).await;
    let speaker = Chatter::join(&server.url).await;
    let stalled = stalled_reader(&server, &speaker).await;
    let (websocket, polling) = (official(&server, "websocket").await, official(&server, "polling").await);

    end(&mut server, signal).await;
    server.log.wait_for(&["closing"]).await;
    for peer in [&websocket, &polling] {
        let id = peer.said(&json!({"is": "connect"}))[0]["id"].as_str().unwrap().to_owned();
        assert_eq!(server.log.with(&["disconnected", &id, "reason="]).len(), 1, "{}", server.log.last_lines());
    }
    assert_eq!(server.log.with(&["disconnected", &stalled.id, "reason="]).len(), 1, "{}", server.log.last_lines());
    assert_eq!(server.log.with(&["disconnected"]).len(), 4, "{}", server.log.last_lines());
    assert!(TcpStream::connect(server.address()).await.is_err(), "somebody still listens");

    // They see a closed transport, not DISCONNECT, after which none would come back.
    for peer in [&websocket, &polling] {
        let reason = peer.wait_for(&json!({"is": "disconnect"})).await["reason"].clone();
        assert!(reason == "transport close" || reason == "transport error", "{reason}");
    }
    speaker
        .statuses
        .wait_for(|status| matches!(status, Status::Reconnecting { attempt: 1, reason: LinkError::Closed, .. }))
        .await;

    server.restart().await;
    for peer in [&websocket, &polling] {
        peer.wait_for_count(&json!({"is": "connect"}), 2).await;
    }
    speaker.wait_until_connected(2).await;
    speaker.say("we are back").await.expect("the new server takes it");
    for peer in [&websocket, &polling] {
        peer.wait_for(&json!({"is": "event", "args": ["we are back"]})).await;
    }
}

#[tokio::test]
async fn sigterm_ends_it_within_the_promise_and_all_come_back() {
    ends_with_a_stalled_reader_and_all_come_back(Signal::SIGTERM).await;
}

#[tokio::test]
async fn ctrl_c_ends_it_within_the_promise_and_all_come_back() {
    ends_with_a_stalled_reader_and_all_come_back(Signal::SIGINT).await;
}

#[tokio::test]
async fn clients_are_told_that_it_closes() {
    let mut server = Server::start(&[]).await;
    let peer = official(&server, "websocket").await;
    end(&mut server, Signal::SIGTERM).await;
    let told = peer.wait_for(&json!({"is": "event", "name": "closing"})).await;
    assert_eq!(told["args"][0]["code"], "server_closing");
    assert!(told["args"][0]["message"].is_string());
}

/// A request that is never finished is no reason to stay.
#[tokio::test]
async fn half_a_request_does_not_hold_it_up() {
    let mut server = Server::start(&[]).await;
    let mut half = TcpStream::connect(server.address()).await.expect("it listens");
    tokio::io::AsyncWriteExt::write_all(&mut half, b"GET / HTTP/1.1\r\nHost: x\r\n").await.expect("it takes some");
    let idle = TcpStream::connect(server.address()).await.expect("it listens");
    end(&mut server, Signal::SIGTERM).await;
    drop((half, idle));
}

#[tokio::test]
async fn everything_accepted_before_comes_before_the_end() {
    let mut server = Server::start(&[]).await;
    let mut speaker = official(&server, "websocket").await;
    let listener = official(&server, "websocket").await;
    let texts: Vec<String> = (0..2_000).map(|number| format!("{number}")).collect();
    speaker.ask(json!({"do": "burst", "name": "chat_message", "texts": texts, "acks": true})).await;
    speaker.wait_for_count(&json!({"is": "answer"}), 500).await;
    end(&mut server, Signal::SIGTERM).await;
    listener.wait_for(&json!({"is": "disconnect"})).await;
    speaker.wait_for(&json!({"is": "disconnect"})).await;
    let acknowledged = speaker.said(&json!({"is": "answer"})).len();
    let heard = listener.chat();
    assert!(heard.len() >= acknowledged, "{acknowledged} were acknowledged, {} were heard", heard.len());
    assert_eq!(heard, texts[..heard.len()]);
}

#[tokio::test]
async fn a_port_in_use_is_said_in_one_line() {
    let first = Server::start(&[]).await;
    let second = server::command().args(["--listen", first.address()]).output().await.expect("it starts");
    assert_eq!(second.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&second.stdout), "");
    let said = String::from_utf8_lossy(&second.stderr).into_owned();
    assert_eq!(said.lines().count(), 1, "{said}");
    let port = first.address().rsplit(':').next().expect("a port");
    assert!(said.contains("in use") && said.contains(port), "{said}");
}

#[tokio::test]
async fn help_is_a_success_and_a_bad_flag_is_not() {
    let help = server::command().arg("--help").output().await.expect("it starts");
    assert_eq!(help.status.code(), Some(0));
    let said = String::from_utf8_lossy(&help.stdout).into_owned();
    for flag in [
        "--listen",
        "--allow-origin",
        "--trust-proxy",
        "--ping-interval",
        "--ping-timeout",
        "--max-queued-bytes",
        "--log",
    ] {
        assert!(said.contains(flag), "{flag} is missing:\n{said}");
    }
    let bad = server::command().args(["--listen", "nowhere"]).output().await.expect("it starts");
    assert_ne!(bad.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&bad.stderr).contains("--listen"));
}

/// After `kill -9` there is no farewell at all, and they come back just so.
#[tokio::test]
async fn a_killed_server_is_found_again() {
    let mut server = Server::start(&[]).await;
    let chatter = Chatter::join(&server.url).await;
    let peer = official(&server, "websocket").await;
    server.kill().await;
    peer.wait_for(&json!({"is": "disconnect"})).await;
    chatter.statuses.wait_for(|status| matches!(status, Status::Reconnecting { .. })).await;
    server.restart().await;
    peer.wait_for_count(&json!({"is": "connect"}), 2).await;
    chatter.wait_until_connected(2).await;
    chatter.say("again").await.expect("the new server takes it");
    peer.wait_for(&json!({"args": ["again"]})).await;
    assert_ne!(peer.said(&json!({"is": "connect"}))[0], Value::Null);
}
