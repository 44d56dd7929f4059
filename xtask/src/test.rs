//! Every test of the workspace: native ones, those that cross process borders, and the client and the page's components in
//! a real browser.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::npm;
use crate::process::{Background, command, find, run, step, target_dir};
use crate::server::{self, Running};
use crate::system::{self, Browser};
use crate::tools::{self, WASM};

const PEERS: &str = "tests/peers";

/// What cargo calls the tests that run in a browser.
pub(crate) const IN_BROWSER: [&str; 12] = [
    "--target",
    WASM,
    "--package",
    "hubbub-client",
    "--test",
    "browser*",
    "--test",
    "conformance",
    "--package",
    "hubbub-web",
    "--test",
    "components",
];

pub(crate) fn test() -> Result<()> {
    let browser = system::for_tests()?;
    npm::install(PEERS)?;
    server::build()?;
    native(&browser)?;
    in_browser(&browser)
}

/// Writes pictures of the page in all its states to a folder.
pub(crate) fn shots(folder: Option<&str>) -> Result<()> {
    let browser = system::for_tests()?;
    npm::install(PEERS)?;
    server::build()?;
    let folder = match folder {
        Some(folder) => std::path::absolute(folder)?,
        None => target_dir()?.join("shots"),
    };
    step(&format!("Writing pictures to {}", folder.display()));
    run(cargo_test(&["--package", "hubbub-tests", "--test", "states", "--", "--ignored", "pictures"], &browser)?
        .env("HUBBUB_SHOTS", folder))
}

fn native(browser: &Browser) -> Result<()> {
    step("Testing the workspace (cargo test --workspace)");
    run(&mut cargo_test(&["--workspace"], browser)?)
}

/// Tests that find the server and the browser by these variables.
fn cargo_test(words: &[&str], browser: &Browser) -> Result<Command> {
    let mut cargo = command("cargo", &[&["test"], words].concat())?;
    cargo.env("HUBBUB_BIN", server::binary()?).env("CHROME", &browser.chrome).env("CHROMEDRIVER", &browser.driver);
    Ok(cargo)
}

/// The tests for WebAssembly, in headless Chromium: `client/tests/browser*.rs` and `client/tests/conformance`, against a real
/// server and a JavaScript peer, and `web/tests/components`, by themselves.
fn in_browser(browser: &Browser) -> Result<()> {
    tools::wasm_bindgen()?;
    // By its path: rustup would find one in the person's own folder first.
    let runner = find("wasm-bindgen-test-runner")?.context("wasm-bindgen-test-runner is gone")?;
    let settings = webdriver_settings(browser)?;
    let server = Running::start()?;
    let peer = ConformancePeer::start()?;
    step(&format!("Testing the client and components in headless Chromium against {} (wasm-bindgen-test)", server.url));
    run(command("cargo", &[&["test"][..], &IN_BROWSER].concat())?
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner)
        // A test in a browser has no environment: it has this from its compiler.
        .env("HUBBUB_TEST_SERVER", &server.url)
        .env("HUBBUB_CONFORMANCE_PEER", &peer.says)
        .env("CHROMEDRIVER", &browser.driver)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", settings)
        // Not Node, also where a test file does not say so.
        .env("WASM_BINDGEN_USE_BROWSER", "1")
        // Seconds for all tests of a file.
        .env("WASM_BINDGEN_TEST_TIMEOUT", "300"))
}

/// The official server and its odd cousins, for the conformance tests, until dropped.
struct ConformancePeer {
    /// Its one line: where it listens.
    says: String,
    /// Holds its standard input, without which it ends.
    _process: Background,
}

impl ConformancePeer {
    fn start() -> Result<Self> {
        let mut node = command("node", &["conformance.mjs"])?;
        let mut process = Background::start(node.current_dir(PEERS).stdin(Stdio::piped()).stdout(Stdio::piped()))?;
        let stdout = process.stdout().context("the peer has no standard output")?;
        let mut says = String::new();
        BufReader::new(stdout).read_line(&mut says).context("could not read what the peer says")?;
        Ok(Self { says: says.trim_end().to_owned(), _process: process })
    }
}

/// Tells the test runner which browser to start, and to start it without calls home.
fn webdriver_settings(browser: &Browser) -> Result<PathBuf> {
    let args: Vec<&str> = system::CHROME_FLAGS.lines().collect();
    let path = target_dir()?.join("webdriver.json");
    // Paths and words print the same in Rust's notation and in JSON's.
    let json = format!(r#"{{"goog:chromeOptions": {{"binary": {:?}, "args": {args:?}}}}}"#, browser.chrome);
    fs::write(&path, json).with_context(|| format!("could not write {}", path.display()))?;
    Ok(path)
}
