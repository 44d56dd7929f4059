//! How much one user may ask for, at the edge and past it.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use hubbub_shared::ErrorCode;
use hubbub_shared::chat::LOBBY;
use hubbub_shared::chat::request::ListRooms;
use hubbub_tests::chat::{Device, message};
use hubbub_tests::native::Chatter;
use hubbub_tests::raw::Raw;
use hubbub_tests::server::Server;
use hubbub_tests::session::sign_in;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use crate::server;

/// How many a second come back to the allowance, at most, and how large it is.
fn allowed(burst: usize, per_second: u32, since: Instant) -> std::ops::RangeInclusive<usize> {
    let more = (since.elapsed().as_secs_f64() * f64::from(per_second)).ceil();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a short test")]
    let more = more as usize;
    burst..=burst + more + 1
}

#[tokio::test]
async fn a_user_sends_a_hundred_at_once_and_then_twenty_a_second() {
    let server = Server::start(&[]).await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let (tab, bob) = (ada.tab(&server.url).await, Device::sign_in(&server.url, "Bob").await);
    let started = Instant::now();
    let answers = join_all((0..150).map(async |number| ada.ask(&message(LOBBY, &number.to_string())).await)).await;
    let sent = answers.iter().filter(|answer| answer.is_ok()).count();
    assert!(allowed(100, 20, started).contains(&sent), "{sent} in {:?}", started.elapsed());
    assert!(answers[..100].iter().all(Result::is_ok), "the first ones");
    let refused: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().err()).collect();
    for refusal in &refused {
        assert_eq!(refusal.code, ErrorCode::RateLimited);
        assert!(refusal.retry_after_ms.is_some_and(|wait| (1..=5_000).contains(&wait)), "{refusal:?}");
    }

    // Per user, whatever the tab; rooms are made from the same allowance, and others have their own.
    let again = join_all((0..10).map(async |_| tab.ask(&message(LOBBY, "from the other tab")).await.is_ok())).await;
    assert!(again.contains(&false), "one allowance a user");
    let rooms =
        (0..10).map(async |number| ada.code_of("create_room", &[json!({"name": format!("Room {number}")})]).await);
    assert!(join_all(rooms).await.iter().any(|code| code == "rate_limited"), "one allowance for both");
    bob.say(LOBBY, "I am another").await;
    ada.sync(&[]).await;

    // Who waits as long as it is told to may go on.
    loop {
        match ada.ask(&message(LOBBY, "at last")).await {
            Ok(_) => break,
            Err(refusal) => {
                let wait = refusal.retry_after_ms.expect("how long to wait");
                tokio::time::sleep(Duration::from_millis(wait)).await;
                assert!(started.elapsed() < Duration::from_secs(60), "{refusal:?}");
            }
        }
    }
}

#[tokio::test]
async fn other_requests_are_five_hundred_at_once_and_then_a_hundred_a_second() {
    let server = Server::start(&[]).await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let started = Instant::now();
    let ask = ListRooms { limit: Some(1), ..ListRooms::default() };
    let answers = join_all((0..900).map(async |_| ada.ask(&ask).await)).await;
    let answered = answers.iter().filter(|answer| answer.is_ok()).count();
    assert!(allowed(500, 100, started).contains(&answered), "{answered} in {:?}", started.elapsed());
    assert!(answers.iter().filter_map(|answer| answer.as_ref().err()).all(|refusal| {
        refusal.code == ErrorCode::RateLimited && refusal.retry_after_ms.is_some_and(|wait| (1..=5_000).contains(&wait))
    }));
    ada.say(LOBBY, "sending has an allowance of its own").await;
}

/// What makes no sense is asked, too: events that nobody knows, and requests with a wrong payload.
#[tokio::test]
async fn what_is_not_as_agreed_counts() {
    let server = Server::start(&[]).await;
    for (name, event, wrong, burst, per_second) in [
        ("Ada", "nope", "unknown_event", 500, 100),
        ("Bob", "list_rooms", "bad_request", 500, 100),
        ("Cy", "send_message", "bad_request", 100, 20),
    ] {
        let user = Device::sign_in(&server.url, name).await;
        let started = Instant::now();
        let codes = join_all((0..burst + 400).map(async |_| user.code_of(event, &[json!([])]).await)).await;
        let heard = codes.iter().filter(|code| *code == wrong).count();
        assert!(allowed(burst, per_second, started).contains(&heard), "{event}: {heard} in {:?}", started.elapsed());
        assert!(codes[..burst].iter().all(|code| code == wrong), "{event}: the first ones");
        assert!(codes.iter().all(|code| code == wrong || code == "rate_limited"), "{event}");
    }
}

