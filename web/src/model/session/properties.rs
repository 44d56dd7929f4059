//! A session against a server that keeps the contract, over links that break, with a store that is replaced now and then.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use hubbub_shared::chat::event::{HaveRead, Joined, Left, Messages};
use hubbub_shared::chat::request::{Done, Page, SendMessage, Sent, Synced};
use hubbub_shared::chat::{Message, MessageId, RoomState};
use hubbub_shared::{ErrorCode, Reply};
use proptest::prelude::*;

use super::tests::{id, session, state, user};
use super::{Answer, Heard, Request, Session, Ticket};
use crate::model::outbox::Keep;
use crate::model::timeline::{Row, Side, What};

const ROOMS: [&str; 2] = ["lobby", "b"];
/// The most messages of a page: few, so that there are gaps.
const PAGE: usize = 3;

#[derive(Debug, Clone)]
enum Step {
    Connect,
    Disconnect,
    /// The session asks what it wants to ask.
    Ask,
    /// The server takes the oldest request.
    Serve,
    /// The oldest event comes.
    Event,
    /// One of the answers comes, or doesn't.
    Answer(usize, bool),
    Say(usize),
    /// Somebody else says something, or I do elsewhere.
    Said(usize, bool),
    Join(bool),
    Open(usize),
    Sight(usize),
    Seen(usize),
    ReadElsewhere(usize),
    Reload,
    Time(u64),
    /// The store is replaced by an older copy of itself.
    Restore(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let room = 0..ROOMS.len();
    prop_oneof![
        3 => Just(Step::Connect),
        1 => Just(Step::Disconnect),
        8 => Just(Step::Ask),
        8 => Just(Step::Serve),
        8 => Just(Step::Event),
        8 => (0..3usize, prop::bool::weighted(0.9)).prop_map(|(nth, comes)| Step::Answer(nth, comes)),
        4 => room.clone().prop_map(Step::Say),
        10 => (room.clone(), prop::bool::weighted(0.2)).prop_map(|(room, mine)| Step::Said(room, mine)),
        1 => any::<bool>().prop_map(Step::Join),
        2 => room.clone().prop_map(Step::Open),
        3 => (0..4usize).prop_map(Step::Sight),
        2 => room.clone().prop_map(Step::Seen),
        1 => room.prop_map(Step::ReadElsewhere),
        1 => Just(Step::Reload),
        3 => (0..3_000u64).prop_map(Step::Time),
        1 => (0..6usize).prop_map(Step::Restore),
    ]
}

/// What the server has.
struct Server {
    stores: usize,
    logs: BTreeMap<&'static str, Vec<Message>>,
    member_of: BTreeSet<&'static str>,
    read: BTreeMap<&'static str, u64>,
}

/// What is on its way. Events keep their order; answers come when they come.
#[derive(Default)]
struct Link {
    requests: VecDeque<(Ticket, Request)>,
    events: VecDeque<Heard>,
    answers: Vec<(Ticket, Answer)>,
}

struct World {
    server: Server,
    link: Option<Link>,
    session: Session,
    storage: BTreeMap<String, String>,
    view: Vec<Row>,
    now: u64,
    ids: u64,
    entered: BTreeSet<MessageId>,
    /// What any store ever had.
    stored: BTreeSet<MessageId>,
}

impl Server {
    fn store(&self) -> String {
        if self.stores == 0 { "s".into() } else { format!("s{}", self.stores) }
    }

    fn state(&self, room: &'static str, held: Option<u64>) -> RoomState {
        let log = &self.logs[room];
        let head = log.len();
        let messages = match held {
            Some(held) if held <= head as u64 => log.iter().skip(held as usize).take(PAGE).cloned().collect(),
            _ => log[head.saturating_sub(PAGE)..].to_vec(),
        };
        state(room, head as u64, self.read[room], messages)
    }

