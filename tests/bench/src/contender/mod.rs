//! Those who are compared: each a program that says `chat_message` to all, started as a process of its own.

mod usage;

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use nix::unistd::Pid;
use serde::Serialize;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::{Instant, sleep, timeout};

pub(crate) use self::usage::{cpu_of_all_programs, cpu_of_these_programs, own_cpu};

/// How long a program may take to say where it listens.
const START: Duration = Duration::from_secs(20);

/// Connections end a moment before their program does.
const LAST_BREATH: Duration = Duration::from_millis(200);

/// A program to be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Contender {
    /// Ours: durable, and in one order for everybody.
    Hubbub,
    /// The original sample, `contenders/node/server.js`.
    Node,
    /// `contenders/socketioxide.rs`.
    Socketioxide,
    /// `contenders/websocket.rs`: no Socket.IO at all.
    WebSocket,
}

impl Contender {
    /// What is started.
    pub(crate) fn program(self) -> Result<PathBuf> {
        let built = std::env::current_exe()?;
        match self {
            Self::Hubbub => Ok(std::env::var_os("HUBBUB_BIN").map_or(built.with_file_name("hubbub"), PathBuf::from)),
            Self::Node => Ok("node".into()),
            Self::Socketioxide => Ok(built.with_file_name("bench-socketioxide")),
            Self::WebSocket => Ok(built.with_file_name("bench-websocket")),
        }
    }

    fn command(self, folder: &Path) -> Result<Command> {
        let mut command = Command::new(self.program()?);
        match self {
            Self::Hubbub => {
                let database = format!("sqlite:{}", folder.join("hubbub.db").display());
                command.args(["--listen", "127.0.0.1:0", "--rate-limit", "0", "--session-rate-limit", "0"]);
                command.args(["--database", &database]);
            }
            Self::Node => {
                command.arg(source("contenders/node/server.js"));
            }
            Self::Socketioxide | Self::WebSocket => {}
        }
        // What the person who measures has set is not what is measured.
        for (name, _) in std::env::vars_os() {
            if name == "PORT" || name.to_string_lossy().starts_with("HUBBUB_") {
                command.env_remove(name);
            }
        }
        Ok(command)
    }
}

/// A file of this crate.
pub(crate) fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Where a program may write: on the file system that is measured, not in memory as `/tmp` may be.
pub(crate) fn scratch() -> Result<TempDir> {
    let built = std::env::current_exe()?;
    let folder = built.ancestors().nth(2).context("not in a target folder")?.join("bench");
    fs::create_dir_all(&folder)?;
    Ok(tempfile::Builder::new().prefix("run-").tempdir_in(folder)?)
}

/// Who uses no more than this in such a time is at rest. It is longer than what our rooms wait before they tell more.
const NOTHING: Duration = Duration::from_millis(10);
const REST: Duration = Duration::from_millis(1_200);

/// By then it has to be.
const RESTLESS: Duration = Duration::from_secs(60);

/// A contender that runs. It is killed when this is dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    child: Child,
    pid: Pid,
    /// Kept open: the program may say more, and must be able to.
    _stdout: BufReader<ChildStdout>,
    folder: TempDir,
}

impl Server {
    /// Starts it on a free port, with an empty database if it has one, and waits until it says where it listens.
    pub(crate) async fn start(contender: Contender) -> Result<Self> {
        let folder = scratch()?;
        let mut command = contender.command(folder.path())?;
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(File::create(folder.path().join(LOG))?);
        let program = contender.program()?;
        let mut child =
            command.kill_on_drop(true).spawn().with_context(|| format!("could not start {}", program.display()))?;
        let pid = Pid::from_raw(child.id().context("it has ended")?.cast_signed());
        let mut stdout = BufReader::new(child.stdout.take().context("it has no standard output")?);
        let mut line = String::new();
        timeout(START, stdout.read_line(&mut line)).await.context("it doesn't say where it listens")??;
        let Some(address) = line.trim_end().rsplit_once("http://").and_then(|(_, address)| address.parse().ok()) else {
            bail!("its first line should end in its address, but is {line:?}; {}", last_lines(folder.path()));
        };
        Ok(Self { address, child, pid, _stdout: stdout, folder })
    }

    /// The CPU time that it has used so far, in all its threads, in user and system mode.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        usage::cpu(self.pid)
    }

    /// The bytes of memory that it has resident.
    pub(crate) fn resident_bytes(&self) -> Result<u64> {
        usage::resident_bytes(self.pid)
    }

    /// Waits until it has nothing more to do by itself, such as telling the members of a room who has come.
    ///
    /// # Errors
    /// It goes on and on.
    pub(crate) async fn rest(&self) -> Result<()> {
        let begin = Instant::now();
        while begin.elapsed() < RESTLESS {
            let used = self.cpu()?;
            sleep(REST).await;
            if self.cpu()? - used < NOTHING {
                return Ok(());
            }
        }
        bail!("it never comes to rest")
    }

    /// An error, and with it the reason if the program has ended.
    pub(crate) async fn explain(&mut self, error: anyhow::Error) -> anyhow::Error {
        match timeout(LAST_BREATH, self.child.wait()).await {
            Ok(Ok(status)) => anyhow!("{error:#}; it has ended ({status}); {}", last_lines(self.folder.path())),
            _ => error,
        }
    }

    /// Ends it, and waits until it is gone.
    pub(crate) async fn stop(mut self) -> Result<()> {
        self.child.kill().await.context("it could not be killed")
    }
}

/// What a program says on standard error, in its folder.
const LOG: &str = "log";

fn last_lines(folder: &Path) -> String {
    let log = fs::read_to_string(folder.join(LOG)).unwrap_or_default();
    let from = log.lines().count().saturating_sub(3);
    format!("its last lines: {:?}", log.lines().skip(from).collect::<Vec<_>>())
}
