//! The cable between one browser and the server, which a test can pull out and put in again.

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::proxy::{Gate, pass};

/// A port of its own that leads to one server. Its links end when this is dropped.
pub struct Cable {
    /// Where the browser finds the server, such as `http://127.0.0.1:1234`.
    pub url: String,
    ends: Ends,
    accepting: JoinHandle<()>,
}

/// What a test does to all links at once.
#[derive(Clone)]
struct Ends {
    plugged: watch::Sender<bool>,
    to_server: watch::Sender<Gate>,
    to_browser: watch::Sender<Gate>,
}

impl Cable {
    /// One that is plugged in at both ends.
    pub async fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let server = server.parse().expect("the address of a server");
        let gate = || watch::Sender::new(Gate::Open);
        let ends = Ends { plugged: watch::Sender::new(true), to_server: gate(), to_browser: gate() };
        let accepting = tokio::spawn(accept(listener, server, ends.clone()));
        Self { url, ends, accepting }
    }

    /// Its host and port.
    #[must_use]
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// Cuts every link; no new one comes about.
    pub fn pull_out(&self) {
        self.ends.plugged.send_replace(false);
    }

    /// Links come about again, and nothing is held.
    pub fn put_in(&self) {
        self.ends.to_server.send_replace(Gate::Open);
        self.ends.to_browser.send_replace(Gate::Open);
        self.ends.plugged.send_replace(true);
    }

    /// What the browser sends from now on stays on its way.
    pub fn hold_requests(&self) {
        self.ends.to_server.send_replace(Gate::Held);
    }

    /// What the server says from now on stays on its way; what the browser says arrives.
    pub fn hold_answers(&self) {
        self.ends.to_browser.send_replace(Gate::Held);
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, server: SocketAddr, ends: Ends) {
    // Dropped with this, the links end.
    let mut links = JoinSet::new();
    while let Ok((browser, _)) = listener.accept().await {
        links.spawn(link(browser, server, ends.clone()));
        while links.try_join_next().is_some() {}
    }
}

/// One link, from its beginning to its end; what is dropped here is closed.
async fn link(browser: TcpStream, server: SocketAddr, ends: Ends) {
    let mut plugged = ends.plugged.subscribe();
    if !*plugged.borrow_and_update() {
        return;
    }
    let Ok(server) = TcpStream::connect(server).await else { return };
    let _ = browser.set_nodelay(true).and_then(|()| server.set_nodelay(true));
    let (from_browser, to_browser) = browser.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::select! {
        _ = pass(from_browser, to_server, ends.to_server.subscribe()) => {}
        _ = pass(from_server, to_browser, ends.to_browser.subscribe()) => {}
        _ = plugged.wait_for(|plugged| !plugged) => {}
    }
}
