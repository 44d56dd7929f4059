//! Lighthouse, by which the release build of the page is measured as on a slow phone and on a desktop.
//!
//! It has a folder of its own, since it is large, and only this command needs it.

use anyhow::Result;

use crate::npm;
use crate::process::{command, run, step};
use crate::server::{self, Running};
use crate::system;

const FOLDER: &str = "tests/lighthouse";

/// Measures the page of the server as it is built. What doesn't depend on the machine must be perfect.
pub(crate) fn lighthouse() -> Result<()> {
    let browser = system::for_tests()?;
    server::build()?;
    npm::install(FOLDER)?;
    let server = Running::start()?;
    step(&format!("Measuring the page of {} (Lighthouse)", server.url));
    run(command("node", &["measure.mjs", &server.url])?.current_dir(FOLDER).env("CHROME_PATH", &browser.chrome))
}
