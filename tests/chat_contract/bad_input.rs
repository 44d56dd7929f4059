//! Requests that make no sense: each is answered, none changes anything or harms anyone.

use hubbub_shared::chat::LOBBY;
use hubbub_tests::chat::{Device, new_id};
use hubbub_tests::raw::Raw;
use hubbub_tests::session::sign_in;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::server;

/// Every request, with a payload that is right.
fn requests() -> Vec<(&'static str, Value)> {
    vec![
        ("sync", json!({"rooms": {}})),
        ("list_rooms", json!({})),
        ("create_room", json!({"name": format!("Room {}", new_id())})),
        ("join_room", json!({"room": LOBBY})),
        ("leave_room", json!({"room": "workshop"})),
        ("send_message", json!({"room": LOBBY, "id": new_id(), "text": "x"})),
        ("history", json!({"room": LOBBY, "after": 0})),
        ("read", json!({"room": LOBBY, "seq": 0})),
        ("typing", json!({"room": LOBBY})),
    ]
}

#[tokio::test]
async fn arguments_that_are_not_one_object() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    ada.make_room("Workshop").await;
    let binary = json!({"_placeholder": true, "num": 0});
    for (event, payload) in requests() {
        let fields: Vec<Value> = payload.as_object().expect("an object").values().cloned().collect();
        for args in [
            vec![payload.clone(), payload.clone()],
            vec![payload.clone(), json!("extra")],
            vec![payload.clone(), json!(null)],
            vec![json!(fields)],
            vec![json!([payload])],
            vec![json!([])],
            vec![json!(payload.to_string())],
            vec![json!("")],
            vec![json!(0)],
            vec![json!(true)],
            vec![json!(null)],
            vec![binary.clone(), binary.clone()],
        ] {
            assert_eq!(ada.code_of(event, &args).await, "bad_request", "{event} {args:?}");
        }
        // None at all means `{}`, which is enough for two of them.
        let expected = if matches!(event, "sync" | "list_rooms") { "ok" } else { "bad_request" };
        assert_eq!(ada.code_of(event, &[]).await, expected, "{event}");
        assert_eq!(ada.code_of(event, &[json!({})]).await, expected, "{event} {{}}");
    }
    let rooms = ada.sync(&[]).await.rooms;
    assert_eq!((rooms.len(), rooms[0].info.head, rooms[1].info.head), (2, 0, 0), "nothing has changed");
}

#[tokio::test]
async fn fields_of_another_kind() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    ada.make_room("Workshop").await;
    for (event, payload) in requests() {
        for (name, value) in payload.as_object().expect("an object") {
            let is_optional = matches!((event, &**name), ("sync", "rooms"));
            for other in [json!(null), json!([value]), json!({"value": value}), json!(true), json!(-1), json!(1.5)] {
                let mut request = payload.clone();
                request[name] = other.clone();
                assert_eq!(ada.code_of(event, &[request]).await, "bad_request", "{event}: {name} is {other}");
            }
            let mut without = payload.clone();
            without.as_object_mut().expect("an object").remove(name);
            let expected = if is_optional { "ok" } else { "bad_request" };
            assert_eq!(ada.code_of(event, &[without]).await, expected, "{event} without {name}");
        }
        // What a later version may add is ignored.
        let mut request = payload.clone();
        request["later"] = json!({"deep": [1, {"deeper": null}]});
        assert_eq!(ada.code_of(event, &[request]).await, "ok", "{event} with more");
    }
}

#[tokio::test]
async fn events_that_nobody_knows() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    // Those of the other namespace, and those that the server tells, are none either.
    for event in
        ["shout", "", "chat_message", "server_message", "messages", "presence", "closing", "Sync", "sync ", "ünï"]
    {
        for args in [vec![], vec![json!({})], vec![json!({"room": LOBBY}), json!(2)]] {
            assert_eq!(ada.code_of(event, &args).await, "unknown_event", "{event:?} {args:?}");
        }
    }
}

/// Without an acknowledgement there is nobody to tell. It costs nothing and does nothing, but for what is right.
#[tokio::test]
async fn without_an_acknowledgement() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let bob = Device::sign_in(&server.url, "Bob").await;
    let emit = |event: &str, payload: Value| ada.chat.socket().at_once().emit(event, (payload,)).expect("connected");
    for (event, _) in requests() {
        emit(event, json!([]));
        emit(event, json!({"room": 1}));
    }
    emit("shout", json!({}));
    emit("send_message", json!({"room": LOBBY, "id": new_id(), "text": "unasked"}));
    assert_eq!(bob.wait_for_text(LOBBY, "unasked").await.seq, 1);
    ada.so_that_all_have_heard(&[&bob]).await;
    assert_eq!((bob.messages(LOBBY).len(), ada.statuses.all().len()), (2, 2));
}

