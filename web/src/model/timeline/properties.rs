//! Any interleaving, repetition and reordering of what a timeline may be told, against the log that it is told of.

use std::collections::BTreeSet;

use hubbub_shared::chat::request::{Page, Sent};
use hubbub_shared::chat::{MAX_PAGE, Message};
use proptest::prelude::*;

use super::tests::{id, state, timeline, user};
use super::{Key, Marks, Own, OwnState, Row, Side, Timeline, What};
use crate::model::outbox::Failure;

/// How many messages the room has.
const HEAD: u64 = 60;

/// The log: every third message is mine, and they come in clusters of authors and minutes.
fn log() -> Vec<Message> {
    (1..=HEAD)
        .map(|seq| {
            let author = if seq % 3 == 0 { "me" } else { ["ada", "bob"][(seq / 4 % 2) as usize] };
            let at = seq / 5 * 60_000 + seq / 20 * 86_400_000;
            Message { seq, id: id(seq), room: "lobby".into(), author: user(author), text: seq.to_string(), at }
        })
        .collect()
}

#[derive(Debug, Clone)]
enum Step {
    Live(u64, u64),
    Snapshot(u64, u64),
    Ask(u64, bool),
    Sight(usize, bool),
    Enter(u64),
    Sent(u64),
    Failed(u64),
    Retried(u64),
    Mark(u64),
    Disconnected,
    Forget,
}

fn step() -> impl Strategy<Value = Step> {
    let seq = 1..=HEAD;
    let mine = (1..=HEAD / 3).prop_map(|n| n * 3);
    prop_oneof![
        6 => (seq.clone(), 1..8u64).prop_map(|(first, count)| Step::Live(first, count)),
        2 => (seq.clone(), 0..20u64).prop_map(|(head, count)| Step::Snapshot(head, count)),
        3 => (1..6u64, any::<bool>()).prop_map(|(limit, comes)| Step::Ask(limit, comes)),
        2 => (0..8usize, any::<bool>()).prop_map(|(gap, upper)| Step::Sight(gap, upper)),
        4 => mine.clone().prop_map(Step::Enter),
        3 => mine.clone().prop_map(Step::Sent),
        1 => mine.clone().prop_map(Step::Failed),
        1 => mine.prop_map(Step::Retried),
        1 => seq.prop_map(Step::Mark),
        1 => Just(Step::Disconnected),
        1 => Just(Step::Forget),
    ]
}

/// A timeline, its log, and a view that applies every change.
struct World {
    log: Vec<Message>,
    timeline: Timeline,
    view: Vec<Row>,
    now: u64,
    unread: Option<u64>,
}

impl World {
    fn new() -> Self {
        let mut timeline = timeline();
        let view = timeline.watch();
        Self { log: log(), timeline, view, now: 0, unread: None }
    }

