//! A thousand joins and leaves in a second are told as a few events.

use std::time::Instant;

use futures_util::future::join_all;
use hubbub_tests::chat::Device;
use hubbub_tests::raw::Raw;
use hubbub_tests::server::Server;
use hubbub_tests::session::sign_in;
use serde_json::{Value, json};

use crate::server;

/// The most events that may come in this time, at one a second: the first at once, and one that is on its way.
fn most(started: Instant) -> usize {
    usize::try_from(started.elapsed().as_secs()).expect("a short test") + 2
}

fn about<'a>(room: &'a str, key: &'static str) -> impl Fn(&Value) -> bool + 'a {
    move |event| event[key] == *room
}

#[tokio::test]
async fn a_thousand_joins_and_leaves() {
    let server = server().await;
    let watch = Device::sign_in(&server.url, "Watch").await;
    let room = watch.make_room("Station").await;
    let restless = Device::sign_in(&server.url, "Restless").await;
    let last = Device::sign_in(&server.url, "Last").await;

    let started = Instant::now();
    let requests = (0..1_000).map(|number| if number % 2 == 0 { "join_room" } else { "leave_room" });
    let codes = join_all(requests.map(async |event| restless.code_of(event, &[json!({"room": room})]).await)).await;
    assert!(codes.iter().all(|code| code == "ok"), "{codes:?}");
    last.join(&room).await;
    // In the end it is as it is.
    watch.wait_for("room", |info| info["id"] == *room && info["members"] == 2 && info["head"] == 0).await;
    watch.wait_for("presence", |event| event["room"] == *room && event["online_count"] == 2).await;
    let counts = ["room", "presence"].map(|event| {
        let key = if event == "room" { "id" } else { "room" };
        watch.told(event).iter().filter(|told| about(&room, key)(told)).count()
    });
    // The making of the room was told as well.
    assert!(counts[0] <= most(started) + 1 && counts[1] <= most(started), "{counts:?} in {:?}", started.elapsed());
    assert_eq!(watch.join(&room).await.info.members, 2);
}

#[tokio::test]
async fn many_who_come_and_go_at_once() {
    let server = Server::start(&["--session-rate-limit", "0"]).await;
    let watch = Device::sign_in(&server.url, "Watch").await;
    let session = sign_in(&server.url, "Restless").await;
    let started = Instant::now();
    let crowd = (0..100).map(async |number| {
        let mine =
            if number % 2 == 0 { session.clone() } else { sign_in(&server.url, &format!("User {number}")).await };
        Raw::join_chat(server.address(), &mine.token).await
    });
    let crowd = join_all(crowd).await;
    watch.wait_for("presence", |event| event["online_count"] == 52).await;
    drop(crowd);
    watch.wait_for("presence", |event| event["online_count"] == 1).await;
    let count = watch.told("presence").len();
    assert!(count <= most(started), "{count} in {:?}", started.elapsed());
}
