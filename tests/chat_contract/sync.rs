//! Sync: what is held is answered with what comes after it, and no gap is between that and what comes as events.

use futures_util::future::join_all;
use hubbub_shared::chat::request::Synced;
use hubbub_shared::chat::{LOBBY, MAX_REPLY_BYTES, RoomState};
use hubbub_tests::chat::{Device, message};
use hubbub_tests::database::Database;
use hubbub_tests::server::Server;
use serde_json::{Value, json};

use crate::{UNLIMITED, server};

fn of<'a>(synced: &'a Synced, room: &str) -> &'a RoomState {
    let found = synced.rooms.iter().find(|state| state.info.id == room);
    found.unwrap_or_else(|| {
        panic!("no {room}: {:?}", synced.rooms.iter().map(|state| &state.info.id).collect::<Vec<_>>())
    })
}

fn seqs(state: &RoomState) -> (Vec<u64>, bool) {
    (state.messages.iter().map(|message| message.seq).collect(), state.more)
}

async fn fill(device: &Device, room: &str, count: usize) {
    let all = join_all((0..count).map(async |number| device.ask(&message(room, &number.to_string())).await.is_ok()));
    assert!(all.await.into_iter().all(|said| said));
}

#[tokio::test]
async fn what_is_held_is_answered_with_what_comes_after_it() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    fill(&ada, LOBBY, 260).await;
    for (held, expected, more) in [
        (None, 211..=260, true),
        (Some(0), 1..=200, true),
        (Some(1), 2..=201, true),
        (Some(59), 60..=259, true),
        (Some(60), 61..=260, false),
        (Some(259), 260..=260, false),
        // Of another store, it seems: the last ones.
        (Some(261), 211..=260, true),
        (Some(1 << 53), 211..=260, true),
    ] {
        let held: Vec<_> = held.map(|seq| (LOBBY, seq)).into_iter().collect();
        let synced = ada.sync(&held).await;
        assert_eq!(seqs(of(&synced, LOBBY)), (expected.collect(), more), "{held:?}");
        assert_eq!(of(&synced, LOBBY).info.head, 260);
    }
    assert_eq!(seqs(of(&ada.sync(&[(LOBBY, 260)]).await, LOBBY)), (vec![], false));
}

#[tokio::test]
async fn the_last_fifty_and_whether_there_are_more() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    for (count, more) in [(0, false), (49, false), (50, false), (51, true)] {
        let head = of(&ada.sync(&[]).await, LOBBY).info.head;
        fill(&ada, LOBBY, count - usize::try_from(head).expect("few")).await;
        let (last, is_more) = seqs(of(&ada.sync(&[]).await, LOBBY));
        assert_eq!((last.len(), is_more), (count.min(50), more), "{count}");
        let state = ada.join(LOBBY).await;
        assert_eq!((state.messages.len(), state.more), (count.min(50), more), "join_room: {count}");
    }
}

#[tokio::test]
async fn it_answers_for_all_my_rooms_and_no_others() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let bob = Device::sign_in(&server.url, "Bob").await;
    let (mine, bobs) = (ada.make_room("Mine").await, bob.make_room("Bob's").await);
    bob.say(&bobs, "a secret").await;
    ada.say(&mine, "hello").await;
    let synced = ada.sync(&[(LOBBY, 0), (&bobs, 0), ("nowhere", 7)]).await;
    let mut ids: Vec<_> = synced.rooms.iter().map(|state| &*state.info.id).collect();
    ids.sort_unstable();
    assert_eq!(ids, [LOBBY, "mine"]);
    assert_eq!(synced.user, ada.user);
    assert_eq!(of(&synced, &mine).messages[0].text, "hello", "listed or not");
    for (request, code) in [
        (json!({}), "ok"),
        (json!({"rooms": {}}), "ok"),
        (json!({"rooms": {"lobby": 0}, "later": 1}), "ok"),
        (json!({"rooms": []}), "bad_request"),
        (json!({"rooms": null}), "bad_request"),
        (json!({"rooms": "lobby"}), "bad_request"),
        (json!({"rooms": {"lobby": -1}}), "bad_request"),
        (json!({"rooms": {"lobby": 1.5}}), "bad_request"),
        (json!({"rooms": {"lobby": "1"}}), "bad_request"),
        (json!({"rooms": {"lobby": null}}), "bad_request"),
    ] {
        assert_eq!(ada.code_of("sync", std::slice::from_ref(&request)).await, code, "{request}");
    }
}

