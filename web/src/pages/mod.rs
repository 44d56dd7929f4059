//! What stands at each address.

pub mod chat;
pub mod join;
pub mod link;
pub mod nowhere;
pub mod room;
