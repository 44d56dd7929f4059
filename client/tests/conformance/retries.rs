//! The `retries` mode: events are sent again until they are acknowledged.

use std::sync::{
    Arc,
    atomic::{AtomicI32, Ordering},
};

use futures_util::StreamExt;
use hubbub_client::{AckError, Builder, Direction, EmitError, codec::socket::Body};
use serde_json::json;

use crate::world::{HOUR, MOMENT, Watched, conformance, got, joined, official, tag, within};

fn patient(tag: &str) -> Builder {
    official(tag).retries(3).ack_timeout(HOUR)
}

#[conformance]
async fn one_at_a_time_and_in_order() {
    const EVENTS: usize = 20;
    let tag = tag();
    let socket = joined(patient(&tag)).await;
    let (under_way, most) = (Arc::new(AtomicI32::new(0)), Arc::new(AtomicI32::new(0)));
    let seen_most = most.clone();
    socket.client().observe(move |observed| match observed.socket_packet().map(|packet| packet.unwrap().body) {
        Some(Body::Event { .. }) if observed.direction == Direction::Out => {
            let now = under_way.fetch_add(1, Ordering::Relaxed) + 1;
            most.fetch_max(now, Ordering::Relaxed);
        }
        Some(Body::Ack { .. }) => drop(under_way.fetch_sub(1, Ordering::Relaxed)),
        _ => {}
    });
    // Also those that nobody awaits the acknowledgement of.
    for number in 1..EVENTS {
        socket.emit("ask", (number,)).unwrap();
    }
    let last = socket.emit_with_ack::<(usize,)>("ask", (EVENTS,)).unwrap();
    assert_eq!(within("the last answer", last).await, Ok((EVENTS,)));
    let sent: Vec<_> = got(&tag, EVENTS).await.into_iter().map(|(_, args)| args).collect();
    assert_eq!(sent, (1..=EVENTS).map(|number| json!([number])).collect::<Vec<_>>());
    assert_eq!(seen_most.load(Ordering::Relaxed), 1, "under way at once");
}

#[conformance]
async fn without_an_answer_it_is_sent_again() {
    let tag = tag();
    let socket = joined(official(&tag).retries(3).ack_timeout(MOMENT * 4)).await;
    let ack = socket.emit_with_ack::<(String,)>("second_time", ("x",)).unwrap();
    assert_eq!(within("the second answer", ack).await, Ok(("again".into(),)));
    socket.ask::<()>("ask", ()).await;
    let names: Vec<_> = got(&tag, 3).await.into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["second_time", "second_time", "ask"]);
}

#[conformance]
async fn a_lost_connection_sends_it_again() {
    let tag = tag();
    let mut socket = joined(patient(&tag)).await;
    let ack = socket.emit_with_ack::<(String,)>("closes_at_first", ("x",)).unwrap();
    socket.emit("ask", ("behind",)).unwrap();
    assert_eq!(within("the second answer", ack).await, Ok(("again".into(),)));
    socket.connected().await;
    let names: Vec<_> = got(&tag, 3).await.into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["closes_at_first", "closes_at_first", "ask"]);
}

#[conformance]
async fn it_is_given_up_after_its_retries() {
    let tag = tag();
    let socket = joined(official(&tag).retries(2).ack_timeout(MOMENT)).await;
    let given_up = socket.emit_with_ack::<()>("ignored", ()).unwrap();
    let next = socket.emit_with_ack::<(u8,)>("second_time", (1,)).unwrap();
    assert_eq!(within("the end of it", given_up).await, Err(AckError::TimedOut));
    // Then the next one has its turn. (Of another shape than asked for, but that is an answer.)
    assert!(matches!(within("the next", next).await, Err(AckError::Unreadable(_))));
    let names: Vec<_> = got(&tag, 5).await.into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["ignored", "ignored", "ignored", "second_time", "second_time"]);
}

#[conformance]
async fn who_awaits_no_answer_is_told_what_is_given_up() {
    let tag = tag();
    let socket = joined(official(&tag).retries(1).ack_timeout(MOMENT)).await;
    let (told_so, mut given_up) = futures_channel::mpsc::unbounded();
    socket.on_given_up(move |given_up| drop(told_so.unbounded_send(given_up.clone())));
    socket.emit("ignored", ()).unwrap();
    let given_up = within("what is given up", given_up.next()).await.expect("the client lives");
    assert_eq!((&*given_up.event, given_up.error), ("ignored", AckError::TimedOut));
    assert_eq!(got(&tag, 2).await.len(), 2);
}

#[conformance]
async fn what_waits_is_sent_once() {
    let tag = tag();
    let mut socket = Watched::new(patient(&tag).socket().expect("a good URL"));
    let acks = [1, 2].map(|number| socket.emit_with_ack::<(u8,)>("ask", (number,)).unwrap());
    socket.connect();
    socket.connected().await;
    for (number, ack) in (1..).zip(acks) {
        assert_eq!(within("the answer", ack).await, Ok((number,)));
    }
    socket.ask::<()>("ask", ()).await;
    assert_eq!(got(&tag, 3).await.len(), 3);
}

#[conformance]
async fn what_can_not_wait_is_not_sent_again() {
    let tag = tag();
    let socket = joined(official(&tag).retries(3).ack_timeout(MOMENT)).await;
    let ack = socket.at_once().emit_with_ack::<()>("ignored", ()).unwrap();
    assert_eq!(within("the time-out", ack).await, Err(AckError::TimedOut));
    socket.volatile().emit("ignored", ()).unwrap();
    socket.ask::<()>("ask", ()).await;
    assert_eq!(got(&tag, 3).await.len(), 3);
}

#[conformance]
async fn what_the_server_would_not_take_says_so_here_too() {
    let tag = tag();
    let socket = joined(patient(&tag)).await;
    let too_large = || EmitError::TooLarge { bytes: 1_000_013, limit: 1_000_000 };
    assert_eq!(socket.emit("ask", ("x".repeat(1_000_000),)), Err(too_large()));
    let ack = socket.emit_with_ack::<()>("ask", ("x".repeat(1_000_000),));
    assert_eq!(ack.map(drop), Err(too_large()));
    let next = socket.emit_with_ack::<(u8,)>("ask", (1,)).unwrap();
    assert_eq!(within("the next", next).await, Ok((1,)));
    assert_eq!(got(&tag, 1).await.len(), 1);
}
