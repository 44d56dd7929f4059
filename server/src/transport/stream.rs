//! The TCP stream of one connection, as HTTP and WebSocket read and write it.

use std::io::{self, ErrorKind, IoSlice};
use std::net::{IpAddr, Shutdown};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::task::{Context, Poll, ready};

use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use super::connections::{Connections, Place};
use super::listener::Listener;
use super::session::Session;

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
    /// Bytes that the kernel took from us.
    written: AtomicU64,
    /// The session that this connection carries as a WebSocket, once it does: its gate is this stream's gate.
    session: OnceLock<Arc<Session>>,
}

impl Stream {
    pub(super) fn new(tcp: TcpStream, remote: IpAddr, connections: &Connections) -> Self {
        let (written, session) = Default::default();
        let wire = Arc::new(Wire { tcp, remote, written, session });
        let place = connections.enter(Connection::of(&wire));
        Self { wire, _place: place }
    }

    /// Writes as soon as the kernel takes something, counts it, and tells the session.
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
                    self.wire.written.fetch_add(bytes as u64, Ordering::SeqCst);
                    session.inspect(|session| session.taken());
                    return Poll::Ready(Ok(bytes));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => {
                    // Who reads has to notice, even if it was held.
                    session.inspect(|session| session.gate.open_wide());
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
    pub(super) fn carry(&self, session: &Arc<Session>) {
        if let Some(wire) = self.wire.upgrade() {
            wire.session.get_or_init(|| Arc::clone(session));
        }
    }

    /// The bytes written so far, unless the stream is gone.
    pub(super) fn written(&self) -> Option<u64> {
        self.wire.upgrade().map(|wire| wire.written.load(Ordering::SeqCst))
    }

    /// Ends the connection in both directions, whatever its tasks wait for: they see the end of the stream.
    pub(crate) fn shut(&self) {
        if let Some(wire) = self.wire.upgrade() {
            // It fails if the other end was faster, which is as good.
            let _ = SockRef::from(&wire.tcp).shutdown(Shutdown::Both);
            if let Some(session) = wire.session.get() {
                session.gate.open_wide();
            }
        }
    }
}

impl Connected<IncomingStream<'_, Listener>> for Connection {
    fn connect_info(stream: IncomingStream<'_, Listener>) -> Self {
        Self::of(&stream.io().wire)
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if let Some(session) = self.wire.session.get() {
            ready!(session.gate.poll_open(cx));
        }
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
