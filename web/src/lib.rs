//! The Hubbub page: a Leptos app, rendered in the browser, over the Socket.IO client.
//!
//! [`model`] is what the page knows, as plain Rust: no DOM, no clock, no I/O; natively tested. [`connection`] feeds it
//! from the client, and holds it as signals. [`pages`] say what stands at which address, [`components`] show the signals and
//! call the connection. It is not a client library (that is `hubbub-client`), and it names events only through
//! `hubbub-shared`.

#![warn(missing_docs)]

pub mod account;
pub mod address;
pub mod app;
pub mod attention;
pub mod come_in;
pub mod components;
pub mod connection;
pub mod emoji_list;
pub mod json;
pub mod later;
pub mod listen;
pub mod me;
pub mod model;
pub mod pages;
pub mod service_worker;
pub mod session_api;
pub mod settings;
pub mod storage;
pub mod wire_tap;

pub use app::App;
