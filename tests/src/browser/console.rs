//! What the browser took down of the page: its console, and its requests.

use serde_json::Value;

/// The errors among the entries of the browser's log, but for what a browser says of itself and no page can prevent: that a
/// server is gone, and that it refused something (which the person has to be told, and a test says how).
pub(super) fn errors(entries: &[Value]) -> Vec<String> {
    let severe = entries.iter().filter(|entry| entry["level"] == "SEVERE");
    let messages = severe.map(|entry| entry["message"].as_str().unwrap_or_default());
    messages.filter(|message| !is_of_the_network(message)).map(str::to_owned).collect()
}

fn is_of_the_network(message: &str) -> bool {
    let is_refusal = message.contains("/api/") && message.contains("responded with a status of 4");
    let is_gone = message.contains("Failed to load resource: net::ERR_");
    is_refusal || is_gone || message.contains("WebSocket connection to")
}

/// The URLs that were requested, WebSockets included, by the entries of the performance log.
pub(super) fn requests(entries: &[Value]) -> Vec<String> {
    let url = |entry: &Value| {
        let event: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
        let params = &event["message"]["params"];
        let url = match event["message"]["method"].as_str()? {
            "Network.requestWillBeSent" => &params["request"]["url"],
            "Network.webSocketCreated" => &params["url"],
            _ => return None,
        };
        url.as_str().map(str::to_owned)
    };
    entries.iter().filter_map(url).collect()
}
