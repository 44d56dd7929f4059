//! What a socket's status becomes, and how either side ends it.

use hubbub_client::{DisconnectReason, Status};
use serde_json::json;

use crate::world::{Watched, conformance, joined, official, peer_does, tag, told};

const LEFT: Status = Status::Disconnected { reason: DisconnectReason::Client };
const SENT_AWAY: Status = Status::Disconnected { reason: DisconnectReason::Server };

#[conformance]
async fn the_way_to_a_connection_and_back() {
    let tag = tag();
    let mut socket = Watched::new(official(&tag).socket().expect("a good URL"));
    let mut ids = Vec::new();
    for _ in 0..2 {
        socket.connect();
        assert_eq!(socket.next_status().await, Status::Connecting);
        let status = socket.next_status().await;
        assert_eq!(socket.status(), status);
        let Status::Connected { id, recovered: false } = status else { panic!("{status:?}") };
        ids.push(json!(id));
        socket.disconnect();
        assert_eq!(socket.next_status().await, LEFT);
        assert_eq!(socket.status(), LEFT);
    }
    let connections = told(&tag, "connections", 2).await;
    assert_eq!(ids, [connections[0]["id"].clone(), connections[1]["id"].clone()]);
    assert_ne!(ids[0], ids[1]);
}

#[conformance]
async fn a_server_that_disconnects_is_not_dialled_again() {
    let tag = tag();
    let client = official(&tag).build().expect("a good URL");
    let mut socket = Watched::joined(&client, "/").await;
    let other = Watched::joined(&client, "/other").await;
    peer_does(&tag, "leave", json!(["/"])).await;
    assert_eq!(socket.next_status().await, SENT_AWAY);
    // The other namespace stays, and proves that time has passed.
    other.ask::<()>("ask", ()).await;
    assert_eq!(socket.status(), SENT_AWAY);
    assert_eq!(told(&tag, "connections", 2).await.len(), 2);
    // It may come back when its user says so.
    socket.connect();
    socket.connected().await;
    assert_eq!(told(&tag, "engines", 1).await.len(), 1);
}

#[conformance]
async fn a_server_that_disconnects_all_closes_the_connection() {
    let tag = tag();
    let client = official(&tag).build().expect("a good URL");
    let (mut root, mut other) = (Watched::joined(&client, "/").await, Watched::joined(&client, "/other").await);
    peer_does(&tag, "leave_all", json!([])).await;
    assert_eq!(root.next_status().await, SENT_AWAY);
    assert_eq!(other.next_status().await, SENT_AWAY);
    told(&tag, "closed", 1).await;
    assert_eq!((root.status(), other.status()), (SENT_AWAY, SENT_AWAY));
}

#[conformance]
async fn a_refusal_has_its_message_and_data() {
    let tag = tag();
    let mut socket = Watched::new(official(&tag).build().expect("a good URL").socket("/guarded"));
    socket.set_auth(&json!({"token": "wrong"})).expect("an object");
    socket.connect();
    assert_eq!(socket.next_status().await, Status::Connecting);
    let data = r#"{"seen":{"token":"wrong"}}"#;
    let reason = DisconnectReason::Refused { message: "not with this token".into(), data: Some(data.into()) };
    assert_eq!(socket.next_status().await, Status::Disconnected { reason: reason.clone() });
    // Nobody else wants the connection, and nobody dials again.
    told(&tag, "closed", 1).await;
    assert_eq!(socket.status(), Status::Disconnected { reason });
    assert_eq!(told(&tag, "engines", 1).await.len(), 1);
    // It may try again with something better.
    socket.set_auth(&json!({"token": "sesame"})).expect("an object");
    socket.connect();
    socket.connected().await;
}

#[conformance]
async fn leaving_before_it_is_connected_is_leaving() {
    let tag = tag();
    let mut socket = Watched::new(official(&tag).socket().expect("a good URL"));
    socket.connect();
    assert_eq!(socket.next_status().await, Status::Connecting);
    socket.disconnect();
    assert_eq!(socket.next_status().await, LEFT);
    // And coming back at once is coming back, whatever the first attempt still brings.
    socket.connect();
    assert_eq!(socket.next_status().await, Status::Connecting);
    socket.connected().await;
    socket.ask::<()>("ask", ()).await;
}

#[conformance]
async fn leaving_twice_is_leaving_once() {
    let mut socket = joined(official(&tag())).await;
    socket.disconnect();
    socket.disconnect();
    assert_eq!(socket.next_status().await, LEFT);
    socket.connect();
    assert_eq!(socket.next_status().await, Status::Connecting);
}