    fn page(&self, room: &str, before: Option<u64>, after: Option<u64>, limit: u64) -> Page {
        let (log, limit) = (&self.logs[room], PAGE.min(limit as usize));
        let range = match (before, after) {
            (Some(before), None) => {
                let end = log.len().min(before as usize - 1);
                end.saturating_sub(limit)..end
            }
            (None, Some(after)) => {
                let start = log.len().min(after as usize);
                start..log.len().min(start + limit)
            }
            both => panic!("{both:?}"),
        };
        Page { messages: log[range].to_vec(), more: true }
    }
}

impl World {
    fn new() -> Self {
        let logs = ROOMS.map(|room| (room, Vec::new())).into();
        let read = ROOMS.map(|room| (room, 0)).into();
        Self {
            server: Server { stores: 0, logs, member_of: ROOMS.into(), read },
            link: None,
            session: session(),
            storage: BTreeMap::new(),
            view: Vec::new(),
            now: 0,
            ids: 0,
            entered: BTreeSet::new(),
            stored: BTreeSet::new(),
        }
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Connect => {
                self.link = Some(Link::default());
                self.session.connected();
            }
            Step::Disconnect => {
                self.link = None;
                self.session.disconnected();
            }
            Step::Ask => {
                while let Some(asked) = self.session.next(self.now) {
                    self.link.as_mut().expect("nothing is asked without a link").requests.push_back(asked);
                }
                assert!(self.session.deadline().is_none_or(|at| at > self.now), "nothing is due any more");
            }
            Step::Serve => self.serve(),
            Step::Event => {
                if let Some(heard) = self.link.as_mut().and_then(|link| link.events.pop_front()) {
                    self.session.hear(heard, self.now);
                }
            }
            Step::Answer(nth, comes) => {
                let Some(link) = self.link.as_mut().filter(|link| !link.answers.is_empty()) else { return };
                let (ticket, answer) = link.answers.remove(nth % link.answers.len());
                self.session.answered(ticket, if comes { answer } else { Answer::Nothing }, self.now);
            }
            Step::Say(room) => {
                let id = self.id();
                if self.session.say(ROOMS[room], "x", id, self.now).is_ok() {
                    self.entered.insert(id);
                }
            }
            Step::Said(room, mine) => {
                let id = self.id();
                self.append(ROOMS[room], id, if mine { "me" } else { "ada" });
            }
            Step::Join(join) => self.join(join),
            Step::Open(room) => self.view = self.session.open(ROOMS[room]),
            Step::Sight(nth) => {
                let gaps =
                    self.view.iter().filter_map(|row| if let What::Gap(gap) = row.what { Some(gap) } else { None });
                if let Some(gap) = gaps.clone().nth(nth) {
                    self.session.gap_in_sight(gap, if nth % 2 == 0 { Side::Lower } else { Side::Upper });
                }
            }
            Step::Seen(room) => {
                let last = self.session.timeline(ROOMS[room]).and_then(|timeline| timeline.last());
                self.session.seen(ROOMS[room], last.unwrap_or(0), self.now);
            }
            Step::ReadElsewhere(room) => {
                let seq = self.server.logs[ROOMS[room]].len() as u64;
                self.server.read.insert(ROOMS[room], seq);
                self.tell(ROOMS[room], HaveRead { room: ROOMS[room].into(), seq });
            }
            Step::Reload => {
                let kept = self.storage.iter().map(|(key, value)| (&**key, &**value));
                let store = self.session.store().map(str::to_owned);
                self.session = Session::new(user("me"), store, kept, |_| 0);
                self.session.set_lock(true);
                self.view.clear();
                self.link = None;
            }
            Step::Time(passes) => self.now += passes,
            Step::Restore(lost) => {
                self.take(&Step::Disconnect);
                self.server.stores += 1;
                for (room, log) in &mut self.server.logs {
                    log.truncate(log.len().saturating_sub(lost));
                    let read = self.server.read[room].min(log.len() as u64);
                    self.server.read.insert(room, read);
                }
            }
        }
        self.after();
    }

    fn id(&mut self) -> MessageId {
        self.ids += 1;
        id(self.ids)
    }

    fn append(&mut self, room: &'static str, id: MessageId, author: &str) -> Sent {
        let log = self.server.logs.get_mut(room).expect("a room");
        let seq = log.len() as u64 + 1;
        let message = Message { seq, id, room: room.into(), author: user(author), text: "x".into(), at: seq };
        log.push(message.clone());
        self.stored.insert(id);
        self.tell(room, Messages { room: room.into(), messages: vec![message] });
        Sent { seq, at: seq }
    }

    fn tell(&mut self, room: &str, heard: impl Into<Heard>) {
        if let Some(link) = self.link.as_mut().filter(|_| self.server.member_of.contains(room)) {
            link.events.push_back(heard.into());
        }
    }

    /// I join or leave the second room, elsewhere.
    fn join(&mut self, join: bool) {
        let room = ROOMS[1];
        if join && self.server.member_of.insert(room) {
            let state = self.server.state(room, None);
            self.tell(room, Joined(state));
        } else if !join && self.server.member_of.contains(room) {
            self.tell(room, Left { room: room.into() });
            self.server.member_of.remove(room);
        }
    }

