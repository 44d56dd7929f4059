//! The page: Trunk compiles `web` to WebAssembly and lays it out, `split` cuts it, and what comes of it is `dist`, from
//! which the server's build takes it.
//!
//! Trunk writes every file anew each time, and cargo goes by the time of a file: the server would be linked again for
//! nothing. So Trunk builds beside, and `dist` changes only when its content does.

use std::path::Path;
use std::process::Command;
use std::{fs, io};

use anyhow::{Context, Result};

use crate::files::files;
use crate::process::{command, run, step, target_dir};
use crate::split::split;
use crate::tools;

const DIST: &str = "dist";

/// Leaves the release build of the page in `dist`.
pub(crate) fn build() -> Result<()> {
    tools::for_the_page()?;
    step("Building the page (trunk build --release)");
    let staging = target_dir()?.join("page");
    // Standard output is for the one line that the server says.
    run(trunk(&["build", "--release", "--features", "split"])?.arg("--dist").arg(&staging).stdout(io::stderr()))?;
    split(&staging)?;
    publish(&staging, Path::new(DIST)).context("could not copy the page to dist")
}

/// Trunk. It downloads nothing: it finds wasm-bindgen on the PATH in the version it wants, and index.html turns off
/// wasm-opt, which would take some 2 % off the compressed size.
pub(crate) fn trunk(args: &[&str]) -> Result<Command> {
    let mut trunk = command("trunk", args)?;
    trunk.arg("--skip-version-check");
    if std::env::var_os("NO_COLOR").is_some() {
        // Any value means yes, but Trunk takes no other word for it.
        trunk.env("NO_COLOR", "true");
    }
    Ok(trunk)
}

/// Makes `dist` a copy of `staging`, and touches nothing if it is one.
fn publish(staging: &Path, dist: &Path) -> Result<()> {
    let page = files(staging)?;
    if dist.is_dir() && files(dist)? == page {
        return Ok(());
    }
    if dist.exists() {
        fs::remove_dir_all(dist)?;
    }
    for (path, content) in page {
        let path = dist.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, content)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn publishing_the_same_page_touches_nothing() -> Result<()> {
        let folder = std::env::temp_dir().join(format!("hubbub-xtask-{}", std::process::id()));
        let (staging, dist) = (folder.join("staging"), folder.join("dist"));
        fs::create_dir_all(staging.join("deep"))?;
        fs::write(staging.join("index.html"), "one")?;
        fs::write(staging.join("deep/app.js"), "two")?;

        publish(&staging, &dist)?;
        assert_eq!(files(&dist)?, files(&staging)?);

        let published = SystemTime::UNIX_EPOCH;
        fs::File::options().write(true).open(dist.join("index.html"))?.set_modified(published)?;
        publish(&staging, &dist)?;
        assert_eq!(fs::metadata(dist.join("index.html"))?.modified()?, published);

        fs::remove_file(staging.join("deep/app.js"))?;
        publish(&staging, &dist)?;
        assert!(!dist.join("deep/app.js").exists());
        fs::remove_dir_all(folder)?;
        Ok(())
    }
}
