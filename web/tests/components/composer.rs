use hubbub_web::components::composer::Composer;
use hubbub_web::components::dialog::Dialog;
use hubbub_web::connection::Connection;
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Event, HtmlElement, HtmlTextAreaElement};

use crate::shown::{Press, Shown, connection, until};

/// Where somebody of this name writes, in a room that may change.
struct Desk {
    shown: Shown,
    field: HtmlTextAreaElement,
    connection: Connection,
    room: RwSignal<&'static str>,
}

impl Desk {
    async fn of(name: &str) -> Self {
        let connection = connection(name);
        let room = RwSignal::new("lobby");
        let shown = Shown::new(move || {
            provide_context(connection);
            provide_context(Dialog::default());
            let room = Memo::new(move |_| room.get().to_owned());
            view! { <Composer room /> }
        });
        let field: HtmlTextAreaElement = shown.one("textarea");
        let desk = Self { shown, field, connection, room };
        // What is kept of the room is put into the field a moment after that is there.
        leptos::task::tick().await;
        desk
    }

    /// As if it were typed.
    fn write(&self, text: &str) {
        self.field.set_value(text);
        let event = Event::new("input").expect("an event");
        self.field.dispatch_event(&event).expect("it is dispatched");
    }

    /// What is on its way.
    fn letters(&self) -> Vec<String> {
        self.connection.with_outbox(|outbox| outbox.letters().iter().map(|letter| letter.text.to_string()).collect())
    }
}

#[wasm_bindgen_test]
async fn enter_sends_and_all_else_writes_on() {
    let desk = Desk::of("enter").await;
    desk.write("hello");
    assert!(Press { shift: true, ..Press::default() }.on(&desk.field, "Enter"), "the browser breaks the line");
    assert!(Press { is_composing: true, ..Press::default() }.on(&desk.field, "Enter"), "it ends a character");
    assert_eq!((desk.letters(), desk.field.value().as_str()), (vec![], "hello"));
    assert!(!Press::default().on(&desk.field, "Enter"), "no line is broken");
    assert_eq!((desk.letters(), desk.field.value().as_str()), (vec!["hello".to_owned()], ""));
    // Nothing is no message, and nothing to complain of.
    Press::default().on(&desk.field, "Enter");
    leptos::task::tick().await;
    assert_eq!(desk.letters().len(), 1);
    assert_eq!(desk.shown.texts(".refusal"), [""]);
}

#[wasm_bindgen_test]
async fn the_button_sends_as_well_and_the_focus_stays_where_one_writes() {
    let desk = Desk::of("button").await;
    desk.write(" two\nlines ");
    desk.shown.one::<HtmlElement>("button").click();
    assert_eq!(desk.letters(), ["two\nlines"]);
    assert_eq!(crate::shown::focused().as_ref(), Some(desk.field.as_ref()));
}

#[wasm_bindgen_test]
async fn what_is_refused_stays_with_a_sentence() {
    let desk = Desk::of("limit").await;
    let says = |selector: &str, words: &str| desk.shown.texts(selector) == [words];
    desk.write(&"é".repeat(3_999));
    until("the count", || says(".count", "1 character left")).await;
    desk.write(&"é".repeat(4_001));
    until("the count", || says(".count", "1 character too many")).await;
    Press::default().on(&desk.field, "Enter");
    until("the refusal", || says(".refusal", "A message has at most 4,000 characters.")).await;
    assert_eq!(desk.field.get_attribute("aria-invalid").as_deref(), Some("true"));
    assert_eq!((desk.letters().len(), desk.field.value().chars().count()), (0, 4_001));
    desk.write("  \n ");
    until("the end of the refusal", || says(".refusal", "") && says(".count", "")).await;
    assert_eq!(desk.field.get_attribute("aria-invalid").as_deref(), Some("false"));
    Press::default().on(&desk.field, "Enter");
    until("the refusal", || says(".refusal", "A message needs at least one character.")).await;
}

#[wasm_bindgen_test]
async fn each_room_has_its_own_draft() {
    let desk = Desk::of("drafts").await;
    desk.write("for the lobby");
    desk.room.set("kitchen");
    until("an empty field", || desk.field.value().is_empty()).await;
    desk.write("for the kitchen");
    desk.room.set("lobby");
    until("what was written there", || desk.field.value() == "for the lobby").await;
    Press::default().on(&desk.field, "Enter");
    desk.room.set("kitchen");
    until("what was written there", || desk.field.value() == "for the kitchen").await;
    desk.room.set("lobby");
    until("nothing, since it was sent", || desk.field.value().is_empty()).await;
}
