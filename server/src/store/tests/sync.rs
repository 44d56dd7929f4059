//! What a client lacks.

use hubbub_shared::chat::{MAX_ONLINE_BYTES, MAX_REPLY_BYTES, MAX_ROOMS};

use super::*;

/// A user as long as its name makes it.
fn user(name: &str) -> User {
    User { id: "0123456789abcdef".into(), name: name.into() }
}

/// How long the reply is once all are named in it who may be online.
fn reply_bytes(states: &[RoomState], me: &User) -> usize {
    let online = |state: &RoomState| RoomState { online: vec![me.clone()], online_count: 10_000, ..state.clone() };
    MAX_ONLINE_BYTES + serde_json::to_vec(&states.iter().map(online).collect::<Vec<_>>()).unwrap().len()
}

#[test]
fn each_room_is_answered_by_what_is_held_of_it() {
    on_every_engine(|mut world| {
        let ada = world.user("Ada");
        world.fill(ada, LOBBY, 300);
        for (held, expected, more) in [
            (None, 251..=300, true),
            (Some(0), 1..=200, true),
            (Some(1), 2..=201, true),
            (Some(99), 100..=299, true),
            (Some(100), 101..=300, false),
            (Some(299), 300..=300, false),
            (Some(301), 251..=300, true),
            (Some(u64::MAX), 251..=300, true),
        ] {
            let held = held.map(|seq| (LOBBY, seq));
            let lobby = world.sync(ada, held.as_slice()).remove(0);
            assert_eq!(seqs(&lobby.messages), expected.collect::<Vec<_>>(), "{held:?}");
            assert_eq!(lobby.more, more, "{held:?}");
            assert_eq!(lobby.info.head, 300);
        }
        let lobby = world.sync(ada, &[(LOBBY, 300)]).remove(0);
        assert_eq!((lobby.messages, lobby.more), (vec![], false));
    });
}

#[test]
fn an_empty_room_has_nothing_whatever_is_held() {
    on_every_engine(|mut world| {
        let ada = world.user("Ada");
        for held in [None, Some(0), Some(1), Some(u64::MAX)] {
            let lobby = world.sync(ada, held.map(|seq| (LOBBY, seq)).as_slice()).remove(0);
            assert_eq!((lobby.messages, lobby.more, lobby.info.head), (vec![], false, 0));
        }
    });
}

#[test]
fn all_my_rooms_are_answered_and_no_others() {
    on_every_engine(|mut world| {
        let (ada, bob) = (world.user("Ada"), world.user("Bob"));
        let (mine, other) = (world.room(ada, "Mine"), world.room(bob, "Other"));
        let rooms = world.sync(ada, &[(&other, 0), ("nowhere", 0)]);
        assert_eq!(rooms.iter().map(|room| &*room.info.id).collect::<Vec<_>>(), [LOBBY, &mine]);
    });
}

#[test]
fn a_reply_is_cut_by_its_bytes_and_every_room_gets_something() {
    on_every_engine(|mut world| {
        let ada = world.user("Ada");
        let rooms: Vec<_> = (0..9).map(|number| world.room(ada, &format!("Room {number}"))).collect();
        let long = "🦀".repeat(4_000);
        for room in &rooms {
            for _ in 0..10 {
                world.send(ada, room, &long);
            }
        }
        let states = world.sync(ada, &[(&rooms[0], 0), (&rooms[1], 5)]);
        assert!(reply_bytes(&states, &user("Ada")) <= MAX_REPLY_BYTES);
        let held = &states[1];
        assert_eq!((held.messages[0].seq, held.more), (1, true), "what comes first after what is held");
        assert_eq!(states[2].messages[0].seq, 6);
        for state in &states[3..] {
            assert_eq!((state.messages.last().unwrap().seq, state.more), (10, true), "the newest are kept");
        }
        assert!(states.iter().map(|state| state.messages.len()).sum::<usize>() >= 11, "as much as fits");
    });
}

#[test]
fn rooms_that_do_not_fit_have_more_and_one_message_always_fits() {
    on_every_engine(|mut world| {
        let ada = world.user("Ada");
        let long = "🦀".repeat(4_000);
        for number in 0..40 {
            let room = world.room(ada, &format!("Room {number}"));
            world.send(ada, &room, &long);
            world.send(ada, &room, &long);
        }
        let states = world.sync(ada, &[]);
        assert!(reply_bytes(&states, &user("Ada")) <= MAX_REPLY_BYTES);
        assert!(states[1..].iter().all(|state| state.more), "one fits, or none");
        let given: Vec<_> = states[1..].iter().map(|state| state.messages.len()).collect();
        assert!(given[..10].iter().all(|&messages| messages == 1) && given[30..].iter().all(|&messages| messages == 0));

        // As long as names and topics can be: they alone are more than a reply may be.
        let bob = world.user("Bob");
        for number in 0..MAX_ROOMS - 1 {
            let room = world.room_about(bob, &format!("Room of Bob {number}"), &"🦀".repeat(200));
            world.send(bob, &room, "Hello");
        }
        let states = world.sync(bob, &[]);
        assert_eq!(states.iter().map(|state| state.messages.len()).sum::<usize>(), 1);
        assert!(states[2..].iter().all(|state| state.more));
    });
}

#[test]
fn a_reply_has_room_for_me_in_each_room() {
    on_every_engine(|mut world| {
        let name = "🦀".repeat(32);
        let ada = world.user(&name);
        let rooms: Vec<_> = (0..300).map(|number| world.room(ada, &format!("Room {number}"))).collect();
        for room in &rooms {
            world.fill(ada, room, 5);
        }
        let bytes = reply_bytes(&world.sync(ada, &[]), &user(&name));
        assert!((MAX_REPLY_BYTES - (32 << 10)..=MAX_REPLY_BYTES).contains(&bytes), "{bytes}");
    });
}

#[test]
fn a_page_is_cut_by_its_bytes() {
    on_every_engine(|mut world| {
        let ada = world.user("Ada");
        // Control characters are six bytes of JSON each.
        let long = "\u{1}".repeat(4_000);
        for _ in 0..30 {
            world.send(ada, LOBBY, &long);
        }
        let forward = world.history(ada, LOBBY, Cursor::After(3), 200).unwrap();
        let backward = world.history(ada, LOBBY, Cursor::Before(28), 200).unwrap();
        for page in [&forward, &backward] {
            let bytes = serde_json::to_vec(page).unwrap().len();
            assert!((230 << 10..=256 << 10).contains(&bytes), "{bytes}");
            assert!(page.more);
        }
        assert_eq!((forward.messages[0].seq, backward.messages.last().unwrap().seq), (4, 27));
    });
}
