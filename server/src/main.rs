//! The Hubbub server: Socket.IO, and the page that speaks it, on one port.
//!
//! It is one process and one binary with the page inside, for Unix, and one database file. It is not a library, and it ends no
//! TLS (a proxy in front may).
//!
//! [`config`] is what can be set. [`routes`] is what the port answers over HTTP: [`page`] is the built page, [`health`] says how it
//! is, [`session`] is who has signed in, by [`name`] and [`token`], and [`transport`] carries Socket.IO between TCP connections and
//! events; [`origin`] is whose pages may use it. [`chat`] and [`classic`] are the two namespaces, with [`limits`] on how often
//! one may ask. What they are told to keep, they enter into the [`log`], which writes it to the [`store`] and passes it on to the
//! [`rooms`], where each [`member`] gets it, or is [`cut`] off. [`metrics`] is what is counted on the way, for the
//! [`exporter`] to show. [`shutdown`] is how it ends.

mod chat;
mod classic;
mod clock;
mod config;
mod cut;
mod exporter;
mod health;
mod limits;
mod log;
mod member;
mod metrics;
mod name;
mod origin;
mod page;
mod page_policy;
mod places;
mod remote;
mod rooms;
mod routes;
mod services;
mod session;
mod shutdown;
mod store;
mod token;
mod transport;
mod vital;

use std::io::{self, IsTerminal, Write};
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Parser;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tracing_subscriber::EnvFilter;

use crate::config::{Command, Config};
use crate::services::Services;
use crate::session::sweep::sweep;
use crate::shutdown::{Running, Signals};
use crate::store::Store;
use crate::transport::connections::Connections;
use crate::transport::http;
use crate::transport::listener::Listener;

/// Exits with 0 when asked to end, 1 if it can't run, 2 for flags that make no sense, 130 if told twice to end.
#[tokio::main]
async fn main() -> ExitCode {
    let config = Config::parse();
    log_to_stderr(&config);
    let done = match &config.command {
        None => run(config).await,
        Some(Command::Backup { file }) => store::backup(&config.database, file).map_err(io::Error::other),
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

async fn run(config: Config) -> io::Result<()> {
    allow_many_connections(&config);
    let tcp = bind(config.listen, "--listen").await?;
    let address = tcp.local_addr()?;
    let exported = match config.metrics_listen {
        Some(address) => Some((bind(address, "--metrics-listen").await?, exporter::keep()?)),
        None => None,
    };
    let (store, writer) = Store::open(&config.database).map_err(io::Error::other)?;

    let connections = Connections::default();
    let listener = Listener::new(tcp, connections.clone(), &config);
    let services = Services::start(config, store, writer)?;
    classic::open(&services);
    chat::open(&services);
    tokio::spawn(sweep(services.clone()));
    if let Some((tcp, kept)) = exported {
        exporter::serve(tcp, kept, &services, connections.clone())?;
    }
    let router = routes::of(&services);
    let (accepting, stop_accepting) = oneshot::channel();
    let serving = tokio::spawn(http::serve(listener, router, stop_accepting));

    // Who reads the address may ask for the end at once.
    let signals = Signals::new()?;
    say(&format!("Hubbub listens on http://{}", shown(address)));
    signals.requested().await;
    Running { accepting, serving, services, connections }.stop().await;
    Ok(())
}

async fn bind(address: SocketAddr, flag: &str) -> io::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::AddrInUse => format!("the port is in use; {flag} takes another"),
            _ => error.to_string(),
        };
        io::Error::new(error.kind(), format!("can't listen on {address}: {why}"))
    })
}

/// Each connection is an open file, of which many systems allow 1,024 unless a program asks for more.
fn allow_many_connections(config: &Config) {
    // A few for everything else.
    let wanted = u64::from(config.max_connections) + 64;
    match rlimit::increase_nofile_limit(wanted) {
        Ok(allowed) if allowed >= wanted => {}
        Ok(allowed) => tracing::warn!(allowed, wanted, "fewer open files are allowed than --max-connections needs"),
        Err(error) => tracing::warn!(%error, "can't tell how many open files are allowed"),
    }
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
