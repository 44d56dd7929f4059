//! What was promised, beside what came out.

use super::numbers::{Spread, thousands};
use super::results::Results;
use crate::rows::broadcast::{BUSY_CHAT, CLASSIC, HALL, QUIET_CHAT};
use crate::rows::figure::Figure;
use crate::rows::{Entrant, Family, Row};

/// A promise about some figure.
struct Goal {
    what: &'static str,
    bound: Bound,
    /// What is written behind the figure.
    unit: &'static str,
    digits: usize,
    figure: Option<Spread>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

/// A promise, and what became of it.
#[derive(Debug, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) what: &'static str,
    pub(crate) goal: String,
    pub(crate) figure: String,
    /// None if there is no figure.
    pub(crate) met: Option<bool>,
}

/// What can be said of this run.
pub(crate) fn judge(results: &Results) -> Vec<Verdict> {
    goals(results).into_iter().map(Goal::judge).chain([nothing_lost(results)]).collect()
}

fn goals(results: &Results) -> Vec<Goal> {
    use Bound::{AtLeast, AtMost};
    use Figure::*;
    let [classic, hall, busy, quiet] = [CLASSIC, HALL, BUSY_CHAT, QUIET_CHAT].map(Row::Broadcast);
    let ratio = |figure, of: (Row, Entrant), to: (Row, Entrant)| {
        let [of, to] = [of, to].map(|(row, entrant)| Some(results.series(row, entrant)?.repeats(figure)));
        Spread::ratio(of?, to?)
    };
    let value = |row, entrant, figure| results.series(row, entrant)?.spread(figure);
    let times = |what, bound, figure| Goal { what, bound, unit: " times", digits: 2, figure };
    let per_cpu = DeliveriesPerCpuSecond;
    vec![
        times(
            "classic broadcast, 1,000 clients in a closed loop, beside socket.io on Node",
            AtLeast(2.5),
            ratio(per_cpu, (classic, Entrant::HUBBUB), (classic, Entrant::NODE)),
        ),
        times("the same, the worst of its rows", AtLeast(2.5), worst(results, Entrant::NODE)),
        times(
            "classic broadcast, 1,000 clients in a closed loop, beside the dozen lines of socketioxide",
            AtLeast(0.95),
            ratio(per_cpu, (classic, Entrant::HUBBUB), (classic, Entrant::SOCKETIOXIDE)),
        ),
        times("the same, the worst of its rows", AtLeast(0.95), worst(results, Entrant::SOCKETIOXIDE)),
        times(
            "`/chat`, durable, 1,000 messages a second, beside Node's classic broadcast",
            AtLeast(20.0),
            ratio(per_cpu, (busy, Entrant::Chat), (classic, Entrant::NODE)),
        ),
        times(
            "the same beside the WebSocket alone",
            AtLeast(5.0),
            ratio(per_cpu, (busy, Entrant::Chat), (classic, Entrant::WEBSOCKET)),
        ),
        times("its p99 beside Node's", AtMost(1.0), ratio(Latency99, (busy, Entrant::Chat), (classic, Entrant::NODE))),
        times(
            "`/chat`, durable, 10 messages a second, beside the dozen lines at the same pace",
            AtLeast(0.9),
            ratio(per_cpu, (quiet, Entrant::Chat), (quiet, Entrant::SOCKETIOXIDE)),
        ),
        times(
            "p99 with 500 clients and 50 messages a second, beside the WebSocket alone",
            AtMost(1.2),
            ratio(Latency99, (hall, Entrant::HUBBUB), (hall, Entrant::WEBSOCKET)),
        ),
        Goal {
            what: "acknowledged durable sends, 256 writers",
            bound: AtLeast(25_000.0),
            unit: " a second",
            digits: 0,
            figure: value(Row::Sends(256), Entrant::Chat, SendsPerSecond),
        },
        Goal {
            what: "acknowledged durable sends, 1 writer",
            bound: AtLeast(2_000.0),
            unit: " a second",
            digits: 0,
            figure: value(Row::Sends(1), Entrant::Chat, SendsPerSecond),
        },
        Goal {
            what: "memory of an idle client on `/`",
            bound: AtMost(18.0),
            unit: " KiB",
            digits: 1,
            figure: value(Row::Idle, Entrant::HUBBUB, MemoryPerClient),
        },
        Goal {
            what: "memory of an idle client on `/chat`",
            bound: AtMost(18.0),
            unit: " KiB",
            digits: 1,
            figure: value(Row::Idle, Entrant::Chat, MemoryPerClient),
        },
        Goal {
            what: "1,000 clients healed by `sync`",
            bound: AtMost(2_000.0),
            unit: " ms",
            digits: 0,
            figure: value(Row::Healing, Entrant::Chat, Healed),
        },
        Goal {
            what: "start to the first byte",
            bound: AtMost(100.0),
            unit: " ms",
            digits: 0,
            figure: value(Row::Start, Entrant::HUBBUB, Start),
        },
        Goal {
            what: "binary, with the page inside",
            bound: AtMost(20.0),
            unit: " MB",
            digits: 1,
            figure: value(Row::BinarySize, Entrant::HUBBUB, Binary),
        },
    ]
}

