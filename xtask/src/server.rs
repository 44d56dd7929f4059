//! The server: building it, becoming it, and starting one beside a test.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{ChildStdout, Command, Stdio};

use anyhow::{Context, Result, anyhow};

use crate::page;
use crate::process::{self, Background, command, step, target_dir};

/// The release binary, with the page inside.
pub(crate) fn binary() -> Result<PathBuf> {
    Ok(target_dir()?.join("release/hubbub"))
}

/// Builds the page, and the server around it.
pub(crate) fn build() -> Result<()> {
    page::build()?;
    step("Building the server with the page inside (cargo build --release)");
    process::run(&mut command("cargo", &["build", "--release", "--package", "hubbub-server"])?)?;
    step(&format!("Built {}", binary()?.display()));
    Ok(())
}

/// Builds both and becomes the server, so that a signal to us is a signal to it.
pub(crate) fn run(flags: &[&str]) -> Result<()> {
    build()?;
    let mut server = Command::new(binary()?);
    step("Starting the server (Ctrl-C ends it)");
    let error = server.args(flags).exec();
    Err(anyhow!(error)).with_context(|| format!("could not start {}", server.get_program().display()))
}

/// A server on a free port that keeps nothing, until dropped.
pub(crate) struct Running {
    pub(crate) url: String,
    _process: Background,
    /// Kept open: the server may say more, and must be able to.
    _stdout: BufReader<ChildStdout>,
}

impl Running {
    pub(crate) fn start() -> Result<Self> {
        let mut server = Command::new(binary()?);
        server
            .args(["--listen", "127.0.0.1:0", "--database", "sqlite::memory:"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        let mut process = Background::start(&mut server)?;
        let mut stdout = BufReader::new(process.stdout().context("the server has no standard output")?);
        let mut line = String::new();
        stdout.read_line(&mut line).context("could not read what the server says")?;
        let url = line.split_whitespace().rfind(|word| word.starts_with("http://"));
        let url = url.with_context(|| format!("the server's first line should end in its address, but is {line:?}"))?;
        Ok(Self { url: url.to_owned(), _process: process, _stdout: stdout })
    }
}
