//! Order and loss: a burst of one client comes back whole and in order, to it and to a bystander, whatever the transport.

use hubbub_tests::peer::Peer;
use hubbub_tests::server::Server;
use serde_json::{Value, json};

const MESSAGES: usize = 20_000;

/// 64 bytes each, and no two the same.
fn texts() -> Vec<String> {
    (0..MESSAGES).map(|number| format!("{number:064}")).collect()
}

fn websocket() -> Value {
    json!({"transports": ["websocket"]})
}

fn polling() -> Value {
    json!({"transports": ["polling"]})
}

/// Begins with polling and changes to WebSocket as soon as it can: in the middle of the burst.
fn upgrade() -> Value {
    json!({"transports": ["polling", "websocket"]})
}

async fn a_burst_comes_back(transport: Value, acks: bool, last_transport: &str) {
    let server = Server::start(&[]).await;
    let bystander = Peer::client(&server.url, transport.clone());
    bystander.wait_for(&json!({"is": "connect"})).await;
    let mut speaker = Peer::client(&server.url, transport);
    speaker.wait_for(&json!({"is": "connect"})).await;

    let texts = texts();
    speaker.ask(json!({"do": "burst", "name": "chat_message", "texts": texts, "acks": acks})).await;
    for peer in [&speaker, &bystander] {
        peer.wait_for_count(&json!({"is": "event", "name": "chat_message"}), MESSAGES).await;
        assert_in_order(&peer.chat(), &texts);
    }
    if acks {
        let answers = speaker.wait_for_count(&json!({"is": "answer", "answer": []}), MESSAGES).await;
        let acknowledged: Vec<_> =
            answers.iter().map(|answer| answer["args"][0].as_str().unwrap().to_owned()).collect();
        assert_in_order(&acknowledged, &texts);
    }

    // Nothing came twice, and nobody was disconnected on the way.
    speaker.ask(json!({"do": "emit", "name": "chat_message", "args": ["the end"]})).await;
    for peer in [&speaker, &bystander] {
        peer.wait_for(&json!({"is": "event", "args": ["the end"]})).await;
        assert_eq!(peer.chat().len(), MESSAGES + 1);
        assert_eq!(peer.said(&json!({"is": "disconnect"})), [Value::Null; 0]);
    }
    speaker.ask(json!({"do": "transport"})).await;
    let transport = speaker.wait_for(&json!({"is": "transport"})).await;
    assert_eq!(transport["name"], last_transport);
}

/// As `assert_eq`, with a message that a person can read.
fn assert_in_order(got: &[String], expected: &[String]) {
    let wrong = got.iter().zip(expected).position(|(got, expected)| got != expected);
    assert_eq!(wrong, None, "the first one out of order");
    assert_eq!(got.len(), expected.len());
}

#[tokio::test]
async fn over_websocket() {
    a_burst_comes_back(websocket(), false, "websocket").await;
}

#[tokio::test]
async fn over_websocket_with_acknowledgements() {
    a_burst_comes_back(websocket(), true, "websocket").await;
}

#[tokio::test]
async fn over_long_polling() {
    a_burst_comes_back(polling(), false, "polling").await;
}

#[tokio::test]
async fn over_long_polling_with_acknowledgements() {
    a_burst_comes_back(polling(), true, "polling").await;
}

#[tokio::test]
async fn while_polling_is_upgraded_to_websocket() {
    a_burst_comes_back(upgrade(), false, "websocket").await;
}

#[tokio::test]
async fn while_polling_is_upgraded_to_websocket_with_acknowledgements() {
    a_burst_comes_back(upgrade(), true, "websocket").await;
}
