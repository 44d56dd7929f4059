//! The load: many clients of one contender, who say something and hear what all say.
//!
//! It is one thread, so that it never has more than one core and the server has the rest. A [`crowd::Crowd`] is its clients, each a
//! [`client`] with a [`link`]; [`session`] signs them in. [`dialect`] is what they say, [`stamp`] what their texts say,
//! [`memo`] spares them reading what another has read, [`tally`] counts what came of it.

pub(crate) mod client;
pub(crate) mod crowd;
pub(crate) mod dialect;
pub(crate) mod link;
pub(crate) mod memo;
pub(crate) mod session;
pub(crate) mod stamp;
pub(crate) mod tally;
