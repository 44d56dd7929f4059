//! Every order in which acknowledgement, return and the end of the link may be told; then thousands of random ones.

use proptest::prelude::*;

use super::*;

/// A timeline as a list of its texts, own ones with their state.
fn shown(timeline: &Timeline) -> Vec<String> {
    timeline
        .entries()
        .map(|entry| match (entry.own, timeline.state(entry.id)) {
            (false, _) => entry.text.to_string(),
            (true, State::Pending) => format!("{} pending", entry.text),
            (true, State::Accepted) => format!("{} accepted", entry.text),
            (true, State::Received) => format!("{} own", entry.text),
            (true, State::Unconfirmed(Doubt::NoAnswer)) => format!("{} in doubt", entry.text),
            (true, State::Unconfirmed(Doubt::NotSent)) => format!("{} not sent", entry.text),
        })
        .collect()
}

fn sent(texts: &[&str]) -> (Timeline, Vec<EntryId>) {
    let mut timeline = Timeline::default();
    let ids = texts.iter().map(|&text| timeline.send(text.into()).unwrap()).collect();
    (timeline, ids)
}

#[test]
fn acknowledged_then_back() {
    let (mut timeline, ids) = sent(&["a"]);
    assert_eq!(shown(&timeline), ["a pending"]);
    timeline.acknowledged(ids[0]);
    assert_eq!(shown(&timeline), ["a accepted"]);
    timeline.receive("a".into());
    assert_eq!(shown(&timeline), ["a own"]);
}

#[test]
fn back_then_acknowledged_or_not() {
    let (mut timeline, ids) = sent(&["a", "b"]);
    timeline.receive("a".into());
    timeline.receive("b".into());
    timeline.acknowledged(ids[0]);
    timeline.unacknowledged(ids[1], Doubt::NoAnswer);
    assert_eq!(shown(&timeline), ["a own", "b own"]);
}

#[test]
fn the_link_ends_before_the_acknowledgement() {
    let (mut timeline, ids) = sent(&["a"]);
    timeline.link_lost();
    assert_eq!(shown(&timeline), ["a pending"], "the acknowledgement hasn't failed yet");
    timeline.unacknowledged(ids[0], Doubt::NoAnswer);
    assert_eq!(shown(&timeline), ["a in doubt"]);
    timeline.receive("a".into());
    assert_eq!(shown(&timeline), ["a", "a in doubt"], "on the next link it is somebody else's");
}

#[test]
fn the_link_ends_between_acknowledgement_and_return() {
    let (mut timeline, ids) = sent(&["a"]);
    timeline.acknowledged(ids[0]);
    timeline.link_lost();
    timeline.link_lost();
    assert_eq!(shown(&timeline), ["a own"]);
}

#[test]
fn the_acknowledgement_came_but_the_end_of_the_link_is_told_first() {
    let (mut timeline, ids) = sent(&["a"]);
    timeline.link_lost();
    timeline.acknowledged(ids[0]);
    assert_eq!(shown(&timeline), ["a own"]);
    timeline.acknowledged(ids[0]);
    assert_eq!(shown(&timeline), ["a own"]);
}

#[test]
fn no_acknowledgement_in_time_on_a_link_that_lives() {
    let (mut timeline, ids) = sent(&["a", "b"]);
    timeline.unacknowledged(ids[0], Doubt::NoAnswer);
    timeline.unacknowledged(ids[1], Doubt::NoAnswer);
    timeline.receive("a".into());
    assert_eq!(shown(&timeline), ["a own", "b in doubt"], "it came back late, and that confirms it");
    timeline.link_lost();
    timeline.receive("b".into());
    assert_eq!(shown(&timeline), ["a own", "b", "b in doubt"]);
}

