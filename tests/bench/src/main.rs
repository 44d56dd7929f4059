//! What Hubbub's server costs, beside others: `cargo xtask bench`.
//!
//! It starts each [`contender`] as a process of its own, puts the same [`load`] on all of them, one [row](rows) after the other
//! and several rounds, and [reports](report) what each used of its CPU for it. It is not a test: nothing fails because a figure is
//! bad, and a contender that fails gives a line that says so.

mod contender;
mod load;
mod options;
mod report;
mod rows;

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use tokio::task::LocalSet;
use tokio::time::{Instant, timeout};

use crate::contender::{cpu_of_all_programs, cpu_of_these_programs, source};
use crate::options::{Options, Scale};
use crate::report::machine::Machine;
use crate::report::numbers::thousands;
use crate::report::results::{Measured, Results};
use crate::report::{goals, table};
use crate::rows::figure::Figures;
use crate::rows::{Entrant, Row};

/// How long one entrant may take for one row.
const LIMIT: Duration = Duration::from_secs(90);

/// Files that are open besides the clients' connections.
const OTHER_FILES: u64 = 200;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let options = Options::parse();
    let scale = options.scale();
    // The servers inherit it.
    let files = scale.idle_clients.max(1_000) as u64 + OTHER_FILES;
    let allowed = rlimit::increase_nofile_limit(files)?;
    ensure!(allowed >= files, "{files} files must be allowed to be open, but only {allowed} are (`ulimit -Hn`)");

    let results = LocalSet::new().run_until(run(&options, &scale)).await?;
    let verdicts = goals::judge(&results);
    println!("{}", table::whole(&results, &verdicts));
    let workspace = source("../..");
    let target = std::env::current_exe()?.ancestors().nth(2).context("not in a target folder")?.join("bench");
    report::write_to(&target, &results, &verdicts)?;
    eprintln!("Written to {}", target.display());
    if options.is_whole() {
        report::publish(&workspace, &results, &verdicts)?;
        eprintln!("README.md, docs/bench.md and docs/bench have it too");
    }
    Ok(())
}

async fn run(options: &Options, scale: &Scale) -> Result<Results> {
    let (begin, all, these) = (Instant::now(), cpu_of_all_programs()?, cpu_of_these_programs()?);
    let rows = Row::all().into_iter();
    let mut rows: Vec<_> =
        rows.filter(|row| options.only.is_empty() || options.only.contains(&row.family())).map(Measured::new).collect();
    for round in 0..scale.rounds {
        for measured in &mut rows {
            eprintln!("{}/{}  {}", round + 1, scale.rounds, measured.name);
            // Each is first once.
            let entrants = measured.entrants.len();
            for at in 0..entrants {
                let series = &mut measured.entrants[(at + round) % entrants];
                let outcome = measure(measured.row, series.entrant, scale).await;
                eprintln!("      {}: {}", series.entrant.name(), shown(&outcome));
                series.add(outcome);
            }
        }
    }
    let others = (cpu_of_all_programs()? - all).saturating_sub(cpu_of_these_programs()? - these);
    let machine = Machine::here();
    let elapsed = begin.elapsed().as_secs_f64();
    let others_share = 100.0 * others.as_secs_f64() / elapsed / machine.cores.max(1) as f64;
    Ok(Results { machine, quick: options.quick, minutes: elapsed / 60.0, others_share, rows })
}

async fn measure(row: Row, entrant: Entrant, scale: &Scale) -> Result<Figures> {
    let measuring = row.measure(entrant, scale);
    timeout(LIMIT, measuring).await.with_context(|| format!("not done after {} seconds", LIMIT.as_secs())).flatten()
}

/// What came of it, for who watches.
fn shown(outcome: &Result<Figures>) -> String {
    match outcome {
        Ok(figures) => {
            let figures = figures
                .iter()
                .map(|(figure, value)| format!("{} {}", thousands(*value, figure.digits()), figure.name()));
            figures.collect::<Vec<_>>().join(", ")
        }
        Err(error) => format!("failed: {error:#}"),
    }
}
