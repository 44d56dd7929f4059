//! Everything between a client's TCP connection and the events of a namespace. It knows nothing of chat.
//!
//! [`listener`] accepts a connection and makes a [`stream`] of it, which counts and can be ended from outside;
//! [`connections`] has all that are open, and [`http`] reads requests from them. [`engine`] is socketioxide, which makes sessions of requests, as many as there are [`session_places`]; a [`session`] knows
//! which stream carries it, how much waits for its client ([`backlog`]), and whether the client has to wait ([`gate`]).
//! [`namespace`] is how it comes and leaves.

pub(crate) mod backlog;
pub(crate) mod connections;
pub(crate) mod engine;
pub(crate) mod gate;
pub(crate) mod http;
pub(crate) mod listener;
pub(crate) mod namespace;
pub(crate) mod session;
mod session_places;
pub(crate) mod stream;