#[test]
fn not_sent_then_sent_again() {
    let (mut timeline, ids) = sent(&["a"]);
    timeline.unacknowledged(ids[0], Doubt::NotSent);
    timeline.receive("a".into());
    assert_eq!(shown(&timeline), ["a", "a not sent"], "what wasn't sent can't come back");
    assert_eq!(timeline.send_again(ids[0]).as_deref(), Some("a"));
    assert_eq!(shown(&timeline), ["a", "a pending"]);
    assert_eq!(timeline.send_again(ids[0]), None, "it is on its way");
    timeline.receive("a".into());
    timeline.acknowledged(ids[0]);
    assert_eq!(shown(&timeline), ["a", "a own"]);
    assert_eq!(timeline.send_again(ids[0]), None, "it has arrived");
}

#[test]
fn sent_again_though_the_first_was_only_late() {
    let (mut timeline, ids) = sent(&["a"]);
    timeline.unacknowledged(ids[0], Doubt::NoAnswer);
    timeline.send_again(ids[0]);
    timeline.receive("a".into());
    timeline.receive("a".into());
    timeline.acknowledged(ids[0]);
    assert_eq!(shown(&timeline), ["a own", "a"], "it was said twice, and everyone sees it twice");
}

#[test]
fn only_what_is_in_doubt_can_be_discarded() {
    let (mut timeline, ids) = sent(&["a", "b", "c"]);
    timeline.acknowledged(ids[1]);
    timeline.unacknowledged(ids[2], Doubt::NotSent);
    ids.iter().for_each(|&id| timeline.discard(id));
    assert_eq!(shown(&timeline), ["a pending", "b accepted"]);
}

#[test]
fn equal_texts_come_back_oldest_first() {
    let (mut timeline, ids) = sent(&["a", "a"]);
    timeline.receive("a".into());
    assert_eq!(timeline.state(ids[0]), State::Received);
    assert_eq!(timeline.state(ids[1]), State::Pending);
    timeline.receive("a".into());
    timeline.receive("a".into());
    assert_eq!(shown(&timeline), ["a own", "a own", "a"]);
}

#[test]
fn somebody_else_says_the_same() {
    let (mut timeline, ids) = sent(&["a"]);
    timeline.receive("a".into());
    assert_eq!(shown(&timeline), ["a own"], "theirs is taken for ours");
    timeline.receive("a".into());
    timeline.acknowledged(ids[0]);
    assert_eq!(shown(&timeline), ["a own", "a"], "and ours for theirs");
}

#[test]
fn the_order_is_the_servers() {
    let (mut timeline, _) = sent(&["mine", "mine too"]);
    timeline.receive("theirs".into());
    assert_eq!(shown(&timeline), ["theirs", "mine pending", "mine too pending"]);
    timeline.receive("mine".into());
    timeline.receive("theirs".into());
    timeline.receive("mine too".into());
    assert_eq!(shown(&timeline), ["theirs", "mine own", "theirs", "mine too own"]);
}

#[test]
fn the_list_is_bounded_and_what_waits_is_never_forgotten() {
    let (mut timeline, _) = sent(&["mine"]);
    for n in 0..=MAX_RECEIVED {
        timeline.receive(n.to_string().into());
    }
    let shown = shown(&timeline);
    assert_eq!(shown.len(), MAX_RECEIVED + 1);
    assert_eq!((&*shown[0], &*shown[MAX_RECEIVED]), ("1", "mine pending"));

    for n in 1..MAX_OUTGOING {
        timeline.send(n.to_string().into()).unwrap();
    }
    assert_eq!(timeline.send("one more".into()), Err(Refusal::TooManyWaiting(MAX_OUTGOING)));
}

