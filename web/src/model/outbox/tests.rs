//! What becomes of a letter, by example.

use hubbub_shared::chat::MessageId;
use hubbub_shared::chat::request::Sent;
use hubbub_shared::text::TextError;
use hubbub_shared::{ApiError, ErrorCode, Reply};

use super::{Elsewhere, Failure, Keep, MOST, Outbox, Outcome, Owner, Parcel, Stage};
use crate::model::Refusal;

pub(super) fn id(number: u64) -> MessageId {
    MessageId::from_bytes(u128::from(number).to_be_bytes())
}

pub(super) fn owner() -> Owner {
    Owner { store: "s".into(), user: "u".into() }
}

fn outbox() -> Outbox {
    let mut outbox = Outbox::restore(owner(), []);
    outbox.set_lock(true);
    outbox.open();
    outbox
}

fn refused(code: ErrorCode) -> Reply<Sent> {
    Reply::Error(code.into())
}

const SENT: Reply<Sent> = Reply::Ok(Sent { seq: 1, at: 1 });

/// The numbers of what is to be sent now.
fn next(outbox: &mut Outbox, now: u64) -> Vec<Parcel> {
    std::iter::from_fn(|| outbox.next(now)).collect()
}

fn ids(parcels: &[Parcel]) -> Vec<MessageId> {
    parcels.iter().map(|parcel| parcel.message.id).collect()
}

#[test]
fn each_room_has_one_under_way() {
    let mut outbox = outbox();
    for (number, room) in [(1, "a"), (2, "a"), (3, "b")] {
        outbox.enter(room, &format!(" {number}\n"), id(number), 0).unwrap();
    }
    let first = next(&mut outbox, 0);
    assert_eq!(ids(&first), [id(1), id(3)]);
    assert_eq!(first[0].message.text, "1");
    let outcome = outbox.answered(first[0].attempt, SENT, 0);
    assert!(matches!(outcome, Some(Outcome::Delivered { letter, .. }) if letter.id == id(1)));
    assert_eq!(ids(&next(&mut outbox, 0)), [id(2)]);
    assert_eq!(outbox.answered(first[0].attempt, SENT, 0), None);
}

#[test]
fn what_was_sent_is_not_called_back() {
    let mut outbox = outbox();
    for number in [1, 2] {
        outbox.enter("a", "x", id(number), 0).unwrap();
    }
    assert_eq!(ids(&next(&mut outbox, 0)), [id(1)]);
    assert!(!outbox.discard(id(1)), "it is under way");
    outbox.close();
    assert!(!outbox.discard(id(1)), "nobody can say what became of it");
    assert!(outbox.discard(id(2)));
    outbox.open();
    assert_eq!(ids(&next(&mut outbox, 0)), [id(1)]);
}

#[test]
fn a_refusal_is_final_or_a_wait() {
    let codes = [
        (ErrorCode::Unauthorized, false),
        (ErrorCode::BadRequest, true),
        (ErrorCode::UnknownEvent, true),
        (ErrorCode::NoSuchRoom, true),
        (ErrorCode::NotAMember, true),
        (ErrorCode::TextEmpty, true),
        (ErrorCode::TextTooLong, true),
        (ErrorCode::IdReused, true),
        (ErrorCode::RateLimited, false),
        (ErrorCode::TryAgain, false),
        (ErrorCode::Unknown, true),
    ];
    for (code, is_final) in codes {
        let mut outbox = outbox();
        outbox.enter("a", "1", id(1), 0).unwrap();
        outbox.enter("a", "2", id(2), 0).unwrap();
        let attempt = outbox.next(0).unwrap().attempt;
        let outcome = outbox.answered(attempt, refused(code), 0);
        assert_eq!(outcome.is_some(), is_final, "{code:?}");
        assert_eq!(ids(&next(&mut outbox, 60_000)), [if is_final { id(2) } else { id(1) }], "{code:?}");
    }
}

#[test]
fn what_was_told_to_wait_waits_so_long_in_every_room() {
    let mut outbox = outbox();
    outbox.enter("a", "1", id(1), 0).unwrap();
    let attempt = outbox.next(0).unwrap().attempt;
    outbox.answered(attempt, Reply::Error(ApiError::retry_after(ErrorCode::RateLimited, 700)), 10);
    outbox.enter("b", "2", id(2), 20).unwrap();
    outbox.close();
    outbox.open();
    assert_eq!(outbox.next(709), None, "a new connection is the same user");
    assert_eq!(outbox.next_at(), Some(710));
    assert_eq!(ids(&next(&mut outbox, 710)), [id(1), id(2)]);
    assert_eq!(outbox.next_at(), None);
}