    fn serve(&mut self) {
        let Some((ticket, request)) = self.link.as_mut().and_then(|link| link.requests.pop_front()) else { return };
        let room_of = |room: &str| self.server.member_of.get(room).copied().ok_or(ErrorCode::NotAMember.into());
        let answer = match request {
            Request::Sync(sync) => {
                let states =
                    self.server.member_of.iter().map(|&room| self.server.state(room, sync.rooms.get(room).copied()));
                let rooms = states.collect();
                Answer::Sync(Reply::Ok(Synced { store: self.server.store(), user: user("me"), rooms }))
            }
            Request::History(ask) => {
                let page = |room| self.server.page(room, ask.before, ask.after, ask.limit.unwrap_or(1));
                Answer::History(room_of(&ask.room).map(page).into())
            }
            Request::Send(message) => Answer::Send(match room_of(&message.room) {
                Ok(room) => Reply::Ok(self.store(room, &message)),
                Err(refused) => Reply::Error(refused),
            }),
            Request::Read(read) => Answer::Read(match room_of(&read.room) {
                Ok(room) => {
                    let seq = read.seq.min(self.server.logs[room].len() as u64).max(self.server.read[room]);
                    self.server.read.insert(room, seq);
                    Reply::Ok(Done {})
                }
                Err(refused) => Reply::Error(refused),
            }),
            Request::Typing(_) => return,
        };
        if let Some(link) = &mut self.link {
            link.answers.push((ticket, answer));
        }
    }

    fn store(&mut self, room: &'static str, message: &SendMessage) -> Sent {
        match self.server.logs[room].iter().find(|stored| stored.id == message.id) {
            Some(stored) => Sent { seq: stored.seq, at: stored.at },
            None => self.append(room, message.id, "me"),
        }
    }

    /// What is kept is kept before anything else happens, and the view follows.
    fn after(&mut self) {
        for keep in self.session.take_keeps() {
            match keep {
                Keep::Set(key, value) => drop(self.storage.insert(key, value)),
                Keep::Remove(key) => drop(self.storage.remove(&key)),
            }
        }
        if let Some(timeline) = self.session.open_timeline() {
            timeline.take_changes().into_iter().for_each(|change| change.apply(&mut self.view));
            assert!(timeline.rows().eq(self.view.iter().cloned()));
        }
        for id in &self.entered {
            let waits = self.session.outbox().letters().iter().any(|letter| letter.id == *id);
            assert!(waits || self.stored.contains(id), "{id} is lost");
        }
    }

    /// Everything comes to rest, and everything is looked at.
    fn settle(&mut self) {
        self.take(&Step::Join(true));
        self.take(&Step::Connect);
        self.rest();
        let failed: Vec<_> = self.session.outbox().letters().iter().map(|letter| letter.id).collect();
        failed.into_iter().for_each(|id| self.session.retry(id));
        for room in 0..ROOMS.len() {
            self.take(&Step::Open(room));
            for _ in 0..40 {
                self.take(&Step::Sight(0));
                self.rest();
            }
            self.take(&Step::Seen(room));
            self.rest();
        }
    }

    fn rest(&mut self) {
        for _ in 0..6 {
            self.take(&Step::Time(10_000));
            self.take(&Step::Ask);
            while self.link.as_ref().is_some_and(|link| !link.requests.is_empty()) {
                self.take(&Step::Serve);
            }
            while self.link.as_ref().is_some_and(|link| !link.answers.is_empty()) {
                self.take(&Step::Answer(0, true));
            }
            while self.link.as_ref().is_some_and(|link| !link.events.is_empty()) {
                self.take(&Step::Event);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn whatever_happens_the_page_ends_as_the_server(steps in prop::collection::vec(step(), 0..150)) {
        let mut world = World::new();
        for step in &steps {
            world.take(step);
        }
        world.settle();
        prop_assert!(world.session.is_synced());
        prop_assert_eq!(world.session.store().map(str::to_owned), Some(world.server.store()));
        prop_assert!(world.session.outbox().is_empty(), "{:?}", world.session.outbox());
        prop_assert!(world.storage.is_empty());
        for room in ROOMS {
            let rows = world.session.timeline(room).expect("mine").rows();
            let shown: Vec<_> = rows.map(|row| if let What::Message(m) = row.what { Some(m) } else { None }).collect();
            let log = &world.server.logs[room];
            prop_assert!(shown.iter().map(Option::as_deref).eq(log.iter().map(Some)), "{:?} {:?}", shown, log);
            let ids: BTreeSet<_> = log.iter().map(|message| message.id).collect();
            prop_assert_eq!(ids.len(), log.len());
            let list = world.session.rooms().get(room).expect("mine");
            prop_assert_eq!((list.info().head, list.unread()), (log.len() as u64, 0));
            prop_assert_eq!(world.server.read[room], log.len() as u64);
        }
    }
}
