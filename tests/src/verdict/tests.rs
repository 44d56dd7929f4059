//! An innocent conversation, and every crime done to it once.

use hubbub_shared::chat::User;
use hubbub_shared::chat::request::Sent;

use super::*;

const ADA: &str = "user-ada";

fn id(number: u8) -> MessageId {
    MessageId::from_bytes([number; 16])
}

fn message(seq: u64, author: &str, number: u8) -> Message {
    let name = if author == ADA { "Ada" } else { author };
    let author = User { id: author.into(), name: name.into() };
    Message { seq, id: id(number), room: LOBBY.into(), author, text: format!("text {number}"), at: seq * 10 }
}

fn written(number: u8, seq: Option<u64>) -> Written {
    Written { id: id(number), text: format!("text {number}"), answer: seq.map(|seq| Sent { seq, at: seq * 10 }) }
}

/// Ada writes 1, 2 and 3, of which the last is stored and its acknowledgement lost; 4 never arrived. Guests write 5, 6, 7.
fn innocent() -> Evidence {
    let history = vec![
        message(1, ADA, 1),
        message(2, "guest-00000001", 5),
        message(3, ADA, 2),
        message(4, "guest-00000001", 6),
        message(5, ADA, 3),
    ];
    Evidence {
        senders: vec![Sender {
            author: ADA.into(),
            room: LOBBY.into(),
            written: vec![written(1, Some(1)), written(2, Some(3)), written(3, None), written(4, None)],
        }],
        classic: vec![ClassicSender {
            written: vec![("text 5".into(), true), ("text 6".into(), true), ("text 7".into(), false)],
        }],
        timelines: vec![Seen { who: "Bob".into(), room: LOBBY.into(), held: history.clone(), faults: vec![] }],
        heard: vec![
            vec!["Ada: text 1".into(), "text 5".into()],
            vec![],
            vec!["Ada: text 2".into(), "text 6".into(), "Ada: text 3".into()],
        ],
        history: [(LOBBY.to_owned(), history)].into(),
    }
}

/// What is found when this was done to the history, and everybody saw it so.
fn after(crime: impl FnOnce(&mut Vec<Message>)) -> Vec<Violation> {
    let mut evidence = innocent();
    crime(evidence.history.get_mut(LOBBY).expect("the lobby"));
    evidence.timelines[0].held = evidence.history[LOBBY].clone();
    evidence.heard.clear();
    violations(&evidence)
}

/// What is found when this was done to the evidence.
fn with(crime: impl FnOnce(&mut Evidence)) -> Vec<Violation> {
    let mut evidence = innocent();
    crime(&mut evidence);
    violations(&evidence)
}

fn renumber(history: &mut [Message]) {
    for (seq, message) in (1..).zip(history) {
        message.seq = seq;
        message.at = seq * 10;
    }
}

fn lobby() -> String {
    LOBBY.into()
}

#[test]
fn the_innocent_are_free() {
    assert_eq!(violations(&innocent()), []);
    assert_eq!(violations(&Evidence::default()), []);
}

#[test]
fn what_was_not_acknowledged_may_be_missing() {
    assert_eq!(after(|history| drop(history.pop())), []);
}

#[test]
fn lost() {
    // The last of all, and its acknowledgement had come.
    let found = with(|evidence| {
        evidence.senders[0].written[2] = written(3, Some(5));
        evidence.history.get_mut(LOBBY).expect("the lobby").pop();
        evidence.timelines[0].held.pop();
        evidence.heard.clear();
    });
    assert_eq!(found, [Violation::Lost { room: lobby(), id: id(3) }]);
}

#[test]
fn acknowledged_without_any_history() {
    let found = with(|evidence| {
        evidence.history.clear();
        evidence.timelines.clear();
        evidence.heard.clear();
    });
    let texts = ["text 5", "text 6"].map(|text| Violation::ClassicLost { text: text.into() });
    let ids = [1, 2].map(|number| Violation::Lost { room: lobby(), id: id(number) });
    assert_eq!(found, [&ids[..], &texts].concat());
}

#[test]
fn a_classic_text_lost() {
    let found = after(|history| {
        history.remove(3);
        history[3].seq = 4;
    });
    assert_eq!(found, [Violation::ClassicLost { text: "text 6".into() }]);
}

#[test]
fn doubled_by_a_user() {
    let found = after(|history| history.push(message(6, ADA, 3)));
    assert_eq!(found, [Violation::Doubled { room: lobby(), text: "text 3".into(), times: 2 }]);
}

