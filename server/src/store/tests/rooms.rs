//! Rooms and their members.

use hubbub_shared::chat::MAX_ROOMS;

use super::*;

#[test]
fn the_lobby_is_there_from_the_first() {
    on_every_engine(|mut world| {
        let lobby = RoomInfo { id: LOBBY.into(), name: "Lobby".into(), topic: String::new(), members: 0, head: 0 };
        assert_eq!(world.info(LOBBY), lobby);
        let ada = world.user("Ada");
        assert_eq!(world.info(LOBBY).members, 1);
        assert_eq!(world.write(|tx| tx.create_room(ada, &room_name("LOBBY"), "")), Err(ErrorCode::RoomExists));
        assert_eq!(world.write(|tx| tx.leave(ada, LOBBY)), Err(ErrorCode::LobbyIsForever));
        assert_eq!(world.info(LOBBY).members, 1);
    });
}

#[test]
fn who_makes_a_room_is_its_first_member() {
    on_every_engine(|mut world| {
        let ada = world.user("Ada");
        let made = world.write(|tx| tx.create_room(ada, &room_name("Rust & Crabs"), "🦀")).unwrap();
        let info =
            RoomInfo {
                id: "rust-crabs".into(), name: "Rust & Crabs".into(), topic: "🦀".into(), members: 1, head: 0
            };
        let state =
            RoomState { info: info.clone(), read: 0, online: vec![], online_count: 0, messages: vec![], more: false };
        assert_eq!(made, state);
        assert_eq!(world.info("rust-crabs"), info);
        assert_eq!(world.sync(ada, &[])[1], state);
    });
}

#[test]
fn names_that_look_the_same_are_one_room() {
    on_every_engine(|mut world| {
        let ada = world.user("Ada");
        world.room(ada, "Straße");
        for same in ["straße", "STRASSE", "Ｓtrasse"] {
            assert_eq!(
                world.write(|tx| tx.create_room(ada, &room_name(same), "")),
                Err(ErrorCode::RoomExists),
                "{same}"
            );
        }
    });
}

#[test]
fn a_room_whose_slug_is_taken_or_empty_gets_a_random_one() {
    on_every_engine(|mut world| {
        let ada = world.user("Ada");
        assert_eq!(world.room(ada, "Rust!"), "rust");
        for name in ["Rust?", "Lobby!", "日本語", "!"] {
            let room = world.room(ada, name);
            let (prefix, random) = room.split_at(2);
            assert_eq!((prefix, random.len()), ("r-", 6), "{room}");
            assert!(random.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()), "{room}");
            assert_eq!(world.info(&room).name, name);
        }
    });
}

#[test]
fn who_joins_has_read_what_was_said_before() {
    on_every_engine(|mut world| {
        let (ada, bob) = (world.user("Ada"), world.user("Bob"));
        let room = world.room(ada, "Rust");
        world.fill(ada, &room, 60);
        let (state, fresh) = world.write(|tx| tx.join(bob, &room)).unwrap();
        assert!(fresh);
        assert_eq!((state.read, state.info.members, state.info.head), (60, 2, 60));
        assert_eq!(seqs(&state.messages), (11..=60).collect::<Vec<_>>());
        assert!(state.more);

        let again = world.write(|tx| tx.join(bob, &room)).unwrap();
        assert_eq!(again, (state, false));
        assert_eq!(world.write(|tx| tx.join(bob, "nowhere")), Err(ErrorCode::NoSuchRoom));
        assert_eq!(world.info(&room).members, 2);

        let carol = world.user("Carol");
        assert_eq!(world.sync(carol, &[])[0].read, 0);
        world.send(carol, LOBBY, "hello");
        let dave = world.user("Dave");
        assert_eq!(world.sync(dave, &[])[0].read, 1, "who signs up joins the lobby");
    });
}

#[test]
fn who_leaves_is_no_member_until_joining_again() {
    on_every_engine(|mut world| {
        let (ada, bob) = (world.user("Ada"), world.user("Bob"));
        let room = world.room(ada, "Rust");
        world.send(ada, &room, "hello");
        assert_eq!(world.write(|tx| tx.leave(bob, &room)), Err(ErrorCode::NotAMember));
        assert_eq!(world.write(|tx| tx.leave(ada, "nowhere")), Err(ErrorCode::NoSuchRoom));
        assert_eq!(world.write(|tx| tx.leave(ada, &room)), Ok(()));
        assert_eq!(world.info(&room).members, 0);
        assert_eq!(world.write(|tx| tx.leave(ada, &room)), Err(ErrorCode::NotAMember));
        assert_eq!(world.history(ada, &room, Cursor::After(0), 50), Err(ErrorCode::NotAMember));
        assert_eq!(world.write(|tx| tx.mark_read(ada, &room, 1)), Err(ErrorCode::NotAMember));
        assert_eq!(world.sync(ada, &[(&room, 0)]).len(), 1, "the lobby alone");
        assert_eq!(world.join(ada, &room).messages.len(), 1);
    });
}