#[test]
fn unanswered_is_sent_again_as_the_same() {
    let mut outbox = outbox();
    outbox.enter("a", "1", id(1), 0).unwrap();
    let first = outbox.next(0).unwrap();
    outbox.unanswered(first.attempt, 10_000);
    assert_eq!(outbox.next_at(), Some(11_000));
    let second = outbox.next(11_000).unwrap();
    assert_eq!((second.message.id, second.message.text), (first.message.id, first.message.text));
    outbox.unanswered(first.attempt, 11_000);
    assert_eq!(outbox.next(60_000), None, "what is heard of the first attempt says nothing of the second");
    outbox.close();
    assert_eq!(outbox.next(60_000), None);
    outbox.open();
    assert_eq!(ids(&next(&mut outbox, 60_000)), [id(1)], "a new connection is a new chance");
    assert!(outbox.heard(id(1)));
    assert!(outbox.is_empty());
}

#[test]
fn what_failed_is_tried_again_or_discarded() {
    let mut outbox = outbox();
    outbox.enter("a", "1", id(1), 0).unwrap();
    let attempt = outbox.next(0).unwrap().attempt;
    outbox.answered(attempt, refused(ErrorCode::NotAMember), 0);
    assert_eq!(outbox.next_at(), None);
    assert!(outbox.retry(id(1)));
    assert!(!outbox.retry(id(1)));
    let attempt = outbox.next(0).unwrap().attempt;
    outbox.answered(attempt, refused(ErrorCode::NotAMember), 0);
    assert!(outbox.discard(id(1)));
    assert!(!outbox.discard(id(1)));
    assert!(outbox.is_empty());
}

#[test]
fn what_is_no_message_does_not_enter() {
    let mut outbox = outbox();
    assert_eq!(outbox.enter("a", " \n", id(1), 0), Err(Refusal::Text(TextError::Empty)));
    for number in 0..MOST as u64 {
        outbox.enter("a", "x", id(number), 0).unwrap();
    }
    assert_eq!(outbox.enter("a", "x", id(500), 0), Err(Refusal::TooManyWaiting(MOST)));
    assert_eq!(outbox.of("a").count(), MOST);
    outbox.clear();
    assert!(outbox.is_empty());
    let kept = outbox.take_keeps().iter().filter(|keep| matches!(keep, Keep::Set(..))).count();
    assert_eq!(kept, MOST);
}