/// One thing that happens between a page, a link and a server with one more client.
#[derive(Debug, Clone)]
enum Step {
    Send(u8),
    SendAgain(usize),
    Discard(usize),
    /// The other client says something.
    Other(u8),
    /// The server takes the next message that this page sent.
    Take {
        acknowledges_first: bool,
    },
    /// The page gets what the server sent next.
    Deliver,
    /// The page's task hears of the oldest acknowledgement that was settled.
    Settle,
    TimeOut,
    LoseLink,
    Reconnect,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (0..3u8).prop_map(Step::Send),
        2 => any::<usize>().prop_map(Step::SendAgain),
        1 => any::<usize>().prop_map(Step::Discard),
        3 => (0..3u8).prop_map(Step::Other),
        6 => any::<bool>().prop_map(|acknowledges_first| Step::Take { acknowledges_first }),
        9 => Just(Step::Deliver),
        5 => Just(Step::Settle),
        1 => Just(Step::TimeOut),
        1 => Just(Step::LoseLink),
        2 => Just(Step::Reconnect),
    ]
}

/// Names one sending of a message, as an acknowledgement's id does.
type Attempt = usize;

enum ToPage {
    Message(Arc<str>),
    Ack(Attempt),
}

/// The world around a timeline, as the client presents it: messages at once and in order; that one can't be sent, at once;
/// else its acknowledgement, exactly once but later, by a task of its own.
#[derive(Default)]
struct World {
    timeline: Timeline,
    down: bool,
    attempts: Attempt,
    to_server: VecDeque<(Attempt, Arc<str>)>,
    to_page: VecDeque<ToPage>,
    awaited: Vec<(Attempt, EntryId)>,
    settled: VecDeque<(EntryId, bool)>,
    /// The server's order.
    log: Vec<Arc<str>>,
    /// All messages that reached the page.
    came: Vec<Arc<str>>,
    /// Own messages that there should be.
    own: Vec<EntryId>,
}

impl World {
    fn request(&mut self, id: EntryId, text: Arc<str>) {
        if self.down {
            self.timeline.unacknowledged(id, Doubt::NotSent);
        } else {
            self.attempts += 1;
            self.to_server.push_back((self.attempts, text));
            self.awaited.push((self.attempts, id));
        }
    }

    fn settle(&mut self, attempt: Attempt, acknowledged: bool) {
        if let Some(index) = self.awaited.iter().position(|(awaited, _)| *awaited == attempt) {
            let (_, id) = self.awaited.remove(index);
            self.settled.push_back((id, acknowledged));
        }
    }

    fn pick(&self, which: usize, unconfirmed: bool) -> Option<EntryId> {
        let of_state = |id: &&EntryId| matches!(self.timeline.state(**id), State::Unconfirmed(_)) || !unconfirmed;
        let candidates: Vec<_> = self.own.iter().filter(of_state).collect();
        (!candidates.is_empty()).then(|| *candidates[which % candidates.len()])
    }

    fn apply(&mut self, step: Step) {
        let text = |n: u8| -> Arc<str> { n.to_string().into() };
        match step {
            Step::Send(n) => {
                if let Ok(id) = self.timeline.send(text(n)) {
                    self.own.push(id);
                    self.request(id, text(n));
                }
            }
            // One in four is asked of a message that isn't in doubt: nothing may come of it.
            Step::SendAgain(which) => {
                if let Some(id) = self.pick(which, which % 4 != 0)
                    && let Some(text) = self.timeline.send_again(id)
                {
                    self.request(id, text);
                }
            }
            Step::Discard(which) => {
                if let Some(id) = self.pick(which, which % 4 != 0) {
                    let goes = matches!(self.timeline.state(id), State::Unconfirmed(_));
                    self.timeline.discard(id);
                    self.own.retain(|own| *own != id || !goes);
                }
            }
            Step::Other(n) => self.say(text(n)),
            Step::Take { acknowledges_first } => {
                if let Some((attempt, text)) = self.to_server.pop_front() {
                    if acknowledges_first {
                        self.to_page.push_back(ToPage::Ack(attempt));
                        self.say(text);
                    } else {
                        self.say(text);
                        self.to_page.push_back(ToPage::Ack(attempt));
                    }
                }
            }
            Step::Deliver => match self.to_page.pop_front() {
                Some(ToPage::Message(text)) => {
                    self.came.push(text.clone());
                    self.timeline.receive(text);
                }
                Some(ToPage::Ack(attempt)) => self.settle(attempt, true),
                None => {}
            },
            Step::Settle => match self.settled.pop_front() {
                Some((id, true)) => self.timeline.acknowledged(id),
                Some((id, false)) => self.timeline.unacknowledged(id, Doubt::NoAnswer),
                None => {}
            },
            Step::TimeOut => {
                if let Some(&(attempt, _)) = self.awaited.first() {
                    self.settle(attempt, false);
                }
            }
            Step::LoseLink => {
                self.down = true;
                self.to_server.clear();
                self.to_page.clear();
                self.timeline.link_lost();
                for (_, id) in std::mem::take(&mut self.awaited) {
                    self.settled.push_back((id, false));
                }
            }
            Step::Reconnect => self.down = false,
        }
    }

