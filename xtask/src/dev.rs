//! For developing: a server on port 5000 and, before it, Trunk on port 8080, both fresh after every saved change.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::process::{Background, command, run, step, target_dir};
use crate::{page, tools};

/// Where Trunk.toml sends `/socket.io` and `/api`.
const LISTEN: &str = "127.0.0.1:5000";
/// What the server is made of. Trunk watches the page's own sources.
const SOURCES: [&str; 2] = ["server", "shared"];
/// How often we look.
const TICK: Duration = Duration::from_millis(300);

pub(crate) fn dev() -> Result<()> {
    let asked_to_end = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(&asked_to_end)).context("could not listen for Ctrl-C")?;
    }

    tools::for_the_page()?;
    let mut built = newest_source();
    build_server()?;
    let mut server = start_server()?;
    step("Starting Trunk: the page will be at http://localhost:8080 (Ctrl-C ends all)");
    // Not in `dist`, which holds the release build of the page.
    let mut trunk = Background::start(page::trunk(&["serve"])?.arg("--dist").arg(target_dir()?.join("page-dev")))?;

    loop {
        let alive = server.must_live().and_then(|()| trunk.must_live());
        thread::sleep(TICK);
        // Ctrl-C reaches all three of us: it explains a process that is gone.
        if asked_to_end.load(Ordering::Relaxed) {
            step("Ending the server and Trunk");
            return Ok(());
        }
        alive?;
        let changed = newest_source();
        if changed > built {
            built = changed;
            match build_server() {
                Ok(()) => {
                    drop(server);
                    server = start_server()?;
                }
                Err(error) => eprintln!("{error:#}; the server of before runs on"),
            }
        }
    }
}

fn build_server() -> Result<()> {
    step("Building the server (cargo build)");
    run(&mut command("cargo", &["build", "--package", "hubbub-server"])?)
}

fn start_server() -> Result<Background> {
    step(&format!("Starting the server on {LISTEN}"));
    // Trunk asks by its own name, and says in X-Forwarded-Host what the browser asked for.
    Background::start(Command::new(target_dir()?.join("debug/hubbub")).args(["--listen", LISTEN, "--trust-proxy"]))
}

/// When the youngest source of the server was written.
fn newest_source() -> SystemTime {
    SOURCES.iter().map(|folder| newest_in(Path::new(folder))).max().unwrap_or(SystemTime::UNIX_EPOCH)
}

/// What vanishes while we look is not there: editors save by renaming.
fn newest_in(folder: &Path) -> SystemTime {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let times = entries.filter_map(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return Some(newest_in(&path));
        }
        let extension = path.extension()?;
        if extension != "rs" && extension != "toml" {
            return None;
        }
        fs::metadata(&path).ok()?.modified().ok()
    });
    times.max().unwrap_or(SystemTime::UNIX_EPOCH)
}
