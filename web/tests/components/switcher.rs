use hubbub_shared::chat::{RoomInfo, RoomState};
use hubbub_web::components::dialog::{Dialog, Which};
use hubbub_web::components::dialogs::Dialogs;
use leptos::prelude::*;
use leptos_router::components::Router;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Event, HtmlInputElement};

use crate::shown::{Press, Shown, connection, focused, until};

/// What an earlier visit left: rooms of these names.
fn remember(names: &[&str]) {
    let storage = window().local_storage().expect("it may be used").expect("a browser has one");
    storage.set_item("hubbub.store", "a store").expect("there is room");
    for name in names {
        let info =
            RoomInfo { id: name.to_lowercase(), name: (*name).into(), topic: String::new(), members: 1, head: 0 };
        let state = RoomState { info, read: 0, online: vec![], online_count: 0, messages: vec![], more: false };
        let key = format!("hubbub.room.{}", state.info.id);
        storage.set_item(&key, &serde_json::to_string(&state).expect("it can be written")).expect("there is room");
    }
}

#[wasm_bindgen_test]
async fn keys_choose_while_the_focus_stays_in_the_field() {
    remember(&["Garden", "Kitchen", "Lobby"]);
    let connection = connection("switcher");
    let dialog = Dialog::default();
    let shown = Shown::new(move || {
        provide_context(connection);
        provide_context(dialog);
        view! {
            <button id="opener" type="button" autofocus>
                "Go"
            </button>
            <Router>
                <Dialogs />
            </Router>
        }
    });
    let opener: web_sys::HtmlElement = shown.one("#opener");
    opener.focus().expect("it can have the focus");
    dialog.open(Which::Switcher);
    until("the field", || shown.all("[data-testid=switcher]").len() == 1).await;
    let field: HtmlInputElement = shown.one("[data-testid=switcher]");
    until("the focus", || focused().as_ref() == Some(field.as_ref())).await;

    // The option that assistive technology is told of is the one that looks chosen.
    let chosen = || {
        let id = field.get_attribute("aria-activedescendant").unwrap_or_default();
        let options = shown.all("[role=option][aria-selected=true]");
        let ids: Vec<String> = options.iter().map(|option| option.id()).collect();
        assert_eq!(ids, [id]);
        options[0].text_content().unwrap_or_default()
    };
    let write = |text: &str| {
        field.set_value(text);
        field.dispatch_event(&Event::new("input").expect("an event")).expect("it is dispatched");
    };
    write("kit");
    until("the room of these letters", || chosen().contains("Kitchen")).await;
    // Round and round: a room, and the way to all others.
    assert!(!Press::default().on(&field, "ArrowDown"), "the caret stays");
    until("the next", || !chosen().contains("Kitchen")).await;
    Press::default().on(&field, "ArrowDown");
    until("the first again", || chosen().contains("Kitchen")).await;
    Press::default().on(&field, "ArrowUp");
    until("the last", || !chosen().contains("Kitchen")).await;
    assert_eq!(focused().as_ref(), Some(field.as_ref()));
    dialog.close();
    until("the end", || shown.all("dialog").is_empty()).await;
    assert_eq!(focused().as_ref(), Some(opener.as_ref()));
}
