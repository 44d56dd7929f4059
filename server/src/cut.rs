//! A connection that the server ends by itself.

use std::fmt;

/// Why the server has cut a member's connection, from which it may come back.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cut {
    /// So many bytes wait for it, which is more than may.
    TooManyBytes(u64),
    /// More packets wait for it than its channel holds.
    TooManyPackets,
    /// Its session ended as it connected.
    SessionEnded,
    /// Its rooms can't be read.
    RoomsUnknown,
}

impl Cut {
    /// One of each.
    pub(crate) const ALL: [Self; 4] =
        [Self::TooManyBytes(0), Self::TooManyPackets, Self::SessionEnded, Self::RoomsUnknown];

    /// For programs.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::TooManyBytes(_) => "too_many_bytes",
            Self::TooManyPackets => "too_many_packets",
            Self::SessionEnded => "session_ended",
            Self::RoomsUnknown => "rooms_unknown",
        }
    }
}

/// For people.
impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyBytes(waiting) => write!(f, "{waiting} bytes wait for a slow reader"),
            Self::TooManyPackets => f.write_str("too many packets wait for a slow reader"),
            Self::SessionEnded => f.write_str("its session ended as it connected"),
            Self::RoomsUnknown => f.write_str("its rooms can't be read"),
        }
    }
}
