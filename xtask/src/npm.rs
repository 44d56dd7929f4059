//! What tests need from npm.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use anyhow::{Context, Result};

use crate::process::{command, run, step};

/// Installs a folder's packages as its lock file has them, unless they are there.
pub(crate) fn install(folder: &str) -> Result<()> {
    let path = Path::new(folder);
    let changed = |file| fs::metadata(path.join(file)).and_then(|file| file.modified());
    let locked: SystemTime =
        changed("package-lock.json").with_context(|| format!("no package-lock.json in {folder}"))?;
    // npm writes this file last.
    if changed("node_modules/.package-lock.json").is_ok_and(|installed| installed >= locked) {
        return Ok(());
    }
    step(&format!("Installing JavaScript (npm ci in {folder})"));
    run(command("npm", &["ci", "--no-audit", "--no-fund"])?.current_dir(path))
}
