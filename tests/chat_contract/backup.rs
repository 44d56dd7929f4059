//! `hubbub backup FILE` makes a copy while the server runs; a store that was restored from it says that it is another one.

use std::fs;

use hubbub_shared::chat::LOBBY;
use hubbub_tests::chat::Device;
use hubbub_tests::database::Database;
use hubbub_tests::server::{self, Server};

use crate::UNLIMITED;

#[tokio::test]
async fn a_restored_store_under_a_connected_client() {
    let database = Database::new();
    let mut server = Server::start(&database.flags(&UNLIMITED)).await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    ada.say(LOBBY, "one").await;
    ada.say(LOBBY, "two").await;
    let before = ada.sync(&[]).await;

    let copy = database.path("copy.db");
    let copy_name = copy.to_str().expect("a path in letters");
    let backup = async || {
        let words = ["backup", copy_name, "--database", &database.url];
        server::command().args(words).output().await.expect("it starts")
    };
    let made = backup().await;
    assert_eq!(made.status.code(), Some(0), "{}", String::from_utf8_lossy(&made.stderr));
    // The one that is there is not overwritten.
    let again = backup().await;
    assert_eq!(again.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&again.stderr).lines().count(), 1, "{again:?}");

    // What is said after the copy is in the first store only.
    ada.say(LOBBY, "three").await;
    assert_eq!(ada.sync(&[(LOBBY, 3)]).await.store, before.store, "a backup changes nothing");
    server.kill().await;
    database.remove();
    fs::copy(&copy, database.file()).expect("the copy is there");
    server.restart().await;

    ada.wait_until_connected(2).await;
    let after = ada.sync(&[(LOBBY, 3)]).await;
    assert_ne!(after.store, before.store, "a client must drop what it holds");
    assert_eq!(after.user, ada.user, "the session was there when the copy was made");
    let texts: Vec<_> = after.rooms[0].messages.iter().map(|message| &*message.text).collect();
    assert_eq!(texts, ["one", "two"], "the last ones, since 3 is above the head");
    assert_eq!(ada.say(LOBBY, "another three").await.seq, 3);

    // It stays the same store from now on.
    server.kill().await;
    server.restart().await;
    ada.wait_until_connected(3).await;
    assert_eq!(ada.sync(&[]).await.store, after.store);
}

#[tokio::test]
async fn a_database_that_can_not_be_used_is_said_in_one_line_and_left_alone() {
    let database = Database::new();
    for (what, bytes) in
        [("no database", &b"this is no database, and never was one"[..]), ("cut off", b"SQLite format 3\0\x10\0")]
    {
        fs::write(database.file(), bytes).expect("a file");
        let words = ["--listen", "127.0.0.1:0", "--database", &*database.url];
        let ended = server::command().args(words).output().await.expect("it starts");
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(1), "{what}: {said}");
        assert_eq!(said.lines().count(), 1, "{what}: {said}");
        assert!(said.contains("hubbub.db"), "{what}: {said}");
        assert_eq!(ended.stdout, b"", "{what}");
        assert_eq!(fs::read(database.file()).expect("it is still there"), bytes, "{what}");
    }
}
