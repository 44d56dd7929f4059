//! Messages: what becomes of a text, who gets it, in which order, and what the same id means.

use futures_util::future::join_all;
use hubbub_shared::chat::{LOBBY, Message};
use hubbub_tests::chat::{Device, message, new_id};
use serde_json::json;

use crate::server;

#[tokio::test]
async fn a_message_comes_to_every_socket_of_every_member() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let (tab, bob) = (ada.tab(&server.url).await, Device::sign_in(&server.url, "Bob").await);
    let request = message(LOBBY, "hello");
    let sent = ada.ask(&request).await.expect("a member");
    assert_eq!(sent.seq, 1);
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock").as_millis();
    assert!(now.abs_diff(u128::from(sent.at)) < 60_000, "milliseconds since 1970: {}", sent.at);
    let expected = Message {
        seq: 1,
        id: request.id,
        room: LOBBY.into(),
        author: ada.user.clone(),
        text: "hello".into(),
        at: sent.at,
    };
    for device in [&ada, &tab, &bob] {
        let told = device.wait_for("messages", |_| true).await;
        assert_eq!(told, json!({"room": LOBBY, "messages": [expected]}));
    }
    assert_eq!(bob.sync(&[]).await.rooms[0].messages, [expected]);
}

#[tokio::test]
async fn texts_at_their_edges() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let longest = "🦀".repeat(4_000);
    let padded = format!(" \n{longest}\t\u{7} ");
    for (text, stored) in [
        ("  hello\t", "hello"),
        ("a\r\nb\tc\u{0}\u{7}\u{1b}[0m", "a\nb\tc[0m"),
        ("\u{7} x \u{85}", "x"),
        ("👩‍👩‍👧 ünï \u{202e}", "👩‍👩‍👧 ünï \u{202e}"),
        ("</script>\"\\", "</script>\"\\"),
        (&*longest, &*longest),
        (&padded, &longest),
    ] {
        let sent = ada.say(LOBBY, text).await;
        let shown: String = text.chars().take(20).collect();
        ada.wait_for("messages", |event| event["messages"][0]["seq"] == sent.seq).await;
        let told = ada.messages(LOBBY).pop().expect("it came");
        assert_eq!((told.seq, &*told.text), (sent.seq, stored), "{shown:?}");
    }
    for (text, code) in [
        ("", "text_empty"),
        (" \t\r\n\u{3000}", "text_empty"),
        ("\u{7}\u{0}\u{85}", "text_empty"),
        (&*format!("{longest}x"), "text_too_long"),
        (&*"x".repeat(4_001), "text_too_long"),
        (&*"x".repeat(60_000), "text_too_long"),
    ] {
        let request = json!(message(LOBBY, text));
        assert_eq!(
            ada.code_of("send_message", &[request]).await,
            code,
            "{:?}",
            text.chars().take(20).collect::<String>()
        );
    }
    assert_eq!(ada.sync(&[]).await.rooms[0].info.head, 7, "what is refused is not there");
}

#[tokio::test]
async fn the_same_id_is_the_same_message() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let (tab, bob) = (ada.tab(&server.url).await, Device::sign_in(&server.url, "Bob").await);
    let other = ada.make_room("Other").await;
    let request = message(LOBBY, "once");
    let first = ada.ask(&request).await.expect("a member");
    ada.say(LOBBY, "in between").await;

    // Again, from anywhere, also many times at once.
    assert_eq!(ada.ask(&request).await, Ok(first));
    assert_eq!(tab.ask(&request).await, Ok(first));
    let many = join_all((0..50).map(async |_| ada.ask(&request).await)).await;
    assert!(many.into_iter().all(|sent| sent == Ok(first)));
    // Many at once of one that is new.
    let new = message(LOBBY, "many at once");
    let many =
        join_all((0..25).flat_map(|_| [&ada, &tab]).map(async |device| device.ask(&new).await.expect("fine"))).await;
    assert!(many.iter().all(|sent| *sent == many[0]), "{many:?}");

    for (room, text) in [(LOBBY, "another text"), (&*other, "once"), (&*other, "another text")] {
        let again = json!({"room": room, "id": request.id, "text": text});
        assert_eq!(ada.code_of("send_message", &[again]).await, "id_reused", "{text:?} in {room}");
    }
    // Each author has ids of their own.
    assert_eq!(bob.ask(&request).await.expect("a member").seq, 4);
    ada.so_that_all_have_heard(&[&tab, &bob]).await;
    for device in [&ada, &tab, &bob] {
        let texts: Vec<_> = device.messages(LOBBY).into_iter().map(|message| message.text).collect();
        assert_eq!(texts[..4], ["once", "in between", "many at once", "once"]);
        assert_eq!(texts.len(), 5);
    }
    assert_eq!(
        ada.sync(&[]).await.rooms.iter().find(|state| state.info.id == other).map(|state| state.info.head),
        Some(0)
    );
}

#[tokio::test]
async fn an_id_is_a_canonical_uuid() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let id = new_id().to_string();
    for (id, code) in [
        (json!(id), "ok"),
        (json!(id.to_uppercase()), "bad_request"),
        (json!(id.replace('-', "")), "bad_request"),
        (json!(format!("{{{id}}}")), "bad_request"),
        (json!(format!(" {id}")), "bad_request"),
        (json!(""), "bad_request"),
        (json!("x"), "bad_request"),
        (json!(1), "bad_request"),
        (json!(null), "bad_request"),
        (json!([id]), "bad_request"),
    ] {
        let request = json!({"room": LOBBY, "id": id, "text": "x"});
        assert_eq!(ada.code_of("send_message", &[request]).await, code, "{id}");
    }
}

/// What one connection sends first is numbered first, and everyone sees that order; whoever else writes meanwhile.
#[tokio::test]
async fn order_is_kept_by_everyone() {
    const MESSAGES: usize = 300;
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let (tab, bob) = (ada.tab(&server.url).await, Device::sign_in(&server.url, "Bob").await);
    let devices = [&ada, &tab, &bob];
    // All in one go, with nothing awaited in between.
    let acks = devices.iter().enumerate().map(|(who, device)| {
        let texts = (0..MESSAGES).map(move |number| message(LOBBY, &format!("{who} {number}")));
        let acks: Vec<_> = texts.map(|text| device.chat.request(&text).expect("connected")).collect();
        join_all(acks)
    });
    for answers in join_all(acks).await {
        let seqs = answers.into_iter().map(|answer| answer.expect("an answer").0.into_result().expect("fine").seq);
        assert!(seqs.is_sorted_by(|before, after| before < after), "a sender's order");
    }
    ada.so_that_all_have_heard(&devices).await;
    let told = ada.messages(LOBBY);
    let seqs: Vec<_> = told.iter().map(|message| message.seq).collect();
    assert!(seqs.iter().copied().eq(1..=3 * MESSAGES as u64 + 1), "1, 2, 3 … without a gap");
    for device in [&tab, &bob] {
        assert!(device.messages(LOBBY) == told, "one order");
    }
}
