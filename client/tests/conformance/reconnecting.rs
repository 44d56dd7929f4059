//! How a lost connection is replaced, and when it isn't.

use std::time::Duration;

use hubbub_client::{AckError, Client, DisconnectReason, LinkError, Reconnection, Status};
use serde_json::json;

use crate::world::{HOUR, Watched, conformance, joined, odd, official, peer_does, tag, told, within};

fn waits(delay: Duration) -> Reconnection {
    Reconnection::default().delay(delay).delay_max(delay).randomization_factor(0.0)
}

/// A client of a server that is not there.
fn nobody(reconnection: Reconnection) -> Watched {
    let client = Client::builder("http://127.0.0.1:1").reconnection(reconnection).build().expect("a good URL");
    Watched::new(client.socket("/"))
}

/// The waits of the next attempts.
async fn delays(socket: &mut Watched, count: usize) -> Vec<Duration> {
    let mut delays = Vec::new();
    while delays.len() < count {
        match socket.next_status().await {
            Status::Reconnecting { attempt, delay, reason: LinkError::Unreachable(_) } => {
                delays.push(delay);
                assert_eq!(attempt as usize, delays.len());
            }
            Status::Connecting => {}
            other => panic!("{other:?}"),
        }
    }
    delays
}

#[conformance]
async fn a_closed_connection_is_replaced() {
    let tag = tag();
    let delay = Duration::from_millis(20);
    let mut socket = joined(official(&tag).reconnection(waits(delay))).await;
    for _ in 0..2 {
        peer_does(&tag, "close", json!([])).await;
        // Attempts are counted anew after every connection.
        let lost = Status::Reconnecting { attempt: 1, delay, reason: LinkError::Closed };
        assert_eq!(socket.next_status().await, lost);
        assert_eq!(socket.next_status().await, Status::Connecting);
        let status = socket.next_status().await;
        assert!(matches!(status, Status::Connected { recovered: false, .. }), "{status:?}");
    }
    let connections = told(&tag, "connections", 3).await;
    assert_ne!(connections[0]["id"], connections[1]["id"]);
}

#[conformance]
async fn a_cut_connection_is_replaced() {
    let tag = tag();
    let mut socket = joined(official(&tag)).await;
    peer_does(&tag, "cut", json!([])).await;
    let status = socket.next_status().await;
    assert!(matches!(status, Status::Reconnecting { reason: LinkError::Closed, .. }), "{status:?}");
    socket.connected().await;
    socket.ask::<()>("ask", ()).await;
}

#[conformance]
async fn namespaces_come_back_together() {
    let tag = tag();
    let client = official(&tag).build().expect("a good URL");
    let (mut root, mut other) = (Watched::joined(&client, "/").await, Watched::joined(&client, "/other").await);
    peer_does(&tag, "cut", json!([])).await;
    root.connected().await;
    other.connected().await;
    assert_eq!(told(&tag, "engines", 2).await.len(), 2);
}

#[conformance]
async fn nothing_is_replaced_when_reconnection_is_off() {
    let tag = tag();
    let mut socket = joined(official(&tag).reconnection(None)).await;
    peer_does(&tag, "close", json!([])).await;
    let lost = Status::Disconnected { reason: DisconnectReason::Link(LinkError::Closed) };
    assert_eq!(socket.next_status().await, lost);
    // Its user may.
    socket.connect();
    assert_eq!(socket.next_status().await, Status::Connecting);
    socket.connected().await;
}

/// It opens the connection, lets the socket in, and closes: each time there is a wait before the next attempt.
#[conformance]
async fn a_server_that_closes_at_once_is_not_dialled_in_a_loop() {
    let delay = Duration::from_millis(30);
    let builder = odd("/says/", &tag()).query("frame", "1").reconnection(waits(delay));
    let mut socket = Watched::new(builder.socket().expect("a good URL"));
    socket.connect();
    for _ in 0..3 {
        socket.connected().await;
        let lost = Status::Reconnecting { attempt: 1, delay, reason: LinkError::Closed };
        assert_eq!(socket.next_status().await, lost);
    }
}

#[conformance]
async fn attempts_run_out() {
    let quick = Duration::from_millis(5);
    let mut socket = nobody(waits(quick).attempts(2));
    for _ in 0..2 {
        socket.connect();
        let statuses = socket.until(|status| matches!(status, Status::Disconnected { .. })).await;
        let Some(Status::Disconnected { reason: DisconnectReason::Link(reason) }) = statuses.last() else {
            panic!("{statuses:?}")
        };
        assert!(matches!(reason, LinkError::Unreachable(_)), "{reason:?}");
        let before = |attempt| Status::Reconnecting { attempt, delay: quick, reason: reason.clone() };
        let expected = [Status::Connecting, before(1), Status::Connecting, before(2), Status::Connecting];
        assert_eq!(statuses[..5], expected);
        assert_eq!(statuses.len(), 6);
    }
}

