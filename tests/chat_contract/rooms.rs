//! Rooms: making, joining, leaving and listing them, and who is told.

use futures_util::future::join_all;
use hubbub_shared::chat::request::{CreateRoom, JoinRoom, LeaveRoom, ListRooms, RoomList};
use hubbub_shared::chat::{LOBBY, MAX_ROOMS, RoomInfo, RoomState};
use hubbub_tests::chat::Device;
use hubbub_tests::database::Database;
use hubbub_tests::server::Server;
use hubbub_tests::wait::wait_for;
use serde_json::{Value, json};

use crate::{UNLIMITED, server};

async fn create(device: &Device, name: &str, topic: Option<&str>) -> RoomState {
    let request = CreateRoom { name: name.to_owned(), topic: topic.map(str::to_owned) };
    device.ask(&request).await.unwrap_or_else(|error| panic!("{name}: {error:?}"))
}

#[tokio::test]
async fn everyone_is_in_the_lobby_for_ever() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let rooms = ada.sync(&[]).await.rooms;
    assert_eq!(rooms.iter().map(|state| &*state.info.id).collect::<Vec<_>>(), [LOBBY]);
    assert_eq!((rooms[0].info.members, rooms[0].info.head), (1, 0));
    assert_eq!(ada.code_of("leave_room", &[json!({"room": LOBBY})]).await, "lobby_is_forever");
    assert_eq!(ada.sync(&[]).await.rooms.len(), 1);
    assert_eq!(ada.join(LOBBY).await.info.id, LOBBY, "in it already");
}

#[tokio::test]
async fn a_room_is_made_by_its_first_member_and_everyone_is_told() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let tab = ada.tab(&server.url).await;
    let bob = Device::sign_in(&server.url, "Bob").await;
    let state = create(&ada, " General Chat! ", Some("all and nothing")).await;
    let info = RoomInfo {
        id: "general-chat".into(),
        name: "General Chat!".into(),
        topic: "all and nothing".into(),
        members: 1,
        head: 0,
    };
    let alone = RoomState {
        info: info.clone(),
        read: 0,
        online: vec![ada.user.clone()],
        online_count: 1,
        messages: vec![],
        more: false,
    };
    assert_eq!(state, alone);
    for device in [&tab, &bob] {
        let told = device.wait_for("room", |room| room["id"] == "general-chat").await;
        assert_eq!(told, json!(info));
    }
    let joined = tab.wait_for("joined", |_| true).await;
    assert_eq!(joined["id"], "general-chat");
    assert!(bob.told("joined").is_empty() && ada.told("joined").is_empty());
    assert_eq!(
        bob.code_of("send_message", &[json!(hubbub_tests::chat::message("general-chat", "x"))]).await,
        "not_a_member"
    );
}

#[tokio::test]
async fn a_room_is_found_by_the_slug_of_its_name() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    for (name, expected) in [
        ("General Chat!", Some("general-chat")),
        ("--A  b__C--", Some("a-b-c")),
        ("100 %", Some("100")),
        ("Кино", None),
        ("🦀", None),
        ("!!!", None),
        // Taken, as an id; the names differ.
        ("general chat?", None),
        ("lobby", None),
        (&*"x".repeat(64), Some(&*"x".repeat(40))),
    ] {
        // The lobby may have this name too.
        let answer = ada.ask_with("create_room", &[json!({"name": name})]).await;
        if name == "lobby" && answer["error"]["code"] == "room_exists" {
            continue;
        }
        let id = answer["ok"]["id"].as_str().unwrap_or_else(|| panic!("{name}: {answer}"));
        assert!((1..=40).contains(&id.len()), "{name}: {id}");
        assert!(id.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-')), "{name}: {id}");
        match expected {
            Some(expected) => assert_eq!(id, expected, "{name}"),
            None => assert!(id.starts_with("r-") && id.len() == 8, "{name}: {id}"),
        }
    }
}