/// Frames that no client would write. Some are answered, some end their own connection; no one else notices.
#[tokio::test]
async fn frames_that_break_the_protocol() {
    let server = server().await;
    let neighbour = Device::sign_in(&server.url, "Neighbour").await;
    let session = sign_in(&server.url, "Eve").await;
    let deep = format!("42/chat,1[\"sync\",{}{}]", "[".repeat(10_000), "]".repeat(10_000));
    for frame in [
        "42/chat,1",
        "42/chat,1[",
        "42/chat,1[]",
        "42/chat,1{}",
        "42/chat,1[1]",
        "42/chat,1[null,{}]",
        "42/chat,1[\"sync\",{]",
        "42/chat,1[\"sync\",{\"rooms\":{\"lobby\":1e400}}]",
        "42/chat,1[\"sync\",{\"rooms\":{\"lobby\":99999999999999999999999999}}]",
        "42/chat,99999999999999999999999999[\"sync\",{}]",
        "42/chat,-1[\"sync\",{}]",
        "42/chat1[\"sync\",{}]",
        "42/chat?a=b,1[\"sync\",{}]",
        "43/chat,1[]",
        "43/chat,77[{\"ok\":{}}]",
        "44/chat,{}",
        "451-/chat,1[\"sync\",{\"_placeholder\":true,\"num\":0}]",
        "40/chat,{\"token\":\"forged\"}",
        "42/chat,1[\"send_message\",{\"room\":\"lobby\",\"room\":\"lobby\",\"id\":\"x\",\"text\":\"\"}]",
        "42/chat,1[\"send_message\",{\"room\":\"lobby\",\"id\":\"01934f5e-8f3a-7c21-9b1d-2f6a4c8e0b57\",\"text\":\"\\ud800\"}]",
        &deep,
    ] {
        let mut raw = Raw::join_chat(server.address(), &session.token).await;
        let _ = raw.try_send(Message::text(frame)).await;
        // Either this is answered, so the frame before it was read, or the connection ends.
        let _ = raw.try_send(Message::text(r#"42/chat,9["leave_room",{"room":"nowhere"}]"#)).await;
        let shown: String = frame.chars().take(60).collect();
        for text in rest_until(&mut raw, "43/chat,9[").await {
            assert!(!text.contains(r#""messages":[{"seq""#), "{shown}: {text}");
        }
        assert_eq!(neighbour.code_of("typing", &[json!({"room": LOBBY})]).await, "ok", "after {shown}");
    }
    assert_eq!(neighbour.sync(&[]).await.rooms[0].info.head, 0, "nothing was said");
    assert_eq!(neighbour.statuses.all().len(), 2, "connecting, connected, and no more");
}

/// The frames up to one that begins so, or to the connection's end.
async fn rest_until(raw: &mut Raw, start: &str) -> Vec<String> {
    let mut texts = Vec::new();
    while let Some(text) = raw.maybe_text().await.filter(|text| !text.starts_with(start)) {
        texts.push(text.as_str().to_owned());
    }
    texts
}

/// An Engine.IO payload has at most 64 KiB; one byte more ends the connection that it came by.
#[tokio::test]
async fn the_edge_of_the_payload() {
    let server = server().await;
    let neighbour = Device::sign_in(&server.url, "Neighbour").await;
    let session = sign_in(&server.url, "Eve").await;
    for (bytes, survives) in [(65_536, true), (65_537, false), (1_000_000, false)] {
        let mut raw = Raw::join_chat(server.address(), &session.token).await;
        let (start, end) = (r#"42/chat,1["typing",{"room":"nowhere","later":""#, r#""}]"#);
        let frame = format!("{start}{}{end}", "x".repeat(bytes - start.len() - end.len()));
        assert_eq!(frame.len(), bytes);
        let _ = raw.try_send(Message::text(frame)).await;
        let rest = rest_until(&mut raw, "43/chat,1[").await;
        if survives {
            raw.send(r#"42/chat,2["typing",{"room":"nowhere"}]"#).await;
            rest_until(&mut raw, "43/chat,2[").await;
        } else {
            assert!(raw.maybe_text().await.is_none(), "{bytes} bytes: {rest:?}");
            server.log.wait_for(&[&raw.id, "disconnected"]).await;
        }
    }
    assert_eq!(neighbour.statuses.all().len(), 2, "connecting, connected, and no more");
}
