//! The figures as Markdown.

use std::fmt::Write;

use super::goals::Verdict;
use super::results::{Measured, Results, Series};
use crate::rows::Family;
use crate::rows::figure::Figure;

const COMMAND: &str = "cargo xtask bench";

const FAMILIES: [(Family, &str); 8] = [
    (Family::Classic, "Classic broadcast"),
    (Family::Chat, "`/chat`, durable"),
    (Family::Sends, "Acknowledged durable sends"),
    (Family::Connect, "Connecting"),
    (Family::Idle, "Memory of an idle client"),
    (Family::Sync, "`sync` after an outage"),
    (Family::Start, "Start"),
    (Family::Size, "Size"),
];

const HOW: &str = "\
Each server is a process of its own and is charged with its own CPU seconds, user and system, from the first message \
of the measured time until the last has arrived; a warm-up comes before. All are driven by the same load generator, one \
after the other in each round, with another one first each time. A figure is the median of the rounds, with the least and the most in \
brackets; a ratio is that of the medians, with the spread of the rounds' own ratios. A latency is from before a client writes \
to after another has read, every delivery counts for itself, and so does every message of an event that carries many. Order and \
gaps are checked for each client while it is measured. In a closed loop five clients say the next thing when they get their own last one back; \
at a fixed pace the senders take turns, evenly in time. Hubbub runs with its default settings but for the rate limits, \
which are off; it keeps all on the disk, which nobody else does.";

const NOT_MEASURED: &str = "\
**What was not measured:** a network (all runs on one machine, where the load generator takes its share of the cores and of \
the processor's caches, and latencies have its own work in them), TLS, long polling, compression, other disks and file systems, \
more clients than these, more than one process or a cluster of any of them, other settings or native add-ons of Node's server, runs \
of hours, and what people at a browser feel. The others keep nothing, and have no rooms, no users and no acknowledgement by the disk: what \
they would cost with it was not measured either. Where the generator had most of a core, the server could \
perhaps have delivered more a second; what it delivers per CPU second is hardly touched by that.";

/// All that was measured.
pub(crate) fn whole(results: &Results, verdicts: &[Verdict]) -> String {
    let mut text = format!("{}\n\n{HOW}\n\n", made_by(results));
    if results.quick {
        text += "**A quick run, to try: nothing can be learned from these figures.**\n\n";
    }
    let _ = write!(text, "## Goals\n\n{}\n", goals(verdicts));
    for (family, title) in FAMILIES {
        let rows: Vec<&Measured> = results.rows.iter().filter(|measured| measured.family == family).collect();
        if !rows.is_empty() {
            let _ = write!(text, "## {title}\n\n{}\n", table(&rows));
        }
    }
    let failures: String = results.rows.iter().flat_map(failures).collect();
    if !failures.is_empty() {
        let _ = write!(text, "## What failed\n\n{failures}\n");
    }
    text + NOT_MEASURED + "\n"
}

/// What belongs into the README.
pub(crate) fn short(results: &Results, verdicts: &[Verdict]) -> String {
    format!(
        "{}\n\n![Deliveries per CPU second](docs/bench/chart.svg)\n\n{}\n[All figures](docs/bench.md), how they were \
         taken, and what was not measured.",
        made_by(results),
        goals(verdicts)
    )
}

fn made_by(results: &Results) -> String {
    let machine = &results.machine;
    format!(
        "Made by `{COMMAND}` in {:.0} minutes on {} cores ({}, {}), with rustc {}, Node {}, socket.io {} and socketioxide \
         {}. Other programs took {:.1} % of the machine meanwhile.",
        results.minutes,
        machine.cores,
        machine.processor,
        machine.kernel,
        machine.rustc,
        machine.node,
        machine.socket_io,
        machine.socketioxide,
        results.others_share
    )
}

fn goals(verdicts: &[Verdict]) -> String {
    let mut text = "| | goal | figure | |\n|---|---|---|---|\n".to_owned();
    for Verdict { what, goal, figure, met } in verdicts {
        let met = match met {
            Some(true) => "met",
            Some(false) => "**not met**",
            None => "not measured",
        };
        let _ = writeln!(text, "| {what} | {goal} | {figure} | {met} |");
    }
    text
}

fn table(rows: &[&Measured]) -> String {
    let mut figures: Vec<Figure> =
        rows.iter().flat_map(|row| &row.entrants).flat_map(|series| series.figures.keys().copied()).collect();
    figures.sort_unstable();
    figures.dedup();
    let heads: String = figures.iter().map(|figure| format!(" {} |", figure.name())).collect();
    let mut text = format!("| | |{heads}\n|---|---|{}\n", "---:|".repeat(figures.len()));
    for row in rows {
        for (at, series) in row.entrants.iter().enumerate() {
            let name = if at == 0 { &row.name } else { "" };
            let _ = writeln!(text, "| {name} | {} |{}", series.entrant.name(), cells(series, &figures));
        }
    }
    text
}

fn cells(series: &Series, figures: &[Figure]) -> String {
    if series.figures.is_empty() {
        return " **failed** |".to_owned() + &" |".repeat(figures.len().saturating_sub(1));
    }
    let shown = |figure: &Figure| series.spread(*figure).map_or(String::new(), |spread| spread.show(figure.digits()));
    figures.iter().map(|figure| format!(" {} |", shown(figure))).collect()
}

fn failures(measured: &Measured) -> Vec<String> {
    let of = |series: &Series| -> Vec<String> {
        let who = series.entrant.name();
        series.failures.iter().map(|why| format!("- {}, {who}: {why}\n", measured.name)).collect()
    };
    measured.entrants.iter().flat_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::Row;

    #[test]
    fn a_table_has_a_line_for_each_entrant_and_says_who_failed() {
        let mut sends = Measured::new(Row::Sends(16));
        sends.entrants[0].add(Err(anyhow::anyhow!("no connection")));
        sends.entrants[1].add(Ok(vec![(Figure::SendsPerSecond, 3_000.0)]));
        sends.entrants[1].add(Ok(vec![(Figure::SendsPerSecond, 4_000.0)]));
        let expected = "\
            | | | per second |\n|---|---|---:|\n\
            | 16 writers | Hubbub, `/chat` | **failed** |\n\
            |  | the disk alone | 3,500 (3,000–4,000) |\n";
        assert_eq!(table(&[&sends]), expected);
        assert_eq!(failures(&sends), ["- 16 writers, Hubbub, `/chat`: no connection\n"]);
    }

    #[test]
    fn goals_say_whether_they_are_met() {
        let verdict = |met| Verdict { what: "x", goal: "at most 2 ms".into(), figure: "3 ms".into(), met };
        let text = goals(&[verdict(Some(true)), verdict(Some(false)), verdict(None)]);
        let last: Vec<_> = text.lines().skip(2).map(|line| line.rsplit(" | ").next().unwrap()).collect();
        assert_eq!(last, ["met |", "**not met** |", "not measured |"]);
    }
}