#[tokio::test]
async fn names_and_topics_at_their_edges() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    for (name, topic, code) in [
        ("", None, "invalid_name"),
        (" \t", None, "invalid_name"),
        ("a\nb", None, "invalid_name"),
        ("a\u{202e}b", None, "invalid_name"),
        ("guest-room", None, "invalid_name"),
        (&*"x".repeat(65), None, "invalid_name"),
        (&*"é".repeat(64), None, "ok"),
        ("Topical", Some("é".repeat(200)), "ok"),
        ("Too topical", Some("é".repeat(201)), "bad_request"),
        ("Without", Some(String::new()), "ok"),
        ("Cinéma", None, "ok"),
        ("CINE\u{301}MA", None, "room_exists"),
        (" cinéma ", None, "room_exists"),
    ] {
        let request = json!({"name": name, "topic": topic});
        assert_eq!(ada.code_of("create_room", &[request]).await, code, "{name:?}");
    }
}

#[tokio::test]
async fn who_joins_is_told_of_the_room_and_the_room_of_them() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let bob = Device::sign_in(&server.url, "Bob").await;
    let (bobs_tab, stranger) = (bob.tab(&server.url).await, Device::sign_in(&server.url, "Eve").await);
    let room = ada.make_room("Workshop").await;
    ada.say(&room, "before").await;

    let state = bob.join(&room).await;
    assert_eq!((state.info.members, state.info.head), (2, 1));
    assert_eq!(state.messages.iter().map(|message| &*message.text).collect::<Vec<_>>(), ["before"]);
    assert!(state.online.contains(&bob.user), "me included: {:?}", state.online);
    assert_eq!(state.online_count, state.online.len() as u64);
    let again = bob.join(&room).await;
    assert_eq!((again.info, again.messages), (state.info, state.messages), "in it already");

    let joined = bobs_tab.wait_for("joined", |joined| joined["id"] == *room).await;
    assert_eq!((&joined["members"], &joined["head"]), (&json!(2), &json!(1)));
    assert!(bob.told("joined").is_empty(), "only to my other sockets");
    let has = |members: u64| move |info: &Value| info["id"] == "workshop" && info["members"] == members;
    for member in [&ada, &bob, &bobs_tab] {
        member.wait_for("room", has(2)).await;
    }
    // From now on all that is said comes to all their sockets.
    ada.say(&room, "after").await;
    for device in [&ada, &bob, &bobs_tab] {
        device.wait_for_text(&room, "after").await;
    }

    bob.leave(&room).await;
    assert_eq!(bobs_tab.wait_for("left", |_| true).await, json!({"room": room}));
    assert!(bob.told("left").is_empty(), "only to my other sockets");
    ada.wait_for("room", has(1)).await;
    ada.say(&room, "without Bob").await;
    ada.so_that_all_have_heard(&[&bob, &bobs_tab, &stranger]).await;
    for device in [&bob, &bobs_tab] {
        assert_eq!(device.messages(&room).last().map(|message| message.text.clone()), Some("after".into()));
    }
    assert!(stranger.messages(&room).is_empty());
    let of_room: Vec<_> = stranger.told("room").into_iter().filter(|info| info["id"] == *room).collect();
    assert!(of_room.len() == 1 && has(1)(&of_room[0]), "it is told of the making only: {of_room:?}");
}

/// A change of the members is gathered, and so would be what a message changes: the later one must come, the earlier not.
#[tokio::test]
async fn a_new_message_is_no_change_of_the_room() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let bob = Device::sign_in(&server.url, "Bob").await;
    let (quiet, busy) = (ada.make_room("Quiet").await, ada.make_room("Busy").await);
    let joined = async |room: &str| {
        bob.join(room).await;
        ada.wait_for("room", |info| info["id"] == *room && info["members"] == 2).await;
    };
    joined(&busy).await;
    for _ in 0..3 {
        ada.say(&busy, "hello").await;
    }
    joined(&quiet).await;
    let told = ada.told("room");
    assert!(told.iter().all(|info| info["head"] == 0), "{told:?}");
}

