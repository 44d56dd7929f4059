//! What comes in which order, what is asked then, and what is taken down as wrong.

use hubbub_shared::chat::{RoomInfo, RoomState, User};

use super::*;
use crate::chat::new_id;

fn message(seq: u64) -> Message {
    let author = User { id: "u".into(), name: "Ada".into() };
    Message { seq, id: new_id(), room: "lobby".into(), author, text: seq.to_string(), at: 0 }
}

fn event(messages: &[Message]) -> Messages {
    Messages { room: "lobby".into(), messages: messages.to_vec() }
}

fn synced(store: &str, messages: &[Message], more: bool) -> Synced {
    let user = User { id: "u".into(), name: "Ada".into() };
    let (id, name, topic) = ("lobby".to_owned(), "Lobby".to_owned(), String::new());
    let info = RoomInfo { id, name, topic, members: 1, head: 9 };
    let messages = messages.to_vec();
    let room = RoomState { info, read: 0, online: vec![user.clone()], online_count: 1, messages, more };
    Synced { store: store.into(), user, rooms: vec![room] }
}

/// One that is connected and asks for nothing more.
fn up_to_date() -> Timeline {
    let mut timeline = Timeline::default();
    timeline.follow("lobby");
    timeline.connected();
    answer(&mut timeline, "store", &[], false);
    assert_eq!(timeline.ask(), None);
    timeline
}

fn answer(timeline: &mut Timeline, store: &str, messages: &[Message], more: bool) {
    let Some(Ask::Sync { connection, held }) = timeline.ask() else { panic!("no sync: {:?}", timeline.ask()) };
    timeline.synced(connection, &held, &synced(store, messages, more));
}

fn seqs(timeline: &Timeline) -> Vec<u64> {
    timeline.held("lobby").iter().map(|message| message.seq).collect()
}

#[test]
fn events_in_order_need_nothing() {
    let mut timeline = up_to_date();
    timeline.told(&event(&[message(1), message(2)]));
    timeline.told(&event(&[message(3)]));
    assert_eq!((timeline.ask(), seqs(&timeline), timeline.faults), (None, vec![1, 2, 3], vec![]));
}

#[test]
fn a_gap_behind_a_lost_link_is_healed_by_history() {
    let mut timeline = up_to_date();
    let [one, two, three] = [1, 2, 3].map(message);
    timeline.told(&event(std::slice::from_ref(&one)));
    timeline.connected();
    timeline.told(&event(std::slice::from_ref(&three)));
    answer(&mut timeline, "store", &[], false);
    assert_eq!(timeline.ask(), Some(Ask::History { room: "lobby".into(), after: 1 }));
    timeline.history("lobby", 1, &Page { messages: vec![two, three], more: false });
    assert_eq!((timeline.ask(), seqs(&timeline), &*timeline.faults), (None, vec![1, 2, 3], &[][..]));
    assert_eq!((timeline.counts.gaps_healed, timeline.counts.seen_again), (1, 1));
}

#[test]
fn more_is_asked_for_until_there_is_no_more() {
    let mut timeline = up_to_date();
    timeline.connected();
    answer(&mut timeline, "store", &[message(1)], true);
    assert_eq!(timeline.ask(), Some(Ask::History { room: "lobby".into(), after: 1 }));
    timeline.history("lobby", 1, &Page { messages: vec![message(2)], more: false });
    assert_eq!(timeline.ask(), None);
}

#[test]
fn an_answer_to_an_earlier_connection_counts_for_nothing() {
    let mut timeline = up_to_date();
    timeline.connected();
    timeline.synced(1, &BTreeMap::new(), &synced("store", &[], false));
    assert!(matches!(timeline.ask(), Some(Ask::Sync { connection: 2, .. })));
}

#[test]
fn another_store_drops_what_was_held() {
    let mut timeline = up_to_date();
    timeline.told(&event(&[message(1)]));
    timeline.connected();
    answer(&mut timeline, "another", &[message(1)], false);
    assert_eq!(timeline.ask(), Some(Ask::History { room: "lobby".into(), after: 0 }));
    assert!(matches!(&timeline.faults[..], [Fault::OtherStore { .. }]));
}

#[test]
fn what_must_not_be_is_taken_down() {
    let gap = |after, came| Fault::LiveGap { room: "lobby".into(), after, came };
    let mut timeline = up_to_date();
    timeline.told(&event(&[message(1), message(3)]));
    timeline.told(&event(&[message(3)]));
    let changed = Fault::Changed { room: "lobby".into(), seq: 3 };
    assert_eq!(timeline.faults, [gap(1, 3), gap(3, 3), changed]);

    let mut timeline = up_to_date();
    timeline.history("lobby", 0, &Page { messages: vec![message(2)], more: true });
    timeline.history("lobby", 0, &Page { messages: vec![], more: true });
    timeline.history("lobby", 0, &Page { messages: vec![Message { room: "x".into(), ..message(1) }], more: false });
    let room = || "lobby".to_owned();
    assert_eq!(
        timeline.faults,
        [
            Fault::PageGap { room: room(), after: 0, came: 2 },
            Fault::NoMore { room: room(), after: 0 },
            Fault::Astray { room: room(), says: "x".into(), seq: 1 },
        ]
    );
}
