//! Two tabs, one storage, one server, and everything that can go wrong between them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use hubbub_shared::chat::MessageId;
use hubbub_shared::chat::request::Sent;
use hubbub_shared::{ApiError, ErrorCode, Reply};
use proptest::prelude::*;

use super::tests::{id, owner};
use super::{Elsewhere, Keep, Outbox, Outcome, Parcel};

const ROOMS: [&str; 3] = ["a", "b", "c"];

#[derive(Debug, Clone)]
enum Step {
    Enter(usize, usize),
    Send(usize),
    /// The server takes the oldest request of this tab, and answers in this way.
    Serve(usize, Answer),
    /// The oldest answer comes, or doesn't.
    Hear(usize, bool),
    /// The message is heard in the room.
    Message(usize, usize),
    /// This tab hears of the other's next write.
    Storage(usize),
    Connect(usize),
    Disconnect(usize),
    Reload(usize),
    Lock(Option<usize>),
    Retry(usize, usize),
    Discard(usize, usize),
    Time(u64),
}

#[derive(Debug, Clone, Copy)]
enum Answer {
    Take,
    Refuse(ErrorCode, Option<u64>),
}

fn step() -> impl Strategy<Value = Step> {
    let tab = 0..2usize;
    let nth = 0..6usize;
    let answer = prop_oneof![
        6 => Just(Answer::Take),
        1 => Just(Answer::Refuse(ErrorCode::NotAMember, None)),
        1 => Just(Answer::Refuse(ErrorCode::TryAgain, None)),
        1 => Just(Answer::Refuse(ErrorCode::RateLimited, Some(300))),
    ];
    prop_oneof![
        6 => (tab.clone(), 0..ROOMS.len()).prop_map(|(tab, room)| Step::Enter(tab, room)),
        8 => tab.clone().prop_map(Step::Send),
        8 => (tab.clone(), answer).prop_map(|(tab, answer)| Step::Serve(tab, answer)),
        8 => (tab.clone(), prop::bool::weighted(0.8)).prop_map(|(tab, comes)| Step::Hear(tab, comes)),
        2 => (tab.clone(), nth.clone()).prop_map(|(tab, nth)| Step::Message(tab, nth)),
        8 => tab.clone().prop_map(Step::Storage),
        3 => tab.clone().prop_map(Step::Connect),
        1 => tab.clone().prop_map(Step::Disconnect),
        1 => tab.clone().prop_map(Step::Reload),
        2 => prop::option::weighted(0.9, tab.clone()).prop_map(Step::Lock),
        1 => (tab.clone(), nth.clone()).prop_map(|(tab, nth)| Step::Retry(tab, nth)),
        1 => (tab, nth).prop_map(|(tab, nth)| Step::Discard(tab, nth)),
        4 => (0..2_000u64).prop_map(Step::Time),
    ]
}

/// A tab: its outbox, what it has asked, what it is answered, and what it hasn't heard of the other one's writing.
struct Tab {
    outbox: Outbox,
    asked: VecDeque<Parcel>,
    answers: VecDeque<(Parcel, Reply<Sent>)>,
    storage: VecDeque<Keep>,
}

#[derive(Default)]
struct World {
    tabs: Vec<Tab>,
    storage: BTreeMap<String, String>,
    lock: Option<usize>,
    now: u64,
    /// What the server has, in its order.
    log: Vec<(MessageId, String)>,
    entered: BTreeMap<MessageId, String>,
    discarded: BTreeSet<MessageId>,
    /// These were discarded, and not because they had failed.
    called_back: BTreeSet<MessageId>,
    /// These may have lost their place in the order.
    failed: BTreeSet<MessageId>,
}

impl World {
    fn new() -> Self {
        let mut world = Self::default();
        for _ in 0..2 {
            let outbox = Outbox::restore(owner(), []);
            world.tabs.push(Tab { outbox, asked: VecDeque::new(), answers: VecDeque::new(), storage: VecDeque::new() });
        }
        world
    }

