//! A server that gets a new version: in front of a real one, it passes on all that is said, and from some moment on
//! another word for a word that the server says.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// Keeps the server from answering with what is compressed, and from saying that nothing has changed. Of the same length,
/// as all that is exchanged.
const ASKED: [(&[u8], &[u8]); 2] = [(b"Accept-Encoding", b"Except-Encoding"), (b"If-None-Match", b"Or-None-Match")];

/// It ends, and its links with it, when this is dropped.
pub struct Upgrade {
    /// Where clients find it.
    pub url: String,
    is_done: Arc<AtomicBool>,
    accepting: JoinHandle<()>,
}

impl Upgrade {
    /// Starts one in front of the server at this address, which so far says `old`.
    pub async fn start(server: &str, old: &str, new: &str) -> Self {
        assert_eq!(old.len(), new.len(), "a longer word would need another length in the header");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let server: SocketAddr = server.parse().expect("the address of a server");
        let is_done = Arc::new(AtomicBool::new(false));
        let words = (old.to_owned(), new.to_owned(), Arc::clone(&is_done));
        let accepting = tokio::spawn(async move {
            let mut links = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                links.spawn(link(client, server, words.clone()));
                while links.try_join_next().is_some() {}
            }
        });
        Self { url, is_done, accepting }
    }

    /// From now on it says `new`.
    pub fn done(&self) {
        self.is_done.store(true, Ordering::Relaxed);
    }
}

impl Drop for Upgrade {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn link(client: TcpStream, server: SocketAddr, (old, new, is_done): (String, String, Arc<AtomicBool>)) {
    let Ok(server) = TcpStream::connect(server).await else { return };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let ask = |said: &mut [u8]| ASKED.iter().for_each(|(from, to)| exchange(said, from, to));
    let answer = |said: &mut [u8]| {
        if is_done.load(Ordering::Relaxed) {
            exchange(said, old.as_bytes(), new.as_bytes());
        }
    };
    // When one direction ends, both do.
    tokio::select! {
        () = pass(from_client, to_server, ask) => {}
        () = pass(from_server, to_client, answer) => {}
    }
}

/// What belongs together comes together here: a request's head, an answer's first kilobytes.
async fn pass(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, change: impl Fn(&mut [u8])) {
    let mut buffer = vec![0; 64 << 10];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        change(&mut buffer[..read]);
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}

fn exchange(said: &mut [u8], from: &[u8], to: &[u8]) {
    for at in 0..said.len().saturating_sub(from.len() - 1) {
        if said[at..].starts_with(from) {
            said[at..at + to.len()].copy_from_slice(to);
        }
    }
}
