//! The lobby, where `/chat` and the classic contract meet.

use hubbub_shared::chat::LOBBY;
use hubbub_tests::chat::Device;
use hubbub_tests::native::Chatter;
use hubbub_tests::peer::Peer;
use hubbub_tests::server::Server;
use serde_json::json;

use crate::{UNLIMITED, server};

#[tokio::test]
async fn a_classic_message_is_a_guests_in_the_lobby_as_it_came() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let (one, two) = (Chatter::join(&server.url).await, Chatter::join(&server.url).await);
    let longest = "é".repeat(4_000);
    let texts = ["hello", "  kept \t white\nspace  \u{7}", "Ada: not really", &longest];
    for text in texts {
        one.say(text).await.expect("acknowledged");
        ada.wait_for_text(LOBBY, text).await;
    }
    two.say("from another").await.expect("acknowledged");
    ada.wait_for_text(LOBBY, "from another").await;
    let told = ada.messages(LOBBY);
    let seqs: Vec<_> = told.iter().map(|message| message.seq).collect();
    assert_eq!(seqs, [1, 2, 3, 4, 5]);
    for message in &told {
        let digits = message.author.id.strip_prefix("guest-").unwrap_or_else(|| panic!("{:?}", message.author));
        assert!(digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_uppercase()));
        assert_eq!(message.author.name, message.author.id);
    }
    assert!(told[..4].iter().all(|message| message.author == told[0].author), "one author a connection");
    assert_ne!(told[4].author, told[0].author);
    assert_eq!(ada.sync(&[]).await.rooms[0].messages, told, "durable");

    // No user, no member, not present.
    let lobby = &ada.sync(&[]).await.rooms[0];
    assert_eq!((lobby.info.members, lobby.online_count, &*lobby.online), (1, 1, &[ada.user.clone()][..]));
    for chatter in [&one, &two] {
        chatter.heard.wait_for_count(5, |_| true).await;
        assert_eq!(chatter.heard.all(), [&texts[..], &["from another"]].concat());
    }
}

#[tokio::test]
async fn a_lobby_message_reaches_classic_clients_with_its_authors_name() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada Lovelace").await;
    let chatter = Chatter::join(&server.url).await;
    let official = Peer::client(&server.url, json!({"transports": ["polling"]}));
    official.wait_for(&json!({"is": "connect"})).await;
    let room = ada.make_room("Elsewhere").await;
    ada.say(&room, "not for the lobby").await;
    ada.say(LOBBY, " hello \t").await;
    chatter.say("hello Ada").await.expect("acknowledged");
    let expected = ["Ada Lovelace: hello", "hello Ada"];
    chatter.heard.wait_for_count(2, |_| true).await;
    assert_eq!(chatter.heard.all(), expected);
    official.wait_for_count(&json!({"is": "event"}), 2).await;
    assert_eq!(official.chat(), expected);
}

/// Both sides talk at once, and everyone hears one order.
#[tokio::test]
async fn both_namespaces_hear_one_order() {
    const MESSAGES: usize = 200;
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let chatter = Chatter::join(&server.url).await;
    let mut acks = Vec::new();
    for number in 0..MESSAGES {
        acks.push(chatter.say(&format!("classic {number}")));
        drop(ada.chat.request(&hubbub_tests::chat::message(LOBBY, &format!("typed {number}"))).expect("connected"));
    }
    for ack in acks {
        ack.await.expect("acknowledged");
    }
    chatter.heard.wait_for_count(2 * MESSAGES, |_| true).await;
    ada.so_that_all_have_heard(&[&ada]).await;
    let typed = ada.messages(LOBBY).into_iter().take(2 * MESSAGES).map(|message| {
        let is_guest = message.author.id.starts_with("guest-");
        if is_guest { message.text } else { format!("{}: {}", message.author.name, message.text) }
    });
    let heard: Vec<_> = chatter.heard.all().into_iter().take(2 * MESSAGES).collect();
    assert!(typed.eq(heard.iter().cloned()), "one order");
    for who in ["classic", "Ada: typed"] {
        let own = heard.iter().filter(|text| text.starts_with(who));
        assert!(own.cloned().eq((0..MESSAGES).map(|number| format!("{who} {number}"))), "a sender's order");
    }
}

#[tokio::test]
async fn without_the_classic_contract_the_lobby_is_there() {
    let server = Server::start(&[&UNLIMITED[..], &["--no-classic"]].concat()).await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    ada.say(LOBBY, "hello").await;
    let peer = Peer::client(&server.url, json!({"transports": ["websocket"]}));
    peer.wait_for(&json!({"is": "connect_error"})).await;
}
