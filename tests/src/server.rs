//! The real server, as a process.

use std::path::PathBuf;
use std::process::ExitStatus;

use nix::sys::signal::Signal;
use tokio::process::Command;

use crate::process::{Lines, Process, workspace};
use crate::wait::wait_for;

/// A running `hubbub` on a port of its own. It is killed when this is dropped.
pub struct Server {
    /// Where it is, such as `http://127.0.0.1:1234`.
    pub url: String,
    /// What it logged so far, from level debug on; of the current process, if it was restarted.
    pub log: Lines,
    wrapper: Vec<String>,
    flags: Vec<String>,
    process: Process,
}

impl Server {
    /// Starts one on a free port, and waits until it says where. Unless a flag names a database, it forgets all when it
    /// ends.
    pub async fn start(flags: &[&str]) -> Self {
        Self::start_under(&[], flags).await
    }

    /// As [`start`](Self::start), by another program, which must become the server and not have it for a child.
    pub async fn start_under(wrapper: &[&str], flags: &[&str]) -> Self {
        let (wrapper, flags) = (owned(wrapper), owned(flags));
        let (process, log, url) = launch("127.0.0.1:0", &wrapper, &flags).await;
        Self { url, log, wrapper, flags, process }
    }

    /// Its host and port.
    #[must_use]
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// Ends it as a power failure would.
    pub async fn kill(&mut self) {
        self.signal(Signal::SIGKILL);
        self.exit().await;
    }

    /// Starts it again on the same port, after its end.
    pub async fn restart(&mut self) {
        let address = self.address().to_owned();
        (self.process, self.log, self.url) = launch(&address, &self.wrapper, &self.flags).await;
    }

    /// As [`restart`](Self::restart), with other flags.
    pub async fn restart_with(&mut self, flags: &[&str]) {
        self.flags = owned(flags);
        self.restart().await;
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        self.process.signal(signal);
    }

    /// Waits for its end.
    pub async fn exit(&mut self) -> ExitStatus {
        self.process.exit().await
    }

    /// The bytes of memory that it uses at the moment.
    #[must_use]
    pub fn resident_bytes(&self) -> u64 {
        self.process.resident_bytes()
    }

    /// The id of its process.
    #[must_use]
    pub fn pid(&self) -> i32 {
        self.process.pid().as_raw()
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}

/// The binary, to be started in a way of the test's own.
#[must_use]
pub fn command() -> Command {
    command_under(&[])
}

fn command_under(wrapper: &[String]) -> Command {
    let built = std::env::var_os("HUBBUB_BIN").map_or_else(|| workspace().join("target/release/hubbub"), PathBuf::from);
    assert!(built.is_file(), "there is no server at {}: build it by `cargo xtask build`", built.display());
    let mut command = match wrapper {
        [] => Command::new(built),
        [program, words @ ..] => {
            let mut command = Command::new(program);
            command.args(words).arg(built);
            command
        }
    };
    // What the person who runs the tests has set is not what is tested.
    for (name, _) in std::env::vars_os() {
        if name == "PORT" || name.to_string_lossy().starts_with("HUBBUB_") {
            command.env_remove(name);
        }
    }
    // A test that wants what it says to last names a file by the flag, which wins.
    command.env("HUBBUB_DATABASE", "sqlite::memory:");
    command
}

/// Starts the binary, and gives it with its log and its URL.
async fn launch(listen: &str, wrapper: &[String], flags: &[String]) -> (Process, Lines, String) {
    let mut command = command_under(wrapper);
    command.args(["--listen", listen, "--log", "info,hubbub=debug"]).args(flags);
    let mut process = Process::start(&mut command, "Build it by `cargo xtask build`.");
    let (stdout, log) = (process.stdout(), process.stderr());
    let url = wait_for("the server's address", async || {
        let said = stdout.get().join("\n");
        let url = said.split_whitespace().rfind(|word| word.starts_with("http://")).map(str::to_owned);
        url.ok_or_else(|| format!("{said:?}, and the log: {}", log.last_lines()))
    })
    .await;
    (process, log, url)
}