#[tokio::test]
async fn without_limits_there_are_none() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let sent = join_all((0..400).map(async |number| ada.ask(&message(LOBBY, &number.to_string())).await.is_ok())).await;
    assert!(sent.into_iter().all(|sent| sent));
    let ask = ListRooms { limit: Some(1), ..ListRooms::default() };
    let answered = join_all((0..900).map(async |_| ada.ask(&ask).await.is_ok())).await;
    assert!(answered.into_iter().all(|answered| answered));
}

/// Who speaks on `/` can't be told to wait, so it is heard later. Nothing of it is lost, and its neighbour notices nothing.
#[tokio::test]
async fn a_classic_client_that_is_too_fast_is_heard_later() {
    const MESSAGES: usize = 140;
    let server = Server::start(&["--classic-rate-limit", "20"]).await;
    let (fast, neighbour) = (Chatter::join(&server.url).await, Chatter::join(&server.url).await);
    let started = Instant::now();
    let texts: Vec<String> = (0..MESSAGES).map(|number| number.to_string()).collect();
    for text in &texts {
        fast.say(text).await.expect("acknowledged");
    }
    // A hundred at once, and then twenty a second: what a busy machine takes comes on top.
    assert!(started.elapsed() > Duration::from_secs(1), "{:?}", started.elapsed());
    neighbour.say("the end").await.expect("acknowledged");
    let expected = [texts, vec!["the end".to_owned()]].concat();
    for chatter in [&fast, &neighbour] {
        chatter.heard.wait_for(|text| text == "the end").await;
        assert_eq!(chatter.heard.all(), expected);
        assert_eq!(chatter.statuses.all().len(), 2, "connecting, connected, and no more");
    }
}

/// A client asks and asks and reads no answer. The server must come to read no more of it; its memory must not grow with what
/// was sent, and its neighbour must be served.
#[tokio::test]
async fn a_flood_that_reads_no_answers_is_bounded() {
    const GROWTH: u64 = 64 << 20;
    const MOST_TAKEN: u64 = 128 << 20;
    /// So many round trips of the neighbour without a byte taken: the server waits.
    const STANDSTILL: usize = 300;
    let server = Server::start(&["--ping-timeout", "10m", "--rate-limit", "0"]).await;
    let neighbour = Device::sign_in(&server.url, "Neighbour").await;
    let session = sign_in(&server.url, "Flood").await;
    let before = server.resident_bytes();
    let mut flooder = Raw::join_chat(server.address(), &session.token).await;
    let taken = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
    let flooding = tokio::spawn({
        let taken = std::sync::Arc::clone(&taken);
        let frame = format!(r#"42/chat,1["sync",{{"later":"{}"}}]"#, "x".repeat(500));
        async move {
            while flooder.try_send(Message::text(frame.clone())).await.is_ok() {
                taken.fetch_add(frame.len() as u64, std::sync::atomic::Ordering::Relaxed);
            }
        }
    });
    let (mut still, mut last) = (0, 0);
    while !flooding.is_finished() && still < STANDSTILL {
        assert_eq!(neighbour.code_of("typing", &[json!({"room": LOBBY})]).await, "ok");
        let now = taken.load(std::sync::atomic::Ordering::Relaxed);
        still = if now == last { still + 1 } else { 0 };
        last = now;
        let memory = server.resident_bytes();
        assert!(now < MOST_TAKEN, "the server took {now} bytes from a client that reads nothing");
        assert!(memory < before + GROWTH, "{before} bytes grew to {memory} with {now} bytes taken");
    }
    flooding.abort();
    neighbour.say(LOBBY, "I am well").await;
    assert_eq!(neighbour.statuses.all().len(), 2, "connecting, connected, and no more");
}
