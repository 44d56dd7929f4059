//! Events as listeners get them.

use std::fmt;

use super::{Inner, platform::Shared};
use crate::{
    args::{Args, Encoded, FromArgs, ToArgs},
    codec::socket::{Body, Packet},
    connection::{Frame, ReplyTo},
    error::{AckError, EmitError},
};

/// An event: one that the server emitted, or, for [`Socket::on_any_outgoing`](crate::Socket::on_any_outgoing), one that
/// this side did.
#[derive(Clone)]
pub struct Event {
    args: Args,
    responder: Option<Responder>,
}

impl Event {
    pub(super) fn new(args: Args, reply: Option<ReplyTo>, inner: &Shared<Inner>) -> Self {
        let responder = reply.map(|to| Responder { inner: inner.clone(), to });
        Self { args, responder }
    }

    /// The event that a frame to the server carries, if it does, and its namespace.
    pub(super) fn of_outgoing(frame: &Frame) -> Option<(&str, Self)> {
        let Frame::Text(text) = frame else { return None };
        let Packet { namespace, body } = Packet::decode(text.strip_prefix('4')?).ok()?;
        let Body::Event { name, args, .. } = body else { return None };
        Some((namespace, Self { args: Args::of_event(&name, args), responder: None }))
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.args.event()
    }

    /// Its arguments, not read yet.
    #[must_use]
    pub fn args(&self) -> &Args {
        &self.args
    }

    /// Reads the arguments into a tuple of exactly as many values.
    ///
    /// # Errors
    /// As [`Args::read`].
    pub fn read<T: FromArgs>(&self) -> serde_json::Result<T> {
        self.args.read()
    }

    /// Answers the event, now or later, if the server wants it acknowledged; `None` if it doesn't.
    #[must_use]
    pub fn responder(&self) -> Option<Responder> {
        self.responder.clone()
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { args, responder } = self;
        f.debug_struct("Event").field("name", &args.event()).field("args", args).field("responder", responder).finish()
    }
}

/// An event that was accepted, whose acknowledgement nobody awaits, and that will not be sent (again). Who awaits an
/// acknowledgement is told by that.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GivenUp {
    /// The event's name.
    pub event: Box<str>,
    /// Why: [`AckError::NotSent`] if it turned out to be more than the server takes; any other in
    /// [`retries`](crate::Builder::retries) mode, if its last attempt brought no acknowledgement.
    pub error: AckError,
}

/// Acknowledges one event of the server's (Socket.IO protocol, "Acknowledgement"). Dropped, it answers nothing.
#[derive(Clone)]
pub struct Responder {
    inner: Shared<Inner>,
    to: ReplyTo,
}

impl fmt::Debug for Responder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Responder").field("to", &self.to).finish_non_exhaustive()
    }
}

impl Responder {
    /// Sends the acknowledgement with a tuple of arguments. If there are clones of this that answer too, all is sent, and the
    /// server takes what comes first.
    ///
    /// # Errors
    /// [`EmitError::NotConnected`] if the connection that the event came by is gone, even if there is another one by now;
    /// [`EmitError::Encode`], [`EmitError::TooLarge`] or [`EmitError::BackedUp`] as for an event.
    pub fn answer(self, args: impl ToArgs) -> Result<(), EmitError> {
        let args = Encoded::of(&args)?;
        self.inner.with(|connection, now| connection.answer(now, &self.to, args))?;
        self.inner.wake();
        Ok(())
    }
}
