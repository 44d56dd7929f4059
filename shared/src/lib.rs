//! What both ends of Hubbub agree on: the events, their payloads, the limits on them.
//!
//! Server and page name an event only through the types of this crate, so a renamed field or event breaks the build of both
//! ends and not the conversation. It is the wire contract as Rust types. It is not a protocol implementation (that is
//! `hubbub-client`, and socketioxide on the server), and it does no I/O.
//!
//! ```
//! use hubbub_shared::classic::ChatMessage;
//! use hubbub_shared::{Event, Namespace};
//!
//! // What names the event on the wire, and where:
//! assert_eq!(ChatMessage::NAME, "chat_message");
//! assert_eq!(<ChatMessage as Event>::Namespace::PATH, "/");
//!
//! // Its payload is the event's one argument:
//! let hello = ChatMessage("Hello!".into());
//! assert_eq!(serde_json::to_string(&hello).unwrap(), r#""Hello!""#);
//! ```

#![warn(missing_docs)]

pub mod api;
pub mod chat;
pub mod classic;
#[cfg(feature = "client")]
pub mod client;
mod error;
mod event;
pub mod name;
pub mod text;

pub use error::{ApiError, ErrorCode, Reply};
pub use event::{ClientEvent, Event, Namespace, Request, ServerEvent};