#[tokio::test]
async fn what_is_for_members_only() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let bob = Device::sign_in(&server.url, "Bob").await;
    let room = ada.make_room("Workshop").await;
    for (room, code) in
        [(&*room, "not_a_member"), ("nowhere", "no_such_room"), ("", "no_such_room"), ("LOBBY", "no_such_room")]
    {
        let send = json!({"room": room, "id": hubbub_tests::chat::new_id(), "text": "x"});
        for (event, request) in [
            ("send_message", send),
            ("history", json!({"room": room, "after": 0})),
            ("read", json!({"room": room, "seq": 1})),
            ("typing", json!({"room": room})),
        ] {
            assert_eq!(bob.code_of(event, &[request]).await, code, "{event} in {room:?}");
        }
        if code == "no_such_room" {
            for event in ["join_room", "leave_room"] {
                assert_eq!(bob.code_of(event, &[json!({"room": room})]).await, code, "{event} {room:?}");
            }
        }
    }
    bob.join(&room).await;
    bob.leave(&room).await;
    assert_eq!(bob.code_of("history", &[json!({"room": room, "after": 0})]).await, "not_a_member");
}

async fn list(device: &Device, query: Option<&str>, after: Option<&str>, limit: Option<u64>) -> RoomList {
    let request = ListRooms { query: query.map(str::to_owned), after: after.map(str::to_owned), limit };
    device.ask(&request).await.unwrap_or_else(|error| panic!("{request:?}: {error:?}"))
}

#[tokio::test]
async fn rooms_are_listed_by_name_page_by_page() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    for name in ["Delta", "Alpha room", "charlie ROOM", "Bravo Zimmer", "100% sure", "under_score", "Écho"] {
        create(&ada, name, None).await;
    }
    ada.say("alpha-room", "hello").await;
    let bob = Device::sign_in(&server.url, "Bob").await;
    let all = list(&bob, None, None, None).await;
    assert_eq!((all.rooms.len(), all.more), (8, false));
    let place = |id: &str| all.rooms.iter().position(|room| room.id == id).unwrap_or_else(|| panic!("{id}: {all:?}"));
    assert!(place("alpha-room") < place("bravo-zimmer") && place("bravo-zimmer") < place("charlie-room"), "{all:?}");
    assert!(place("charlie-room") < place("delta"), "{all:?}");
    let alpha = &all.rooms[place("alpha-room")];
    assert_eq!((&*alpha.name, alpha.members, alpha.head), ("Alpha room", 1, 1));

    for limit in [1, 2, 3, 7, 8, 9] {
        let mut pages = Vec::new();
        loop {
            let after = pages.last().map(|room: &RoomInfo| room.id.clone());
            let page = list(&bob, None, after.as_deref(), Some(limit)).await;
            assert!(page.rooms.len() as u64 <= limit);
            pages.extend(page.rooms);
            if !page.more {
                break;
            }
        }
        assert_eq!(pages, all.rooms, "by {limit}");
    }
    for (query, ids) in [
        ("room", &["alpha-room", "charlie-room"][..]),
        ("ROOM", &["alpha-room", "charlie-room"]),
        ("écHO", &["echo"]),
        ("%", &["100-sure"]),
        ("_", &["under-score"]),
        ("nothing like it", &[]),
    ] {
        let found: Vec<_> = list(&bob, Some(query), None, None).await.rooms.into_iter().map(|room| room.name).collect();
        let expected: Vec<_> =
            all.rooms.iter().filter(|room| found.contains(&room.name)).map(|room| &room.name).collect();
        assert_eq!(found.len(), ids.len(), "{query}: {found:?}");
        assert!(found.iter().eq(expected), "{query}: {found:?} in the same order");
    }
    assert_eq!(list(&bob, Some(""), None, None).await, all);
    for (request, code) in [
        (json!({"limit": 0}), "bad_request"),
        (json!({"limit": -1}), "bad_request"),
        (json!({"limit": 1.5}), "bad_request"),
        (json!({"limit": 1_000}), "ok"),
        (json!({"query": 1}), "bad_request"),
        (json!({"after": 1}), "bad_request"),
        (json!({"query": null, "after": null, "limit": null}), "ok"),
    ] {
        assert_eq!(bob.code_of("list_rooms", std::slice::from_ref(&request)).await, code, "{request}");
    }
}

