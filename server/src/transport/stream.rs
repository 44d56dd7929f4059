//! The TCP stream of one connection, as HTTP and WebSocket read and write it.

use std::io::{self, ErrorKind, IoSlice};
use std::net::{IpAddr, Shutdown};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::task::{Context, Poll, ready};

use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::connections::{Connections, Place};
use super::session::EngineSession;

/// What the server's tasks read from and write to. It closes when they drop it.
#[derive(Debug)]
pub(crate) struct Stream {
    wire: Arc<Wire>,
    _place: Place,
}

/// A handle on a [`Stream`] for everyone else. It doesn't keep the stream open.
#[derive(Debug, Clone)]
pub(crate) struct Connection {
    /// Who is at the other end of the TCP connection: perhaps a proxy.
    pub(crate) remote: IpAddr,
    wire: Weak<Wire>,
}

/// The stream, shared between its task and its handles.
#[derive(Debug)]
struct Wire {
    tcp: TcpStream,
    remote: IpAddr,
    /// The session that this connection carries as a WebSocket, once it does: its gate is this stream's gate.
    session: OnceLock<Arc<EngineSession>>,
    /// Whoever reads has to notice, even while it is held: reading is how a task learns of the end.
    ended: AtomicBool,
}

impl Stream {
    pub(super) fn new(tcp: TcpStream, remote: IpAddr, connections: &Connections) -> Self {
        let wire = Arc::new(Wire { tcp, remote, session: OnceLock::new(), ended: AtomicBool::new(false) });
        let place = connections.enter(Connection::of(&wire));
        Self { wire, _place: place }
    }

    pub(super) fn connection(&self) -> Connection {
        Connection::of(&self.wire)
    }

    /// Writes as soon as the kernel takes something, and tells the session how much.
    fn poll_counted(
        &self,
        cx: &mut Context<'_>,
        write: impl Fn(&TcpStream) -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        let session = self.wire.session.get();
        loop {
            ready!(self.wire.tcp.poll_write_ready(cx))?;
            match write(&self.wire.tcp) {
                Ok(bytes) => {
                    session.inspect(|session| session.took(bytes as u64));
                    return Poll::Ready(Ok(bytes));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => {
                    self.wire.end();
                    return Poll::Ready(Err(error));
                }
            }
        }
    }
}

impl Connection {
    fn of(wire: &Arc<Wire>) -> Self {
        Self { remote: wire.remote, wire: Arc::downgrade(wire) }
    }

    /// From now on this connection is the WebSocket of `session`. The first session stays.
    pub(super) fn carry(&self, session: &Arc<EngineSession>) {
        if let Some(wire) = self.wire.upgrade() {
            wire.session.get_or_init(|| Arc::clone(session));
        }
    }

    /// Whether the stream is still there.
    pub(super) fn is_open(&self) -> bool {
        self.wire.strong_count() > 0
    }

    /// Ends the connection in both directions, whatever its tasks wait for: they see the end of the stream.
    pub(crate) fn shut(&self) {
        if let Some(wire) = self.wire.upgrade() {
            // It fails if the other end was faster, which is as good.
            let _ = SockRef::from(&wire.tcp).shutdown(Shutdown::Both);
            wire.end();
        }
    }
}

impl Wire {
    fn end(&self) {
        self.ended.store(true, Ordering::SeqCst);
        if let Some(session) = self.session.get() {
            session.gate.wake();
        }
    }

    /// Ready when there may be something to read, or the end.
    fn poll_heard(&self, cx: &mut Context<'_>) -> Poll<()> {
        match self.session.get() {
            Some(session) if session.gate.poll_open(cx).is_pending() && !self.ended.load(Ordering::SeqCst) => {
                Poll::Pending
            }
            _ => Poll::Ready(()),
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        ready!(self.wire.poll_heard(cx));
        loop {
            ready!(self.wire.tcp.poll_read_ready(cx))?;
            // Not into `initialize_unfilled`, which would touch all of an idle client's buffer.
            match self.wire.tcp.try_read_buf(buffer) {
                Ok(_) => return Poll::Ready(Ok(())),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_counted(cx, |tcp| tcp.try_write(bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_counted(cx, |tcp| tcp.try_write_vectored(slices))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(SockRef::from(&self.wire.tcp).shutdown(Shutdown::Write))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// A stream whose other end is gone.
    pub(crate) async fn connected() -> (Stream, Connection) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let tcp = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let stream = Stream::new(tcp, IpAddr::from([127, 0, 0, 1]), &Connections::default());
        let connection = stream.connection();
        (stream, connection)
    }
}
