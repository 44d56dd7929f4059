//! The texts that the server was asked to echo, and how long each was under way.
//!
//! An echo carries nothing but its text, and echoes come back in the order in which they were asked for: one that comes
//! belongs to the first of the same text that is waited for.

use std::{collections::VecDeque, sync::Arc, time::Duration};

/// How many are kept. Beyond that the oldest is forgotten, back or not.
const MAX_ECHOES: usize = 50;

/// Names one echo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EchoId(u64);

/// One text that was to be echoed.
#[derive(Debug, Clone)]
pub struct Echo {
    /// Its id.
    pub id: EchoId,
    /// What was sent.
    pub text: Arc<str>,
    progress: Progress,
}

/// How far one is, and since when.
#[derive(Debug, Clone, Copy)]
enum Progress {
    Queued,
    UnderWay { since: Duration },
    Over(Outcome),
}

/// What became of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It waits for its namespace to be joined.
    Queued,
    /// It is under way.
    UnderWay,
    /// It came back after this time.
    Back(Duration),
    /// The connection was lost before it came back.
    Lost,
    /// It was never sent, and won't be.
    NotSent,
}

/// The echoes, the latest at the end.
#[derive(Debug, Default)]
pub struct Echoes {
    next_id: u64,
    echoes: VecDeque<Echo>,
}

impl Echoes {
    /// A text is to be sent, as soon as it can be.
    pub fn ask(&mut self, text: Arc<str>) -> EchoId {
        let id = EchoId(self.next_id);
        self.next_id += 1;
        self.echoes.push_back(Echo { id, text, progress: Progress::Queued });
        if self.echoes.len() > MAX_ECHOES {
            self.echoes.pop_front();
        }
        id
    }

    /// The one that is to be sent next. It is until it is said to be sent, or not.
    pub fn next_to_send(&self) -> Option<&Echo> {
        self.echoes.iter().find(|echo| matches!(echo.progress, Progress::Queued))
    }

    /// It was sent, at the time `now`.
    pub fn sent(&mut self, id: EchoId, now: Duration) {
        self.proceed(id, Progress::UnderWay { since: now });
    }

    /// It couldn't be sent.
    pub fn not_sent(&mut self, id: EchoId) {
        self.proceed(id, Progress::Over(Outcome::NotSent));
    }

    /// An echo came, at the time `now`. One that nobody waits for is none.
    pub fn receive(&mut self, text: &str, now: Duration) {
        for echo in self.echoes.iter_mut().filter(|echo| &*echo.text == text) {
            if let Progress::UnderWay { since } = echo.progress {
                echo.progress = Progress::Over(Outcome::Back(now.saturating_sub(since)));
                return;
            }
        }
    }

    /// The link is lost, and with it all that was under way.
    pub fn link_lost(&mut self) {
        for echo in &mut self.echoes {
            if matches!(echo.progress, Progress::UnderWay { .. }) {
                echo.progress = Progress::Over(Outcome::Lost);
            }
        }
    }

    /// There will be no link: what waits for one is not sent any more.
    pub fn refused(&mut self) {
        for echo in &mut self.echoes {
            if matches!(echo.progress, Progress::Queued) {
                echo.progress = Progress::Over(Outcome::NotSent);
            }
        }
    }

    fn proceed(&mut self, id: EchoId, progress: Progress) {
        if let Some(echo) = self.echoes.iter_mut().find(|echo| echo.id == id) {
            echo.progress = progress;
        }
    }

    /// All of them, the latest at the end.
    pub fn iter(&self) -> impl Iterator<Item = &Echo> {
        self.echoes.iter()
    }
}

