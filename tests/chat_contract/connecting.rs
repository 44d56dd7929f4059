//! CONNECT to `/chat`: whose session counts, and what becomes of a socket when its session ends.

use hubbub_client::{DisconnectReason, Status};
use hubbub_shared::chat::LOBBY;
use hubbub_tests::chat::{Device, quick};
use hubbub_tests::raw::Raw;
use hubbub_tests::session::{cookie, sign_in, sign_out};
use serde_json::json;

use crate::server;

const REFUSED: &str = r#"44/chat,{"message":"unauthorized"}"#;

#[tokio::test]
async fn the_token_decides_alone_and_else_the_cookie() {
    let server = server().await;
    let (ada, bob) = (sign_in(&server.url, "Ada").await, sign_in(&server.url, "Bob").await);
    let gone = sign_in(&server.url, "Gone").await;
    sign_out(&server.url, &gone.token).await;
    let token = |token: &str| json!({"token": token}).to_string();
    for (cookie_of, auth, who) in [
        (None, String::new(), None),
        (None, "{}".to_owned(), None),
        (None, token(&ada.token), Some(&ada)),
        (None, token("forged"), None),
        (None, token(""), None),
        (None, token(&gone.token), None),
        (None, json!({"token": ada.token, "later": 1}).to_string(), Some(&ada)),
        (None, json!({"token": [ada.token]}).to_string(), None),
        (None, json!([ada.token]).to_string(), None),
        (Some(&bob), String::new(), Some(&bob)),
        (Some(&bob), "{}".to_owned(), Some(&bob)),
        (Some(&bob), json!({"later": 1}).to_string(), Some(&bob)),
        (Some(&bob), token(&ada.token), Some(&ada)),
        (Some(&bob), token("forged"), None),
        (Some(&bob), token(&gone.token), None),
        (Some(&bob), json!({"token": 1}).to_string(), None),
        (Some(&gone), String::new(), None),
    ] {
        let cookie = cookie_of.map_or_else(String::new, |session| cookie(&session.token));
        let mut raw = Raw::open_with(server.address(), &[("cookie", &cookie)]).await;
        raw.send(&format!("40/chat,{auth}")).await;
        let answer = raw.text().await;
        let Some(who) = who else {
            assert_eq!(answer, REFUSED, "{cookie} {auth}");
            continue;
        };
        assert!(answer.starts_with(r#"40/chat,{"sid":""#), "{cookie} {auth}: {answer}");
        raw.send(r#"42/chat,1["sync",{}]"#).await;
        let synced = answer_to(&mut raw, 1).await;
        assert!(synced.contains(&who.user.id), "{cookie} {auth}: {synced}");
    }
}

/// The acknowledgement of this number; events may come before.
async fn answer_to(raw: &mut Raw, number: u32) -> String {
    let start = format!("43/chat,{number}[");
    loop {
        let text = raw.text().await;
        if text.starts_with(&start) {
            return text.as_str().to_owned();
        }
    }
}

#[tokio::test]
async fn both_namespaces_share_a_connection() {
    let server = server().await;
    let ada = sign_in(&server.url, "Ada").await;
    let mut raw = Raw::join_chat(server.address(), &ada.token).await;
    raw.send("40").await;
    loop {
        if raw.text().await.starts_with("40{") {
            break;
        }
    }
    raw.send(r#"42["server_message","still here"]"#).await;
    loop {
        if raw.text().await == r#"42["server_message","still here"]"# {
            break;
        }
    }
}

/// What a client asked before it left is not answered to who comes back: it may ask something else under the same number.
#[tokio::test]
async fn who_has_left_is_not_answered() {
    let server = server().await;
    let ada = sign_in(&server.url, "Ada").await;
    let mut raw = Raw::join_chat(server.address(), &ada.token).await;
    raw.send("40").await;
    // An event before that would end the connection.
    while !raw.text().await.starts_with("40{") {}
    for _ in 0..20 {
        for number in 0..5 {
            raw.send(&format!(r#"42/chat,{number}["sync",{{}}]"#)).await;
        }
        raw.send("41/chat,").await;
        raw.send(r#"42["server_message","left"]"#).await;
        while raw.text().await != r#"42["server_message","left"]"# {}
        raw.send(&format!(r#"40/chat,{{"token":"{}"}}"#, ada.token)).await;
        loop {
            let text = raw.text().await;
            assert!(!text.starts_with("43/chat,"), "an answer for who has left: {text}");
            if text.starts_with("40/chat,") {
                break;
            }
        }
        raw.send(r#"42/chat,7["sync",{}]"#).await;
        let answer = loop {
            let text = raw.text().await;
            if text.starts_with("43/chat,") {
                break text;
            }
        };
        assert!(answer.starts_with("43/chat,7["), "an answer for who has left: {answer}");
    }
}

#[tokio::test]
async fn without_a_session_there_is_nothing_but_the_refusal() {
    let server = server().await;
    let mut raw = Raw::open(server.address()).await;
    raw.send("40/chat,").await;
    assert_eq!(raw.text().await, REFUSED);
    // Not joined: an event for it ends the connection, as in the official server.
    raw.send(r#"42/chat,1["sync",{}]"#).await;
    let rest = raw.rest().await;
    assert!(rest.iter().all(|text| !text.contains("store")), "{rest:?}");
}

#[tokio::test]
async fn signing_out_ends_the_sockets_of_that_session_and_they_do_not_come_back() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let tab = ada.tab(&server.url).await;
    let phone = ada.another(&server.url).await;
    let bob = Device::sign_in(&server.url, "Bob").await;

    sign_out(&server.url, &ada.token).await;
    for device in [&ada, &tab] {
        let closing = device.wait_for("closing", |_| true).await;
        assert_eq!(closing["code"], "signed_out");
        assert!(closing["message"].as_str().is_some_and(|message| !message.is_empty()), "{closing}");
        let ended = Status::Disconnected { reason: DisconnectReason::Server };
        device.statuses.wait_for(|status| *status == ended).await;
    }
    // The others go on, and by then nobody has come back.
    bob.so_that_all_have_heard(&[&phone]).await;
    for device in [&ada, &tab] {
        assert_eq!(device.statuses.all().len(), 3, "{:?}", device.statuses.all());
        assert!(device.messages(LOBBY).is_empty());
    }
    assert_eq!(phone.told("closing").len(), 0);

    // The same token again: it is worth nothing.
    ada.chat.socket().connect();
    let refused = ada.statuses.wait_for_count(2, |status| matches!(status, Status::Disconnected { .. })).await;
    let reason = DisconnectReason::Refused { message: "unauthorized".into(), data: None };
    assert_eq!(refused[1], Status::Disconnected { reason });
}

#[tokio::test]
async fn a_second_device_is_the_same_user() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let room = ada.make_room("Workshop").await;
    ada.say(&room, "from the desk").await;
    let phone = ada.another(&server.url).await;
    assert_eq!(phone.user, ada.user);
    let synced = phone.sync(&[]).await;
    assert_eq!(synced.user, ada.user);
    let workshop = synced.rooms.iter().find(|state| state.info.id == room).expect("my rooms are on every device");
    assert_eq!(workshop.messages[0].text, "from the desk");
    phone.say(&room, "from the phone").await;
    assert_eq!(ada.wait_for_text(&room, "from the phone").await.author, ada.user);
}

/// The cookie by the native client, as a browser's page would have it.
#[tokio::test]
async fn the_cookie_is_enough() {
    let server = server().await;
    let session = sign_in(&server.url, "Ada").await;
    let client = quick(&server.url).header("cookie", &cookie(&session.token)).build().expect("a good URL");
    let socket = client.socket("/chat");
    let statuses = hubbub_tests::native::statuses(&socket);
    socket.connect();
    statuses.wait_for(|status| matches!(status, Status::Connected { .. })).await;
}
