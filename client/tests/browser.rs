//! The client in a real browser, against a real server process. `cargo xtask test` starts the server, and says where it
//! is by the variable HUBBUB_TEST_SERVER while this is compiled: a test in a browser has no environment.
#![cfg(target_family = "wasm")]

use std::{cell::RefCell, rc::Rc};

use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use futures_util::StreamExt;
use hubbub_client::{AckError, Client, DisconnectReason, EmitError, Socket, Status};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn server() -> &'static str {
    let Some(url) = option_env!("HUBBUB_TEST_SERVER") else {
        panic!("HUBBUB_TEST_SERVER, the URL of a running server, must be set to compile this: type `cargo xtask test`");
    };
    url
}

/// A socket of a client of its own, and what its status becomes.
fn socket() -> (Socket, UnboundedReceiver<Status>) {
    let socket = Client::new(server()).expect("a good URL").socket("/");
    let (told, statuses) = unbounded();
    socket.on_status(move |status| drop(told.unbounded_send(status.clone())));
    (socket, statuses)
}

async fn connected() -> Socket {
    let (socket, mut statuses) = socket();
    socket.connect();
    assert_eq!(statuses.next().await, Some(Status::Connecting));
    let status = statuses.next().await;
    assert!(matches!(status, Some(Status::Connected { .. })), "{status:?}");
    socket
}

/// The texts of the events of this name. Other tests' chat comes too.
fn heard(socket: &Socket, name: &str) -> UnboundedReceiver<String> {
    let (told, texts) = unbounded();
    socket.on(name, move |event| {
        let (text,) = event.read::<(String,)>().expect("one text");
        drop(told.unbounded_send(text));
    });
    texts
}

/// Waits for this text.
async fn wait_for(texts: &mut UnboundedReceiver<String>, text: &str) {
    while texts.next().await.expect("the client lives") != text {}
}

#[wasm_bindgen_test]
async fn a_chat_message_is_acknowledged_and_comes_back() {
    let socket = connected().await;
    let mut texts = heard(&socket, "chat_message");
    let text = "a browser says ünï 🦀";
    assert_eq!(socket.emit_with_ack::<()>("chat_message", (text,)).unwrap().await, Ok(()));
    wait_for(&mut texts, text).await;
}

#[wasm_bindgen_test]
async fn a_server_message_comes_back() {
    let socket = connected().await;
    let mut echoes = heard(&socket, "server_message");
    socket.emit("server_message", ("  an echo\n",)).unwrap();
    assert_eq!(echoes.next().await.as_deref(), Some("  an echo\n"));
}

#[wasm_bindgen_test]
async fn nothing_is_sent_before_it_is_connected() {
    let (socket, mut statuses) = socket();
    assert_eq!(socket.at_once().emit("chat_message", ("too early",)), Err(EmitError::NotConnected));
    let ack = socket.at_once().emit_with_ack::<()>("chat_message", ("too early",));
    assert_eq!(ack.map(drop), Err(EmitError::NotConnected));
    socket.connect();
    assert_eq!(statuses.next().await, Some(Status::Connecting));
    assert_eq!(socket.at_once().emit("chat_message", ("still too early",)), Err(EmitError::NotConnected));
}

#[wasm_bindgen_test]
async fn disconnect_ends_it_and_connect_begins_anew() {
    let (socket, mut statuses) = socket();
    let mut ids = Vec::new();
    for _ in 0..2 {
        socket.connect();
        assert_eq!(statuses.next().await, Some(Status::Connecting));
        let Some(Status::Connected { id, .. }) = statuses.next().await else { panic!("not connected") };
        ids.push(id);
        socket.disconnect();
        let left = Status::Disconnected { reason: DisconnectReason::Client };
        assert_eq!(statuses.next().await, Some(left.clone()));
        assert_eq!(socket.status(), left);
        assert_eq!(socket.at_once().emit("chat_message", ("too late",)), Err(EmitError::NotConnected));
    }
    assert_ne!(ids[0], ids[1]);
}

#[wasm_bindgen_test]
async fn a_lost_acknowledgement_says_so() {
    let socket = connected().await;
    // Nobody acknowledges this, and the socket leaves before the time-out.
    let ack = socket.emit_with_ack::<()>("server_message", ("",)).unwrap();
    socket.disconnect();
    assert_eq!(ack.await, Err(AckError::Disconnected));
}

#[wasm_bindgen_test]
async fn a_server_that_is_not_there_is_tried_again() {
    // Nobody listens on port 1.
    let socket = Client::new("http://127.0.0.1:1").expect("a good URL").socket("/");
    let (told, mut statuses) = unbounded();
    socket.on_status(move |status| drop(told.unbounded_send(status.clone())));
    socket.connect();
    assert_eq!(statuses.next().await, Some(Status::Connecting));
    let status = statuses.next().await;
    assert!(matches!(status, Some(Status::Reconnecting { attempt: 1, .. })), "{status:?}");
    assert_eq!(statuses.next().await, Some(Status::Connecting));
    let status = statuses.next().await;
    assert!(matches!(status, Some(Status::Reconnecting { attempt: 2, .. })), "{status:?}");
}

#[wasm_bindgen_test]
async fn a_burst_comes_back_whole_and_in_order() {
    const MESSAGES: usize = 2_000;
    let socket = connected().await;
    let mut texts = heard(&socket, "chat_message");
    for number in 0..MESSAGES {
        socket.emit("chat_message", (format!("burst {number}"),)).expect("there is room for all of it");
    }
    for number in 0..MESSAGES {
        let text = loop {
            let text = texts.next().await.expect("the client lives");
            if text.starts_with("burst") {
                break text;
            }
        };
        assert_eq!(text, format!("burst {number}"));
    }
}

#[wasm_bindgen_test]
async fn a_listener_that_was_removed_hears_no_more() {
    let socket = connected().await;
    let count = Rc::new(RefCell::new(0));
    let counting = count.clone();
    let listener = socket.on("server_message", move |_| *counting.borrow_mut() += 1);
    let mut echoes = heard(&socket, "server_message");
    socket.emit("server_message", ("one",)).unwrap();
    echoes.next().await;
    listener.remove();
    socket.emit("server_message", ("two",)).unwrap();
    echoes.next().await;
    assert_eq!(*count.borrow(), 1);
}
