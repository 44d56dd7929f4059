//! Clients that don't read: one that stops is cut at the bound and not a byte earlier than need be, one that floods is not
//! read from, and everyone else notices nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hubbub_tests::http::{get, post};
use hubbub_tests::native::Chatter;
use hubbub_tests::peer::Peer;
use hubbub_tests::raw::{Raw, joined};
use hubbub_tests::server::Server;
use hyper::StatusCode;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

/// Who doesn't read doesn't answer pings either. That is not the reason that is looked for here.
const PATIENT: [&str; 2] = ["--ping-timeout", "10m"];

/// The least that the server takes, so that tests are quick.
const BOUND: [&str; 2] = ["--max-queued-bytes", "524288"];

/// What the kernels hold for a reader that stops, at most: both socket buffers, generously.
const IN_KERNEL: usize = 1 << 20;

#[tokio::test]
async fn a_reader_that_stops_is_cut_at_the_bound_and_the_others_get_everything() {
    let server = Server::start(&[PATIENT, BOUND].concat()).await;
    let stalled = Raw::join(server.address()).await;
    a_stalled_reader_is_cut(&server, &stalled.id, 2 * IN_KERNEL).await;
    drop(stalled);
}

/// Between two polls no connection tells how a client is.
#[tokio::test]
async fn a_client_that_stops_polling_is_cut_at_the_bound_and_the_others_get_everything() {
    let server = Server::start(&[PATIENT, BOUND].concat()).await;
    let poll = format!("{}/socket.io/?EIO=4&transport=polling", server.url);
    let open = get(&poll, &[]).await;
    let open: Value = serde_json::from_str(open.text().trim_start_matches('0')).expect("a handshake");
    let poll = format!("{poll}&sid={}", open["sid"].as_str().expect("a session"));
    post(&poll, "40").await;
    // Perhaps together with a ping.
    let packets = get(&poll, &[]).await;
    let id = joined(packets.text().split('\u{1e}').find(|packet| packet.starts_with('4')).unwrap_or_default());
    a_stalled_reader_is_cut(&server, &id, 0).await;
    assert_eq!(get(&poll, &[]).await.status, StatusCode::BAD_REQUEST, "it has to begin anew");
}

/// Others chat until the client of this id, which reads nothing, is cut. `held` is what the kernels may hold for it.
async fn a_stalled_reader_is_cut(server: &Server, id: &str, held: usize) {
    const BOUND: usize = 524_288;
    let official = Peer::client(&server.url, json!({"transports": ["websocket"]}));
    official.wait_for(&json!({"is": "connect"})).await;
    let speaker = Chatter::join(&server.url).await;

    let text = |number: usize| format!("{number:01000}");
    let packet = r#"42["chat_message",""]"#.len() + 1_000;
    let mut said = 0;
    while server.log.with(&["cut", id]).is_empty() {
        speaker.say(&text(said)).await.expect("others are served");
        said += 1;
        // Some more may be said before the line is read.
        assert!(said * packet < 4 * BOUND + held, "{said} messages wait, and it isn't cut");
    }
    assert!(said * packet > BOUND, "cut after {said} messages, which the bound allows");

    let cut = server.log.wait_for(&["cut", id]).await;
    assert!(cut.contains("slow reader"), "no reason: {cut}");
    let disconnected = server.log.wait_for(&["disconnected", id]).await;
    assert!(disconnected.contains("slow reader"), "no reason: {disconnected}");

    let last = said;
    speaker.say(&text(last)).await.expect("others are served");
    let expected: Vec<String> = (0..=last).map(text).collect();
    speaker.heard.wait_for(|heard| *heard == expected[last]).await;
    assert_eq!(speaker.heard.all(), expected);
    official.wait_for(&json!({"args": [expected[last]]})).await;
    assert_eq!(official.chat(), expected);
    assert_eq!(official.said(&json!({"is": "disconnect"})), [Value::Null; 0]);
}

/// The kernel holds what a client doesn't read. If it comes back before the bound, it has missed nothing.
#[tokio::test]
async fn a_reader_that_pauses_below_the_bound_gets_everything() {
    let server = Server::start(&PATIENT).await;
    let mut pausing = Raw::join(server.address()).await;
    let speaker = Chatter::join(&server.url).await;
    let text = |number: usize| format!("{number:01000}");
    for number in 0..3_000 {
        speaker.say(&text(number)).await.expect("others are served");
    }
    for number in 0..3_000 {
        assert_eq!(pausing.text().await, format!(r#"42["chat_message","{}"]"#, text(number)));
    }
}

#[tokio::test]
async fn a_flood_that_reads_no_echoes_is_bounded() {
    a_flood_is_bounded("server_message").await;
}

#[tokio::test]
async fn a_flood_of_chat_that_reads_nothing_is_bounded() {
    a_flood_is_bounded("chat_message").await;
}

/// A client sends and sends, and reads nothing. The server must come to read no more of it, long before it would be cut, and
/// its memory must not grow with what was sent.
async fn a_flood_is_bounded(event: &str) {
    const GROWTH: u64 = 64 << 20;
    const MOST_TAKEN: u64 = 128 << 20;
    /// So many round trips of another client without a byte taken: the server waits.
    const STANDSTILL: usize = 500;

    let server = Server::start(&PATIENT).await;
    let neighbour = Chatter::join(&server.url).await;
    let before = server.resident_bytes();
    let mut flooder = Raw::join(server.address()).await;
    let id = flooder.id.clone();

    let taken = Arc::new(AtomicU64::new(0));
    let flooding = tokio::spawn({
        let taken = Arc::clone(&taken);
        let frame = format!(r#"42["{event}","{}"]"#, "x".repeat(3_900));
        async move {
            while flooder.try_send(Message::text(frame.clone())).await.is_ok() {
                taken.fetch_add(frame.len() as u64, Ordering::Relaxed);
            }
        }
    });
    let (mut said, mut still, mut last) = (0, 0, 0);
    while !flooding.is_finished() && still < STANDSTILL {
        let text = format!("meanwhile {said}");
        neighbour.say(&text).await.expect("the neighbour is served");
        neighbour.heard.wait_for(|heard| *heard == text).await;
        said += 1;

        let taken = taken.load(Ordering::Relaxed);
        still = if taken == last { still + 1 } else { 0 };
        last = taken;
        let memory = server.resident_bytes();
        assert!(taken < MOST_TAKEN, "the server took {taken} bytes from a client that reads nothing");
        assert!(memory < before + GROWTH, "{before} bytes grew to {memory} with {taken} bytes taken");
    }
    assert!(server.log.with(&["cut", &id]).is_empty(), "it was read until it was cut: {}", server.log.last_lines());
    flooding.abort();
    server.log.wait_for(&["disconnected", &id]).await;

    let heard = neighbour.heard.all();
    let meanwhile = heard.iter().filter(|text| text.starts_with("meanwhile")).count();
    assert_eq!(meanwhile, said);
    assert_eq!(neighbour.statuses.all().len(), 2, "connecting, connected, and no more");
}