    fn take(&mut self, step: &Step) {
        let now = self.now;
        match *step {
            Step::Enter(tab, room) => {
                let id = id(self.entered.len() as u64);
                if self.tabs[tab].outbox.enter(ROOMS[room], "x", id, now / 1_000).is_ok() {
                    self.entered.insert(id, ROOMS[room].into());
                }
            }
            Step::Send(tab) => {
                while let Some(parcel) = self.tabs[tab].outbox.next(now) {
                    assert_eq!(self.lock, Some(tab), "only one sends");
                    self.tabs[tab].asked.push_back(parcel);
                }
            }
            Step::Serve(tab, answer) => self.serve(tab, answer),
            Step::Hear(tab, comes) => {
                let tab = &mut self.tabs[tab];
                let Some((parcel, answer)) = tab.answers.pop_front() else { return };
                if !comes {
                    return tab.outbox.unanswered(parcel.attempt, now);
                }
                match tab.outbox.answered(parcel.attempt, answer.clone(), now) {
                    Some(Outcome::Delivered { letter, .. }) => assert!(self.log.iter().any(|(id, _)| *id == letter.id)),
                    Some(Outcome::Failed { letter, .. }) => drop(self.failed.insert(letter.id)),
                    None => {}
                }
            }
            Step::Message(tab, nth) => {
                if let Some((id, _)) = self.log.get(nth) {
                    self.tabs[tab].outbox.heard(*id);
                }
            }
            Step::Storage(tab) => {
                if let Some(keep) = self.tabs[tab].storage.pop_front() {
                    let (Keep::Set(key, _) | Keep::Remove(key)) = keep;
                    let heard = self.tabs[tab].outbox.hear(&key, self.storage.get(&key).map(String::as_str));
                    if let Some(Elsewhere::Gone(letter)) = heard {
                        let is_done =
                            self.discarded.contains(&letter.id) || self.log.iter().any(|(id, _)| *id == letter.id);
                        assert!(is_done, "a letter is gone for a reason");
                    }
                }
            }
            Step::Connect(tab) => self.tabs[tab].outbox.open(),
            Step::Disconnect(tab) => {
                let tab = &mut self.tabs[tab];
                tab.outbox.close();
                tab.asked.clear();
                // The answers may come to be known after that, as failed or not.
                tab.answers.truncate(1);
            }
            Step::Reload(tab) => {
                if self.lock == Some(tab) {
                    self.lock = None;
                }
                let kept = self.storage.iter().map(|(key, value)| (&**key, &**value));
                let outbox = Outbox::restore(owner(), kept);
                self.tabs[tab] =
                    Tab { outbox, asked: VecDeque::new(), answers: VecDeque::new(), storage: VecDeque::new() };
            }
            Step::Lock(holder) => {
                self.lock = holder;
                for (i, tab) in self.tabs.iter_mut().enumerate() {
                    tab.outbox.set_lock(holder == Some(i));
                }
            }
            Step::Retry(tab, nth) => {
                if let Some(id) = self.tabs[tab].outbox.letters().get(nth).map(|letter| letter.id) {
                    self.tabs[tab].outbox.retry(id);
                }
            }
            Step::Discard(tab, nth) => {
                if let Some(letter) = self.tabs[tab].outbox.letters().get(nth).cloned()
                    && self.tabs[tab].outbox.discard(letter.id)
                {
                    self.discarded.insert(letter.id);
                    if !letter.is_failed() {
                        self.called_back.insert(letter.id);
                    }
                }
            }
            Step::Time(passes) => self.now += passes,
        }
        self.write();
    }

    /// The server takes each id once, and answers again as it did before.
    fn serve(&mut self, tab: usize, answer: Answer) {
        let Some(parcel) = self.tabs[tab].asked.pop_front() else { return };
        let at = self.log.iter().position(|(id, _)| *id == parcel.message.id);
        let reply = match (answer, at) {
            (Answer::Refuse(code, retry_after_ms), None) => Reply::Error(ApiError { retry_after_ms, ..code.into() }),
            (_, at) => {
                let seq = at.unwrap_or(self.log.len()) as u64 + 1;
                if at.is_none() {
                    self.log.push((parcel.message.id, parcel.message.room.clone()));
                }
                Reply::Ok(Sent { seq, at: seq })
            }
        };
        self.tabs[tab].answers.push_back((parcel, reply));
    }

