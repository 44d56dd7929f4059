//! Acknowledged means durable: what the server writes before it acknowledges ([`trace`]), what it does while it can't
//! write ([`trouble`]), and what is left when it ends ([`ending`]).

mod ending;
mod trace;
mod trouble;
