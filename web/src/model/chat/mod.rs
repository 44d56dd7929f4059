//! What the page knows of the typed contract, `/chat`: rooms with history, for somebody who has signed in.
//!
//! [`session`] is told everything and says what to ask; the rest is what there is to see: [`rooms`] the list, [`timeline`]
//! what was said in one, [`outbox`] what the server hasn't acknowledged. It knows neither sockets nor storage nor the DOM,
//! and has no clock: times are arguments, in milliseconds since 1970.

mod backoff;
pub mod outbox;
pub mod rooms;
pub mod session;
pub mod timeline;
