//! A Socket.IO client for Rust, the same in a browser (compiled to WebAssembly) and natively.
//!
//! It speaks Socket.IO protocol revision 5 over Engine.IO protocol revision 4, which is what Socket.IO servers from
//! version 3 on speak, over WebSocket. It knows nothing of what is said over it. It is not a server, and it has no
//! long polling: where WebSocket doesn't get through, this client doesn't either.
//!
//! # What it promises
//!
//! **Events arrive in the order in which they were emitted, and each at most once.** While there is no connection they
//! wait, within a bound ([`Builder::max_buffered_bytes`]); what was never handed to a link is never lost with one, but what
//! was may be. Who must know asks for an acknowledgement, which is settled exactly once. Who would rather risk a repetition
//! than a loss turns on [`Builder::retries`]; who wants neither buffer nor delay emits [`Socket::at_once`] or
//! [`Socket::volatile`].
//!
//! # An example
//!
//! ```no_run
//! # #[cfg(all(not(target_family = "wasm"), feature = "native"))]
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use hubbub_client::Client;
//!
//! let client = Client::new("http://localhost:5000")?;
//! let chat = client.socket("/");
//! chat.on("chat_message", |event| {
//!     if let Ok((text,)) = event.read::<(String,)>() {
//!         println!("{text}");
//!     }
//! });
//! chat.on_status(|status| println!("now {status:?}"));
//! chat.connect();
//!
//! // It waits for the connection, and is done when the server has it.
//! chat.emit_with_ack::<()>("chat_message", ("Hello!",))?.await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Where to look
//!
//! [`Client`] is one connection, made by [`Client::new`] or with other settings by a [`Builder`]. [`Socket`] is one namespace on
//! it: it emits, listens, and has a [`Status`]. What listeners get is an [`Event`]; what emits with an acknowledgement give is
//! an [`Ack`]. Arguments are tuples of what serde can write and read ([`ToArgs`], [`FromArgs`]), bytes included. Before a
//! program ends, [`Client::closed`] waits until all is sent.
//!
//! # Bounds
//!
//! Nothing grows without end. What waits for a connection ([`Config::max_buffered_bytes`]) or for a slow one
//! ([`Config::max_queued_bytes`]) makes an emit fail at its bound; a packet from the server that is over
//! [`Config::max_packet_bytes`] or [`Config::max_attachments`] ends the link; a stream that nobody reads loses what is over
//! [`STREAM_CAPACITY`], and says how much. JSON that is read is nested at most 127 levels deep, see [`Args::read`]. No text
//! from a server makes anything here panic.
//!
//! # Layers
//!
//! Three, each usable by itself: [`codec`] reads and writes packets, [`connection`] is the protocol as a state
//! machine without I/O or clock, and [`Client`] with its [`Socket`]s drives one over a real WebSocket. The features
//! `browser` and `native`, both on, are its two drivers; each has an effect on its own targets only. `wss` adds TLS to the
//! native one, by rustls.

#![warn(missing_debug_implementations, missing_docs)]

mod args;
pub mod codec;
pub mod connection;
mod error;
mod json;
mod placeholder;
mod sorted;

#[cfg(any(all(target_family = "wasm", feature = "browser"), all(not(target_family = "wasm"), feature = "native")))]
mod client;

/// The README's examples are compiled with the tests of the documentation.
#[cfg(all(doctest, not(target_family = "wasm"), feature = "native"))]
#[doc = include_str!("../README.md")]
mod readme {}

pub use args::{Args, ArgsWriter, Encoded, FromArgs, ToArgs};
#[cfg(any(
    all(target_family = "wasm", feature = "browser"),
    all(not(target_family = "wasm"), feature = "native")
))]
pub use client::{
    Ack, Builder, Client, Direction, Emitter, Event, GivenUp, Items, Lagged, Listener, Listening, MaybeSend, Observed,
    Responder, STREAM_CAPACITY, Socket,
};
pub use connection::{Config, DisconnectReason, Frame, Reconnection, Status};
pub use error::{AckError, AuthError, BuildError, EmitError, LinkError};