/// The whole answer is cut at 256 KiB; `more` says where, and `history` has the rest.
#[tokio::test]
async fn a_large_answer_is_cut() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let text = "🦀".repeat(4_000);
    let mut rooms = vec![LOBBY.to_owned()];
    for name in ["One", "Two"] {
        rooms.push(ada.make_room(name).await);
    }
    for room in &rooms {
        for _ in 0..20 {
            ada.say(room, &text).await;
        }
    }
    let held: serde_json::Map<String, Value> = rooms.iter().map(|room| (room.clone(), json!(0))).collect();
    for request in [json!({}), json!({"rooms": held})] {
        let answer = ada.ask_with("sync", &[request]).await;
        let bytes = answer.to_string().len();
        assert!(bytes <= MAX_REPLY_BYTES, "{bytes} bytes");
        let synced: Synced = serde_json::from_value(answer["ok"].clone()).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(synced.rooms.len(), 3);
        let total: usize = synced.rooms.iter().map(|state| state.messages.len()).sum();
        assert!(total >= 10, "much more would fit: {total}");
        for state in &synced.rooms {
            assert_eq!(state.more, state.messages.len() < 20, "{}", state.info.id);
            assert_eq!(state.info.head, 20);
        }
    }
}

#[tokio::test]
async fn the_store_stays_the_same_when_the_server_is_killed() {
    let database = Database::new();
    let mut server = Server::start(&database.flags(&UNLIMITED)).await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    ada.say(LOBBY, "before").await;
    let before = ada.sync(&[]).await;
    assert!(!before.store.is_empty());
    server.kill().await;
    server.restart().await;
    ada.wait_until_connected(2).await;
    ada.say(LOBBY, "after").await;
    let after = ada.sync(&[(LOBBY, 1)]).await;
    assert_eq!(after.store, before.store);
    assert_eq!(seqs(of(&after, LOBBY)), (vec![2], false));

    let other = Server::start(&UNLIMITED).await;
    let stranger = Device::sign_in(&other.url, "Ada").await;
    assert_ne!(stranger.sync(&[]).await.store, before.store);
}

/// Those who connect while others write: what `sync` says and what comes as events have no gap between them.
#[tokio::test]
async fn sync_and_live_meet_without_a_gap() {
    const MESSAGES: u64 = 1_500;
    let server = server().await;
    let writer = Device::sign_in(&server.url, "Writer").await;
    let session = hubbub_tests::session::sign_in(&server.url, "Reader").await;
    let writing = async {
        for number in 0..MESSAGES {
            writer.say(LOBBY, &number.to_string()).await;
        }
    };
    let reading = join_all((0..10).map(async |number: u64| {
        // Each begins when so much is there.
        writer.wait_for_text(LOBBY, &(number * 100).to_string()).await;
        let reader = Device::connect(&server.url, &session).await;
        let synced = reader.sync(&[]).await;
        (reader, of(&synced, LOBBY).clone())
    }));
    let ((), readers) = tokio::join!(writing, reading);
    for (reader, state) in readers {
        reader.wait_for_text(LOBBY, &(MESSAGES - 1).to_string()).await;
        let live: Vec<_> = reader.messages(LOBBY).iter().map(|message| message.seq).collect();
        assert!(live.windows(2).all(|pair| pair[0] + 1 == pair[1]), "events have no gap: {live:?}");
        let first = live[0];
        assert!(first <= state.info.head + 1, "{first} is the first event, and the head was {}", state.info.head);
        assert_eq!(seqs(&state).0.last(), Some(&state.info.head), "the reply reaches to its head");
        assert_eq!(live.last(), Some(&MESSAGES));
    }
}

/// The same for a room that one joins while others write.
#[tokio::test]
async fn joining_and_live_meet_without_a_gap() {
    const MESSAGES: u64 = 500;
    let server = server().await;
    let writer = Device::sign_in(&server.url, "Writer").await;
    let room = writer.make_room("Busy").await;
    let reader = Device::sign_in(&server.url, "Reader").await;
    let writing = async {
        for number in 0..MESSAGES {
            writer.say(&room, &number.to_string()).await;
        }
    };
    let joining = async {
        writer.wait_for_text(&room, "100").await;
        reader.join(&room).await
    };
    let ((), state) = tokio::join!(writing, joining);
    reader.wait_for_text(&room, &(MESSAGES - 1).to_string()).await;
    let live: Vec<_> = reader.messages(&room).iter().map(|message| message.seq).collect();
    assert!(live.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{live:?}");
    assert!(live[0] <= state.info.head + 1, "{} is the first event, and the head was {}", live[0], state.info.head);
}
