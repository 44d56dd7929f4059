//! The server beside others: what each delivers for its CPU, and what else is promised of it.

use anyhow::{Result, bail};

use crate::npm;
use crate::process::{command, find, run, step, target_dir};
use crate::server;

const FOLDER: &str = "tests/bench";

/// Builds everyone who takes part, and measures them.
pub(crate) fn bench(flags: &[&str]) -> Result<()> {
    for program in ["node", "npm"] {
        if find(program)?.is_none() {
            bail!("{program} is missing, on which the original sample runs: install Node.js, with npm");
        }
    }
    npm::install(&format!("{FOLDER}/contenders/node"))?;
    npm::install(&format!("{FOLDER}/page_floor"))?;
    server::build()?;
    step("Building the load generator and who else takes part (cargo build --release)");
    run(&mut command("cargo", &["build", "--release", "--package", "hubbub-bench"])?)?;
    step("Measuring (a whole run takes a quarter of an hour; let nothing else run)");
    run(&mut command(target_dir()?.join("release/hubbub-bench"), flags)?)
}
