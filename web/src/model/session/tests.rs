//! What the session asks and shows after what, by example.

use hubbub_shared::chat::event::{Closing, HaveRead, Joined, Left, Messages};
use hubbub_shared::chat::request::{Page, Sent, Synced};
use hubbub_shared::chat::{Message, MessageId, RoomInfo, RoomState, User};
use hubbub_shared::classic::ClosingCode;
use hubbub_shared::{ApiError, ErrorCode, Reply};

use super::{Answer, Ended, Request, Session, Ticket};
use crate::model::timeline::{Look, OwnState, What};

pub(super) fn user(id: &str) -> User {
    User { id: id.into(), name: id.into() }
}

pub(super) fn id(number: u64) -> MessageId {
    MessageId::from_bytes(u128::from(number).to_be_bytes())
}

fn said(room: &str, seq: u64) -> Message {
    Message { seq, id: id(seq), room: room.into(), author: user("ada"), text: format!("{seq}"), at: seq }
}

fn live(room: &str, seqs: impl IntoIterator<Item = u64>) -> Messages {
    Messages { room: room.into(), messages: seqs.into_iter().map(|seq| said(room, seq)).collect() }
}

pub(super) fn state(room: &str, head: u64, read: u64, messages: Vec<Message>) -> RoomState {
    let info = RoomInfo { id: room.into(), name: room.into(), topic: String::new(), members: 1, head };
    let more = messages.last().is_some_and(|last| last.seq < head);
    RoomState { info, read, online: vec![], online_count: 0, messages, more }
}

fn held(room: &str, head: u64) -> RoomState {
    state(room, head, head, (1..=head).map(|seq| said(room, seq)).collect())
}

pub(super) fn session() -> Session {
    let mut session = Session::new(user("me"), Some("s".into()), [], |_| 0);
    session.set_lock(true);
    session
}

pub(super) fn synced(rooms: Vec<RoomState>) -> Answer {
    Answer::Sync(Reply::Ok(Synced { store: "s".into(), user: user("me"), rooms }))
}

/// Connects, and is brought up to date.
fn sync(session: &mut Session, rooms: Vec<RoomState>, now: u64) {
    session.connected();
    let (ticket, request) = session.next(now).unwrap();
    assert!(matches!(request, Request::Sync(_)), "{request:?}");
    session.answered(ticket, synced(rooms), now);
}

fn all(session: &mut Session, now: u64) -> Vec<(Ticket, Request)> {
    std::iter::from_fn(|| session.next(now)).collect()
}

