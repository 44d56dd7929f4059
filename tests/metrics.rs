//! What the server counts, as Prometheus reads it: after known traffic every number is known.

use hubbub_shared::chat::LOBBY;
use hubbub_tests::chat::{Device, message};
use hubbub_tests::database::Database;
use hubbub_tests::http::{get, post};
use hubbub_tests::native::Chatter;
use hubbub_tests::raw::Raw;
use hubbub_tests::server::{Server, command};
use hubbub_tests::session::{self, refusal};
use hubbub_tests::wait::{wait_until_eq, within_limit};
use hyper::StatusCode;
use rusqlite::Connection;
use serde_json::{Value, json};

/// Metrics on a free port.
const METRICS: [&str; 2] = ["--metrics-listen", "127.0.0.1:0"];

/// The text format's own.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Where a server shows its metrics.
struct Metrics {
    url: String,
}

impl Metrics {
    async fn of(server: &Server) -> Self {
        let line = server.log.wait_for(&["metrics are on http://"]).await;
        let url = line.split_whitespace().rfind(|word| word.starts_with("http://"));
        Self { url: url.expect("its URL").to_owned() }
    }

    async fn page(&self) -> String {
        let page = get(&self.url, &[]).await;
        assert_eq!((page.status, page.header("content-type")), (StatusCode::OK, TEXT));
        page.text().to_owned()
    }

    /// Waits until these series have these values.
    async fn wait_until(&self, expected: &[(&str, f64)]) {
        let expected: Vec<_> = expected.iter().map(|(series, value)| (*series, Some(*value))).collect();
        let told = async || {
            let page = self.page().await;
            expected.iter().map(|(series, _)| (*series, value(&page, series))).collect::<Vec<_>>()
        };
        wait_until_eq("the metrics", &expected, told).await;
    }

