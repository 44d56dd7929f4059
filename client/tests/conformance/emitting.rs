//! What is emitted, and how it arrives.

use std::collections::BTreeMap;

use hubbub_client::EmitError;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::world::{conformance, got, joined, next, next_args, official, tag};

#[conformance]
async fn any_number_of_arguments() {
    let tag = tag();
    let socket = joined(official(&tag)).await;
    let mut echoes = socket.events("echo");
    socket.emit("echo", ()).unwrap();
    socket.emit("echo", ("ünï \"\\ \u{1F980} \u{2028}",)).unwrap();
    socket.emit("echo", (1, json!({"a": [null, true]}), "three")).unwrap();
    let echoes = next_args(&mut echoes, 3).await;
    assert_eq!(echoes, ["[]", "[\"ünï \\\"\\\\ \u{1F980} \u{2028}\"]", r#"[1,{"a":[null,true]},"three"]"#]);
    let sent: Vec<Value> = got(&tag, 3).await.into_iter().map(|(_, args)| args).collect();
    assert_eq!(sent, echoes.iter().map(|echo| serde_json::from_str(echo).unwrap()).collect::<Vec<Value>>());
}

#[conformance]
async fn typed_payloads_go_and_come_back() {
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    struct Order {
        id: u64,
        lines: Vec<(String, f64)>,
        note: Option<String>,
    }
    let order = Order { id: 1 << 50, lines: vec![("tea".into(), 2.5)], note: None };
    let socket = joined(official(&tag())).await;
    let mut echoes = socket.events("echo");
    socket.emit("echo", (&order, "for", 2)).unwrap();
    let echo = next("the echo", &mut echoes).await;
    assert_eq!(echo.read::<(Order, String, u8)>().unwrap(), (order, "for".into(), 2));
    // Another number or another type of arguments is an error, and no panic.
    assert!(echo.read::<(Order, String)>().is_err());
    assert!(echo.read::<(u8, String, u8)>().is_err());
}

/// The official client's `send`.
#[conformance]
async fn a_message_is_an_event_of_that_name() {
    let tag = tag();
    let socket = joined(official(&tag)).await;
    socket.emit("message", ("hello",)).unwrap();
    assert_eq!(got(&tag, 1).await, [("message".into(), json!(["hello"]))]);
}

#[conformance]
async fn reserved_names_are_not_emitted() {
    let tag = tag();
    let socket = joined(official(&tag)).await;
    for name in ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"] {
        let refused = EmitError::ReservedName(name.into());
        assert_eq!(socket.emit(name, ()), Err(refused.clone()));
        assert_eq!(socket.emit_with_ack::<()>(name, ()).map(drop), Err(refused));
    }
    socket.ask::<()>("ask", ()).await;
    assert_eq!(got(&tag, 1).await.len(), 1);
}

#[conformance]
async fn a_burst_keeps_its_order() {
    const EVENTS: usize = 4_000;
    let socket = joined(official(&tag())).await;
    let mut echoes = socket.events("echo");
    for number in 0..EVENTS {
        socket.emit("echo", (number,)).expect("there is room for all of it");
    }
    let expected: Vec<String> = (0..EVENTS).map(|number| format!("[{number}]")).collect();
    assert!(next_args(&mut echoes, EVENTS).await == expected, "lost, or out of order");
}

#[conformance]
async fn what_is_no_json_says_so() {
    let socket = joined(official(&tag())).await;
    let no_json = BTreeMap::from([((1, 2), "a key that JSON can't have")]);
    assert!(matches!(socket.emit("echo", (no_json,)), Err(EmitError::Encode(_))));
    socket.ask::<()>("ask", ()).await;
}

#[conformance]
async fn what_the_server_would_not_take_says_so() {
    let tag = tag();
    let mut socket = joined(official(&tag)).await;
    // The official server takes a million bytes, and closes the connection that brings more.
    let large = "x".repeat(1_000_000);
    let error = socket.emit("echo", (&large,)).expect_err("it is too large");
    assert_eq!(error, EmitError::TooLarge { bytes: 1_000_013, limit: 1_000_000 });
    assert_eq!(error.to_string(), "1000013 bytes are more than the 1000000 that the server takes");
    assert_eq!(socket.ask::<(String,)>("ask", (&large[..999_900],)).await.0.len(), 999_900);
    socket.disconnect();
    assert!(matches!(socket.next_status().await, hubbub_client::Status::Disconnected { .. }));
}