#[test]
fn there_is_a_limit_to_the_rooms_of_a_user() {
    on_every_engine(|mut world| {
        let (ada, bob) = (world.user("Ada"), world.user("Bob"));
        let other = world.room(bob, "Other");
        let another = world.room(bob, "Another");
        world.write(|tx| {
            for number in 0..MAX_ROOMS - 2 {
                tx.create_room(ada, &room_name(&format!("Room {number}")), "")?.unwrap();
            }
            Ok(())
        });
        assert!(world.write(|tx| tx.join(ada, &other)).is_ok(), "the last one of 500, with the lobby");
        assert_eq!(world.write(|tx| tx.join(ada, &another)), Err(ErrorCode::TooManyRooms));
        assert_eq!(world.write(|tx| tx.create_room(ada, &room_name("One more"), "")), Err(ErrorCode::TooManyRooms));
        assert!(!world.write(|tx| tx.join(ada, &other)).unwrap().1, "I am in it already");
        assert_eq!(world.sync(ada, &[]).len(), MAX_ROOMS);
        assert_eq!(world.info(&another).members, 1);
        world.write(|tx| tx.leave(ada, &other)).unwrap();
        assert!(world.write(|tx| tx.join(ada, &another)).is_ok());
    });
}

#[test]
fn read_moves_forward_and_no_further_than_the_head() {
    on_every_engine(|mut world| {
        let (ada, bob) = (world.user("Ada"), world.user("Bob"));
        let room = world.room(ada, "Rust");
        world.fill(ada, &room, 5);
        for (seq, moved) in [(0, None), (2, Some(2)), (2, None), (1, None), (u64::MAX, Some(5)), (6, None)] {
            assert_eq!(world.write(|tx| tx.mark_read(ada, &room, seq)), Ok(moved), "{seq}");
        }
        assert_eq!(world.sync(ada, &[])[1].read, 5);
        assert_eq!(world.write(|tx| tx.mark_read(bob, &room, 1)), Err(ErrorCode::NotAMember));
        assert_eq!(world.write(|tx| tx.mark_read(bob, "nowhere", 1)), Err(ErrorCode::NoSuchRoom));
    });
}

#[test]
fn rooms_are_listed_by_name_page_by_page() {
    on_every_engine(|mut world| {
        let ada = world.user("Ada");
        for name in ["zebra", "Älg", "apple", "Banana", "STRASSE 7"] {
            world.room(ada, name);
        }
        let list = |query: Option<&str>, after: Option<&str>, limit| {
            let list = world.store.rooms(query.map(Into::into), after.map(Into::into), limit);
            world.read(list).map(|list| (list.rooms.into_iter().map(|room| room.name).collect::<Vec<_>>(), list.more))
        };
        let all = ["apple", "Banana", "Lobby", "STRASSE 7", "zebra", "Älg"];
        assert_eq!(list(None, None, 50).unwrap(), (all.map(String::from).to_vec(), false));
        assert!(!list(None, None, 6).unwrap().1, "no more after the last");
        assert_eq!(list(None, None, 2).unwrap(), (vec!["apple".into(), "Banana".into()], true));
        assert_eq!(list(None, Some("banana"), 2).unwrap(), (vec!["Lobby".into(), "STRASSE 7".into()], true));
        assert_eq!(list(None, Some("zebra"), 2).unwrap(), (vec!["Älg".into()], false));
        assert_eq!(list(Some("straße"), None, 50).unwrap(), (vec!["STRASSE 7".into()], false));
        assert_eq!(list(Some("B"), Some("banana"), 1).unwrap(), (vec!["Lobby".into()], true));
        assert_eq!(list(Some("%"), None, 50).unwrap(), (vec![], false), "no pattern, just a text");
        assert_eq!(list(Some(""), None, 50).unwrap().0.len(), 6);
        assert_eq!(list(None, Some("nowhere"), 50), Err(ErrorCode::NoSuchRoom));
        assert_eq!(list(None, None, 0), Err(ErrorCode::BadRequest));
    });
}

#[test]
fn a_list_of_rooms_is_bounded() {
    on_every_engine(|mut world| {
        let (ada, bob) = (world.user("Ada"), world.user("Bob"));
        // JSON writes a control character in six bytes.
        let topic = "\u{1}".repeat(200);
        world.write(|tx| {
            for number in 0..201 {
                let user = if number % 2 == 0 { ada } else { bob };
                tx.create_room(user, &room_name(&format!("{number:03} {}", "é".repeat(60))), &topic)?.unwrap();
            }
            Ok(())
        });
        let (mut rooms, mut after) = (Vec::new(), None);
        loop {
            let list = world.read(world.store.rooms(None, after, u64::MAX)).unwrap();
            assert!(list.rooms.len() <= 200);
            assert!(serde_json::to_vec(&list).unwrap().len() <= 256 << 10);
            after = list.rooms.last().map(|room| room.id.clone());
            rooms.extend(list.rooms.into_iter().map(|room| room.name));
            if !list.more {
                break;
            }
        }
        assert_eq!(rooms.len(), 202);
        assert!(rooms.is_sorted_by_key(|name| room_name(name).key));
    });
}