fn texts(session: &Session, room: &str) -> String {
    let text = |what| match what {
        What::Message(message) => message.text.clone(),
        What::Own(own) => match own.state {
            OwnState::Failed(why) => format!("{}! {why}", own.text),
            _ => format!("{}?", own.text),
        },
        What::Gap(gap) => format!("({})", gap.missing()),
    };
    let rows = session.timeline(room).into_iter().flat_map(|timeline| timeline.rows());
    rows.map(|row| text(row.what)).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_first_connection_asks_for_everything_and_a_later_one_for_the_rest() {
    let mut session = session();
    assert_eq!(session.next(0), None);
    session.connected();
    session.hear(live("lobby", 4..=4), 0);
    let (ticket, request) = session.next(0).unwrap();
    let Request::Sync(sync) = request else { panic!("{request:?}") };
    assert!(sync.rooms.is_empty());
    assert_eq!(session.next(0), None, "nothing else before it is answered");
    session.hear(live("lobby", 5..=5), 0);
    session.answered(ticket, synced(vec![state("lobby", 4, 3, (1..=4).map(|seq| said("lobby", seq)).collect())]), 0);
    assert_eq!(texts(&session, "lobby"), "1 2 3 4 5");
    assert_eq!(session.rooms().unread().messages, 2, "what came before the answer counts");
    session.disconnected();
    session.connected();
    let (_, request) = session.next(0).unwrap();
    let Request::Sync(sync) = request else { panic!("{request:?}") };
    assert!(sync.rooms.into_iter().eq([("lobby".to_owned(), 5)]));
}

#[test]
fn a_sync_that_fails_is_asked_again() {
    let mut session = session();
    session.connected();
    let (ticket, _) = session.next(0).unwrap();
    session.answered(ticket, Answer::Sync(Reply::Error(ApiError::retry_after(ErrorCode::TryAgain, 400))), 0);
    assert_eq!((session.next(399), session.deadline()), (None, Some(400)));
    let (ticket, _) = session.next(400).unwrap();
    session.answered(ticket, Answer::Nothing, 400);
    assert!(session.deadline().is_some_and(|at| at > 400));
    session.connected();
    assert!(session.next(400).is_some());
}

#[test]
fn what_happens_during_a_sync_is_later_than_its_answer() {
    let mut session = session();
    sync(&mut session, vec![held("lobby", 1), held("a", 1)], 0);
    session.connected();
    let (ticket, _) = session.next(0).unwrap();
    session.hear(Left { room: "a".into() }, 0);
    session.hear(Joined(held("b", 2)), 0);
    session.answered(ticket, synced(vec![held("lobby", 1), held("a", 1)]), 0);
    assert!(session.rooms().ids().eq(["b", "lobby"]));
    assert!(session.timeline("a").is_none());
    sync(&mut session, vec![held("lobby", 1)], 0);
    assert!(session.rooms().ids().eq(["lobby"]), "I left b elsewhere, while I was away");
}

#[test]
fn what_i_say_is_sent_once_and_delivered_in_place() {
    let mut session = session();
    session.say("lobby", "hello", id(7), 0).unwrap();
    assert_eq!(texts(&session, "lobby"), "hello?");
    sync(&mut session, vec![held("lobby", 1)], 0);
    assert_eq!(texts(&session, "lobby"), "1 hello?");
    let sends = all(&mut session, 0);
    assert!(matches!(&sends[..], [(_, Request::Send(message))] if message.id == id(7)), "{sends:?}");
    session.answered(sends[0].0, Answer::Send(Reply::Ok(Sent { seq: 2, at: 2 })), 0);
    assert_eq!(texts(&session, "lobby"), "1 hello");
    assert!(session.outbox().is_empty());

    session.say("lobby", "again", id(8), 0).unwrap();
    all(&mut session, 0);
    let mine = Message { seq: 3, id: id(8), author: user("me"), text: "again".into(), ..said("lobby", 3) };
    session.disconnected();
    sync(&mut session, vec![state("lobby", 3, 1, vec![mine])], 0);
    assert_eq!(texts(&session, "lobby"), "1 hello again");
    assert!(all(&mut session, 0).is_empty(), "it had arrived");
}

#[test]
fn only_the_open_room_asks_for_what_is_missing() {
    let mut session = session();
    sync(&mut session, vec![state("lobby", 9, 0, vec![]), state("a", 9, 0, vec![])], 0);
    assert!(all(&mut session, 0).is_empty());
    assert_eq!(session.open("a").len(), 1);
    let asks = all(&mut session, 0);
    assert!(matches!(&asks[..], [(_, Request::History(history))] if history.room == "a" && history.before == Some(10)));
    let messages = (1..=9).map(|seq| said("a", seq)).collect();
    session.answered(asks[0].0, Answer::History(Reply::Ok(Page { messages, more: false })), 0);
    assert_eq!(texts(&session, "a"), "1 2 3 4 5 6 7 8 9");
    assert!(!session.open_timeline().unwrap().take_changes().is_empty());
    session.open("lobby");
    let (ticket, _) = session.next(0).unwrap();
    session.answered(ticket, Answer::Nothing, 0);
    assert_eq!(session.deadline(), Some(1_000));
    session.close();
    assert_eq!(session.deadline(), None);
}

#[test]
fn what_was_read_is_told_a_moment_later_and_until_it_is_known() {
    let mut session = session();
    sync(&mut session, vec![state("lobby", 9, 2, vec![])], 0);
    session.seen("lobby", 5, 100);
    session.seen("lobby", 7, 600);
    session.seen("lobby", 6, 700);
    assert_eq!(session.rooms().unread().messages, 2);
    assert_eq!((session.next(1_099), session.deadline()), (None, Some(1_100)));
    let reads = all(&mut session, 1_100);
    assert!(matches!(&reads[..], [(_, Request::Read(read))] if read.seq == 7), "{reads:?}");
    session.disconnected();
    sync(&mut session, vec![state("lobby", 9, 2, vec![])], 2_000);
    assert_eq!(session.rooms().unread().messages, 2, "the server doesn't know it yet");
    let reads = all(&mut session, 2_000);
    session.answered(reads[0].0, Answer::Read(Reply::Ok(Default::default())), 2_000);
    assert_eq!(session.deadline(), None);
    session.hear(HaveRead { room: "lobby".into(), seq: 9 }, 2_000);
    assert_eq!(session.rooms().unread().messages, 0);
    assert_eq!(session.deadline(), None);
}

#[test]
fn what_was_read_while_a_mark_is_under_way_is_told_after_it() {
    let mut session = session();
    sync(&mut session, vec![state("lobby", 9, 2, vec![])], 0);
    session.seen("lobby", 5, 0);
    let (ticket, _) = session.next(1_000).unwrap();
    session.seen("lobby", 7, 1_001);
    assert_eq!(session.next(9_000), None);
    session.answered(ticket, Answer::Read(Reply::Ok(Default::default())), 9_000);
    assert_eq!(session.deadline(), Some(10_000));
    let (ticket, request) = session.next(10_000).unwrap();
    assert!(matches!(&request, Request::Read(read) if read.seq == 7), "{request:?}");
    session.answered(ticket, Answer::Read(Reply::Error(ErrorCode::NotAMember.into())), 10_000);
    assert_eq!(session.deadline(), None, "there is nobody to tell");
}

#[test]
fn what_is_heard_in_a_room_before_it_is_told_that_i_am_in_it_is_kept() {
    let mut session = session();
    session.connected();
    let (ticket, _) = session.next(0).unwrap();
    session.hear(live("b", 3..=4), 0);
    session.answered(ticket, synced(vec![held("lobby", 1)]), 0);
    session.hear(Joined(held("b", 2)), 0);
    assert_eq!(texts(&session, "b"), "1 2 3 4");
    assert_eq!(session.rooms().get("b").unwrap().unread(), 2);
    sync(&mut session, vec![held("lobby", 1)], 0);
    assert!(session.timeline("b").is_none());
}

#[test]
fn typing_is_told_now_and_then() {
    let mut session = session();
    session.typing("lobby", 0);
    sync(&mut session, vec![held("lobby", 1)], 0);
    assert!(all(&mut session, 0).is_empty(), "it is too late for what was typed before");
    let mut told = Vec::new();
    for now in (0..6_000).step_by(100) {
        session.typing("lobby", now);
        told.extend(all(&mut session, now).into_iter().map(|_| now));
    }
    assert_eq!(told, [0, 2_500, 5_000]);
    session.typing("elsewhere", 9_000);
    assert!(all(&mut session, 9_000).is_empty());
}

#[test]
fn another_store_is_another_world() {
    let mut session = session();
    sync(&mut session, vec![held("lobby", 5), held("a", 5)], 0);
    session.open("lobby");
    session.seen("a", 5, 0);
    session.say("lobby", "hello", id(70), 0).unwrap();
    session.connected();
    let (ticket, _) = session.next(0).unwrap();
    let answer = Synced { store: "t".into(), user: user("me"), rooms: vec![held("lobby", 2)] };
    session.answered(ticket, Answer::Sync(Reply::Ok(answer)), 0);
    assert!(texts(&session, "lobby").starts_with("1 2 hello! The server’s data was replaced"));
    assert!(session.timeline("a").is_none());
    assert_eq!(session.store(), Some("t"));
    assert!(all(&mut session, 60_000).is_empty());
    session.retry(id(70));
    assert_eq!(all(&mut session, 60_000).len(), 1);
}

#[test]
fn it_ends_with_the_session_or_with_the_user() {
    let mut session = session();
    sync(&mut session, vec![], 0);
    session.hear(Closing { code: ClosingCode::ServerClosing, message: "Soon back.".into() }, 0);
    assert_eq!((session.ended(), session.closing().is_some()), (None, true));
    session.connected();
    assert!(session.closing().is_none());
    let (ticket, _) = session.next(0).unwrap();
    let answer = Synced { store: "s".into(), user: user("you"), rooms: vec![held("lobby", 2)] };
    session.answered(ticket, Answer::Sync(Reply::Ok(answer)), 0);
    assert_eq!(session.ended(), Some(&Ended::AnotherUser(user("you"))));
    session.connected();
    assert_eq!((session.next(0), session.deadline()), (None, None));
    assert_eq!(session.rooms().ids().count(), 0);

    let mut session = self::session();
    session.say("lobby", "hello", id(1), 0).unwrap();
    session.hear(Closing { code: ClosingCode::SignedOut, message: String::new() }, 0);
    assert_eq!(session.ended(), Some(&Ended::SignedOut));
    assert_eq!(session.outbox().len(), 1, "so many would be lost");
    session.sign_out();
    assert!(session.outbox().is_empty());
}

#[test]
fn what_is_remembered_is_shown_until_the_server_says_more() {
    let mut before = session();
    sync(&mut before, vec![state("lobby", 9, 4, (5..=9).map(|seq| said("lobby", seq)).collect())], 0);
    let kept = before.to_remember("lobby", 3).unwrap();
    assert_eq!(kept.messages.iter().map(|message| message.seq).collect::<Vec<_>>(), [7, 8, 9]);
    let mut after = session();
    after.remember(kept);
    assert_eq!(texts(&after, "lobby"), "(6) 7 8 9");
    assert_eq!(after.rooms().unread().messages, 5);
    sync(&mut after, vec![state("lobby", 11, 4, vec![said("lobby", 10), said("lobby", 11)])], 0);
    assert_eq!(texts(&after, "lobby"), "(6) 7 8 9 10 11");
}

#[test]
fn the_line_for_new_messages_stands_where_i_left_off() {
    let mut session = session();
    sync(&mut session, vec![state("lobby", 5, 3, (1..=5).map(|seq| said("lobby", seq)).collect())], 0);
    let unread = |session: &Session| {
        let mut rows = session.timeline("lobby").unwrap().rows();
        rows.find_map(|row| {
            if let (What::Message(m), true) = (row.what, row.marks.first_unread) { Some(m.seq) } else { None }
        })
    };
    session.open("lobby");
    assert_eq!(unread(&session), Some(4));
    session.seen("lobby", 5, 0);
    assert_eq!(unread(&session), Some(4), "it stays while I read");
    session.open("lobby");
    session.hear(live("lobby", 6..=6), 0);
    assert_eq!(unread(&session), None, "I see it come");
    session.seen("lobby", 6, 0);
    session.look_away();
    session.hear(live("lobby", 7..=8), 0);
    assert_eq!(unread(&session), Some(7));
    session.seen("lobby", 8, 0);
    session.open_timeline().unwrap().look_at(Some(Look { seq: 2, top: 0.0 }));
    assert_eq!(unread(&session), Some(7), "it stays while I look elsewhere");
    session.hear(live("lobby", 9..=9), 0);
    session.hear(live("lobby", 10..=10), 0);
    assert_eq!(unread(&session), Some(9), "what comes meanwhile is new");
    session.disconnected();
    session.seen("lobby", 10, 0);
    sync(&mut session, vec![state("lobby", 12, 10, vec![said("lobby", 11), said("lobby", 12)])], 0);
    assert_eq!(unread(&session), Some(11), "and so is what was said without me");
}