impl Echo {
    /// What became of it.
    pub fn outcome(&self) -> Outcome {
        match self.progress {
            Progress::Queued => Outcome::Queued,
            Progress::UnderWay { .. } => Outcome::UnderWay,
            Progress::Over(outcome) => outcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn outcome(echoes: &Echoes, id: EchoId) -> Option<Outcome> {
        echoes.iter().find(|echo| echo.id == id).map(Echo::outcome)
    }

    fn send(echoes: &mut Echoes, text: &str, now: Duration) -> EchoId {
        let id = echoes.ask(text.into());
        echoes.sent(id, now);
        id
    }

    #[test]
    fn equal_texts_come_back_in_their_order() {
        let mut echoes = Echoes::default();
        let first = send(&mut echoes, "a", MS);
        let other = send(&mut echoes, "b", 2 * MS);
        let second = send(&mut echoes, "a", 3 * MS);
        echoes.receive("a", 5 * MS);
        assert_eq!(outcome(&echoes, first), Some(Outcome::Back(4 * MS)));
        assert_eq!(outcome(&echoes, second), Some(Outcome::UnderWay));
        echoes.receive("a", 6 * MS);
        assert_eq!(outcome(&echoes, second), Some(Outcome::Back(3 * MS)));
        echoes.receive("a", 7 * MS);
        echoes.receive("c", 7 * MS);
        assert_eq!(outcome(&echoes, other), Some(Outcome::UnderWay));
    }

    #[test]
    fn what_waits_to_be_sent_is_not_timed_and_goes_in_order() {
        let mut echoes = Echoes::default();
        let ids = ["a", "b"].map(|text| echoes.ask(text.into()));
        // The link on which nothing was sent yet takes nothing with it.
        echoes.link_lost();
        for (id, now) in ids.into_iter().zip([5 * MS, 6 * MS]) {
            assert_eq!(echoes.next_to_send().map(|echo| echo.id), Some(id));
            echoes.sent(id, now);
        }
        assert!(echoes.next_to_send().is_none());
        echoes.receive("b", 8 * MS);
        assert_eq!(ids.map(|id| outcome(&echoes, id)), [Outcome::UnderWay, Outcome::Back(2 * MS)].map(Some));
    }

    #[test]
    fn what_is_lost_or_never_sent_does_not_come_back() {
        let mut echoes = Echoes::default();
        let back = send(&mut echoes, "a", MS);
        echoes.receive("a", 2 * MS);
        let lost = send(&mut echoes, "a", 3 * MS);
        echoes.link_lost();
        let unsent = echoes.ask("a".into());
        echoes.not_sent(unsent);
        let refused = echoes.ask("a".into());
        echoes.refused();
        let again = send(&mut echoes, "a", 5 * MS);
        echoes.receive("a", 6 * MS);
        let outcomes = [back, lost, unsent, refused, again].map(|id| outcome(&echoes, id));
        let expected = [Outcome::Back(MS), Outcome::Lost, Outcome::NotSent, Outcome::NotSent, Outcome::Back(MS)];
        assert_eq!(outcomes, expected.map(Some), "only what is sent on this link is waited for");
    }

    proptest! {
        #[test]
        fn however_many_come_and_go_the_latest_are_kept_and_each_comes_back_once(
            steps in prop::collection::vec((0..6u8, "[ab]"), 0..300),
        ) {
            let (mut echoes, mut asked, mut came) = (Echoes::default(), Vec::new(), 0);
            for (now, (step, text)) in (0..).map(Duration::from_secs).zip(steps) {
                match step {
                    0 => asked.push(echoes.ask(text.as_str().into())),
                    1 | 2 => asked.push(send(&mut echoes, &text, now)),
                    3 => {
                        echoes.receive(&text, now);
                        came += 1;
                    }
                    4 => echoes.refused(),
                    _ => echoes.link_lost(),
                }
            }
            let shown: Vec<_> = echoes.iter().map(|echo| echo.id).collect();
            let expected = &asked[asked.len().saturating_sub(MAX_ECHOES)..];
            prop_assert_eq!(shown, expected);
            let back = echoes.iter().filter(|echo| matches!(echo.outcome(), Outcome::Back(_))).count();
            prop_assert!(back <= came);
        }
    }
}