#[conformance]
async fn waits_grow_to_their_most() {
    let [first, most] = [10, 40].map(Duration::from_millis);
    let mut socket = nobody(waits(first).delay_max(most));
    socket.connect();
    assert_eq!(delays(&mut socket, 4).await, [first, first * 2, most, most]);
}

#[conformance]
async fn waits_are_random_within_their_factor() {
    let delay = Duration::from_millis(20);
    let mut socket = nobody(waits(delay).randomization_factor(0.5));
    socket.connect();
    let delays = delays(&mut socket, 5).await;
    assert!(delays.iter().all(|wait| (delay / 2..=delay * 3 / 2).contains(wait)), "{delays:?}");
    assert!(delays.iter().any(|wait| *wait != delays[0]), "{delays:?}");
}

#[conformance]
async fn a_wait_can_be_ended() {
    let tag = tag();
    let mut socket = joined(official(&tag).reconnection(waits(HOUR))).await;
    peer_does(&tag, "close", json!([])).await;
    assert!(matches!(socket.next_status().await, Status::Reconnecting { .. }));
    socket.client().retry_now();
    assert_eq!(socket.next_status().await, Status::Connecting);
    socket.connected().await;
}

#[conformance]
async fn a_link_can_be_cut_from_this_side() {
    let tag = tag();
    let delay = Duration::from_millis(20);
    let client = official(&tag).reconnection(waits(delay)).build().expect("a good URL");
    let (mut root, mut other) = (Watched::joined(&client, "/").await, Watched::joined(&client, "/other").await);
    let unanswered = root.at_once().emit_with_ack::<()>("never", ()).expect("connected");
    client.cut_link();
    let lost = Status::Reconnecting { attempt: 1, delay, reason: LinkError::Closed };
    assert_eq!(root.next_status().await, lost);
    assert_eq!(other.next_status().await, lost);
    assert_eq!(within("the answer", unanswered).await, Err(AckError::Disconnected));
    root.connected().await;
    other.connected().await;
    // Nobody has left: the server saw its transport go.
    let reasons = told(&tag, "disconnects", 2).await;
    assert!(reasons.iter().all(|told| told["reason"] == "transport close"), "{reasons:?}");
    assert_eq!(told(&tag, "engines", 2).await.len(), 2);
}

/// The browser says when the network is back, or its page is looked at again.
#[cfg(target_family = "wasm")]
#[conformance]
async fn a_browser_that_is_back_ends_the_wait() {
    let window = web_sys::window().expect("a page has a window");
    let document = window.document().expect("a window has a document");
    for (target, name) in [(web_sys::EventTarget::from(window), "online"), (document.into(), "visibilitychange")] {
        let tag = tag();
        let mut socket = joined(official(&tag).reconnection(waits(HOUR))).await;
        peer_does(&tag, "close", json!([])).await;
        assert!(matches!(socket.next_status().await, Status::Reconnecting { .. }));
        target.dispatch_event(&web_sys::Event::new(name).expect("an event")).expect("it is dispatched");
        socket.connected().await;
    }
}

/// That is a hint and no more: this server, for one, is on the same machine.
#[cfg(target_family = "wasm")]
#[conformance]
async fn a_browser_that_is_offline_keeps_its_link() {
    let tag = tag();
    let socket = joined(official(&tag)).await;
    let window = web_sys::window().expect("a page has a window");
    window.dispatch_event(&web_sys::Event::new("offline").expect("an event")).expect("it is dispatched");
    assert_eq!(socket.ask::<(u8,)>("ask", (1,)).await, (1,));
    assert_eq!(told(&tag, "engines", 1).await.len(), 1);
}

#[conformance]
async fn leaving_during_the_wait_ends_it() {
    let tag = tag();
    let mut socket = joined(official(&tag)).await;
    peer_does(&tag, "close", json!([])).await;
    assert!(matches!(socket.next_status().await, Status::Reconnecting { .. }));
    socket.disconnect();
    let left = Status::Disconnected { reason: DisconnectReason::Client };
    let statuses = socket.until(|status| *status == left).await;
    assert_eq!(statuses.last(), Some(&left));
    socket.client().retry_now();
    // Other clients' ways there and back are time enough for an attempt.
    told(&tag, "closed", 1).await;
    assert_eq!(socket.status(), left);
}
