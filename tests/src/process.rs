//! A child process whose lines can be waited for.

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use nix::sys::signal::{self, Signal};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};

use crate::wait::{wait_for, within_limit};

/// The workspace's folder.
#[must_use]
pub fn workspace() -> PathBuf {
    let tests = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    tests.parent().map(PathBuf::from).unwrap_or(tests)
}

/// A running program. It is killed when this is dropped.
pub struct Process {
    pub child: Child,
    name: String,
}

impl Process {
    /// Starts it with pipes on all three ends.
    ///
    /// # Panics
    /// When it can't be started; `hint` then says what to do.
    #[must_use]
    pub fn start(command: &mut Command, hint: &str) -> Self {
        let name = command.as_std().get_program().to_string_lossy().into_owned();
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child =
            pipes.kill_on_drop(true).spawn().unwrap_or_else(|error| panic!("can't start {name}: {error}. {hint}"));
        Self { child, name }
    }

    /// What it says on standard output. To be asked for once.
    pub fn stdout(&mut self) -> Lines {
        Lines::of(self.child.stdout.take().expect("asked for once"))
    }

    /// What it says on standard error. To be asked for once.
    pub fn stderr(&mut self) -> Lines {
        Lines::of(self.child.stderr.take().expect("asked for once"))
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        signal::kill(self.pid(), signal).expect("the process is there");
    }

    /// Waits for its end.
    pub async fn exit(&mut self) -> ExitStatus {
        within_limit(&format!("the end of {}", self.name), self.child.wait()).await.expect("a child can be waited for")
    }

    /// The bytes of memory that it uses at the moment.
    #[must_use]
    pub fn resident_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).expect("the process is there");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("Linux says so");
        let kib: u64 = line.trim().trim_end_matches("kB").trim().parse().expect("Linux says so in kB");
        kib * 1024
    }

    /// Its id, while it runs.
    #[must_use]
    pub fn pid(&self) -> Pid {
        let id = self.child.id().unwrap_or_else(|| panic!("{} has ended", self.name));
        Pid::from_raw(id.cast_signed())
    }
}

/// All lines that a process has said so far. Its clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Lines(Arc<Mutex<Vec<String>>>);

impl Lines {
    fn of(stream: impl AsyncRead + Unpin + Send + 'static) -> Self {
        let lines = Self::default();
        let collected = lines.clone();
        tokio::spawn(async move {
            let mut stream = BufReader::new(stream).lines();
            while let Ok(Some(line)) = stream.next_line().await {
                collected.get().push(line);
            }
        });
        lines
    }

    /// The lines, which don't grow while this is held.
    pub fn get(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Those that have all these parts.
    #[must_use]
    pub fn with(&self, parts: &[&str]) -> Vec<String> {
        self.get().iter().filter(|line| parts.iter().all(|part| line.contains(part))).cloned().collect()
    }

    /// Waits for a line that has all these parts.
    pub async fn wait_for(&self, parts: &[&str]) -> String {
        wait_for(&format!("a line with {parts:?}"), async || match self.with(parts).into_iter().next() {
            Some(line) => Ok(line),
            None => Err(self.last_lines()),
        })
        .await
    }

    /// The end of it all, for messages of failures.
    #[must_use]
    pub fn last_lines(&self) -> String {
        let lines = self.get();
        let from = lines.len().saturating_sub(20);
        format!("{} lines, the last ones:\n{}", lines.len(), lines[from..].join("\n"))
    }
}
