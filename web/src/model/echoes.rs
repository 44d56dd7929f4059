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
    sent_at: Duration,
    outcome: Outcome,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is under way.
    Waiting,
    /// It came back after this time.
    Back(Duration),
    /// The connection was lost before it came back.
    Lost,
    /// It was never sent.
    NotSent,
}

/// The echoes, the latest first.
#[derive(Debug, Default)]
pub struct Echoes {
    next_id: u64,
    latest_first: VecDeque<Echo>,
}

impl Echoes {
    /// A text is about to be sent, at the time `now`.
    pub fn send(&mut self, text: Arc<str>, now: Duration) -> EchoId {
        let id = EchoId(self.next_id);
        self.next_id += 1;
        self.latest_first.push_front(Echo { id, text, sent_at: now, outcome: Outcome::Waiting });
        self.latest_first.truncate(MAX_ECHOES);
        id
    }

    /// It couldn't be sent.
    pub fn not_sent(&mut self, id: EchoId) {
        if let Some(echo) = self.latest_first.iter_mut().find(|echo| echo.id == id) {
            echo.outcome = Outcome::NotSent;
        }
    }

    /// An echo came, at the time `now`. One that nobody waits for is none.
    pub fn receive(&mut self, text: &str, now: Duration) {
        let waiting = |echo: &&mut Echo| echo.outcome == Outcome::Waiting && &*echo.text == text;
        if let Some(echo) = self.latest_first.iter_mut().rev().find(waiting) {
            echo.outcome = Outcome::Back(now.saturating_sub(echo.sent_at));
        }
    }

    /// The link is lost, and with it all that was under way.
    pub fn link_lost(&mut self) {
        for echo in self.latest_first.iter_mut().filter(|echo| echo.outcome == Outcome::Waiting) {
            echo.outcome = Outcome::Lost;
        }
    }

    /// All of them, the latest first.
    pub fn iter(&self) -> impl Iterator<Item = &Echo> {
        self.latest_first.iter()
    }

    /// What became of one, unless it is forgotten.
    pub fn outcome(&self, id: EchoId) -> Option<Outcome> {
        self.latest_first.iter().find(|echo| echo.id == id).map(|echo| echo.outcome)
    }
}

/// A round trip to three digits: `0.42 ms`, `87.1 ms`, `1.25 s`.
pub fn round_trip(time: Duration) -> String {
    // In whole numbers: what it takes to print a float would be a tenth of the page.
    match time.as_micros() {
        micros @ 0..9_995 => decimal((micros + 5) / 10, 100, "ms"),
        micros @ 9_995..99_950 => decimal((micros + 50) / 100, 10, "ms"),
        micros @ 99_950..999_500 => format!("{} ms", (micros + 500) / 1_000),
        micros => decimal((micros + 5_000) / 10_000, 100, "s"),
    }
}

/// `number` of `parts` each, as a decimal fraction with a unit.
fn decimal(number: u128, parts: u128, unit: &str) -> String {
    let digits = parts.ilog10() as usize;
    format!("{}.{:0digits$} {unit}", number / parts, number % parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn equal_texts_come_back_in_their_order() {
        let mut echoes = Echoes::default();
        let first = echoes.send("a".into(), MS);
        let other = echoes.send("b".into(), 2 * MS);
        let second = echoes.send("a".into(), 3 * MS);
        echoes.receive("a", 5 * MS);
        assert_eq!(echoes.outcome(first), Some(Outcome::Back(4 * MS)));
        assert_eq!(echoes.outcome(second), Some(Outcome::Waiting));
        echoes.receive("a", 6 * MS);
        assert_eq!(echoes.outcome(second), Some(Outcome::Back(3 * MS)));
        echoes.receive("a", 7 * MS);
        echoes.receive("c", 7 * MS);
        assert_eq!(echoes.outcome(other), Some(Outcome::Waiting));
    }

    #[test]
    fn what_is_lost_or_never_sent_does_not_come_back() {
        let mut echoes = Echoes::default();
        let back = echoes.send("a".into(), MS);
        echoes.receive("a", 2 * MS);
        let lost = echoes.send("a".into(), 3 * MS);
        echoes.link_lost();
        let unsent = echoes.send("a".into(), 4 * MS);
        echoes.not_sent(unsent);
        let again = echoes.send("a".into(), 5 * MS);
        echoes.receive("a", 6 * MS);
        let outcomes = [back, lost, unsent, again].map(|id| echoes.outcome(id));
        assert_eq!(
            outcomes,
            [Outcome::Back(MS), Outcome::Lost, Outcome::NotSent, Outcome::Back(MS)].map(Some),
            "only what is sent on this link is waited for"
        );
    }

    #[test]
    fn round_trips_have_three_digits() {
        for (micros, expected) in [
            (0, "0.00 ms"),
            (420, "0.42 ms"),
            (4, "0.00 ms"),
            (1_050, "1.05 ms"),
            (9_994, "9.99 ms"),
            (9_996, "10.0 ms"),
            (99_940, "99.9 ms"),
            (99_960, "100 ms"),
            (999_600, "1.00 s"),
            (12_345_678, "12.35 s"),
        ] {
            assert_eq!(round_trip(Duration::from_micros(micros)), expected);
        }
    }

    proptest! {
        #[test]
        fn however_many_come_and_go_the_latest_are_kept_and_each_comes_back_once(
            steps in prop::collection::vec((0..4u8, "[ab]"), 0..300),
        ) {
            let (mut echoes, mut sent, mut came) = (Echoes::default(), Vec::new(), 0);
            for (now, (step, text)) in (0..).map(Duration::from_secs).zip(steps) {
                match step {
                    0 | 1 => sent.push(echoes.send(text.as_str().into(), now)),
                    2 => {
                        echoes.receive(&text, now);
                        came += 1;
                    }
                    _ => echoes.link_lost(),
                }
            }
            let shown: Vec<_> = echoes.iter().map(|echo| echo.id).collect();
            let expected: Vec<_> = sent.iter().rev().take(MAX_ECHOES).copied().collect();
            prop_assert_eq!(shown, expected);
            let back = echoes.iter().filter(|echo| matches!(echo.outcome, Outcome::Back(_))).count();
            prop_assert!(back <= came);
        }
    }
}