#[test]
fn garbage_is_no_letter_and_is_not_touched() {
    let mut kept = Outbox::restore(owner(), []);
    kept.enter("a", "1", id(1), 5).unwrap();
    let Some(Keep::Set(key, value)) = kept.take_keeps().pop() else { panic!("nothing is kept") };
    let other = key.replace(&id(1).to_string(), &id(2).to_string());
    let entries = [
        (&*key, &*value),
        (&*other, &*value),
        ("hubbub.outbox.s.u.", &*value),
        ("hubbub.outbox.s.u.x", &*value),
        ("hubbub.outbox.s.v.", &*value),
        ("", ""),
        (&*other, ""),
        (&*other, "{"),
        (&*other, r#"{"v":2,"later":true}"#),
        (&*other, "\u{0}\u{fffd}[[[[[[[["),
    ];
    let mut outbox = Outbox::restore(owner(), entries);
    assert_eq!(outbox.letters(), kept.letters());
    assert_eq!(outbox.take_keeps(), []);
    for (_, garbage) in &entries[1..] {
        assert_eq!(outbox.hear(&other, Some(garbage)), None);
    }
    let emptied = value.replace(r#""text":"1""#, r#""text":" ""#);
    assert!(emptied != value && Outbox::restore(owner(), [(&*key, &*emptied)]).is_empty());
    let owner = Owner { user: "v".into(), ..owner() };
    assert!(Outbox::restore(owner, entries).is_empty(), "everybody has their own");
}

#[test]
fn a_reload_keeps_letters_with_what_became_of_them() {
    let mut before = outbox();
    for number in [2, 1, 3] {
        before.enter("a", "x", id(number), 7).unwrap();
    }
    let attempt = before.next(0).unwrap().attempt;
    before.answered(attempt, refused(ErrorCode::IdReused), 0);
    before.next(0).unwrap();
    let keeps = before.take_keeps();
    let kept: Vec<_> = keeps
        .iter()
        .filter_map(|k| if let Keep::Set(key, value) = k { Some((&**key, &**value)) } else { None })
        .collect();
    let after = Outbox::restore(owner(), kept.into_iter().rev());
    let stages: Vec<_> = after.letters().iter().map(|letter| (letter.id, letter.stage.clone())).collect();
    let refused = Failure::Refused(ErrorCode::IdReused.into());
    assert_eq!(stages, [(id(2), Stage::Failed(refused)), (id(1), Stage::Unsure), (id(3), Stage::Waiting)]);
}

#[test]
fn another_tab_is_heard() {
    let (mut sender, mut other) = (outbox(), outbox());
    other.set_lock(false);
    other.enter("a", "1", id(1), 0).unwrap();
    assert_eq!(other.next(0), None);
    let tell = |from: &mut Outbox, to: &mut Outbox| -> Vec<Elsewhere> {
        let told = from.take_keeps().into_iter().filter_map(|keep| match keep {
            Keep::Set(key, value) => to.hear(&key, Some(&value)),
            Keep::Remove(key) => to.hear(&key, None),
        });
        told.collect()
    };
    assert!(matches!(&tell(&mut other, &mut sender)[..], [Elsewhere::Entered(letter)] if letter.id == id(1)));
    let attempt = sender.next(0).unwrap().attempt;
    sender.answered(attempt, refused(ErrorCode::NotAMember), 0);
    assert!(matches!(&tell(&mut sender, &mut other)[..], [Elsewhere::Changed(_)]));
    assert!(other.retry(id(1)));
    assert!(matches!(&tell(&mut other, &mut sender)[..], [Elsewhere::Changed(_)]));
    let attempt = sender.next(0).unwrap().attempt;
    sender.answered(attempt, SENT, 0);
    assert!(matches!(&tell(&mut sender, &mut other)[..], [Elsewhere::Gone(_)]));
    assert!(other.is_empty());
}

#[test]
fn who_sends_knows_better_than_who_does_not() {
    let mut outbox = outbox();
    outbox.enter("a", "1", id(1), 0).unwrap();
    let Some(Keep::Set(key, value)) = outbox.take_keeps().pop() else { panic!("nothing is kept") };
    let attempt = outbox.next(0).unwrap().attempt;
    outbox.take_keeps();
    assert_eq!(outbox.hear(&key, Some(&value)), None, "another tab still has it as one that waits");
    assert_eq!(outbox.next(0), None);

    outbox.set_lock(false);
    assert_eq!(
        outbox.answered(attempt, refused(ErrorCode::NotAMember), 0),
        None,
        "another tab sends now, and will see"
    );
    assert_eq!(outbox.take_keeps(), []);
    assert_eq!(outbox.letters()[0].stage, Stage::Unsure);
    assert!(matches!(outbox.hear(&key, None), Some(Elsewhere::Gone(_))));
}

#[test]
fn who_does_not_send_any_more_believes_who_does() {
    let (mut first, mut second) = (outbox(), outbox());
    first.enter("a", "1", id(1), 0).unwrap();
    let attempt = first.next(0).unwrap().attempt;
    let Some(Keep::Set(key, value)) = first.take_keeps().pop() else { panic!("nothing is kept") };
    first.set_lock(false);
    second.hear(&key, Some(&value));
    let attempt_of_second = second.next(0).unwrap().attempt;
    second.answered(attempt_of_second, refused(ErrorCode::NotAMember), 0);
    let Some(Keep::Set(_, failed)) = second.take_keeps().pop() else { panic!("nothing is kept") };
    assert!(matches!(first.hear(&key, Some(&failed)), Some(Elsewhere::Changed(_))));
    assert_eq!(first.answered(attempt, refused(ErrorCode::NotAMember), 0), None);
    assert_eq!(first.letters()[0].stage, second.letters()[0].stage);
}

#[test]
fn another_store_sends_nothing_by_itself() {
    let mut outbox = Outbox::restore(Owner { store: String::new(), ..owner() }, []);
    outbox.set_lock(true);
    outbox.enter("a", "1", id(1), 0).unwrap();
    assert_eq!(outbox.set_store("s"), [], "nobody had said for which it was");
    outbox.open();
    assert_eq!(ids(&next(&mut outbox, 0)), [id(1)]);
    outbox.close();
    assert_eq!(outbox.set_store("t"), [id(1)]);
    outbox.open();
    assert_eq!(outbox.next(0), None);
    outbox.retry(id(1));
    assert_eq!(ids(&next(&mut outbox, 0)), [id(1)]);
    let keeps = outbox.take_keeps();
    let is_kept = |store: &str| {
        let key = format!("hubbub.outbox.{store}.u.{}", id(1));
        keeps.iter().rev().find_map(|keep| match keep {
            Keep::Set(set, _) if *set == key => Some(true),
            Keep::Remove(removed) if *removed == key => Some(false),
            _ => None,
        })
    };
    assert_eq!(["", "s", "t"].map(is_kept), [Some(false), Some(false), Some(true)]);
}
