//! How a client ends that nobody ended: its task is gone, and whoever still holds it has to notice.

#![cfg(not(target_family = "wasm"))]

use std::thread;

use futures_util::{SinkExt, StreamExt};
use hubbub_client::{AckError, Client, DisconnectReason, EmitError, Status};
use tokio::net::TcpListener;
use tokio_tungstenite::{accept_async, tungstenite::Message};

const OPEN: &str = r#"0{"sid":"link","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000}"#;

/// A server that lets one client in, and emits `now` as soon as the client has emitted something.
async fn server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut socket = accept_async(stream).await.unwrap();
        socket.send(Message::text(OPEN)).await.unwrap();
        socket.next().await.unwrap().unwrap();
        socket.send(Message::text(r#"40{"sid":"x"}"#)).await.unwrap();
        socket.next().await.unwrap().unwrap();
        socket.send(Message::text(r#"42["now"]"#)).await.unwrap();
        while socket.next().await.is_some() {}
    });
    url
}

#[tokio::test]
async fn a_listener_that_panics_ends_the_client_and_nobody_waits_in_vain() {
    let client = Client::new(&server().await).unwrap();
    let socket = client.socket("/");
    socket.on("now", |_| panic!("as this test wants it"));
    socket.connect();
    let ack = socket.timeout(None).emit_with_ack::<()>("ask", ()).unwrap();
    assert_eq!(ack.await, Err(AckError::Disconnected));
    assert_eq!(socket.status(), Status::Disconnected { reason: DisconnectReason::Ended });
    assert_eq!(socket.emit("more", ()), Err(EmitError::Ended));
}

/// All that a program still wants to say, before it ends with its runtime.
#[test]
fn who_waits_for_the_close_has_sent_everything() {
    // More than the kernel holds.
    const EVENTS: usize = 24;
    const BYTES: usize = 1 << 20;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut socket = tokio_tungstenite::tungstenite::accept(stream).unwrap();
        socket.send(Message::text(OPEN.replace("1000}", "9999999}"))).unwrap();
        socket.read().unwrap();
        socket.send(Message::text(r#"40{"sid":"x"}"#)).unwrap();
        std::iter::from_fn(|| socket.read().ok()).filter(|message| message.to_text().unwrap().starts_with("42")).count()
    });
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let socket = Client::builder(&url).max_queued_bytes(2 * EVENTS * BYTES).socket().unwrap();
        let mut statuses = socket.statuses();
        socket.connect();
        while !matches!(statuses.next().await, Some(Ok(Status::Connected { .. }))) {}
        for _ in 0..EVENTS {
            socket.emit("say", ("x".repeat(BYTES),)).unwrap();
        }
        socket.disconnect();
        socket.client().closed().await;
    });
    assert_eq!(server.join().unwrap(), EVENTS);
}

#[tokio::test]
async fn a_client_that_has_ended_is_closed() {
    let client = Client::new(&server().await).unwrap();
    // Nothing is open yet.
    client.closed().await;
    let socket = client.socket("/");
    socket.on("now", |_| panic!("as this test wants it"));
    socket.connect();
    socket.emit("ask", ()).unwrap();
    client.closed().await;
    assert_eq!(socket.status(), Status::Disconnected { reason: DisconnectReason::Ended });
    client.closed().await;
}

#[test]
fn a_runtime_that_is_shut_down_ends_the_client() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let socket = runtime.block_on(async {
        let client = Client::new(&server().await).unwrap();
        let socket = client.socket("/");
        let mut statuses = socket.statuses();
        socket.connect();
        while !matches!(statuses.next().await, Some(Ok(Status::Connected { .. }))) {}
        socket
    });
    drop(runtime);
    assert_eq!(socket.status(), Status::Disconnected { reason: DisconnectReason::Ended });
    assert_eq!(socket.emit("more", ()), Err(EmitError::Ended));
}