    /// What the tabs keep is kept at once; the other one hears of it later.
    fn write(&mut self) {
        for i in 0..2 {
            for keep in self.tabs[i].outbox.take_keeps() {
                match keep.clone() {
                    Keep::Set(key, value) => drop(self.storage.insert(key, value)),
                    Keep::Remove(key) => drop(self.storage.remove(&key)),
                }
                self.tabs[1 - i].storage.push_back(keep);
            }
        }
    }

    fn check(&self) {
        for tab in &self.tabs {
            let mut rooms = BTreeSet::new();
            let under_way = tab.outbox.letters().iter().filter(|letter| letter.is_under_way());
            assert!(under_way.into_iter().all(|letter| rooms.insert(&letter.room)), "one under way a room");
            assert!(tab.outbox.letters().is_sorted_by_key(|letter| letter.at));
        }
        let stored: BTreeSet<_> = self.log.iter().map(|(id, _)| *id).collect();
        let kept = Outbox::restore(owner(), self.storage.iter().map(|(key, value)| (&**key, &**value)));
        for id in self.entered.keys() {
            let is_kept = kept.letters().iter().any(|letter| letter.id == *id);
            assert!(is_kept || stored.contains(id) || self.discarded.contains(id), "{id} is lost");
        }
    }

    /// Everything comes to rest: both are connected, the first one sends, and nothing goes wrong any more.
    fn settle(&mut self) {
        self.take(&Step::Lock(Some(0)));
        self.take(&Step::Connect(0));
        self.take(&Step::Connect(1));
        for _ in 0..300 {
            self.take(&Step::Time(1_000));
            for tab in 0..2 {
                for step in [Step::Storage(tab), Step::Send(tab), Step::Serve(tab, Answer::Take), Step::Hear(tab, true)]
                {
                    self.take(&step);
                }
                // What is stored is heard in the room by all tabs, sooner or later.
                for nth in 0..self.log.len() {
                    self.take(&Step::Message(tab, nth));
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn every_letter_is_stored_once_or_failed_or_discarded(steps in prop::collection::vec(step(), 0..80)) {
        let mut world = World::new();
        for step in &steps {
            world.take(step);
            world.check();
        }
        world.settle();
        world.check();
        for tab in &world.tabs {
            prop_assert!(tab.outbox.letters().iter().all(super::Letter::is_failed), "{:?}", tab.outbox.letters());
        }
        let ids: BTreeSet<_> = world.log.iter().map(|(id, _)| *id).collect();
        prop_assert!(world.tabs[0].outbox.letters().iter().all(|letter| !ids.contains(&letter.id)), "either or");
        prop_assert_eq!(ids.len(), world.log.len());
        prop_assert_eq!(world.storage.len(), world.tabs[0].outbox.len());
    }

    #[test]
    fn one_tab_sends_in_the_order_of_entering(steps in prop::collection::vec(step(), 0..80)) {
        let mut world = World::new();
        world.take(&Step::Lock(Some(0)));
        for step in &steps {
            let is_of_the_other = matches!(
                step,
                Step::Enter(1, _) | Step::Retry(1, _) | Step::Discard(1, _) | Step::Lock(_) | Step::Reload(_)
            );
            if !is_of_the_other {
                world.take(step);
            }
        }
        world.settle();
        for room in ROOMS {
            let in_order = world.log.iter().filter(|(id, of)| of == room && !world.failed.contains(id));
            prop_assert!(in_order.map(|(id, _)| id).is_sorted());
        }
        prop_assert!(world.log.iter().all(|(id, _)| !world.called_back.contains(id)), "what is called back doesn't come all the same");
    }
}