    /// Waits until so many are in the lobby: who is counted is there.
    async fn wait_for_sockets(&self, classic: f64, chat: f64) {
        let namespaces =
            [(r#"hubbub_sockets{namespace="/"}"#, classic), (r#"hubbub_sockets{namespace="/chat"}"#, chat)];
        self.wait_until(&namespaces).await;
    }
}

/// The value of a series, which is a name and perhaps labels.
fn value(page: &str, series: &str) -> Option<f64> {
    let value = page.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '))?;
    Some(value.parse().unwrap_or_else(|_| panic!("{series} is {value}, and no number")))
}

#[tokio::test]
async fn messages_are_counted_as_they_come_and_go() {
    let server = Server::start(&METRICS).await;
    let metrics = Metrics::of(&server).await;
    metrics.wait_until(&[("hubbub_connections", 0.0), ("hubbub_messages_delivered_total", 0.0)]).await;

    let (speaker, listener) = (Chatter::join(&server.url).await, Chatter::join(&server.url).await);
    let ada = Device::sign_in(&server.url, "Ada").await;
    metrics.wait_for_sockets(2.0, 1.0).await;
    metrics.wait_until(&[("hubbub_connections", 3.0), ("hubbub_new_sessions_total", 1.0)]).await;

    for number in 0..5 {
        speaker.say(&format!("{number}")).await.expect("it is written");
    }
    let twice = message(LOBBY, "from Ada");
    ada.say(LOBBY, "once").await;
    for _ in 0..2 {
        ada.ask(&twice).await.expect("members may");
    }
    listener.heard.wait_for(|text| text == "Ada: from Ada").await;
    metrics
        .wait_until(&[
            (r#"hubbub_messages_received_total{namespace="/"}"#, 5.0),
            // One of them was stored already: it came, and didn't go out again.
            (r#"hubbub_messages_received_total{namespace="/chat"}"#, 3.0),
            // Seven, each to three.
            ("hubbub_messages_delivered_total", 21.0),
            ("hubbub_fan_out_messages_sum", 7.0),
            ("hubbub_messages_on_their_way", 0.0),
            ("hubbub_failed_transactions_total", 0.0),
        ])
        .await;

    drop((speaker, listener, ada));
    metrics.wait_for_sockets(0.0, 0.0).await;
    metrics.wait_until(&[("hubbub_connections", 0.0)]).await;

    let page = metrics.page().await;
    let of = |series: &str| value(&page, series).unwrap_or_else(|| panic!("no {series} in {page}"));
    for histogram in ["hubbub_commit_seconds", "hubbub_commit_entries", "hubbub_fan_out_seconds"] {
        assert_eq!(of(&format!(r#"{histogram}_bucket{{le="+Inf"}}"#)), of(&format!("{histogram}_count")));
        assert!(of(&format!("{histogram}_sum")) > 0.0, "{page}");
    }
    assert_eq!(of("hubbub_commit_seconds_count"), of("hubbub_commit_entries_count"));
    assert_eq!(of("hubbub_fan_out_seconds_count"), of("hubbub_fan_out_messages_count"));
    // Eight messages, and whoever came.
    assert!(of("hubbub_commit_entries_sum") > 8.0, "{page}");
}

#[tokio::test]
async fn refusals_are_counted_by_their_code() {
    let server = Server::start(&METRICS).await;
    let metrics = Metrics::of(&server).await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    for (event, request, code) in [
        ("send_message", json!(message(LOBBY, " ")), "text_empty"),
        ("no_such_request", json!({}), "unknown_event"),
        ("history", json!({"room": "elsewhere", "after": 0}), "no_such_room"),
        ("history", json!({"room": LOBBY}), "bad_request"),
    ] {
        assert_eq!(ada.code_of(event, &[request]).await, code);
    }
    assert_eq!(refusal(&session::begin(&server.url, &json!({"name": "ada"}), &[]).await), "name_taken");
    assert_eq!(refusal(&session::whoami(&server.url, &[]).await), "unauthorized");
    let mut forger = Raw::open(server.address()).await;
    forger.send(r#"40/chat,{"token":"forged"}"#).await;
    assert_eq!(forger.text().await, r#"44/chat,{"message":"unauthorized"}"#);
    metrics
        .wait_until(&[
            (r#"hubbub_refusals_total{code="text_empty"}"#, 1.0),
            (r#"hubbub_refusals_total{code="unknown_event"}"#, 1.0),
            (r#"hubbub_refusals_total{code="no_such_room"}"#, 1.0),
            (r#"hubbub_refusals_total{code="bad_request"}"#, 1.0),
            (r#"hubbub_refusals_total{code="name_taken"}"#, 1.0),
            (r#"hubbub_refusals_total{code="unauthorized"}"#, 2.0),
            (r#"hubbub_refusals_total{code="try_again"}"#, 0.0),
            (r#"hubbub_messages_received_total{namespace="/chat"}"#, 0.0),
        ])
        .await;
}

#[tokio::test]
async fn a_slow_reader_that_is_cut_is_counted() {
    let server = Server::start(&[&METRICS[..], &["--max-queued-bytes", "524288"]].concat()).await;
    let metrics = Metrics::of(&server).await;
    // One that never polls: nothing holds anything for it but the server.
    let poll = format!("{}/socket.io/?EIO=4&transport=polling", server.url);
    let open = get(&poll, &[]).await;
    let open: Value = serde_json::from_str(open.text().trim_start_matches('0')).expect("a handshake");
    post(&format!("{poll}&sid={}", open["sid"].as_str().expect("a session")), "40").await;

    let speaker = Chatter::join(&server.url).await;
    metrics.wait_for_sockets(2.0, 0.0).await;
    for _ in 0..=524_288 / 4_000 {
        speaker.say(&"x".repeat(4_000)).await.expect("others are served");
    }
    metrics
        .wait_until(&[
            (r#"hubbub_connections_cut_total{reason="too_many_bytes"}"#, 1.0),
            (r#"hubbub_connections_cut_total{reason="too_many_packets"}"#, 0.0),
        ])
        .await;
    metrics.wait_for_sockets(1.0, 0.0).await;
}

#[tokio::test]
async fn a_database_that_cannot_be_written_is_seen() {
    let database = Database::new();
    let server = Server::start(&database.flags(&METRICS)).await;
    let metrics = Metrics::of(&server).await;
    let ada = Device::sign_in(&server.url, "Ada").await;
    // Then nothing of its coming is still to be written.
    ada.say(LOBBY, "before").await;
    let locker = Connection::open(database.file()).expect("the server made it");
    locker.execute_batch("BEGIN IMMEDIATE").expect("nobody writes");
    assert_eq!(ada.code_of("send_message", &[json!(message(LOBBY, "hello"))]).await, "try_again");
    metrics
        .wait_until(&[
            ("hubbub_failed_transactions_total", 1.0),
            (r#"hubbub_refusals_total{code="try_again"}"#, 1.0),
            ("hubbub_messages_on_their_way", 0.0),
            ("hubbub_messages_delivered_total", 1.0),
        ])
        .await;
}

#[tokio::test]
async fn metrics_are_on_a_port_of_their_own_and_only_if_asked_for() {
    let server = Server::start(&METRICS).await;
    let metrics = Metrics::of(&server).await;
    assert_eq!(get(&metrics.url.replace("/metrics", "/healthz"), &[]).await.status, StatusCode::NOT_FOUND);
    let page = get(&format!("{}/metrics", server.url), &[]).await;
    assert_eq!(value(page.text(), "hubbub_connections"), None);

    let silent = Server::start(&[]).await;
    let client = Raw::join(silent.address()).await;
    // It would have said so before.
    silent.log.wait_for(&["connected", &client.id]).await;
    assert_eq!(silent.log.with(&["metrics"]), [""; 0]);
}

#[tokio::test]
async fn a_port_in_use_is_one_clear_line() {
    let server = Server::start(&METRICS).await;
    let flags = ["--listen", "127.0.0.1:0", "--metrics-listen", server.address()];
    let ended = within_limit("the end", command().args(flags).output()).await.expect("it runs");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(said.contains("in use") && said.contains("--metrics-listen"), "{said}");
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
}
