//! Hears events with the client.

use std::cell::Cell;

use hubbub_client::Client;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Where the server is.
    fn server() -> String;
    /// To be called when the first event has come, and when all have.
    fn begun();
    fn done(length: f64);
}

/// The length of all the events together.
const ALL: f64 = 100_000.0 * 43.0;

fn main() -> Result<(), JsValue> {
    let socket = Client::new(&server()).map_err(|error| error.to_string())?.socket("/");
    let heard = Cell::new(0.0);
    socket.on("chat_message", move |event| {
        let Ok((text,)) = event.read::<(String,)>() else { return };
        if heard.get() == 0.0 {
            begun();
        }
        heard.set(heard.get() + text.len() as f64);
        if heard.get() == ALL {
            done(heard.get());
        }
    });
    socket.connect();
    std::mem::forget(socket);
    Ok(())
}
