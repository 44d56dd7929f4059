//! What the page knows of the typed contract, `/chat`.

mod backoff;
pub mod outbox;
pub mod rooms;
pub mod session;
pub mod timeline;
