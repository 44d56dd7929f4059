//! The binary `hubbub`: reads its flags, serves until it is asked to end, and says what it does. The server itself is
//! the library beside it.

use std::io::{self, IsTerminal, Write};
use std::net::SocketAddr;
use std::process::{self, ExitCode};

use clap::Parser;
use hubbub::{Command, Config, Server};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing::info;
use tracing_subscriber::EnvFilter;

/// Exits with 0 when asked to end, 1 if it can't run, 2 for flags that make no sense, 130 if told twice to end.
#[tokio::main]
async fn main() -> ExitCode {
    let config = Config::parse();
    log_to_stderr(&config);
    let done = match &config.command {
        None => serve(config).await,
        Some(Command::Backup { file }) => hubbub::backup(&config.database, file),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hubbub: {error}");
            ExitCode::FAILURE
        }
    }
}

fn log_to_stderr(config: &Config) {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(&config.log))
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .init();
}

async fn serve(config: Config) -> io::Result<()> {
    let server = Server::start(config).await?;
    // Who reads the address may ask for the end at once.
    let signals = Signals::new()?;
    say(&format!("Hubbub listens on http://{}", shown(server.address())));
    signals.requested().await;
    server.stop().await;
    Ok(())
}

/// The address as one would type it into a browser on this machine.
fn shown(address: SocketAddr) -> String {
    if address.ip().is_unspecified() { format!("localhost:{}", address.port()) } else { address.to_string() }
}

/// One line on standard output. If nobody reads it, that's no reason to end.
fn say(line: &str) {
    let mut stdout = io::stdout();
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
}

/// How somebody asks the server to end: SIGTERM or Ctrl-C. From when this is made they no longer end it by themselves.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Waits until somebody asks. The second time the process ends at once.
    async fn requested(mut self) {
        let name = self.next().await;
        info!(signal = name, "closing");
        tokio::spawn(async move {
            self.next().await;
            // As a shell reports a program that Ctrl-C ended.
            process::exit(130);
        });
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.interrupt.recv() => "SIGINT",
            _ = self.terminate.recv() => "SIGTERM",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_can_be_opened_in_a_browser() {
        for (address, expected) in [
            ("0.0.0.0:5000", "localhost:5000"),
            ("[::]:1", "localhost:1"),
            ("127.0.0.1:2", "127.0.0.1:2"),
            ("[::1]:3", "[::1]:3"),
        ] {
            assert_eq!(shown(address.parse().unwrap()), expected);
        }
    }
}
