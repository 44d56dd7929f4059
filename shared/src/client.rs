//! The client, speaking these events and no others: the glue between `hubbub-client`, which knows no events, and the
//! types of this crate.

use std::marker::PhantomData;

use hubbub_client::{Ack, Client, EmitError, FromArgs, Listener, Listening, Socket};

use crate::{ClientEvent, Event, Namespace, Request, ServerEvent};

/// A socket on the namespace `N`, by whose name it goes, for the events of `N`.
#[derive(Clone)]
pub struct TypedSocket<N> {
    socket: Socket,
    namespace: PhantomData<fn() -> N>,
}

impl<N: Namespace> TypedSocket<N> {
    /// The socket of `client` on this namespace. It is not connected by this.
    #[must_use]
    pub fn of(client: &Client) -> Self {
        Self { socket: client.socket(N::PATH), namespace: PhantomData }
    }

    /// The socket itself: to connect it, and to watch its status.
    #[must_use]
    pub fn socket(&self) -> &Socket {
        &self.socket
    }

    /// Calls `listener` for each `E` that comes. One that can't be read is none: whoever sent it speaks of something else.
    pub fn on<E>(&self, listener: impl Fn(E) + Listening) -> Listener
    where
        E: ServerEvent + Event<Namespace = N>,
    {
        self.socket.on(E::NAME, move |event| {
            if let Ok((payload,)) = event.read() {
                listener(payload);
            }
        })
    }

    /// Sends an event, now or never.
    ///
    /// # Errors
    /// [`EmitError`] says why it was not sent.
    pub fn send<E>(&self, event: &E) -> Result<(), EmitError>
    where
        E: ClientEvent + Event<Namespace = N>,
    {
        self.socket.at_once().emit(E::NAME, (event,))
    }

    /// Sends an event, now or never, and gives the future of its answer.
    ///
    /// # Errors
    /// [`EmitError`] says why it was not sent.
    pub fn request<E>(&self, event: &E) -> Result<Ack<E::Answer>, EmitError>
    where
        E: Request + Event<Namespace = N>,
        E::Answer: FromArgs,
    {
        self.socket.at_once().emit_with_ack(E::NAME, (event,))
    }
}
