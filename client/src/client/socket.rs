//! One namespace of a client.

use std::{
    future::Future,
    marker::PhantomData,
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll, ready},
};

use futures_channel::oneshot;
use futures_util::FutureExt;
use serde::Serialize;

use super::{
    Client, Inner,
    listeners::{ListenerId, Listeners},
    platform::{Listening, Shared, Weak},
};
use crate::{
    args::{Args, FromArgs, ToArgs},
    connection::{DisconnectReason, ReplyTo, Status},
    error::{AckError, EmitError},
};

/// One namespace of a [`Client`]: emits to it, listens to it. A cheap handle; clones are the same socket.
///
/// Listeners are called on the client's own task, one after the other, in the order of what happened. They should be
/// quick, and hand over what takes long. A listener that keeps a clone of its socket keeps the client alive.
#[derive(Clone)]
pub struct Socket {
    client: Client,
    local: Shared<Local>,
}

/// What a namespace has on this side of the wire.
pub(super) struct Local {
    namespace: Box<str>,
    status: Mutex<Status>,
    listeners: Mutex<Listeners<Event, Status>>,
}

impl Local {
    pub(super) fn new(namespace: &str) -> Self {
        Self {
            namespace: namespace.into(),
            status: Mutex::new(Status::Disconnected { reason: DisconnectReason::NeverConnected }),
            listeners: Mutex::default(),
        }
    }

    pub(super) fn tell_status(&self, status: Status) {
        status.clone_into(&mut self.status.lock().unwrap_or_else(PoisonError::into_inner));
        let callbacks = self.listeners.lock().unwrap_or_else(PoisonError::into_inner).of_status();
        callbacks.call(&status);
    }

    pub(super) fn tell_event(&self, event: &Event) {
        let callbacks = self.listeners.lock().unwrap_or_else(PoisonError::into_inner).of_event(&event.name);
        if let Some(callbacks) = callbacks {
            callbacks.call(event);
        }
    }
}

impl Socket {
    pub(super) fn new(client: Client, local: Shared<Local>) -> Self {
        Self { client, local }
    }

