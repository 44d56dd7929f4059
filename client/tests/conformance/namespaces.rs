//! Several namespaces on one connection.

use hubbub_client::{DisconnectReason, EmitError, Status};
use serde_bytes::ByteBuf;
use serde_json::json;

use crate::world::{Watched, conformance, joined, official, tag, told, within};

#[conformance]
async fn namespaces_share_one_connection() {
    let tag = tag();
    let client = official(&tag).build().expect("a good URL");
    let mut sockets = ["/", "/other", "/deep/name"].map(|name| Watched::new(client.socket(name)));
    for socket in &sockets {
        socket.connect();
    }
    for socket in &mut sockets {
        socket.connected().await;
    }
    let connections = told(&tag, "connections", 3).await;
    assert!(connections.iter().all(|connection| connection["conn"] == connections[0]["conn"]), "{connections:?}");
    assert_eq!(told(&tag, "engines", 1).await.len(), 1);
}

#[conformance]
async fn one_that_joins_later_uses_the_open_connection() {
    let tag = tag();
    let client = official(&tag).build().expect("a good URL");
    let _first = Watched::joined(&client, "/").await;
    let later = Watched::joined(&client, "/other").await;
    assert_eq!(later.ask::<(u8,)>("ask", (1,)).await, (1,));
    assert_eq!(told(&tag, "engines", 1).await.len(), 1);
}

#[conformance]
async fn another_client_has_another_connection() {
    let tag = tag();
    let _one = joined(official(&tag)).await;
    let _another = joined(official(&tag)).await;
    assert_eq!(told(&tag, "engines", 2).await.len(), 2);
}

#[conformance]
async fn the_same_name_is_the_same_socket() {
    let tag = tag();
    let client = official(&tag).build().expect("a good URL");
    let joined = Watched::joined(&client, "/other").await;
    assert_eq!(client.socket("other").status(), joined.status());
    assert_eq!(client.socket("other").namespace(), "/other");
}

#[conformance]
async fn events_stay_in_their_namespace() {
    let tag = tag();
    let client = official(&tag).build().expect("a good URL");
    let (root, other) = (Watched::joined(&client, "/").await, Watched::joined(&client, "/other").await);
    let mut at_root = root.events("echo");
    let mut at_other = other.events("echo");
    other.emit("echo", ("other",)).unwrap();
    root.emit("echo", ("root",)).unwrap();
    assert_eq!(crate::world::next_args(&mut at_root, 1).await, [r#"["root"]"#]);
    assert_eq!(crate::world::next_args(&mut at_other, 1).await, [r#"["other"]"#]);
}

#[conformance]
async fn one_that_leaves_leaves_the_others() {
    let tag = tag();
    let client = official(&tag).build().expect("a good URL");
    let (root, mut other) = (Watched::joined(&client, "/").await, Watched::joined(&client, "/other").await);
    other.disconnect();
    assert_eq!(other.next_status().await, Status::Disconnected { reason: DisconnectReason::Client });
    let left = told(&tag, "disconnects", 1).await;
    assert_eq!(left, [json!({"namespace": "/other", "reason": "client namespace disconnect"})]);
    assert_eq!(other.at_once().emit("echo", ()), Err(EmitError::NotConnected));
    assert_eq!(root.ask::<(u8,)>("ask", (1,)).await, (1,));
    assert!(told(&tag, "closed", 0).await.is_empty());
}

/// What is under way to a namespace that was left, is nobody's any more; with all its attachments.
#[conformance]
async fn one_that_leaves_amid_bytes_leaves_the_others() {
    let tag = tag();
    let client = official(&tag).build().expect("a good URL");
    let (root, other) = (Watched::joined(&client, "/").await, Watched::joined(&client, "/other").await);
    for _ in 0..10 {
        other.emit("echo", (ByteBuf::from(*b"one"), ByteBuf::from(*b"two"))).unwrap();
    }
    other.disconnect();
    // The echoes are under way before this answer.
    assert_eq!(root.ask::<(u8,)>("ask", (1,)).await, (1,));
    assert!(told(&tag, "closed", 0).await.is_empty());
}

#[conformance]
async fn the_last_one_closes_the_connection() {
    let tag = tag();
    let client = official(&tag).build().expect("a good URL");
    let (root, other) = (Watched::joined(&client, "/").await, Watched::joined(&client, "/other").await);
    other.disconnect();
    root.disconnect();
    assert_eq!(told(&tag, "closed", 1).await[0]["reason"], "transport close");
    let reasons = told(&tag, "disconnects", 2).await;
    assert!(reasons.iter().all(|left| left["reason"] == "client namespace disconnect"), "{reasons:?}");
}

#[conformance]
async fn the_close_can_be_awaited() {
    let tag = tag();
    let socket = joined(official(&tag)).await;
    socket.emit("ignored", ("x".repeat(100_000),)).unwrap();
    socket.disconnect();
    within("the close", socket.client().closed()).await;
    assert_eq!(socket.status(), Status::Disconnected { reason: DisconnectReason::Client });
    assert_eq!(told(&tag, "events", 1).await.len(), 1);
    // It is closed, until somebody connects.
    within("the close again", socket.client().closed()).await;
    let mut socket = Watched::new((*socket).clone());
    socket.connect();
    socket.connected().await;
}

#[conformance]
async fn a_dropped_client_closes_its_connection() {
    let tag = tag();
    drop(joined(official(&tag)).await);
    told(&tag, "closed", 1).await;
    assert_eq!(told(&tag, "disconnects", 1).await[0]["reason"], "client namespace disconnect");
}

#[conformance]
async fn an_unknown_one_is_refused() {
    let tag = tag();
    let client = official(&tag).build().expect("a good URL");
    let root = Watched::joined(&client, "/").await;
    let mut nowhere = Watched::new(client.socket("/nowhere"));
    nowhere.connect();
    assert_eq!(nowhere.next_status().await, Status::Connecting);
    let reason = DisconnectReason::Refused { message: "Invalid namespace".into(), data: None };
    assert_eq!(nowhere.next_status().await, Status::Disconnected { reason });
    assert_eq!(root.ask::<(u8,)>("ask", (1,)).await, (1,));
}
