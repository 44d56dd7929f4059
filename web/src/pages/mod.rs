//! What stands at each address.

pub mod chat;
pub mod join;
pub mod link;
pub mod link_again;
pub mod nowhere;
pub mod room;
pub mod rooms;
