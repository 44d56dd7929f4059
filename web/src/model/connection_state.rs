//! The connection's state in words for people.

use std::time::Duration;

use hubbub_client::{DisconnectReason, LinkError, Status};

/// What the page says of its connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectionState {
    /// On the way, for the first time or because somebody asked.
    Connecting,
    /// Connected.
    Connected,
    /// The link was lost, or never came about.
    Reconnecting {
        /// Which attempt, from 1.
        attempt: u32,
        /// The wait before the attempt; `None`: it is being made.
        wait: Option<Duration>,
        /// A sentence.
        why: String,
    },
    /// It stays so until somebody connects again.
    Disconnected {
        /// A sentence.
        why: String,
    },
}

impl ConnectionState {
    /// The state that follows this one when the client says `status`.
    ///
    /// While an attempt to reconnect is made the client is connecting; here it goes on reconnecting, so that the reason
    /// stays to be read.
    pub fn followed_by(&self, status: &Status) -> Self {
        match (status, self) {
            (Status::Connecting, Self::Reconnecting { attempt, why, .. }) => {
                Self::Reconnecting { attempt: *attempt, wait: None, why: why.clone() }
            }
            (Status::Connecting, _) => Self::Connecting,
            (Status::Connected { .. }, _) => Self::Connected,
            (Status::Reconnecting { attempt, delay, reason }, _) => {
                Self::Reconnecting { attempt: *attempt, wait: Some(*delay), why: link_ended(reason) }
            }
            (Status::Disconnected { reason }, _) => Self::Disconnected { why: disconnected(reason) },
            // A status of a later client.
            _ => self.clone(),
        }
    }

    /// The state as one lower-case word, for style sheets and tests.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Reconnecting { .. } => "reconnecting",
            Self::Disconnected { .. } => "disconnected",
        }
    }

    /// The state as a title.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Connecting => "Connecting",
            Self::Connected => "Connected",
            Self::Reconnecting { .. } => "Reconnecting",
            Self::Disconnected { .. } => "Disconnected",
        }
    }

    /// Why it is so, where that needs saying.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Connecting | Self::Connected => None,
            Self::Reconnecting { why, .. } | Self::Disconnected { why } => Some(why),
        }
    }

    /// When the next attempt to reconnect is made, if one is.
    pub fn next_attempt(&self) -> Option<String> {
        match self {
            Self::Reconnecting { attempt, wait: Some(wait), .. } => {
                Some(format!("Attempt {attempt} in {} s.", ((wait.as_millis() + 500) / 1_000).max(1)))
            }
            Self::Reconnecting { attempt, wait: None, .. } => Some(format!("Attempt {attempt} now.")),
            _ => None,
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
        DisconnectReason::Refused { message, .. } => format!("The server refused the connection: {message}"),
        DisconnectReason::Link(error) => link_ended(error),
        other => format!("The connection ended: {other}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(attempt: u32, delay: Duration) -> Status {
        Status::Reconnecting { attempt, delay, reason: LinkError::Closed }
    }

    #[test]
    fn an_attempt_keeps_saying_why_it_is_made() {
        let waiting = ConnectionState::Connected.followed_by(&lost(2, Duration::from_millis(3_400)));
        assert_eq!(waiting.title(), "Reconnecting");
        assert_eq!(waiting.next_attempt().as_deref(), Some("Attempt 2 in 3 s."));

        let trying = waiting.followed_by(&Status::Connecting);
        assert_eq!(trying.name(), "reconnecting");
        assert_eq!(trying.why(), Some("The connection was closed."));
        assert_eq!(trying.next_attempt().as_deref(), Some("Attempt 2 now."));

        let back = trying.followed_by(&Status::Connected { id: "a".into(), recovered: false });
        assert_eq!(back, ConnectionState::Connected);
        assert_eq!(back.why(), None);
    }

    #[test]
    fn the_first_connecting_is_just_that() {
        assert_eq!(ConnectionState::Connecting.followed_by(&Status::Connecting), ConnectionState::Connecting);
        let refused = DisconnectReason::Refused { message: "no".into(), data: None };
        let refused = ConnectionState::Connecting.followed_by(&Status::Disconnected { reason: refused });
        assert_eq!(refused.why(), Some("The server refused the connection: no"));
        assert_eq!(refused.followed_by(&Status::Connecting), ConnectionState::Connecting);
    }

    #[test]
    fn a_wait_is_never_said_to_be_none() {
        let soon = ConnectionState::Connected.followed_by(&lost(1, Duration::from_millis(20)));
        assert_eq!(soon.next_attempt().as_deref(), Some("Attempt 1 in 1 s."));
    }
}
