//! The port: accepts connections, and sets each up.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tracing::{debug, error, warn};

use super::connections::Connections;
use super::stream::Stream;
use crate::config::Config;

/// What the kernel may hold for a client that reads slowly (Linux doubles it). Left to itself it takes megabytes.
const SEND_BUFFER: usize = 128 << 10;

/// What a connection over the limit gets, without being read.
const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 10\r\nconnection: close\r\n\
    content-type: text/plain\r\ncontent-length: 22\r\n\r\nToo many connections.\n";

/// The listening port.
#[derive(Debug)]
pub(crate) struct Listener {
    tcp: TcpListener,
    connections: Connections,
    /// More than this many at a time are refused.
    max_connections: usize,
    /// A connection is dead when the other end takes nothing for so long.
    patience: Duration,
    /// Whether we said that we refuse. We say so once, until there is room again.
    full: bool,
}

impl Listener {
    pub(crate) fn new(tcp: TcpListener, connections: Connections, config: &Config) -> Self {
        let max_connections = config.max_connections as usize;
        let patience = config.ping_interval + config.ping_timeout;
        Self { tcp, connections, max_connections, patience, full: false }
    }

    /// The same for so many connections at a time.
    pub(crate) fn with_at_most(self, max_connections: usize) -> Self {
        Self { max_connections, ..self }
    }

    /// Makes a stream of a fresh connection, unless there are too many.
    fn admit(&mut self, tcp: TcpStream, remote: SocketAddr) -> Option<Stream> {
        let open = self.connections.len();
        if open >= self.max_connections {
            if !std::mem::replace(&mut self.full, true) {
                warn!(open, "too many connections: new ones are refused");
            }
            // Best effort: it fits into the empty buffer of a fresh socket.
            let _ = tcp.try_write(FULL);
            return None;
        }
        if open < self.max_connections / 10 * 9 {
            self.full = false;
        }
        if let Err(error) = self.set_up(&tcp) {
            debug!(%remote, %error, "a connection could not be set up");
        }
        Some(Stream::new(tcp, remote.ip().to_canonical(), &self.connections))
    }

    fn set_up(&self, tcp: &TcpStream) -> io::Result<()> {
        let socket = SockRef::from(tcp);
        socket.set_tcp_nodelay(true)?;
        socket.set_send_buffer_size(SEND_BUFFER)?;
        // The safety net under the heartbeat, which can't free a task that waits to write.
        #[cfg(target_os = "linux")]
        socket.set_tcp_user_timeout(Some(self.patience))?;
        Ok(())
    }

    /// The next connection that is admitted.
    pub(super) async fn accept(&mut self) -> Stream {
        loop {
            match self.tcp.accept().await {
                Ok((tcp, remote)) => {
                    if let Some(stream) = self.admit(tcp, remote) {
                        return stream;
                    }
                }
                // One client that went away before we took it.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                // The process has no file descriptor left, or the kernel no memory: wait for some.
                Err(error) => {
                    error!(%error, "can't accept connections");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }
}
