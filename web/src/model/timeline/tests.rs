//! What becomes of each thing that a timeline may be told, by example. [`properties`](super::properties) mixes them.

use hubbub_shared::chat::request::{Page, Sent};
use hubbub_shared::chat::{Message, MessageId, RoomInfo, RoomState, User};

use super::{Change, Gap, Key, Look, Own, OwnState, Row, Side, Timeline, What};
use crate::model::outbox::Failure;

const MINUTE: u64 = 60_000;

pub(super) fn user(name: &str) -> User {
    User { id: name.into(), name: name.into() }
}

pub(super) fn id(number: u64) -> MessageId {
    MessageId::from_bytes(u128::from(number).to_be_bytes())
}

pub(super) fn timeline() -> Timeline {
    Timeline::new("lobby".into(), user("me"), |_| 0)
}

/// The message of this seq, whose id is the same number, by somebody else.
fn said(seq: u64) -> Message {
    by("ada", seq, seq * MINUTE)
}

fn by(author: &str, seq: u64, at: u64) -> Message {
    Message { seq, id: id(seq), room: "lobby".into(), author: user(author), text: format!("{seq}"), at }
}

fn all(seqs: impl IntoIterator<Item = u64>) -> Vec<Message> {
    seqs.into_iter().map(said).collect()
}

pub(super) fn state(head: u64, messages: Vec<Message>) -> RoomState {
    let info = RoomInfo { id: "lobby".into(), name: "Lobby".into(), topic: String::new(), members: 1, head };
    let more = messages.last().is_some_and(|last| last.seq < head);
    RoomState { info, read: 0, online: vec![], online_count: 0, messages, more }
}

fn mine(number: u64) -> Own {
    Own { id: id(number), text: format!("{number}").into(), at: number * MINUTE, state: OwnState::Pending }
}

/// The rows in short: `3` is a message, `(4..6)` a gap that misses 4 to 6, `7?` one of mine, `7✓` one that the server has, `7!`
/// one that failed.
fn shown(rows: &[Row]) -> String {
    let words: Vec<_> = rows
        .iter()
        .map(|row| match &row.what {
            What::Message(message) => message.text.clone(),
            What::Gap(gap) => format!("({}..{})", gap.after + 1, gap.before - 1),
            What::Own(own) => match own.state {
                OwnState::Pending => format!("{}?", own.text),
                OwnState::Sent { .. } => format!("{}✓", own.text),
                OwnState::Failed(_) => format!("{}!", own.text),
            },
        })
        .collect();
    words.join(" ")
}

fn rows(timeline: &Timeline) -> String {
    shown(&timeline.rows().collect::<Vec<_>>())
}

#[test]
fn what_is_missing_has_a_row() {
    let mut timeline = timeline();
    assert!(timeline.is_empty());
    timeline.live(all(5..=6));
    assert_eq!(rows(&timeline), "(1..4) 5 6");
    assert!(timeline.more_above());
    timeline.live(all([9]));
    assert_eq!(rows(&timeline), "(1..4) 5 6 (7..8) 9");
    timeline.live(all([7, 8, 9]));
    assert_eq!(rows(&timeline), "(1..4) 5 6 7 8 9");
    timeline.snapshot(state(12, all([2])), None);
    assert_eq!(rows(&timeline), "(1..1) 2 (3..4) 5 6 7 8 9 (10..12)");
    timeline.live(all([11]));
    assert_eq!(rows(&timeline), "(1..1) 2 (3..4) 5 6 7 8 9 (10..10) 11 (12..12)");
    timeline.live(all(1..=12));
    assert_eq!(rows(&timeline), "1 2 3 4 5 6 7 8 9 10 11 12");
    assert!(!timeline.more_above());
    assert_eq!(timeline.row(3).map(|row| row.key), Some(Key::Seq(4)));
    assert_eq!(timeline.row(12), None);
}

#[test]
fn one_message_more_is_one_change() {
    let mut timeline = timeline();
    timeline.live(all(1..=10));
    assert_eq!(timeline.watch().len(), 10);
    timeline.live(all([11]));
    let changes = timeline.take_changes();
    assert!(matches!(&changes[..], [Change::Insert(10, rows)] if shown(rows) == "11"), "{changes:?}");
    timeline.live(all([11, 3]));
    assert_eq!(timeline.take_changes(), []);
}

#[test]
fn mine_is_the_same_row_when_it_is_delivered() {
    let mut timeline = timeline();
    timeline.live(all(1..=3));
    timeline.watch();
    timeline.enter(mine(4));
    timeline.enter(mine(4));
    assert_eq!(rows(&timeline), "1 2 3 4?");
    timeline.take_changes();
    timeline.live(vec![by("me", 4, 4 * MINUTE)]);
    let changes = timeline.take_changes();
    assert!(matches!(&changes[..], [Change::Replace(3, row)] if row.key == Key::Own(0)), "{changes:?}");
    timeline.sent(id(4), Sent { seq: 4, at: 4 });
    timeline.enter(mine(4));
    timeline.failed(id(4), Failure::StoreReplaced);
    assert_eq!(timeline.take_changes(), []);
    assert_eq!(rows(&timeline), "1 2 3 4");
}