    fn say(&mut self, text: Arc<str>) {
        self.log.push(text.clone());
        if !self.down {
            self.to_page.push_back(ToPage::Message(text));
        }
    }

    /// Lets everything that is under way arrive.
    fn rest(&mut self) {
        while !self.to_server.is_empty() || !self.to_page.is_empty() || !self.settled.is_empty() {
            for step in [Step::Take { acknowledges_first: true }, Step::Deliver, Step::Settle] {
                self.apply(step);
            }
        }
    }

    /// How many messages of this text are shown as arrived.
    fn received(&self, n: u8) -> usize {
        let arrived = self.timeline.entries().filter(|entry| self.timeline.state(entry.id) == State::Received);
        count(&arrived.map(|entry| entry.text.clone()).collect::<Vec<_>>(), n)
    }

    fn own_ids(&self) -> Vec<EntryId> {
        let mut ids: Vec<_> = self.timeline.entries().filter(|entry| entry.own).map(|entry| entry.id).collect();
        ids.sort_unstable();
        ids
    }
}

fn count(texts: &[Arc<str>], n: u8) -> usize {
    let text = n.to_string();
    texts.iter().filter(|other| ***other == *text).count()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn nothing_is_lost_and_nothing_comes_twice(steps in prop::collection::vec(step(), 0..120)) {
        let mut world = World::default();
        for step in steps {
            world.apply(step);
            // Each own message stands in the list once, from when it is sent until it is discarded.
            prop_assert_eq!(world.own_ids(), world.own.clone());
            // Each message that came is in the list: as one of ours, or as another's.
            let others = world.timeline.entries().filter(|entry| !entry.own).count();
            prop_assert!(others <= world.came.len());
            for n in 0..3 {
                let (came, received) = (count(&world.came, n), world.received(n));
                prop_assert!(received >= came, "{n}: {came} came, {received} are shown");
            }
        }
        world.rest();
        // At rest nothing is left hanging, and what is shown as arrived had been said in the room.
        for id in world.own_ids() {
            let state = world.timeline.state(id);
            prop_assert!(matches!(state, State::Received | State::Unconfirmed(_)), "{state:?}");
        }
        for n in 0..3 {
            let (said, received) = (count(&world.log, n), world.received(n));
            prop_assert!(received <= said, "{n}: {said} said, {received} are shown");
        }
    }

    #[test]
    fn on_a_link_that_lives_the_list_is_the_servers(steps in prop::collection::vec(step(), 0..120)) {
        let mut world = World::default();
        let lossless = |step: &Step| !matches!(step, Step::LoseLink | Step::Discard(_));
        for step in steps.into_iter().filter(lossless) {
            world.apply(step);
        }
        world.rest();
        let shown: Vec<_> = world.timeline.entries().map(|entry| entry.text.clone()).collect();
        prop_assert_eq!(&shown, &world.log);
        prop_assert!(world.own_ids().iter().all(|&id| world.timeline.state(id) == State::Received));
    }
}
