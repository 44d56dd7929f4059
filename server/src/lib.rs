//! The Hubbub server: Socket.IO, and the page that speaks it, on one port.
//!
//! It is one process with the page inside, for Unix, and one database file. The binary `hubbub` is this library with flags,
//! a log and signals; a program of one's own starts the same server so:
//!
//! ```no_run
//! use clap::Parser;
//! use hubbub::{Config, Server};
//!
//! #[tokio::main]
//! async fn main() -> std::io::Result<()> {
//!     let config = Config::parse_from(["my-chat", "--listen", "127.0.0.1:5000", "--database", "sqlite:my-chat.db"]);
//!     let server = Server::start(config).await?;
//!     println!("http://{}", server.address());
//!     tokio::signal::ctrl_c().await?;
//!     server.stop().await;
//!     Ok(())
//! }
//! ```
//!
//! It is not a set of parts to build another server of, and it ends no TLS (a proxy in front may). It takes the process for
//! its own: one server in each, which raises the number of files that the process may have open, and ends it if there is a bug
//! in a part without which nobody's messages would be kept.
//!
//! # Within
//!
//! [`config`] is what can be set. [`routes`] is what the port answers over HTTP: [`page`] is the built page, [`health`] says how it
//! is, [`session`] is who has signed in, by [`name`] and [`token`], and [`transport`] carries Socket.IO between TCP connections and
//! events; [`origin`] is whose pages may use it. [`chat`] and [`classic`] are the two namespaces, with [`limits`] on how often
//! one may ask. What they are told to keep, they enter into the [`log`], which writes it to the [`store`] and passes it on to the
//! [`rooms`], where each [`member`] gets it, or is [`cut`] off. [`metrics`] is what is counted on the way, for the
//! [`exporter`] to show. [`shutdown`] is how it ends.

#![warn(missing_docs)]
#![allow(rustdoc::private_intra_doc_links, reason = "what is within is told to those who read it")]

#[doc(hidden)]
pub mod bench;
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

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

pub use crate::config::{Command, Config};
use crate::services::Services;
use crate::session::sweep::sweep;
use crate::shutdown::Running;
pub use crate::store::Database;
use crate::store::Store;
use crate::transport::connections::Connections;
use crate::transport::http;
use crate::transport::listener::Listener;

/// A server that serves, until it is stopped.
#[must_use = "only `stop` ends it as its clients expect"]
pub struct Server {
    address: SocketAddr,
    running: Running,
}

impl Server {
    /// Opens the database and listens, on the Tokio runtime that this runs on. What the configuration says of the log, and of
    /// what to do instead, is for the program around it.
    ///
    /// # Errors
    /// Something can't be listened on, or the database can't or mustn't be opened.
    pub async fn start(config: Config) -> io::Result<Self> {
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
        tokio::spawn(sweep(Arc::clone(&services)));
        if let Some((tcp, kept)) = exported {
            exporter::serve(tcp, kept, &services, connections.clone())?;
        }
        let router = routes::of(&services);
        let (accepting, stop_accepting) = oneshot::channel();
        let serving = tokio::spawn(http::serve(listener, router, stop_accepting));
        Ok(Self { address, running: Running { accepting, serving, services, connections } })
    }

    /// Where it listens, with the port that it was given if it was to take a free one.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops within five seconds: what has been said is written and told, and clients see a closed transport and come back.
    pub async fn stop(self) {
        self.running.stop().await;
    }
}

/// Copies the database, as it is at this instant, to the new file `to`. A server may be running on it.
///
/// # Errors
/// There is such a file already, or one of the two can't be read or written. Then there is no copy.
pub fn backup(database: &Database, to: &Path) -> io::Result<()> {
    store::backup(database, to).map_err(io::Error::other)
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