#[test]
fn an_acknowledgement_places_what_comes_next_and_no_other() {
    let mut timeline = timeline();
    timeline.live(all(1..=3));
    timeline.enter(mine(10));
    timeline.enter(mine(11));
    timeline.sent(id(11), Sent { seq: 6, at: 6 });
    assert_eq!(rows(&timeline), "1 2 3 10? 11✓", "4 and 5 are on their way");
    timeline.sent(id(10), Sent { seq: 4, at: 4 });
    assert_eq!(rows(&timeline), "1 2 3 10 11✓");
    timeline.live(all([5]));
    assert_eq!(rows(&timeline), "1 2 3 10 5 11");
    timeline.enter(mine(12));
    timeline.sent(id(12), Sent { seq: 5, at: 5 });
    assert_eq!(rows(&timeline), "1 2 3 10 5 11", "what has a place is there already");
    assert_eq!(timeline.row(3).map(|row| row.key), Some(Key::Own(0)));
}

#[test]
fn one_of_mine_passes_those_that_failed() {
    let mut timeline = timeline();
    timeline.enter(mine(10));
    timeline.enter(mine(11));
    let mut seen = timeline.watch();
    timeline.failed(id(10), Failure::StoreReplaced);
    timeline.live(vec![Message { id: id(11), text: "11".into(), ..by("me", 1, 1) }]);
    assert_eq!(rows(&timeline), "11 10!");
    let changes = timeline.take_changes();
    assert!(changes.contains(&Change::Move(1, 0)), "{changes:?}");
    changes.into_iter().for_each(|change| change.apply(&mut seen));
    assert_eq!(shown(&seen), "11 10!");
    timeline.retried(id(10));
    assert_eq!(rows(&timeline), "11 10?");
    timeline.discarded(id(10));
    assert_eq!(rows(&timeline), "11");
}

#[test]
fn somebody_elses_message_of_the_same_id_is_another() {
    let mut timeline = timeline();
    timeline.enter(mine(1));
    timeline.live(vec![by("ada", 1, 1)]);
    assert_eq!(rows(&timeline), "1 1?");
    assert_eq!(timeline.rows().map(|row| row.key).collect::<Vec<_>>(), [Key::Seq(1), Key::Own(0)]);
}

#[test]
fn what_stands_above_says_what_is_repeated() {
    let mut timeline = Timeline::new("lobby".into(), user("me"), |_| 120);
    let day = 24 * 60 * MINUTE;
    timeline.live(vec![
        by("ada", 1, day - 180 * MINUTE),
        by("ada", 2, day - 180 * MINUTE + 59_999),
        by("bob", 3, day - 180 * MINUTE + 59_999),
        by("bob", 4, day - 120 * MINUTE - 1),
        by("bob", 5, day - 120 * MINUTE),
        by("bob", 7, day - 120 * MINUTE),
    ]);
    timeline.mark_unread(Some(3));
    let marks: Vec<_> =
        timeline.rows().map(|row| row.marks).map(|m| (m.begins_day, m.continues, m.first_unread)).collect();
    let (day, repeats, unread, none) =
        ((true, false, false), (false, true, false), (false, false, true), (false, false, false));
    assert_eq!(marks, [day, repeats, none, unread, day, none, day], "the gap has none, and the date stands below it");
    timeline.watch();
    timeline.mark_unread(None);
    assert_eq!(timeline.take_changes().len(), 1);
}

#[test]
fn a_gap_is_asked_for_once_and_again_if_that_failed() {
    let mut timeline = timeline();
    timeline.live(all(500..=510));
    assert_eq!(timeline.ask(0), None, "what is above isn't asked for until somebody sees it");
    timeline.live(all([513]));
    let ask = timeline.ask(0).unwrap();
    assert_eq!((ask.before, ask.after), (None, Some(510)));
    assert_eq!(timeline.ask(0), None);
    timeline.no_page(100, None);
    assert_eq!(timeline.asks_at(), Some(1_100));
    assert_eq!(timeline.ask(1_099), None);
    assert_eq!(timeline.ask(1_100).map(|ask| ask.after), Some(Some(510)));
    timeline.disconnected();
    assert_eq!(timeline.ask(1_101).map(|ask| ask.after), Some(Some(510)), "a new connection is a new chance");
    timeline.page(Page { messages: all(511..=513), more: false }, 1_200);
    assert_eq!((timeline.ask(1_200), timeline.asks_at()), (None, None));

    timeline.gap_in_sight(Gap { after: 0, before: 500 }, Side::Lower);
    let ask = timeline.ask(1_200).unwrap();
    assert_eq!((ask.before, ask.after), (Some(500), None));
    timeline.page(Page { messages: all(450..=499), more: true }, 1_300);
    assert_eq!(timeline.ask(1_300), None, "until it is seen again");
}