#[tokio::test]
async fn a_user_is_in_500_rooms_at_most() {
    let server = server().await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    let bob = Device::sign_in(&server.url, "Bob").await;
    let bobs = bob.make_room("Bob's").await;
    // The lobby is one of them.
    let rooms = (1..MAX_ROOMS).map(|number| CreateRoom { name: format!("Room {number}"), topic: None });
    let made = join_all(rooms.map(async |room| ada.ask(&room).await.is_ok())).await;
    assert!(made.into_iter().all(|made| made));
    assert_eq!(ada.code_of("create_room", &[json!({"name": "One more"})]).await, "too_many_rooms");
    assert_eq!(ada.code_of("join_room", &[json!({"room": bobs})]).await, "too_many_rooms");
    assert_eq!(ada.code_of("join_room", &[json!({"room": "room-7"})]).await, "ok", "in it already");
    assert_eq!(ada.sync(&[]).await.rooms.len(), MAX_ROOMS);
    ada.leave("room-7").await;
    ada.ask(&JoinRoom { room: bobs }).await.expect("there is a place now");

    // All rooms there are: more than a page may have.
    let page = list(&bob, None, None, Some(1_000)).await;
    assert_eq!((page.rooms.len(), page.more), (200, true));
    assert_eq!(list(&bob, None, None, None).await.rooms.len(), 50);
    // Everyone was told of each.
    let told = bob.told("room");
    assert!(
        told.iter().filter(|info| info["name"].as_str().is_some_and(|name| name.starts_with("Room "))).count() >= 499
    );
}

/// Whoever asks may be gone when it is done: the user's other tab is in the room, and the members hear of it.
#[tokio::test]
async fn others_are_told_of_a_join_also_if_its_tab_is_gone() {
    let database = Database::new();
    let server = Server::start(&database.flags(&UNLIMITED)).await;
    let owner = Device::sign_in(&server.url, "Owner").await;
    let stays = Device::sign_in(&server.url, "Stays").await;
    let loner = Device::sign_in(&server.url, "Loner").await;
    for attempt in 0..10 {
        let room = create(&owner, &format!("Room {attempt}"), None).await.info.id;
        let goes = stays.tab(&server.url).await;
        // While it is locked nobody joins; after a second they would be told to try again.
        let lock = database.lock();
        let asked = [&goes, &loner].map(|device| device.chat.request(&JoinRoom { room: room.clone() }).expect("sent"));
        let before = server.log.with(&["disconnected"]).len();
        goes.chat.socket().disconnect();
        loner.chat.socket().disconnect();
        wait_for("two that are gone", async || {
            let gone = server.log.with(&["disconnected"]).len() - before;
            if gone >= 2 { Ok(()) } else { Err(server.log.last_lines()) }
        })
        .await;
        drop((lock, asked));
        loner.chat.socket().connect();
        loner.wait_until_connected(attempt + 2).await;
        let both = [&stays, &loner].map(async |device| device.sync(&[]).await.rooms.len() == 2);
        if join_all(both).await == [true, true] {
            stays.wait_for("joined", |state| state["id"] == *room).await;
            owner.wait_for("room", |info| info["id"] == *room && info["members"] == 3).await;
            return;
        }
        for device in [&stays, &loner] {
            let _ = device.try_ask(&LeaveRoom { room: room.clone() }).await;
        }
    }
    panic!("it was always too late");
}