    /// The namespace's name; begins with `/`.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.local.namespace
    }

    /// The client whose connection the namespace is on.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Joins the namespace, and keeps it joined: a lost link is replaced. Without effect if it is, or is about to be.
    /// Add the listeners first, so that they miss nothing.
    pub fn connect(&self) {
        self.client.inner().with(|connection, now| connection.connect(now, &self.local.namespace, None));
        self.client.inner().wake();
    }

    /// As [`connect`](Self::connect), and gives the server's middleware something to decide by: a struct or a map.
    ///
    /// # Errors
    /// [`EmitError::Encode`] if `auth` is no JSON object.
    pub fn connect_with_auth(&self, auth: &impl Serialize) -> Result<(), EmitError> {
        let auth = serde_json::to_string(auth).map_err(|error| EmitError::Encode(error.to_string()))?;
        if !auth.starts_with('{') {
            return Err(EmitError::Encode("auth must be an object".into()));
        }
        self.client.inner().with(|connection, now| connection.connect(now, &self.local.namespace, Some(auth)));
        self.client.inner().wake();
        Ok(())
    }

    /// Leaves the namespace. The client's last one closes the connection.
    pub fn disconnect(&self) {
        self.client.inner().with(|connection, now| connection.disconnect(now, &self.local.namespace));
        self.client.inner().wake();
    }

    /// The status as it was last told to the listeners.
    #[must_use]
    pub fn status(&self) -> Status {
        self.local.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Emits an event with a tuple of arguments: at most once, and now or never.
    ///
    /// # Errors
    /// [`EmitError`] says why it was not sent.
    pub fn emit(&self, event: &str, args: impl ToArgs) -> Result<(), EmitError> {
        self.client.inner().with(|connection, now| connection.emit(now, &self.local.namespace, event, &args))?;
        self.client.inner().wake();
        Ok(())
    }

    /// Emits an event at once, as [`emit`](Self::emit) does, and gives the future of the server's acknowledgement,
    /// read into a tuple. It fails after the client's acknowledgement time-out, and at once when the connection is lost.
    pub fn emit_with_ack<T: FromArgs>(&self, event: &str, args: impl ToArgs) -> Ack<T> {
        let awaited = self.client.inner().emit_with_ack(&self.local.namespace, event, &args);
        self.client.inner().wake();
        Ack { awaited, answer: PhantomData }
    }

    /// Calls `listener` for every event of this name from now on, until the [`Listener`] is removed.
    pub fn on(&self, event: &str, listener: impl Fn(&Event) + Listening) -> Listener {
        let id = self.listeners(|listeners| listeners.add_to_event(event, Shared::new(listener)));
        Listener { of: Shared::downgrade(&self.local), id }
    }

    /// Calls `listener` at every change of the status from now on, until the [`Listener`] is removed.
    pub fn on_status(&self, listener: impl Fn(&Status) + Listening) -> Listener {
        let id = self.listeners(|listeners| listeners.add_to_status(Shared::new(listener)));
        Listener { of: Shared::downgrade(&self.local), id }
    }

    fn listeners<R>(&self, change: impl FnOnce(&mut Listeners<Event, Status>) -> R) -> R {
        change(&mut self.local.listeners.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A listener that was added. Dropping this keeps it; [`remove`](Self::remove) ends it.
pub struct Listener {
    of: Weak<Local>,
    id: ListenerId,
}

impl Listener {
    /// No call begins after this.
    pub fn remove(self) {
        if let Some(local) = self.of.upgrade() {
            local.listeners.lock().unwrap_or_else(PoisonError::into_inner).remove(self.id);
        }
    }
}

/// An event that the server emitted.
pub struct Event {
    name: Box<str>,
    args: Args,
    responder: Option<Responder>,
}

impl Event {
    pub(super) fn new(name: Box<str>, args: Args, reply: Option<ReplyTo>, inner: &Shared<Inner>) -> Self {
        let responder = reply.map(|to| Responder { inner: inner.clone(), to });
        Self { name, args, responder }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its arguments, not read yet.
    #[must_use]
    pub fn args(&self) -> &Args {
        &self.args
    }

    /// Reads the arguments into a tuple of exactly as many values.
    ///
    /// # Errors
    /// Another number of arguments than the tuple has, or one that doesn't fit its type.
    pub fn read<T: FromArgs>(&self) -> serde_json::Result<T> {
        self.args.read()
    }

    /// Answers the event, now or later, if the server wants it acknowledged.
    #[must_use]
    pub fn responder(&self) -> Option<Responder> {
        self.responder.clone()
    }
}

/// Acknowledges one event of the server's.
#[derive(Clone)]
pub struct Responder {
    inner: Shared<Inner>,
    to: ReplyTo,
}

impl Responder {
    /// Sends the acknowledgement with a tuple of arguments. The server takes the first.
    ///
    /// # Errors
    /// [`EmitError`] says why it was not sent.
    pub fn answer(self, args: impl ToArgs) -> Result<(), EmitError> {
        self.inner.with(|connection, now| connection.answer(now, &self.to, &args))?;
        self.inner.wake();
        Ok(())
    }
}

/// The future of an acknowledgement. The event is sent whether it is awaited or not.
#[must_use = "without its future an acknowledgement can't be told from none"]
pub struct Ack<T> {
    awaited: Result<oneshot::Receiver<Result<Args, AckError>>, EmitError>,
    answer: PhantomData<fn() -> T>,
}

impl<T: FromArgs> Future for Ack<T> {
    type Output = Result<T, AckError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let result = match &mut self.awaited {
            Err(error) => Err(AckError::NotSent(error.clone())),
            // The client's task is gone, and the connection with it.
            Ok(receiver) => ready!(receiver.poll_unpin(cx)).unwrap_or(Err(AckError::Disconnected)),
        };
        Poll::Ready(result.and_then(|args| args.read().map_err(|error| AckError::Unreadable(error.to_string()))))
    }
}
