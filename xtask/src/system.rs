//! What tests need from the system: a browser that a program can drive, Node with npm, and strace.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use nix::unistd::geteuid;

use crate::process::{command, find, run, step};

/// A browser and the program that drives it, by absolute path.
pub(crate) struct Browser {
    pub(crate) chrome: PathBuf,
    pub(crate) driver: PathBuf,
}

/// What lets a browser run as root and without a screen, and keeps it from calling home.
pub(crate) const CHROME_FLAGS: &str = include_str!("../../tests/chromium.flags");

const CHROME: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const DRIVER: &[&str] = &["chromedriver"];

/// Finds all of it, or installs what is missing by apt.
pub(crate) fn for_tests() -> Result<Browser> {
    let missing = missing()?;
    if !missing.is_empty() {
        install(&missing)?;
    }
    Ok(Browser {
        chrome: chrome()?.context(
            "apt installed a browser that does not run here (Ubuntu's is a stub for a snap). \
             Install Google Chrome or Chromium another way, and set CHROME to its path",
        )?,
        driver: driver()?.context(
            "apt installed a chromedriver that does not run here (Ubuntu's is a stub for a snap). \
             Get the one of your browser's version from https://googlechromelabs.github.io/chrome-for-testing, \
             and set CHROMEDRIVER to its path",
        )?,
    })
}

/// The Debian packages that would bring what is not there.
fn missing() -> Result<Vec<&'static str>> {
    let mut packages = Vec::new();
    if chrome()?.is_none() {
        packages.push("chromium");
    }
    if driver()?.is_none() {
        packages.push("chromium-driver");
    }
    if find("node")?.is_none() {
        packages.push("nodejs");
    }
    if find("npm")?.is_none() {
        packages.push("npm");
    }
    if find("strace")?.is_none() {
        packages.push("strace");
    }
    Ok(packages)
}

fn chrome() -> Result<Option<PathBuf>> {
    named_or_found("CHROME", CHROME)
}

fn driver() -> Result<Option<PathBuf>> {
    named_or_found("CHROMEDRIVER", DRIVER)
}

/// The program that the variable names, which then must run; else the first that is there and does.
fn named_or_found(variable: &str, names: &[&str]) -> Result<Option<PathBuf>> {
    if let Ok(named) = env::var(variable) {
        let program = find(&named)?.with_context(|| format!("{variable} is set to {named}, which does not run"))?;
        return Ok(Some(program));
    }
    for name in names {
        if let Some(program) = find(name)? {
            return Ok(Some(program));
        }
    }
    Ok(None)
}

fn install(packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    if find("apt-get")?.is_none() {
        bail!(
            "tests need these packages (by their Debian names): {list}. There is no apt here: \
             install them your system's way; CHROME and CHROMEDRIVER may name the binaries"
        );
    }
    if !geteuid().is_root() {
        bail!("tests need these packages: {list}. Type `sudo apt-get install {list}` and run this again");
    }
    step(&format!("Installing {list} (apt-get install)"));
    run(&mut command("apt-get", &["update"])?)?;
    for package in packages {
        // Some builds of nodejs have npm inside, and refuse the package.
        if missing()?.contains(package) {
            apt_install(package)
                .with_context(|| format!("tests need {package}. CHROME and CHROMEDRIVER may name other binaries"))?;
        }
    }
    Ok(())
}

fn apt_install(package: &str) -> Result<()> {
    let words = ["install", "--yes", "--no-install-recommends", package];
    let mut apt = command("apt-get", &words)?;
    if package == "chromium" {
        // Without a font a page has no text to click on.
        apt.arg("fonts-liberation");
    }
    run(apt.env("DEBIAN_FRONTEND", "noninteractive"))
}
