//! What the page knows, as plain Rust: it is told what happened, and when where that matters, and is asked what to show.
//!
//! It knows neither sockets nor storage nor the DOM, and has no clock: times are arguments, in milliseconds since 1970. All it
//! takes from a browser are the tables of upper and lower case.
//! [`session`] is told everything that happens on the namespace `/chat` and says what to ask; the rest is what there is to
//! see: [`rooms`] the list, [`timeline`] what was said in one, [`outbox`] what the server hasn't acknowledged, [`link`] how
//! the connection is, [`markup`] what a text means, [`attention`] what is said to whoever looks elsewhere. [`settings`] are
//! what a person chose; [`browse`], [`new_room`], [`switcher`], [`people`], [`news`] and [`completion`] are each behind one
//! part of the page. [`wire`] is apart: it shows what passes, and knows nothing of the rest.

pub mod attention;
mod backoff;
pub mod browse;
mod case;
pub mod completion;
mod draft;
mod failed;
pub mod link;
pub mod markup;
pub mod new_room;
pub mod news;
pub mod outbox;
pub mod people;
pub mod rooms;
pub mod session;
pub mod settings;
pub(crate) mod sort;
mod sorted;
pub mod switcher;
pub mod timeline;
pub mod wire;

pub use self::{
    draft::{Count, Draft, Refusal},
    failed::Failed,
};
