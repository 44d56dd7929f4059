//! Acknowledgements both ways.

use std::sync::Mutex;

use futures_channel::{mpsc, oneshot};
use futures_util::StreamExt;
use hubbub_client::{AckError, EmitError, Status};
use serde_json::{Value, json};

use crate::world::{HOUR, MOMENT, Watched, conformance, got, joined, official, peer_does, peer_emits, tag, within};

#[conformance]
async fn the_server_acknowledges_with_any_number_of_arguments() {
    let socket = joined(official(&tag())).await;
    socket.ask::<()>("ask", ()).await;
    assert_eq!(socket.ask::<(String,)>("ask", ("x",)).await, ("x".into(),));
    let three = socket.ask::<(u8, Vec<bool>, String)>("ask", (7, [true], "z")).await;
    assert_eq!(three, (7, vec![true], "z".into()));
}

#[conformance]
async fn many_at_once_each_get_their_own_answer() {
    let socket = joined(official(&tag())).await;
    let acks: Vec<_> = (0..100).map(|number| socket.emit_with_ack::<(u32,)>("ask", (number,)).unwrap()).collect();
    let answers = within("the answers", futures_util::future::join_all(acks)).await;
    assert_eq!(answers, (0..100).map(|number| Ok((number,))).collect::<Vec<_>>());
}

#[conformance]
async fn an_unreadable_answer_says_so() {
    let socket = joined(official(&tag())).await;
    let answer = within("the answer", socket.emit_with_ack::<(u8,)>("ask", ("no number",)).unwrap()).await;
    assert!(matches!(answer, Err(AckError::Unreadable(_))), "{answer:?}");
}

#[conformance]
async fn a_client_has_a_time_limit() {
    let tag = tag();
    let mut socket = joined(official(&tag).ack_timeout(MOMENT)).await;
    let ack = within("the time-out", socket.emit_with_ack::<()>("ignored", ()).unwrap()).await;
    assert_eq!(ack, Err(AckError::TimedOut));
    assert_eq!(got(&tag, 1).await.len(), 1, "it was sent");
    // Which is no reason to disconnect.
    socket.disconnect();
    assert!(matches!(socket.next_status().await, Status::Disconnected { .. }));
}

#[conformance]
async fn a_call_has_a_time_limit_of_its_own() {
    let tag = tag();
    let socket = joined(official(&tag).ack_timeout(HOUR)).await;
    let ack = socket.timeout(MOMENT).emit_with_ack::<()>("ignored", ()).unwrap();
    assert_eq!(within("the time-out", ack).await, Err(AckError::TimedOut));
}

#[conformance]
async fn a_call_may_have_none() {
    let tag = tag();
    let socket = joined(official(&tag).ack_timeout(MOMENT)).await;
    let patient = socket.timeout(None).emit_with_ack::<(String,)>("hold", ()).unwrap();
    // One that is limited runs out meanwhile.
    let limited = socket.emit_with_ack::<()>("ignored", ()).unwrap();
    assert_eq!(within("the time-out", limited).await, Err(AckError::TimedOut));
    socket.emit("release", ()).unwrap();
    assert_eq!(within("the late answer", patient).await, Ok(("late".into(),)));
}

#[conformance]
async fn a_late_answer_finds_nobody() {
    let tag = tag();
    let socket = joined(official(&tag)).await;
    let ack = socket.timeout(MOMENT).emit_with_ack::<(String,)>("hold", ()).unwrap();
    assert_eq!(within("the time-out", ack).await, Err(AckError::TimedOut));
    // The late answer comes before that of its release, and both do no harm.
    socket.ask::<()>("release", ()).await;
    assert_eq!(socket.ask::<(u8,)>("ask", (1,)).await, (1,));
}

