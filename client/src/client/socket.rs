//! One namespace of a client.

use std::{
    fmt,
    future::Future,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use serde::Serialize;

use super::{
    Client,
    ack::Ack,
    event::{Event, GivenUp},
    listeners::{Listener, Listeners},
    platform::{self, Listening, MaybeSend, Shared},
    streams::Items,
};
use crate::{
    args::{Encoded, FromArgs, ToArgs},
    connection::{Auth, Delivery, DisconnectReason, Status},
    error::{AuthError, EmitError},
};

/// One namespace of a [`Client`]: emits to it, listens to it. A cheap handle; clones are the same socket.
///
/// Listeners are called on the client's own task, one after the other, in the order of what happened. They should be
/// quick, and hand over what takes long; one that panics ends the client ([`DisconnectReason::Ended`]). A listener stays
/// until it is [removed](Listener::remove), also through disconnects. One that keeps a clone of its socket keeps the client
/// alive.
#[derive(Clone)]
pub struct Socket {
    client: Client,
    local: Shared<Local>,
}

/// What a namespace has on this side of the wire.
pub(super) struct Local {
    namespace: Box<str>,
    status: Mutex<Status>,
    pub(super) events: Shared<Listeners<Event>>,
    pub(super) outgoing: Shared<Listeners<Event>>,
    pub(super) given_up: Shared<Listeners<GivenUp>>,
    statuses: Shared<Listeners<Status>>,
    /// Asks for the auth payload, if it is asked for.
    ask: Mutex<Option<platform::Ask>>,
}

impl Local {
    pub(super) fn new(namespace: &str) -> Self {
        Self {
            namespace: namespace.into(),
            status: Mutex::new(Status::Disconnected { reason: DisconnectReason::NeverConnected }),
            events: Shared::default(),
            outgoing: Shared::default(),
            given_up: Shared::default(),
            statuses: Shared::default(),
            ask: Mutex::default(),
        }
    }

    pub(super) fn namespace(&self) -> &str {
        &self.namespace
    }

    pub(super) fn tell_status(&self, status: &Status) {
        self.set_status(status.clone());
        self.statuses.call_any(status);
    }

    pub(super) fn set_status(&self, status: Status) {
        *self.status.lock().unwrap_or_else(PoisonError::into_inner) = status;
    }

    pub(super) fn ask(&self) -> Option<platform::Ask> {
        self.ask.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_ask(&self, ask: Option<platform::Ask>) {
        *self.ask.lock().unwrap_or_else(PoisonError::into_inner) = ask;
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (namespace, status) = (self.namespace(), self.status());
        f.debug_struct("Socket").field("namespace", &namespace).field("status", &status).finish_non_exhaustive()
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

    /// What the server's middleware gets to decide by, from the next CONNECT on (Socket.IO protocol, "Connection to a
    /// namespace"): a struct or a map.
    ///
    /// # Errors
    /// [`AuthError`] if it is no JSON object. What was set before stays then.
    pub fn set_auth(&self, auth: &impl Serialize) -> Result<(), AuthError> {
        let auth = auth_object(auth)?;
        self.local.set_ask(None);
        self.client.inner().with(|connection, _| connection.set_auth(&self.local.namespace, Auth::Value(auth)));
        Ok(())
    }

    /// As [`set_auth`](Self::set_auth), and `ask` is asked anew at every connect. What it gives that is no JSON object
    /// counts as nothing. If it takes longer than [`Builder::connect_timeout`](crate::Builder::connect_timeout), the socket
    /// is disconnected as [`DisconnectReason::NoAuth`], and stays so until [`connect`](Self::connect).
    pub fn set_auth_with<F, T>(&self, ask: impl Fn() -> F + Listening)
    where
        F: Future<Output = T> + MaybeSend + 'static,
        T: Serialize + 'static,
    {
        self.local.set_ask(Some(Shared::new(move || {
            let asked = ask();
            Box::pin(async move { auth_object(&asked.await).ok() })
        })));
        self.client.inner().with(|connection, _| connection.set_auth(&self.local.namespace, Auth::Ask));
    }

    /// Joins the namespace, and keeps it joined: a lost link is replaced, as [`Builder::reconnection`](crate::Builder) says.
    /// Without effect if it is joined, or is about to be. The [`Status`] tells what comes of it. Add the listeners first, so
    /// that they miss nothing.
    pub fn connect(&self) {
        self.client.inner().with(|connection, now| connection.connect(now, &self.local.namespace));
        self.client.inner().wake();
    }

    /// Leaves the namespace, until it is connected again. What was emitted before still goes, if the link takes it; awaited
    /// acknowledgements fail. The client's last one closes the connection.
    pub fn disconnect(&self) {
        self.client.inner().with(|connection, now| connection.disconnect(now, &self.local.namespace));
        self.client.inner().wake();
    }

    /// The status as it was last told to the listeners.
    #[must_use]
    pub fn status(&self) -> Status {
        self.local.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Emits an event with a tuple of arguments. While the namespace is not connected it waits, in order, within
    /// [`Config::max_buffered_bytes`](crate::Config::max_buffered_bytes). Ok means that it was accepted, and will be handed
    /// to a link once; not that it arrived. What is accepted and given up all the same is told to
    /// [`on_given_up`](Self::on_given_up).
    ///
    /// # Errors
    /// [`EmitError`] says why it was not accepted, and won't be sent: all but [`EmitError::NotConnected`] are possible.
    pub fn emit(&self, event: &str, args: impl ToArgs) -> Result<(), EmitError> {
        self.with(Delivery::Buffered).emit(event, args)
    }

    /// Emits an event as [`emit`](Self::emit) does, and gives the future of the server's acknowledgement, read into a
    /// tuple. It fails after [`Builder::ack_timeout`](crate::Builder::ack_timeout) (counted from this call: the event may
    /// spend it waiting, and is then not sent any more; with [`retries`](crate::Builder::retries), of each attempt), and at once when the connection that it was sent by is lost.
    ///
    /// # Errors
    /// As [`emit`](Self::emit).
    pub fn emit_with_ack<T: FromArgs>(&self, event: &str, args: impl ToArgs) -> Result<Ack<T>, EmitError> {
        self.with(Delivery::Buffered).emit_with_ack(event, args)
    }

    /// To emit now or never: what can't be sent at once fails, as [`EmitError::NotConnected`].
    #[must_use]
    pub fn at_once(&self) -> Emitter<'_> {
        self.with(Delivery::AtOnce)
    }

    /// To emit what is worthless later, as "volatile" in the official client: as [`at_once`](Self::at_once), and it is
    /// dropped as [`EmitError::BackedUp`] if anything still waits for the link to take it.
    #[must_use]
    pub fn volatile(&self) -> Emitter<'_> {
        self.with(Delivery::Volatile)
    }

    /// To emit with a time-out of its own for the acknowledgement; `None`: only a lost connection ends the wait.
    #[must_use]
    pub fn timeout(&self, timeout: impl Into<Option<Duration>>) -> Emitter<'_> {
        self.with(Delivery::Buffered).timeout(timeout)
    }

    fn with(&self, delivery: Delivery) -> Emitter<'_> {
        Emitter { socket: self, delivery, timeout: Some(self.client.inner().ack_timeout) }
    }

    /// Calls `listener` for every event of this name from now on.
    pub fn on(&self, event: &str, listener: impl Fn(&Event) + Listening) -> Listener {
        self.local.events.add(Some(event), false, Shared::new(listener))
    }

    /// Calls `listener` for the next event of this name.
    pub fn once(&self, event: &str, listener: impl Fn(&Event) + Listening) -> Listener {
        self.local.events.add(Some(event), true, Shared::new(listener))
    }

    /// Calls `listener` for every event, whatever its name, before those that listen to that.
    pub fn on_any(&self, listener: impl Fn(&Event) + Listening) -> Listener {
        self.local.events.add(None, false, Shared::new(listener))
    }

    /// Calls `listener` for every event that is sent, when it is handed to the WebSocket. Its bytes follow in frames of
    /// their own, so in [`Event::args`] there is a placeholder for each, and no attachment.
    pub fn on_any_outgoing(&self, listener: impl Fn(&Event) + Listening) -> Listener {
        self.local.outgoing.add(None, false, Shared::new(listener))
    }

    /// Calls `listener` for every event that was accepted and is given up all the same, if nobody awaits its
    /// acknowledgement: see [`GivenUp`].
    pub fn on_given_up(&self, listener: impl Fn(&GivenUp) + Listening) -> Listener {
        self.local.given_up.add(None, false, Shared::new(listener))
    }

    /// Calls `listener` at every change of the status from now on.
    pub fn on_status(&self, listener: impl Fn(&Status) + Listening) -> Listener {
        self.local.statuses.add(None, false, Shared::new(listener))
    }

    /// The events of this name from now on, as a stream. It holds at most [`STREAM_CAPACITY`](crate::STREAM_CAPACITY) of
    /// them.
    pub fn events(&self, event: &str) -> Items<Event> {
        Items::new(|queue| self.on(event, move |event| queue.push(event.clone())))
    }

    /// All events from now on, as a stream, within the same bound.
    pub fn all_events(&self) -> Items<Event> {
        Items::new(|queue| self.on_any(move |event| queue.push(event.clone())))
    }

    /// The changes of the status from now on, as a stream, within the same bound.
    pub fn statuses(&self) -> Items<Status> {
        Items::new(|queue| self.on_status(move |status| queue.push(status.clone())))
    }
}

