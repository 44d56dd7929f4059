//! A name that is free again, by signing out or by staying away, and who takes it over.

use std::time::Duration;

use hubbub_shared::api::SignedIn;
use hubbub_shared::chat::{LOBBY, User};
use hubbub_tests::chat::Device;
use hubbub_tests::database::Database;
use hubbub_tests::server::Server;
use hubbub_tests::session::{bearer, begin, refusal, sign_in, sign_out, signed_in, whoami};
use hubbub_tests::wait::wait_for;
use hyper::StatusCode;
use serde_json::json;

use crate::{UNLIMITED, server};

/// Idle for longer than `--session-ttl`: here, while the server was away.
#[tokio::test]
async fn a_session_that_was_idle_for_too_long_has_ended_and_its_name_is_free() {
    let database = Database::new();
    let short = [&UNLIMITED[..], &["--session-ttl", "3s"]].concat();
    let mut server = Server::start(&database.flags(&short)).await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    ada.say(LOBBY, "remember me").await;
    let (token, old) = (ada.token.clone(), ada.user.clone());
    drop(ada);
    server.kill().await;
    // It is this time that the session ends by: nobody can be asked when it is over.
    tokio::time::sleep(Duration::from_millis(3_100)).await;
    server.restart().await;
    let answer = whoami(&server.url, &[("authorization", &bearer(&token))]).await;
    assert_eq!((answer.status, &*refusal(&answer)), (StatusCode::UNAUTHORIZED, "unauthorized"));
    let new = wait_for("the name", async || {
        let answer = begin(&server.url, &json!({"name": "ADA"}), &[]).await;
        if answer.status == StatusCode::CREATED { Ok(signed_in(&answer)) } else { Err(refusal(&answer)) }
    })
    .await;
    takeover(&server, &new, &old).await;
}

#[tokio::test]
async fn a_name_that_is_free_can_be_taken_over_and_old_messages_keep_their_author() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    ada.say(LOBBY, "remember me").await;
    sign_out(&server.url, &ada.token).await;
    let new = sign_in(&server.url, "ADA").await;
    takeover(&server, &new, &ada.user).await;
}

/// Somebody else has taken a name, and is not who had it.
async fn takeover(server: &Server, new: &SignedIn, old: &User) {
    let new = Device::connect(&server.url, new).await;
    assert_ne!(new.user.id, old.id);
    let lobby = new.sync(&[]).await.rooms.remove(0);
    let message = lobby.messages.iter().find(|message| message.text == "remember me").expect("the lobby remembers");
    assert_eq!(message.author, *old, "by the name of that time");
    // Ids are each author's own: the old one's can be used, and the old message stays as it was.
    let same_id = json!({"room": LOBBY, "id": message.id, "text": "something else"});
    assert_eq!(new.code_of("send_message", &[same_id]).await, "ok");
    assert_eq!(new.wait_for_text(LOBBY, "something else").await.author, new.user);
}