/// Whatever ends the connection, what waits for an answer hears of it at once.
#[conformance]
async fn a_lost_connection_fails_what_waits() {
    for end in ["cut", "close", "leave", "leave_all", "client"] {
        let tag = tag();
        let mut socket = joined(official(&tag).ack_timeout(HOUR)).await;
        let acks = [(); 2].map(|()| socket.emit_with_ack::<()>("ignored", ()).unwrap());
        got(&tag, 2).await;
        match end {
            "client" => socket.disconnect(),
            end => peer_does(&tag, end, json!(["/"])).await,
        }
        for ack in acks {
            assert_eq!(within("the end", ack).await, Err(AckError::Disconnected), "{end}");
        }
        assert!(!matches!(socket.next_status().await, Status::Connected { .. }), "{end}");
    }
}

#[conformance]
async fn a_dropped_client_fails_what_waits() {
    let tag = tag();
    let socket = joined(official(&tag).ack_timeout(HOUR)).await;
    let ack = socket.emit_with_ack::<()>("ignored", ()).unwrap();
    drop(socket);
    assert_eq!(within("the end", ack).await, Err(AckError::Disconnected));
}

/// What the server is answered when it asks `question`.
async fn asked(socket: &Watched) -> Vec<Value> {
    let ack = socket.emit_with_ack::<(Value, Value, Value)>("question", ("question", "one")).unwrap();
    let (one, two, three) = within("the answer", ack).await.expect("three arguments");
    vec![one, two, three]
}

#[conformance]
async fn the_client_answers_at_once() {
    let socket = joined(official(&tag())).await;
    socket.on("question", |event| {
        let (text,) = event.read::<(String,)>().expect("one text");
        event.responder().expect("it asks").answer((text, 2, [3])).expect("connected");
    });
    assert_eq!(asked(&socket).await, [json!("one"), json!(2), json!([3])]);
}

#[conformance]
async fn the_client_answers_later() {
    let tag = tag();
    let socket = joined(official(&tag)).await;
    let (hand_over, mut responders) = mpsc::unbounded();
    socket.on("question", move |event| drop(hand_over.unbounded_send(event.responder().expect("it asks"))));
    let ack = socket.emit_with_ack::<(u8,)>("question", ("question",)).unwrap();
    let responder = within("the question", responders.next()).await.expect("it comes");
    // The connection is used for other things meanwhile.
    assert_eq!(socket.ask::<(u8,)>("ask", (1,)).await, (1,));
    responder.answer((2,)).expect("connected");
    assert_eq!(within("the answer", ack).await, Ok((2,)));
}

#[conformance]
async fn an_event_that_asks_nothing_takes_no_answer() {
    let tag = tag();
    let socket = joined(official(&tag)).await;
    let mut news = socket.events("news");
    peer_emits(&tag, "news").await;
    assert!(crate::world::next("the news", &mut news).await.responder().is_none());
}

#[conformance]
async fn the_first_answer_counts() {
    let tag = tag();
    let socket = joined(official(&tag)).await;
    socket.on("question", |event| {
        let responder = event.responder().expect("it asks");
        responder.clone().answer(("first",)).expect("connected");
        // A second one does no harm, whoever drops it.
        let _ = responder.answer(("second",));
    });
    assert_eq!(socket.ask::<(String,)>("question", ("question",)).await, ("first".into(),));
    socket.ask::<()>("ask", ()).await;
}

#[conformance]
async fn an_answer_goes_by_the_connection_that_asked() {
    let tag = tag();
    let mut socket = joined(official(&tag)).await;
    let (hand_over, kept) = oneshot::channel();
    let hand_over = Mutex::new(Some(hand_over));
    socket.on("question", move |event| {
        if let Some(hand_over) = hand_over.lock().unwrap().take() {
            drop(hand_over.send(event.responder().expect("it asks")));
        }
    });
    socket.emit("question", ("question",)).unwrap();
    let Ok(responder) = within("the question", kept).await else { panic!("the listener is gone") };
    peer_does(&tag, "close", json!([])).await;
    socket.connected().await;
    assert_eq!(responder.answer(("too late",)), Err(EmitError::NotConnected));
}
