//! What the server counts: every metric by its name, and one function for each thing that happens.
//!
//! What happens is counted by whoever does it, when it happens. What there is at the moment is read when somebody asks for
//! the metrics, which is what the [`exporter`](crate::exporter) is for. Without an exporter nothing is kept, and to count
//! something costs a look at a handle that leads nowhere.

use std::sync::LazyLock;
use std::time::Duration;

use ::metrics::{
    Counter, Gauge, Histogram, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use hubbub_shared::ErrorCode;

use crate::cut::Cut;

const CONNECTIONS: &str = "hubbub_connections";
const SOCKETS: &str = "hubbub_sockets";
const ON_THEIR_WAY: &str = "hubbub_messages_on_their_way";
const RECEIVED: &str = "hubbub_messages_received_total";
const DELIVERED: &str = "hubbub_messages_delivered_total";
const COMMIT_SECONDS: &str = "hubbub_commit_seconds";
const COMMIT_ENTRIES: &str = "hubbub_commit_entries";
const FAILED: &str = "hubbub_failed_transactions_total";
const FAN_OUT_SECONDS: &str = "hubbub_fan_out_seconds";
const FAN_OUT_MESSAGES: &str = "hubbub_fan_out_messages";
const CUTS: &str = "hubbub_connections_cut_total";
const REFUSALS: &str = "hubbub_refusals_total";
const NEW_SESSIONS: &str = "hubbub_new_sessions_total";

/// The upper bounds of the buckets of histograms whose name ends in [`SECONDS`], and of the others, which count things.
pub(crate) const SECONDS: &str = "_seconds";
pub(crate) const SECONDS_BUCKETS: [f64; 16] =
    [1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
pub(crate) const COUNT_BUCKETS: [f64; 13] =
    [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1_024.0, 2_048.0, 4_096.0];

/// Ready when the first thing is counted, which must be after the exporter has said where to.
static HANDLES: LazyLock<Handles> = LazyLock::new(Handles::register);

/// What there is at the moment.
#[derive(Debug)]
pub(crate) struct Present {
    pub(crate) connections: usize,
    pub(crate) classic_sockets: usize,
    pub(crate) chat_sockets: usize,
    pub(crate) messages_on_their_way: usize,
}

/// Where to count what happens often. What happens rarely is looked up by its name.
struct Handles {
    connections: Gauge,
    sockets: ByNamespace<Gauge>,
    messages_on_their_way: Gauge,
    received: ByNamespace<Counter>,
    delivered: Counter,
    commit_seconds: Histogram,
    commit_entries: Histogram,
    fan_out_seconds: Histogram,
    fan_out_messages: Histogram,
}

/// The same for each of the two contracts.
struct ByNamespace<M> {
    classic: M,
    chat: M,
}

/// Begins all metrics at 0, so that the first thing that happens shows as a change.
pub(crate) fn begin() {
    describe();
    LazyLock::force(&HANDLES);
}

/// Says what each metric is.
fn describe() {
    describe_gauge!(CONNECTIONS, "Open TCP connections to the server's port.");
    describe_gauge!(SOCKETS, "Socket.IO sockets, by namespace.");
    describe_gauge!(ON_THEIR_WAY, "Messages that have come and not gone out to everybody yet.");
    describe_counter!(RECEIVED, "Messages that clients sent to rooms, by namespace.");
    describe_counter!(DELIVERED, "Messages handed to sockets: each message once for every socket that gets it.");
    describe_histogram!(COMMIT_SECONDS, "How long a transaction took, from its begin to the end of its commit.");
    describe_histogram!(COMMIT_ENTRIES, "How many entries of the log were written in one transaction.");
    describe_counter!(FAILED, "Transactions that failed. What was in them is tried again or refused.");
    describe_histogram!(
        FAN_OUT_SECONDS,
        "From a message's commit until its round was handed to the room's last socket."
    );
    describe_histogram!(FAN_OUT_MESSAGES, "How many messages a room sent out in one round.");
    describe_counter!(CUTS, "Connections that the server cut, by reason.");
    describe_counter!(REFUSALS, "Refused requests, over HTTP and Socket.IO, by the error's code.");
    describe_counter!(NEW_SESSIONS, "Sessions that began, by a name or by a link code.");
}

pub(crate) fn there_are(present: &Present) {
    HANDLES.connections.set(present.connections as f64);
    HANDLES.sockets.classic.set(present.classic_sockets as f64);
    HANDLES.sockets.chat.set(present.chat_sockets as f64);
    HANDLES.messages_on_their_way.set(present.messages_on_their_way as f64);
}

/// A message came on `/`, and enters the log.
pub(crate) fn received_classic() {
    HANDLES.received.classic.increment(1);
}

/// A message came on `/chat`, and enters the log.
pub(crate) fn received_chat() {
    HANDLES.received.chat.increment(1);
}

pub(crate) fn committed(entries: usize, took: Duration) {
    HANDLES.commit_seconds.record(took);
    HANDLES.commit_entries.record(entries as f64);
}

pub(crate) fn transaction_failed() {
    counter!(FAILED).increment(1);
}

/// A room has handed so many messages to so many sockets, the first of them so long after its commit.
pub(crate) fn sent_out(messages: usize, sockets: usize, took: Duration) {
    HANDLES.delivered.increment(messages as u64 * sockets as u64);
    HANDLES.fan_out_seconds.record(took);
    HANDLES.fan_out_messages.record(messages as f64);
}

pub(crate) fn cut(why: Cut) {
    counter!(CUTS, "reason" => why.reason()).increment(1);
}

pub(crate) fn refused(code: ErrorCode) {
    counter!(REFUSALS, "code" => code.to_string()).increment(1);
}

pub(crate) fn session_began() {
    counter!(NEW_SESSIONS).increment(1);
}

impl Handles {
    fn register() -> Self {
        counter!(FAILED).increment(0);
        counter!(NEW_SESSIONS).increment(0);
        for why in Cut::ALL {
            counter!(CUTS, "reason" => why.reason()).increment(0);
        }
        for code in ErrorCode::ALL {
            counter!(REFUSALS, "code" => code.to_string()).increment(0);
        }
        Self {
            connections: gauge!(CONNECTIONS),
            sockets: ByNamespace {
                classic: gauge!(SOCKETS, "namespace" => "/"),
                chat: gauge!(SOCKETS, "namespace" => "/chat"),
            },
            messages_on_their_way: gauge!(ON_THEIR_WAY),
            received: ByNamespace {
                classic: counter!(RECEIVED, "namespace" => "/"),
                chat: counter!(RECEIVED, "namespace" => "/chat"),
            },
            delivered: counter!(DELIVERED),
            commit_seconds: histogram!(COMMIT_SECONDS),
            commit_entries: histogram!(COMMIT_ENTRIES),
            fan_out_seconds: histogram!(FAN_OUT_SECONDS),
            fan_out_messages: histogram!(FAN_OUT_MESSAGES),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use ::metrics::with_local_recorder;

    use super::*;
    use crate::exporter;

    /// The lines of a metrics page, at the begin of a server.
    fn page() -> Vec<String> {
        let recorder = exporter::builder().unwrap().build_recorder();
        with_local_recorder(&recorder, || {
            describe();
            Handles::register();
        });
        recorder.handle().render().lines().map(str::to_owned).collect()
    }

    /// The first words after this one.
    fn after(lines: &[String], start: &str) -> BTreeSet<String> {
        let words = lines.iter().filter_map(|line| line.strip_prefix(start)?.split(' ').next());
        words.map(str::to_owned).collect()
    }

    #[test]
    fn every_metric_is_described_and_named_as_prometheus_likes() {
        let lines = page();
        assert_eq!(after(&lines, "# HELP "), after(&lines, "# TYPE "));
        assert_eq!(after(&lines, "# TYPE ").len(), 13);
        for line in lines.iter().filter_map(|line| line.strip_prefix("# TYPE ")) {
            let (name, kind) = line.split_once(' ').unwrap();
            assert!(name.starts_with("hubbub_"), "{name}");
            assert_eq!(name.ends_with("_total"), kind == "counter", "{name} is a {kind}");
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{name} is a {kind}");
        }
    }

    #[test]
    fn everything_begins_at_nothing() {
        let lines = page();
        let series = lines.iter().filter(|line| !line.starts_with('#') && !line.is_empty());
        series.for_each(|line| assert!(line.ends_with(" 0"), "{line}"));
        for expected in [
            "hubbub_messages_received_total{namespace=\"/chat\"} 0",
            "hubbub_refusals_total{code=\"try_again\"} 0",
            "hubbub_connections_cut_total{reason=\"too_many_bytes\"} 0",
            "hubbub_commit_seconds_bucket{le=\"0.0001\"} 0",
            "hubbub_commit_seconds_bucket{le=\"10\"} 0",
            "hubbub_commit_entries_bucket{le=\"1\"} 0",
            "hubbub_fan_out_messages_bucket{le=\"4096\"} 0",
        ] {
            assert!(lines.iter().any(|line| line == expected), "{expected}");
        }
    }
}
