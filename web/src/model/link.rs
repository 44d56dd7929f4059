//! How the connection is, in words for people.

use hubbub_client::{DisconnectReason, LinkError, Status};
use hubbub_shared::ErrorCode;

/// What the page says of its connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// On the way, for the first time or because somebody asked.
    Connecting,
    /// There is a connection.
    Connected,
    /// The link was lost, or never came about.
    Waiting {
        /// When the next attempt is made, in milliseconds since 1970.
        until: u64,
        /// A sentence.
        why: String,
    },
    /// An attempt to get it back is being made.
    Retrying {
        /// A sentence.
        why: String,
    },
    /// The session has ended: somebody signed out, here or elsewhere.
    SignedOut,
    /// It stays so until somebody connects again.
    Stopped {
        /// A sentence.
        why: String,
    },
}

impl Link {
    /// What follows this when the client says `status`.
    ///
    /// While an attempt to reconnect is made the client is connecting; here it is said to retry, so that the reason stays to
    /// be read. After a sign-out nothing comes.
    #[must_use]
    pub fn followed_by(&self, status: &Status, now: u64) -> Self {
        match (status, self) {
            (_, Self::SignedOut) => Self::SignedOut,
            (Status::Connecting, Self::Waiting { why, .. } | Self::Retrying { why }) => {
                Self::Retrying { why: why.clone() }
            }
            (Status::Connecting, _) => Self::Connecting,
            (Status::Connected { .. }, _) => Self::Connected,
            (Status::Reconnecting { delay, reason, .. }, _) => {
                let delay = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
                Self::Waiting { until: now.saturating_add(delay), why: link_ended(reason) }
            }
            (Status::Disconnected { reason: DisconnectReason::Refused { message, .. } }, _)
                if *message == ErrorCode::Unauthorized.to_string() =>
            {
                Self::SignedOut
            }
            (Status::Disconnected { reason }, _) => Self::Stopped { why: disconnected(reason) },
            // A status of a later client.
            _ => self.clone(),
        }
    }

    /// The state as one lower-case word, for style sheets and tests.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Waiting { .. } => "waiting",
            Self::Retrying { .. } => "retrying",
            Self::SignedOut => "signed-out",
            Self::Stopped { .. } => "stopped",
        }
    }
}

fn link_ended(error: &LinkError) -> String {
    match error {
        LinkError::Unreachable(_) => "The server can’t be reached.".into(),
        LinkError::NoAnswer => "The server doesn’t answer.".into(),
        LinkError::HeartbeatMissed => "The server went silent.".into(),
        LinkError::Closed => "The connection was closed.".into(),
        LinkError::Protocol(_) => "The server said something that this page doesn’t understand.".into(),
        other => format!("The connection ended: {other}."),
    }
}

fn disconnected(reason: &DisconnectReason) -> String {
    match reason {
        DisconnectReason::NeverConnected => "Nobody has connected yet.".into(),
        DisconnectReason::Client => "This page ended the connection.".into(),
        DisconnectReason::Server => "The server ended the connection.".into(),
        DisconnectReason::Refused { message, .. } => format!("The server refused the connection: {message}."),
        DisconnectReason::Link(error) => link_ended(error),
        other => format!("The connection ended: {other}."),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn lost(delay: u64) -> Status {
        Status::Reconnecting { attempt: 1, delay: Duration::from_millis(delay), reason: LinkError::Closed }
    }

    fn refused(message: &str) -> Status {
        Status::Disconnected { reason: DisconnectReason::Refused { message: message.into(), data: None } }
    }

    #[test]
    fn an_attempt_keeps_saying_why_it_is_made() {
        let why = || "The connection was closed.".to_owned();
        let waiting = Link::Connected.followed_by(&lost(3_400), 1_000);
        assert_eq!(waiting, Link::Waiting { until: 4_400, why: why() });
        let trying = waiting.followed_by(&Status::Connecting, 4_400);
        assert_eq!(trying, Link::Retrying { why: why() });
        let back = trying.followed_by(&Status::Connected { id: "a".into(), recovered: false }, 4_500);
        assert_eq!(back, Link::Connected);
    }

    #[test]
    fn the_first_connecting_is_just_that() {
        assert_eq!(Link::Connecting.followed_by(&Status::Connecting, 0), Link::Connecting);
        let stopped = Link::Connecting.followed_by(&refused("no"), 0);
        assert_eq!(stopped, Link::Stopped { why: "The server refused the connection: no.".into() });
        assert_eq!(stopped.followed_by(&Status::Connecting, 0), Link::Connecting);
    }

    #[test]
    fn a_session_that_has_ended_stays_so() {
        let over = Link::Connected.followed_by(&refused("unauthorized"), 0);
        assert_eq!(over, Link::SignedOut);
        assert_eq!(over.followed_by(&lost(1), 0), Link::SignedOut);
    }
}
