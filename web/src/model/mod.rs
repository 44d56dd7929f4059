//! What the page knows, as plain Rust: it is told what happened, and when where that matters, and is asked what to show.

pub mod chat;
mod connection_state;
mod draft;
mod echoes;
mod timeline;

pub use self::{
    connection_state::ConnectionState,
    draft::{Draft, Refusal},
    echoes::{Echo, Echoes, Outcome, round_trip},
    timeline::{Doubt, Entry, EntryId, State, Timeline},
};
