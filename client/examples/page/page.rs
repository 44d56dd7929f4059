//! The smallest page with the client on it: `cd client/examples/page && trunk serve --open`, beside a server on
//! `http://localhost:5000`.
#![cfg(target_family = "wasm")]

use hubbub_client::Client;
use wasm_bindgen::{JsCast, JsValue, prelude::*};
use web_sys::{Element, Event, HtmlElement, HtmlInputElement};

#[wasm_bindgen(start)]
fn main() -> Result<(), JsValue> {
    let chat = Client::new("http://localhost:5000").map_err(|error| error.to_string())?.socket("/");
    let (form, input, heard) =
        (find::<HtmlElement>("say")?, find::<HtmlInputElement>("text")?, find::<Element>("heard")?);

    let show = move |line: &str| drop(heard.append_with_str_1(&format!("{line}\n")));
    let tell = show.clone();
    chat.on("chat_message", move |event| show(&event.read().map_or_else(|error| error.to_string(), |(text,)| text)));
    chat.on_status(move |status| tell(&format!("({status:?})")));
    chat.connect();

    let say = Closure::<dyn Fn(Event)>::new(move |event: Event| {
        event.prevent_default();
        if chat.emit("chat_message", (input.value(),)).is_ok() {
            input.set_value("");
        }
    });
    form.set_onsubmit(Some(say.into_js_value().unchecked_ref()));
    Ok(())
}

fn find<T: JsCast>(id: &str) -> Result<T, JsValue> {
    let element = web_sys::window().and_then(|window| window.document()?.get_element_by_id(id));
    Ok(element.ok_or(id)?.dyn_into()?)
}
