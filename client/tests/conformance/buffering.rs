//! What waits for a connection, and what doesn't.

use futures_util::StreamExt;
use hubbub_client::{AckError, DisconnectReason, EmitError, Status};
use serde_json::{Value, json};

use crate::world::{HOUR, MOMENT, Watched, conformance, give_way, got, joined, official, peer_does, tag, told, within};

fn texts(events: &[(String, Value)]) -> Vec<&str> {
    events.iter().map(|(_, args)| args[0].as_str().expect("a text")).collect()
}

#[conformance]
async fn what_waits_goes_first_and_in_order() {
    let tag = tag();
    let mut socket = Watched::new(official(&tag).socket().expect("a good URL"));
    for text in ["one", "two", "three"] {
        socket.emit("ignored", (text,)).unwrap();
    }
    socket.connect();
    assert_eq!(socket.next_status().await, Status::Connecting);
    socket.emit("ignored", ("four",)).unwrap();
    socket.connected().await;
    socket.emit("ignored", ("five",)).unwrap();
    assert_eq!(texts(&got(&tag, 5).await), ["one", "two", "three", "four", "five"]);
}

#[conformance]
async fn what_is_emitted_between_two_connections_waits() {
    let tag = tag();
    let mut socket = joined(official(&tag)).await;
    peer_does(&tag, "close", json!([])).await;
    assert!(matches!(socket.next_status().await, Status::Reconnecting { .. }));
    let ack = socket.timeout(HOUR).emit_with_ack::<(String,)>("ask", ("one",)).unwrap();
    socket.emit("ignored", ("two",)).unwrap();
    socket.connected().await;
    assert_eq!(within("the answer", ack).await, Ok(("one".into(),)));
    assert_eq!(texts(&got(&tag, 2).await), ["one", "two"]);
}

#[conformance]
async fn what_waits_outlives_a_disconnect() {
    let tag = tag();
    let mut socket = Watched::new(official(&tag).socket().expect("a good URL"));
    socket.emit("ignored", ("one",)).unwrap();
    socket.connect();
    socket.disconnect();
    socket.emit("ignored", ("two",)).unwrap();
    socket.connect();
    socket.connected().await;
    assert_eq!(texts(&got(&tag, 2).await), ["one", "two"]);
}

#[conformance]
async fn the_buffer_has_a_bound() {
    let tag = tag();
    let mut socket = Watched::new(official(&tag).max_buffered_bytes(100).socket().expect("a good URL"));
    socket.emit("ignored", ("one",)).unwrap();
    assert_eq!(socket.emit("ignored", ("x".repeat(100),)), Err(EmitError::BufferFull));
    let ack = socket.emit_with_ack::<()>("ignored", ("x".repeat(100),));
    assert_eq!(ack.map(drop), Err(EmitError::BufferFull));
    // What fits, fits.
    socket.emit("ignored", ("two",)).unwrap();
    socket.connect();
    socket.connected().await;
    socket.emit("ignored", ("x".repeat(100),)).unwrap();
    assert_eq!(texts(&got(&tag, 3).await)[..2], ["one", "two"]);
}

/// Only the handshake says what the server takes.
#[conformance]
async fn what_turns_out_to_be_too_large_says_so() {
    let tag = tag();
    let mut socket = Watched::new(official(&tag).max_buffered_bytes(4_000_000).socket().expect("a good URL"));
    socket.emit("ignored", ("before",)).unwrap();
    let ack = socket.emit_with_ack::<()>("ask", ("x".repeat(1_000_000),)).unwrap();
    let (told_so, mut given_up) = futures_channel::mpsc::unbounded();
    socket.on_given_up(move |given_up| drop(told_so.unbounded_send(given_up.clone())));
    socket.emit("unasked", ("x".repeat(1_000_000),)).unwrap();
    socket.emit("ignored", ("behind",)).unwrap();
    socket.connect();
    socket.connected().await;
    let not_sent = AckError::NotSent(EmitError::TooLarge { bytes: 1_000_013, limit: 1_000_000 });
    assert_eq!(within("the refusal", ack).await, Err(not_sent));
    // Where no acknowledgement is awaited there is another way to hear of it.
    let given_up = within("what is given up", given_up.next()).await.expect("the client lives");
    let not_sent = AckError::NotSent(EmitError::TooLarge { bytes: 1_000_016, limit: 1_000_000 });
    assert_eq!((&*given_up.event, given_up.error), ("unasked", not_sent));
    assert_eq!(texts(&got(&tag, 2).await), ["before", "behind"]);
    assert!(told(&tag, "closed", 0).await.is_empty());
}

