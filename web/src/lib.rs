//! The Hubbub page: a Leptos app, rendered in the browser, over the Socket.IO client.
//!
//! [`model`] is what the page knows, as plain Rust: no DOM, no clock, no I/O; natively tested. [`connection`] feeds it
//! from the client, and holds it as signals. [`components`] show those signals and call the connection; they keep
//! nothing but what the user is typing. It is not a client library (that is `hubbub-client`), and it names events only
//! through `hubbub-shared`.

#![warn(missing_docs)]

pub mod app;
pub mod components;
pub mod connection;
pub mod model;

pub use app::App;
