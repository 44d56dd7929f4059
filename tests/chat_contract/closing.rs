//! How the server ends: it says so, the transport closes, and clients come back by themselves.

use hubbub_client::{LinkError, Status};
use hubbub_shared::chat::LOBBY;
use hubbub_tests::chat::Device;
use hubbub_tests::database::Database;
use hubbub_tests::server::Server;
use nix::sys::signal::Signal;

use crate::UNLIMITED;

#[tokio::test]
async fn a_server_that_ends_says_so_and_everyone_comes_back() {
    let database = Database::new();
    let mut server = Server::start(&database.flags(&UNLIMITED)).await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let room = ada.make_room("Workshop").await;
    ada.say(&room, "before").await;
    server.signal(Signal::SIGTERM);
    assert_eq!(server.exit().await.code(), Some(0), "{}", server.log.last_lines());
    let closing = ada.wait_for("closing", |_| true).await;
    assert_eq!(closing["code"], "server_closing");
    assert!(closing["message"].as_str().is_some_and(|message| !message.is_empty()), "{closing}");
    // No DISCONNECT, after which none would come back.
    let lost = |status: &Status| matches!(status, Status::Reconnecting { attempt: 1, reason: LinkError::Closed, .. });
    ada.statuses.wait_for(lost).await;

    server.restart().await;
    ada.wait_until_connected(2).await;
    // Membership is durable: the room's messages come without asking.
    let bob = Device::sign_in(&server.url, "Bob").await;
    let state = bob.join(&room).await;
    assert_eq!(state.messages[0].text, "before");
    bob.say(&room, "after").await;
    assert_eq!(ada.wait_for_text(&room, "after").await.seq, 2);
}

/// After `kill -9` there is no farewell, and nothing that was acknowledged is lost.
#[tokio::test]
async fn a_killed_server_is_found_again_and_has_everything() {
    let database = Database::new();
    let mut server = Server::start(&database.flags(&UNLIMITED)).await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let room = ada.make_room("Workshop").await;
    let request = hubbub_tests::chat::message(&room, "just before");
    let sent = ada.ask(&request).await.expect("a member");
    ada.ask_with("read", &[serde_json::json!({"room": room, "seq": 1})]).await;
    server.kill().await;
    server.restart().await;
    ada.wait_until_connected(2).await;
    assert_eq!(ada.told("closing").len(), 0);
    let synced = ada.sync(&[]).await;
    let state = synced.rooms.iter().find(|state| state.info.id == room).expect("membership is durable");
    assert_eq!((state.messages.len(), state.messages[0].seq, state.messages[0].at), (1, 1, sent.at));
    assert_eq!((state.read, state.info.members), (1, 1));
    // Who doesn't know whether it arrived sends it again, and gets the first answer.
    assert_eq!(ada.ask(&request).await, Ok(sent));
    assert_eq!(ada.say(&room, "next").await.seq, 2);
    assert!(synced.rooms.iter().any(|state| state.info.id == LOBBY));
}