/// Emits an event in another way than the usual. Made by [`Socket::at_once`], [`Socket::volatile`] or
/// [`Socket::timeout`].
#[derive(Debug, Clone, Copy)]
pub struct Emitter<'a> {
    socket: &'a Socket,
    delivery: Delivery,
    timeout: Option<Duration>,
}

impl Emitter<'_> {
    /// A time-out of its own for the acknowledgement; `None`: only a lost connection ends the wait.
    #[must_use]
    pub fn timeout(self, timeout: impl Into<Option<Duration>>) -> Self {
        Self { timeout: timeout.into(), ..self }
    }

    /// As [`Socket::emit`].
    ///
    /// # Errors
    /// [`EmitError`] says why it was not sent, and won't be.
    pub fn emit(self, event: &str, args: impl ToArgs) -> Result<(), EmitError> {
        // Encoded before anything is locked: this runs the arguments' own code.
        let args = Encoded::of(&args)?;
        self.socket.client.inner().emit(self.socket.namespace(), event, args, self.delivery)
    }

    /// As [`Socket::emit_with_ack`].
    ///
    /// # Errors
    /// [`EmitError`] says why it was not sent, and won't be.
    pub fn emit_with_ack<T: FromArgs>(self, event: &str, args: impl ToArgs) -> Result<Ack<T>, EmitError> {
        let args = Encoded::of(&args)?;
        let inner = self.socket.client.inner();
        inner.emit_with_ack(self.socket.namespace(), event, args, self.delivery, self.timeout).map(Ack::new)
    }
}

fn auth_object(auth: &impl Serialize) -> Result<String, AuthError> {
    let json = serde_json::to_string(auth).map_err(|error| AuthError::Encode(error.to_string()))?;
    if json.starts_with('{') { Ok(json) } else { Err(AuthError::NoObject) }
}
