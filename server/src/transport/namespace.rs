//! How a client comes into a namespace and leaves it, so that it can do both again and again on one connection.
//!
//! socketioxide ignores a CONNECT of somebody whose last CONNECT it is still busy with, or whose last DISCONNECT: such a
//! client would never be answered.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use socketioxide::adapter::LocalAdapter;
use socketioxide::handler::DisconnectHandler;
use socketioxide::socket::{DisconnectReason, Socket};
use tokio::time::sleep;

use super::gate::Hold;
use super::session::EngineSession;

/// A thread that was interrupted has done the few steps that were left.
const LONG_ENOUGH: Duration = Duration::from_millis(10);

/// A CONNECT that is about to be refused, or has been answered and has its connect handler called. The client isn't heard
/// until socketioxide is through with it, which is some steps later, without any await.
pub(crate) struct Connecting {
    hold: Hold,
    /// Or else the next request would find another gate.
    _session: Arc<EngineSession>,
    on: thread::ThreadId,
}

impl Connecting {
    pub(crate) fn new(session: &Arc<EngineSession>) -> Self {
        Self { hold: session.gate.hold(), _session: Arc::clone(session), on: thread::current().id() }
    }

    /// For a task of its own, such as the future that a connect handler returns.
    pub(crate) async fn done(self) {
        // A thread does one thing at a time: if it does this, it has done that. Mostly it is the same thread.
        if thread::current().id() != self.on {
            sleep(LONG_ENOUGH).await;
        }
        drop(self.hold);
    }
}

/// A disconnect handler that is done when it returns, and with it the DISCONNECT. Handlers that are futures are done later,
/// by tasks of their own.
pub(crate) struct AtOnce<F>(pub(crate) F);

/// Tells [`AtOnce`] from the handlers that are functions.
pub(crate) struct NoFuture;

impl<F> DisconnectHandler<LocalAdapter, NoFuture> for AtOnce<F>
where
    F: Fn(DisconnectReason) + Send + Sync + 'static,
{
    fn call_with_defer(
        &self,
        socket: Arc<Socket<LocalAdapter>>,
        reason: DisconnectReason,
        remove: fn(Arc<Socket<LocalAdapter>>),
    ) {
        self.0(reason);
        remove(socket);
    }
}
