//! What passes on the wire, for somebody who wants to see it.
//!
//! [`Log`] keeps the latest packets as they were, without secrets and within a bound; that is all that is done while nobody
//! looks. [`Trace`] is what is made of a log to be shown: a [`Row`] for each packet, with answers matched to what they
//! answer. [`Filter`] chooses rows, and [`Detail`] shows one in full. [`Echoes`] are texts that the server was asked to send
//! back.

mod detail;
mod echoes;
mod figures;
mod filter;
mod log;
mod mask;
mod packet_type;
mod row;
mod trace;

pub use self::{
    detail::Detail,
    echoes::{Echo, EchoId, Echoes, Outcome},
    figures::{clock, round_trip, size},
    filter::Filter,
    log::{Content, Log, MAX_BYTES, MAX_PACKETS, PacketId, Recorded},
    packet_type::{Layer, PacketType},
    row::{Answer, Row},
    trace::Trace,
};