#[conformance]
async fn at_once_means_now_or_never() {
    let tag = tag();
    let mut socket = Watched::new(official(&tag).socket().expect("a good URL"));
    assert_eq!(socket.at_once().emit("ignored", ("too early",)), Err(EmitError::NotConnected));
    let ack = socket.at_once().emit_with_ack::<()>("ignored", ("too early",));
    assert_eq!(ack.map(drop), Err(EmitError::NotConnected));
    socket.connect();
    assert_eq!(socket.next_status().await, Status::Connecting);
    assert_eq!(socket.at_once().emit("ignored", ("still too early",)), Err(EmitError::NotConnected));
    socket.connected().await;
    socket.at_once().emit("ignored", ("now",)).unwrap();
    assert_eq!(texts(&got(&tag, 1).await), ["now"]);
}

#[conformance]
async fn volatile_is_dropped_while_disconnected() {
    let tag = tag();
    let mut socket = Watched::new(official(&tag).socket().expect("a good URL"));
    assert_eq!(socket.volatile().emit("ignored", ("too early",)), Err(EmitError::NotConnected));
    socket.connect();
    socket.connected().await;
    socket.volatile().emit("ignored", ("now",)).unwrap();
    assert_eq!(texts(&got(&tag, 1).await), ["now"]);
}

/// A server that doesn't read: the kernel takes some megabytes, and then nobody takes any more.
#[conformance]
async fn volatile_is_dropped_when_the_link_is_backed_up() {
    const MOST: usize = 400;
    let tag = tag();
    // It is no matter of the queue's bound.
    let socket = joined(official(&tag).max_queued_bytes(usize::MAX / 2)).await;
    peer_does(&tag, "stop_reading", json!([])).await;
    let large = "x".repeat(100_000);
    let mut taken = 0;
    let dropped = loop {
        if let Err(error) = socket.volatile().emit("ignored", (&large,)) {
            break error;
        }
        taken += 1;
        assert!(taken < MOST, "40 MB wait for a server that doesn't read, and nobody was told");
        give_way().await;
    };
    assert_eq!(dropped, EmitError::BackedUp);
    assert!(taken > 0);
    peer_does(&tag, "read_on", json!([])).await;
    assert_eq!(told(&tag, "events", taken).await.len(), taken);
}

#[conformance]
async fn the_links_queue_has_a_bound() {
    let tag = tag();
    let socket = joined(official(&tag).max_queued_bytes(1_000)).await;
    let large = "x".repeat(600);
    socket.emit("ignored", (&large,)).unwrap();
    // Nobody had time to send the first.
    assert_eq!(socket.emit("ignored", (&large,)), Err(EmitError::BackedUp));
    assert_eq!(got(&tag, 1).await.len(), 1);
    socket.emit("ignored", (&large,)).unwrap();
    assert_eq!(got(&tag, 2).await.len(), 2);
}

#[conformance]
async fn a_time_limit_takes_what_waits_along() {
    let tag = tag();
    let mut socket = Watched::new(official(&tag).socket().expect("a good URL"));
    let ack = socket.timeout(MOMENT).emit_with_ack::<()>("ask", ("too late",)).unwrap();
    assert_eq!(within("the time-out", ack).await, Err(AckError::TimedOut));
    socket.connect();
    socket.connected().await;
    socket.emit("ignored", ("only this",)).unwrap();
    assert_eq!(texts(&got(&tag, 1).await), ["only this"]);
}

#[conformance]
async fn what_was_emitted_before_leaving_still_arrives() {
    let tag = tag();
    let mut socket = joined(official(&tag)).await;
    for number in 0..100 {
        socket.emit("ignored", (format!("{number}"),)).unwrap();
    }
    socket.disconnect();
    assert_eq!(socket.next_status().await, Status::Disconnected { reason: DisconnectReason::Client });
    let sent = got(&tag, 100).await;
    assert_eq!(texts(&sent), (0..100).map(|number| number.to_string()).collect::<Vec<_>>());
}