    fn slice(&self, first: u64, last: u64) -> Vec<Message> {
        self.log.iter().filter(|message| (first..=last).contains(&message.seq)).cloned().collect()
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Live(first, count) => self.timeline.live(self.slice(first, first + count - 1)),
            Step::Snapshot(head, count) => {
                let messages = self.slice((head + 1).saturating_sub(count), head);
                self.timeline.snapshot(state(head, messages), None);
            }
            Step::Ask(limit, comes) => self.ask(limit, comes),
            Step::Sight(n, upper) => {
                let side = if upper { Side::Upper } else { Side::Lower };
                let gap = self
                    .view
                    .iter()
                    .filter_map(|row| if let What::Gap(gap) = row.what { Some(gap) } else { None })
                    .nth(n);
                if let Some(gap) = gap {
                    self.timeline.gap_in_sight(gap, side);
                }
            }
            Step::Enter(seq) => {
                let Message { id, text, at, .. } = &self.log[seq as usize - 1];
                self.timeline.enter(Own { id: *id, text: text.as_str().into(), at: *at, state: OwnState::Pending });
            }
            Step::Sent(seq) => {
                let at = self.log[seq as usize - 1].at;
                self.timeline.sent(id(seq), Sent { seq, at });
            }
            Step::Failed(seq) => self.timeline.failed(id(seq), Failure::StoreReplaced),
            Step::Retried(seq) => self.timeline.retried(id(seq)),
            Step::Mark(seq) => {
                self.unread = Some(seq);
                self.timeline.mark_unread(self.unread);
            }
            Step::Disconnected => self.timeline.disconnected(),
            Step::Forget => {
                self.unread = None;
                self.timeline.forget();
            }
        }
        for change in self.timeline.take_changes() {
            change.apply(&mut self.view);
        }
    }

    /// What the server answers to the history that is asked for.
    fn ask(&mut self, limit: u64, comes: bool) {
        self.now += 60_000;
        let Some(ask) = self.timeline.ask(self.now) else { return };
        assert_eq!(self.timeline.ask(self.now), None, "one at a time");
        assert!(ask.limit.is_some_and(|limit| (1..=MAX_PAGE).contains(&limit)));
        let messages = match (ask.before, ask.after) {
            (Some(before), None) => self.slice(before.saturating_sub(limit), before - 1),
            (None, Some(after)) => self.slice(after + 1, after + limit),
            both => panic!("{both:?}"),
        };
        if comes {
            self.timeline.page(Page { messages, more: true }, self.now);
        } else {
            self.timeline.no_page(self.now, None);
        }
    }

    fn check(&self) {
        let rows: Vec<_> = self.timeline.rows().collect();
        assert_eq!(self.view, rows, "the changes lead to the rows");
        assert_eq!(self.timeline.len(), rows.len());
        for (position, row) in rows.iter().enumerate() {
            assert_eq!(self.timeline.row(position).as_ref(), Some(row));
        }
        assert_eq!(rows.iter().map(|row| row.key).collect::<BTreeSet<Key>>().len(), rows.len(), "no key twice");

        let mut ids = BTreeSet::new();
        let mut next = 1;
        let mut above: Option<(String, u64)> = None;
        let mut own_began = false;
        for row in &rows {
            let (author, at) = match &row.what {
                What::Gap(gap) => {
                    assert!(!own_began && gap.after + 1 == next && gap.missing() > 0, "{gap:?}");
                    (next, above) = (gap.before, None);
                    assert_eq!(row.marks, Marks::default());
                    continue;
                }
                What::Message(message) => {
                    assert!(!own_began && message.seq == next, "a hole is shown as one");
                    assert_eq!(**message, self.log[next as usize - 1]);
                    next += 1;
                    assert!(ids.insert((message.author.id.clone(), message.id)), "one entry an id");
                    (message.author.id.clone(), message.at)
                }
                What::Own(own) => {
                    own_began = true;
                    assert!(ids.insert(("me".into(), own.id)), "one entry an id");
                    ("me".into(), own.at)
                }
            };
            let same = |unit: u64| above.as_ref().is_some_and(|(_, above)| above / unit == at / unit);
            let marks = Marks {
                begins_day: !same(86_400_000),
                continues: same(60_000) && above.as_ref().is_some_and(|(above, _)| *above == author),
                first_unread: matches!(&row.what, What::Message(m) if author != "me" && self.unread == Some(m.seq - 1)),
            };
            assert_eq!(row.marks, marks, "{row:?}");
            above = Some((author, at));
        }
        assert_eq!(next, self.timeline.head() + 1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn whatever_is_told_in_whatever_order_it_ends_as_the_log(steps in prop::collection::vec(step(), 0..60)) {
        let mut world = World::new();
        for step in &steps {
            world.take(step);
            world.check();
        }
        world.take(&Step::Snapshot(HEAD, 3));
        for _ in 0..HEAD {
            world.take(&Step::Sight(0, false));
            world.take(&Step::Ask(5, true));
        }
        world.check();
        let messages = world.view.iter().filter_map(|row| if let What::Message(m) = &row.what { Some(m) } else { None });
        prop_assert!(messages.map(|message| &**message).eq(&world.log));
        prop_assert_eq!(world.view.len() as u64, HEAD, "nothing of mine is left below");
    }
}
