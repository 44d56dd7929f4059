//! What is seen: each component shows signals of the connection and calls it, and has a style sheet of its own name.

pub mod composer;
pub mod connection_state;
pub mod echoes;
pub mod messages;