#[test]
fn a_page_that_fills_nothing_is_not_asked_for_at_once() {
    let mut timeline = timeline();
    timeline.snapshot(state(5, vec![]), None);
    assert_eq!(timeline.ask(0).map(|ask| ask.before), Some(Some(6)));
    timeline.page(Page { messages: vec![], more: false }, 0);
    assert_eq!(timeline.ask(0), None);
    assert_eq!(timeline.asks_at(), Some(1_000));
}

#[test]
fn far_behind_the_end_comes_first() {
    let mut timeline = timeline();
    timeline.live(all(1..=3));
    timeline.snapshot(state(10_000, all(4..=203)), Some(3));
    assert_eq!(timeline.ask(0).map(|ask| ask.before), Some(Some(10_001)));
    timeline.page(Page { messages: all(9_951..=10_000), more: true }, 0);
    assert_eq!(timeline.ask(0), None);
    assert_eq!(timeline.last(), Some(10_000));
    timeline.gap_in_sight(Gap { after: 203, before: 9_951 }, Side::Upper);
    assert_eq!(timeline.ask(0).map(|ask| ask.after), Some(Some(203)));
}

#[test]
fn who_holds_more_than_there_is_holds_another_world() {
    let mut timeline = timeline();
    timeline.live(all(1..=9));
    timeline.enter(mine(20));
    timeline.enter(mine(21));
    timeline.sent(id(21), Sent { seq: 12, at: 12 });
    timeline.disconnected();
    timeline.live(all([5]));
    timeline.snapshot(state(4, all(1..=4)), Some(9));
    assert_eq!(rows(&timeline), "1 2 3 4 (5..5) 20?", "5 was heard since, and 21 had its place there");
    assert_eq!(timeline.ask(0).map(|ask| ask.after), Some(Some(4)));
}

#[test]
fn numbers_that_no_server_has_are_ignored() {
    let mut timeline = timeline();
    timeline.live(vec![said(1), Message { seq: 0, ..said(2) }, Message { seq: u64::MAX, ..said(3) }]);
    assert_eq!(rows(&timeline), "1");
    timeline.snapshot(state(u64::MAX, vec![]), Some(1));
    timeline.sent(id(9), Sent { seq: u64::MAX, at: u64::MAX });
    assert_eq!(timeline.len(), 2);
    timeline.mark_unread(Some(u64::MAX));
    timeline.live(vec![by("ada", 2, u64::MAX)]);
    assert_eq!(timeline.len(), 3);
}

#[test]
fn what_nobody_looks_at_is_forgotten() {
    let mut timeline = timeline();
    let mut seen = timeline.watch();
    timeline.live(all(1..=3_000));
    timeline.enter(mine(90_000));
    assert_eq!(timeline.len(), 3_001);
    timeline.live(all([3_001]));
    assert_eq!(timeline.row(0).map(|row| row.what), Some(What::Gap(Gap { after: 0, before: 502 })));

    timeline.look_at(Some(Look { seq: 800, top: 0.0 }));
    timeline.live(all(3_002..=3_775));
    assert_eq!(timeline.row(1).map(|row| row.key), Some(Key::Seq(502)), "where the person looks nothing goes");
    assert_eq!(timeline.last(), Some(3_001));
    assert_eq!(timeline.head(), 3_775);
    timeline.live(all([3_776]));
    assert_eq!(timeline.last(), Some(3_776));
    assert_eq!(timeline.ask(0), None, "the hole is too large to be filled unseen");
    timeline.take_changes().into_iter().for_each(|change| change.apply(&mut seen));
    assert!(seen == timeline.rows().collect::<Vec<_>>());

    timeline.unwatch();
    assert!(timeline.len() <= 202, "{}", timeline.len());
    assert_eq!(timeline.last(), Some(3_776));
}

#[test]
fn where_one_looked_is_kept_as_far_as_it_goes() {
    let mut timeline = timeline();
    timeline.watch();
    timeline.live(all(1..=1_000));
    let look = Look { seq: 700, top: -3.5 };
    timeline.look_at(Some(look));
    timeline.unwatch();
    assert_eq!((timeline.looks_at(), timeline.last()), (Some(look), Some(1_000)));
    assert!(timeline.message(700 - 40).is_some() && timeline.message(500).is_none());
    timeline.live(all(1_001..=1_290));
    assert!(timeline.message(700 - 40).is_some());
    timeline.live(all(1_291..=1_310));
    assert_eq!(timeline.looks_at(), None, "nobody goes back so far");
    assert!(timeline.len() <= 202, "{}", timeline.len());
}
