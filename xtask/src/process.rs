//! Starting other programs, and ending them.

use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// How long a process has to end by itself. The server promises five seconds.
const GRACE: Duration = Duration::from_secs(6);

/// Says what comes next.
pub(crate) fn step(what: &str) {
    eprintln!("==> {what}");
}

/// Where cargo puts what it builds: this program is `debug/xtask` in there.
pub(crate) fn target_dir() -> Result<PathBuf> {
    let xtask = env::current_exe().context("could not find out where xtask lies")?;
    let target = xtask.ancestors().nth(2).context("xtask does not lie in a target folder")?;
    Ok(target.to_owned())
}

/// A program by name, with the tools we installed first on its PATH.
pub(crate) fn command(program: impl AsRef<OsStr>, args: &[&str]) -> Result<Command> {
    let path = env::join_paths(folders()?).context("a folder's name holds a `:`, which PATH can't hold")?;
    let mut command = Command::new(program);
    command.args(args).env("PATH", path);
    Ok(command)
}

/// Where a program of that name lies, or of that absolute path, if it is there and runs.
pub(crate) fn find(name: &str) -> Result<Option<PathBuf>> {
    for folder in folders()? {
        let program = folder.join(name);
        if program.is_file() && ask(&mut command(&program, &["--version"])?).is_some() {
            return Ok(Some(program));
        }
    }
    Ok(None)
}

fn folders() -> Result<Vec<PathBuf>> {
    let ours = target_dir()?.join("tools/bin");
    let path = env::var_os("PATH").unwrap_or_default();
    Ok([ours].into_iter().chain(env::split_paths(&path)).collect())
}

/// Runs to the end; what the program prints goes through.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("could not start {}", shown(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", shown(command));
    }
    Ok(())
}

/// The answer on standard output, or none if the program is missing or fails.
pub(crate) fn ask(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The command line as a person would type it.
fn shown(command: &Command) -> String {
    let words = [command.get_program()].into_iter().chain(command.get_args());
    format!("`{}`", words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" "))
}

/// A process beside us. It ends when this is dropped: asked first, killed when it does not listen.
pub(crate) struct Background {
    child: Child,
    name: String,
}

impl Background {
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let name = shown(command);
        let child = command.spawn().with_context(|| format!("could not start {name}"))?;
        Ok(Self { child, name })
    }

    /// Its standard output, if that was piped and is not taken yet.
    pub(crate) fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// An error once the process is gone.
    pub(crate) fn must_live(&mut self) -> Result<()> {
        match self.ended()? {
            Some(status) => Err(anyhow!("{} ended by itself ({status})", self.name)),
            None => Ok(()),
        }
    }

    fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child.try_wait().with_context(|| format!("could not watch {}", self.name))
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        let pid = i32::try_from(self.child.id()).map(Pid::from_raw);
        if let (Ok(pid), Ok(None)) = (pid, self.ended()) {
            // Fails only if it ended in between, which the loop below sees.
            let _ = kill(pid, Signal::SIGTERM);
        }
        let deadline = Instant::now() + GRACE;
        while let Ok(None) = self.ended() {
            if Instant::now() > deadline {
                eprintln!("{} did not end within {GRACE:?}: killed", self.name);
                let _ = self.child.kill();
                let _ = self.child.wait();
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}