#[test]
fn doubled_by_a_guest() {
    let found = after(|history| history.push(message(6, "guest-00000002", 6)));
    assert_eq!(found, [Violation::Doubled { room: lobby(), text: "text 6".into(), times: 2 }]);
}

#[test]
fn doubled_in_another_room() {
    let found = with(|evidence| {
        let stray = Message { room: "other".into(), ..message(1, ADA, 3) };
        evidence.history.insert("other".into(), vec![stray]);
        let other = Sender { author: ADA.into(), room: "other".into(), written: vec![written(3, None)] };
        evidence.senders.push(other);
    });
    assert_eq!(found, [Violation::Doubled { room: "other".into(), text: "text 3".into(), times: 2 }]);
}

#[test]
fn a_gap() {
    let found = after(|history| history[4].seq = 6);
    assert_eq!(found, [Violation::Gap { room: lobby(), after: 4, came: 6 }]);
}

#[test]
fn a_room_that_does_not_begin_with_one() {
    let found = after(|history| history.iter_mut().for_each(|message| message.seq += 1));
    assert!(found.contains(&Violation::Gap { room: lobby(), after: 0, came: 2 }), "{found:?}");
}

#[test]
fn a_sender_reordered() {
    let found = with(|evidence| {
        let history = evidence.history.get_mut(LOBBY).expect("the lobby");
        history.swap(0, 2);
        renumber(history);
        evidence.senders[0].written[0] = written(1, Some(3));
        evidence.senders[0].written[1] = written(2, Some(1));
        evidence.timelines[0].held = history.clone();
        evidence.heard.clear();
    });
    let (first, then) = ("text 1".into(), "text 2".into());
    assert_eq!(found, [Violation::Reordered { room: lobby(), author: ADA.into(), first, then }]);
}

#[test]
fn a_classic_sender_reordered() {
    let crime = |history: &mut Vec<Message>| {
        history.swap(1, 3);
        renumber(history);
    };
    let author = "guest-00000001".to_owned();
    let (first, then) = ("text 5".into(), "text 6".into());
    assert_eq!(after(crime), [Violation::Reordered { room: lobby(), author, first, then }]);
    // Two connections of one client may overtake each other.
    let found = after(|history| {
        crime(history);
        history[1].author.id = "guest-00000002".into();
    });
    assert_eq!(found, []);
}

#[test]
fn another_place_or_time_than_acknowledged() {
    for answer in [Sent { seq: 2, at: 30 }, Sent { seq: 3, at: 31 }] {
        let found = with(|evidence| evidence.senders[0].written[1].answer = Some(answer));
        assert_eq!(found, [Violation::AnswerDiffers { room: lobby(), id: id(2) }]);
    }
}

#[test]
fn altered() {
    let found = after(|history| history[4].text.push('!'));
    assert_eq!(found, [Violation::Altered { room: lobby(), id: id(3) }]);
}

#[test]
fn invented_by_nobody() {
    for message in [message(6, ADA, 9), message(6, "guest-00000001", 9), message(6, "user-eve", 1)] {
        let found = after(|history| history.push(message));
        assert_eq!(found, [Violation::Invented { room: lobby(), seq: 6 }]);
    }
}

#[test]
fn a_timeline_that_differs() {
    let differs = |at| vec![Violation::TimelineDiffers { who: "Bob".into(), room: lobby(), at }];
    assert_eq!(with(|evidence| drop(evidence.timelines[0].held.pop())), differs(5));
    assert_eq!(with(|evidence| evidence.timelines[0].held.swap(0, 1)), differs(1));
    assert_eq!(with(|evidence| evidence.timelines[0].held[2].text.push('!')), differs(3));
    assert_eq!(with(|evidence| evidence.timelines[0].held.push(message(6, ADA, 4))), differs(6));
}

#[test]
fn what_a_member_saw() {
    let fault = Fault::LiveGap { room: lobby(), after: 1, came: 3 };
    let found = with(|evidence| evidence.timelines[0].faults.push(fault.clone()));
    assert_eq!(found, [Violation::Saw { who: "Bob".into(), fault }]);
}

#[test]
fn what_was_heard_on_the_classic_namespace() {
    let differs = |at, text: &str| vec![Violation::HeardDiffers { at, text: text.into() }];
    assert_eq!(with(|evidence| evidence.heard[0][0] = "never said".into()), differs(0, "never said"));
    assert_eq!(with(|evidence| drop(evidence.heard[2].remove(1))), differs(1, "Ada: text 3"));
    assert_eq!(with(|evidence| evidence.heard[2].swap(1, 2)), differs(1, "Ada: text 3"));
    assert_eq!(with(|evidence| evidence.heard[2].push("one more".into())), differs(3, "one more"));
}
