//! Connection state recovery.

use futures_util::StreamExt;
use hubbub_client::{Builder, Event, Items};
use serde_bytes::ByteBuf;

use crate::world::{Watched, conformance, joined, next, official, peer_emits, tag, within};

fn recovering(tag: &str) -> Builder {
    official(tag).path("/recovering/")
}

/// A connected socket that knows an offset, since the server has emitted something to it.
async fn with_offset(builder: Builder, tag: &str) -> (Watched, Items<Event>) {
    let socket = joined(builder).await;
    let mut events = socket.all_events();
    peer_emits(tag, "first").await;
    next("the first event", &mut events).await;
    (socket, events)
}

fn id(socket: &Watched) -> Box<str> {
    match socket.status() {
        hubbub_client::Status::Connected { id, .. } => id,
        other => panic!("{other:?}"),
    }
}

#[conformance]
async fn missed_events_come_after_a_recovery() {
    let tag = tag();
    let (mut socket, mut events) = with_offset(recovering(&tag), &tag).await;
    let before = id(&socket);
    for _ in 0..2 {
        socket.emit("miss", (3,)).unwrap();
        assert_eq!(socket.connected().await, (before.clone(), true), "recovered");
        for number in 1..=3 {
            let missed = next("a missed event", &mut events).await;
            // The server's offset, behind the arguments, stays out of the way.
            assert_eq!((missed.name(), missed.read::<(u8,)>().unwrap()), ("news", (number,)));
        }
    }
    // Each came once.
    socket.emit("echo", ("the end",)).unwrap();
    assert_eq!(next("the echo", &mut events).await.name(), "echo");
}

#[conformance]
async fn missed_bytes_come_too() {
    let tag = tag();
    let (mut socket, mut events) = with_offset(recovering(&tag), &tag).await;
    socket.emit("miss", (2, ByteBuf::from(*b"missed"))).unwrap();
    assert!(socket.connected().await.1, "recovered");
    for number in 1..=2 {
        let missed = next("a missed event", &mut events).await;
        assert_eq!(missed.read::<(u8, ByteBuf)>().unwrap(), (number, ByteBuf::from(*b"missed")));
    }
}

#[conformance]
async fn what_comes_before_the_answer_to_connect_is_told_after_it() {
    let tag = tag();
    let (socket, _events) = with_offset(recovering(&tag), &tag).await;
    let (told, mut order) = futures_channel::mpsc::unbounded();
    let of_status = told.clone();
    socket.on_status(move |status| {
        if matches!(status, hubbub_client::Status::Connected { .. }) {
            drop(of_status.unbounded_send("connected"));
        }
    });
    socket.on("news", move |_| drop(told.unbounded_send("news")));
    socket.emit("miss", (1,)).unwrap();
    let order = [within("the first", order.next()).await, within("the second", order.next()).await];
    assert_eq!(order, [Some("connected"), Some("news")]);
}

/// A connection that is lost, and followed by one with which it has nothing to do.
async fn begins_anew(builder: Builder, tag: &str) {
    let (mut socket, _) = with_offset(builder, tag).await;
    let before = id(&socket);
    socket.emit("miss", (1,)).unwrap();
    let (after, recovered) = socket.connected().await;
    assert!(!recovered);
    assert_ne!(before, after);
}

#[conformance]
async fn after_the_window_it_begins_anew() {
    let tag = tag();
    begins_anew(official(&tag).path("/forgetful/"), &tag).await;
}

#[conformance]
async fn a_server_without_recovery_begins_anew() {
    let tag = tag();
    begins_anew(official(&tag), &tag).await;
}

#[conformance]
async fn who_left_begins_anew() {
    let tag = tag();
    let (mut socket, _) = with_offset(recovering(&tag), &tag).await;
    socket.disconnect();
    socket.connect();
    assert!(!socket.connected().await.1);
}