/// How many times as much the classic broadcast delivers for the same CPU as another's, where it is least.
fn worst(results: &Results, other: Entrant) -> Option<Spread> {
    let figure = Figure::DeliveriesPerCpuSecond;
    let classic = results.rows.iter().filter(|measured| measured.family == Family::Classic);
    let ratios = classic.filter_map(|measured| {
        Spread::ratio(measured.of(Entrant::HUBBUB)?.repeats(figure), measured.of(other)?.repeats(figure))
    });
    ratios.min_by(|one, other| one.median.total_cmp(&other.median))
}

/// Of us, in all rows together.
fn nothing_lost(results: &Results) -> Verdict {
    let all = results.rows.iter().flat_map(|measured| &measured.entrants);
    let ours: Vec<_> = all.filter(|series| matches!(series.entrant, Entrant::HUBBUB | Entrant::Chat)).collect();
    let sum = |figure| ours.iter().flat_map(|series| series.repeats(figure)).flatten().sum::<f64>();
    let (drops, out_of_order) = (sum(Figure::Drops), sum(Figure::OutOfOrder));
    let failures: usize = ours.iter().map(|series| series.failures.len()).sum();
    Verdict {
        what: "Hubbub's drops, messages out of order, and rounds that failed, in all rows",
        goal: "none".to_owned(),
        figure: format!("{drops:.0}, {out_of_order:.0}, {failures}"),
        met: Some(drops == 0.0 && out_of_order == 0.0 && failures == 0),
    }
}

impl Goal {
    fn judge(self) -> Verdict {
        let Self { what, bound, unit, digits, figure } = self;
        let (words, limit) = match bound {
            Bound::AtLeast(limit) => ("at least", limit),
            Bound::AtMost(limit) => ("at most", limit),
        };
        let shown_limit = if limit < 1_000.0 { limit.to_string() } else { thousands(limit, 0) };
        let is_met = |figure: Spread| match bound {
            Bound::AtLeast(limit) => figure.median >= limit,
            Bound::AtMost(limit) => figure.median <= limit,
        };
        Verdict {
            what,
            goal: format!("{words} {shown_limit}{unit}"),
            figure: figure.map_or("no figure".to_owned(), |figure| format!("{}{unit}", figure.show(digits))),
            met: figure.map(is_met),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goal(bound: Bound, median: f64) -> Goal {
        Goal { what: "x", bound, unit: " ms", digits: 1, figure: Some(Spread { median, min: 1.0, max: 9.0 }) }
    }

    #[test]
    fn the_median_decides() {
        let verdict = goal(Bound::AtLeast(2.5), 2.5).judge();
        assert_eq!((&*verdict.goal, &*verdict.figure), ("at least 2.5 ms", "2.5 (1.0–9.0) ms"));
        for (bound, median, met) in [
            (Bound::AtLeast(2.5), 2.5, true),
            (Bound::AtLeast(2.5), 2.49, false),
            (Bound::AtMost(2.5), 2.5, true),
            (Bound::AtMost(2.5), 2.51, false),
        ] {
            assert_eq!(goal(bound, median).judge().met, Some(met), "{bound:?} {median}");
        }
        let unmeasured = Goal { figure: None, ..goal(Bound::AtMost(2_000.0), 1.0) }.judge();
        assert_eq!((&*unmeasured.goal, unmeasured.met), ("at most 2,000 ms", None));
    }
}
