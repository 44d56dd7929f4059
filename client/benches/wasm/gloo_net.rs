//! Hears frames with gloo-net alone: what `client.rs` would be without the client.

use futures_util::StreamExt;
use gloo_net::websocket::{Message, futures::WebSocket};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Where the server is.
    fn server() -> String;
    /// To be called when the first frame has come, and when the last has.
    fn begun();
    fn done(length: f64);
}

fn main() -> Result<(), JsValue> {
    let mut socket = WebSocket::open(&server()).map_err(|error| error.to_string())?;
    wasm_bindgen_futures::spawn_local(async move {
        let mut heard = 0.0;
        while let Some(Ok(message)) = socket.next().await {
            if let Message::Text(text) = message {
                begun();
                heard += text.len() as f64;
            }
        }
        done(heard);
    });
    Ok(())
}
