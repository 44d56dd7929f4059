//! What the list of rooms shows after what.

use hubbub_shared::chat::event::{Presence, UserTyping};
use hubbub_shared::chat::{Message, MessageId, RoomInfo, RoomState, TYPING_MS, User};

use super::{Rooms, Unread};

fn user(name: &str) -> User {
    User { id: name.to_lowercase(), name: name.into() }
}

fn said(room: &str, seq: u64, author: &str, text: &str) -> Message {
    let id = MessageId::from_bytes(u128::from(seq).to_be_bytes());
    Message { seq, id, room: room.into(), author: user(author), text: text.into(), at: seq }
}

fn info(id: &str, name: &str, head: u64) -> RoomInfo {
    RoomInfo { id: id.into(), name: name.into(), topic: String::new(), members: 1, head }
}

fn state(id: &str, head: u64, read: u64, messages: Vec<Message>) -> RoomState {
    let online = vec![user("Me"), user("Ada")];
    RoomState { info: info(id, id, head), read, online, online_count: 2, messages, more: false }
}

fn rooms() -> Rooms {
    let mut rooms = Rooms::new(user("Me"));
    rooms.state(&state("lobby", 10, 8, vec![]), false);
    rooms.take_changed();
    rooms
}

#[test]
fn what_is_unread_is_counted_until_it_is_read() {
    let mut rooms = rooms();
    rooms.state(
        &state("b", 3, 0, vec![said("b", 1, "Ada", "@me?"), said("b", 2, "Me", "@me"), said("b", 3, "Ada", "@men")]),
        false,
    );
    assert_eq!(rooms.unread(), Unread { messages: 5, mentions: 1 });
    rooms.said(
        "lobby",
        &[said("lobby", 11, "Ada", "@ME!"), said("lobby", 11, "Ada", "@ME!"), said("lobby", 8, "Ada", "@me")],
    );
    assert_eq!(rooms.unread(), Unread { messages: 6, mentions: 2 });
    assert_eq!(rooms.get("lobby").unwrap().last().unwrap().seq, 11);
    assert!(rooms.read("lobby", 10));
    assert!(!rooms.read("lobby", 9), "backwards is ignored");
    assert_eq!(rooms.unread(), Unread { messages: 4, mentions: 2 });
    assert!(rooms.read("lobby", u64::MAX), "beyond the head is the head");
    assert!(rooms.read("b", 1));
    assert_eq!(rooms.unread(), Unread { messages: 2, mentions: 0 });
    assert!(!rooms.read("c", 1));
}

#[test]
fn the_lobby_is_first_and_the_rest_by_name() {
    let mut rooms = rooms();
    for (id, name) in [("x", "éclair"), ("a", "Zoo 10"), ("d", "zoo 9"), ("y", "apples"), ("b", "Bees"), ("c", "bees")]
    {
        rooms.state(&state(id, 0, 0, vec![]), false);
        rooms.changed(info(id, name, 0));
    }
    rooms.changed(info("elsewhere", "Elsewhere", 1));
    let names: Vec<_> = rooms.listed().into_iter().map(|room| &*room.info().name).collect();
    assert_eq!(names, ["lobby", "apples", "Bees", "bees", "zoo 9", "Zoo 10", "éclair"]);
    rooms.take_changed();
    rooms.remove("x");
    rooms.remove("x");
    assert!(rooms.take_changed().keys().eq(["x"]));
    assert_eq!(rooms.listed().len(), 6);
}

#[test]
fn who_is_here_follows_what_is_told() {
    let mut rooms = rooms();
    let presence = |online: &[&str], offline: &[&str], online_count| Presence {
        room: "lobby".into(),
        online: online.iter().map(|name| user(name)).collect(),
        offline: offline.iter().map(|&id| id.to_owned()).collect(),
        online_count,
    };
    rooms.presence(presence(&["Bob"], &["ada", "nobody"], 2));
    let room = rooms.get("lobby").unwrap();
    assert_eq!(room.online().map(|user| &*user.id).collect::<Vec<_>>(), ["bob", "me"]);
    assert!(room.is_online("bob") && !room.is_online("ada"));
    assert_eq!(room.online_count(), 2);
    rooms.state(&state("lobby", 9, 0, vec![]), false);
    let room = rooms.get("lobby").unwrap();
    assert!(room.is_online("ada") && !room.is_online("bob"));
    assert_eq!((room.read(), room.info().head), (8, 10), "neither goes back");
    rooms.state(&state("lobby", 9, 0, vec![]), true);
    assert_eq!((rooms.get("lobby").unwrap().read(), rooms.unread().messages), (0, 9), "but in another store");
}

#[test]
fn who_types_does_so_for_a_while() {
    let mut rooms = rooms();
    let hear = |rooms: &mut Rooms, name: &str, now| {
        rooms.typing(UserTyping { room: "lobby".into(), user: user(name) }, now);
    };
    let typing = |rooms: &Rooms| rooms.get("lobby").unwrap().typing().map(|user| user.id.clone()).collect::<Vec<_>>();
    hear(&mut rooms, "Ada", 0);
    hear(&mut rooms, "Me", 0);
    hear(&mut rooms, "Bob", 100);
    hear(&mut rooms, "Ada", 1_000);
    assert_eq!(typing(&rooms), ["ada", "bob"]);
    assert_eq!(rooms.expires_at(), Some(100 + TYPING_MS));
    rooms.expire(99 + TYPING_MS);
    assert_eq!(typing(&rooms).len(), 2);
    rooms.take_changed();
    rooms.expire(100 + TYPING_MS);
    assert_eq!(typing(&rooms), ["ada"]);
    assert_eq!(rooms.take_changed().len(), 1);
    rooms.said("lobby", &[said("lobby", 11, "Ada", "there")]);
    assert!(typing(&rooms).is_empty());
    assert_eq!(rooms.expires_at(), None);
}

#[test]
fn whoever_spoke_or_was_here_may_be_spoken_to() {
    let mut rooms = rooms();
    let people = |rooms: &Rooms| {
        let people = rooms.get("lobby").unwrap().people().map(|user| user.name.clone());
        people.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(people(&rooms), "Ada Me");
    rooms.said("lobby", &[said("lobby", 11, "Zoe", ""), said("lobby", 12, "guest-00c0ffee", "")]);
    assert_eq!(people(&rooms), "Zoe Ada Me", "of guests one knows nothing");
    rooms.said("lobby", &[said("lobby", 13, "Bob", ""), said("lobby", 14, "Zoe", ""), said("lobby", 2, "Old", "")]);
    assert_eq!(people(&rooms), "Zoe Bob Old Ada Me", "the latest first");
    let presence = Presence { room: "lobby".into(), online: vec![], offline: vec!["ada".into()], online_count: 1 };
    rooms.presence(presence);
    assert_eq!(people(&rooms), "Zoe Bob Old Ada Me", "and who has gone");
    let crowd: Vec<_> = (15..1_000).map(|seq| said("lobby", seq, &seq.to_string(), "")).collect();
    rooms.said("lobby", &crowd);
    assert_eq!(rooms.get("lobby").unwrap().people().count(), 201, "as many as there is room for, and me");
}
