//! What was done, as a file.

use std::path::Path;

use hubbub_tests::outbox::{self, Written};
use hubbub_tests::proxy::Faults;
use hubbub_tests::timeline;
use hubbub_tests::verdict::{Evidence, Violation};
use serde::Serialize;

use crate::member::{Member, Outcome};
use crate::plan::Plan;

#[derive(Debug, Serialize)]
pub(crate) struct Report {
    seed: u64,
    seconds: u64,
    rooms: usize,
    connections: usize,
    classic_connections: usize,
    pub(crate) messages: Messages,
    server: Downfalls,
    network: Faults,
    sending: outbox::Counts,
    holding: timeline::Counts,
    pub(crate) violations: Vec<Violation>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Messages {
    written: usize,
    pub(crate) acknowledged: usize,
    classic_written: usize,
    pub(crate) classic_acknowledged: usize,
    classic_heard: usize,
    stored: usize,
}

/// How often the server ended how.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Downfalls {
    pub(crate) kills: u64,
    pub(crate) stops: u64,
}

impl Report {
    pub(crate) fn new(
        plan: &Plan,
        server: Downfalls,
        network: Faults,
        members: &[Member],
        outcomes: &[Outcome],
        evidence: &Evidence,
        violations: Vec<Violation>,
    ) -> Self {
        let written = || evidence.senders.iter().flat_map(|sender| &sender.written);
        let classic = || evidence.classic.iter().flat_map(|sender| &sender.written);
        let is_acknowledged = |written: &&Written| written.answer.is_some();
        let messages = Messages {
            written: written().count(),
            acknowledged: written().filter(is_acknowledged).count(),
            classic_written: classic().count(),
            classic_acknowledged: classic().filter(|(_, acknowledged)| *acknowledged).count(),
            classic_heard: evidence.heard.iter().map(Vec::len).sum(),
            stored: evidence.history.values().map(Vec::len).sum(),
        };
        Self {
            seed: plan.seed,
            seconds: plan.seconds,
            rooms: plan.rooms,
            connections: members.len(),
            classic_connections: evidence.heard.len(),
            messages,
            server,
            network,
            sending: outcomes.iter().map(|outcome| outcome.outbox.counts).sum(),
            holding: members.iter().map(|member| member.timeline().counts).sum(),
            violations,
        }
    }

    /// Leaves it in `target/tmp`, and says it.
    pub(crate) fn write(&self) {
        let json = serde_json::to_string_pretty(self).expect("names and numbers");
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("checker-report.json");
        std::fs::write(&path, &json).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        eprintln!("{json}");
    }
}
