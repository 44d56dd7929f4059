use std::sync::Arc;

use hubbub_shared::chat::{Message, MessageId};
use hubbub_web::components::messages::message::Row;
use hubbub_web::components::messages::time::Today;
use hubbub_web::model::markup::Names;
use hubbub_web::model::outbox::Failure;
use hubbub_web::model::timeline::{self, Gap, Key, Marks, Own, OwnState, What};
use js_sys::Date;
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Element;

use crate::shown::{Shown, connection, until, user};

const ID: MessageId = MessageId::from_bytes([7; 16]);

/// A row as Ada sees it.
fn shown(row: &ArcRwSignal<timeline::Row>) -> Shown {
    let row = row.clone();
    let connection = connection("Ada");
    Shown::new(move || {
        provide_context(connection);
        provide_context(Today::follow());
        let names = Memo::new(|_| Names::new("Ada", []));
        view! { <Row row names /> }
    })
}

fn said(author: &str, at: u64) -> What {
    let (room, text) = ("lobby".to_owned(), "hello".to_owned());
    What::Message(Arc::new(Message { seq: 5, id: ID, room, author: user(author), text, at }))
}

fn own(state: OwnState) -> What {
    What::Own(Own { id: ID, text: "hello".into(), at: now(), state })
}

fn row(what: What, marks: Marks) -> ArcRwSignal<timeline::Row> {
    ArcRwSignal::new(timeline::Row { key: Key::Own(1), what, marks })
}

fn now() -> u64 {
    Date::now() as u64
}

#[wasm_bindgen_test]
async fn its_element_stays_while_it_is_sent_fails_and_arrives() {
    let row = row(own(OwnState::Pending), Marks::default());
    let shown = shown(&row);
    let element: Element = shown.one(".message");
    let state = || element.get_attribute("data-state").unwrap_or_default();
    assert_eq!((state().as_str(), element.get_attribute("data-seq")), ("pending", None));
    assert_eq!(shown.texts(".progress"), ["Sending"]);
    assert_eq!(shown.all("button").len(), 0);

    row.write().what = own(OwnState::Failed(Failure::StoreReplaced));
    until("it has failed", || state() == "failed").await;
    let failed: Element = shown.one("[role=alert]");
    assert!(failed.text_content().unwrap_or_default().starts_with("Not sent. "), "{}", shown.html());
    assert_eq!(shown.texts("button"), ["Retry", "Discard"]);
    assert_eq!(shown.all(".progress").len(), 0);

    row.write().what = own(OwnState::Sent { seq: 5, at: now() });
    until("it is sent", || state() == "delivered").await;
    assert_eq!(element.get_attribute("data-seq").as_deref(), Some("5"));
    row.write().what = said("Ada", now());
    until("nothing is left of the way", || shown.all("[role=alert], .progress").is_empty()).await;
    assert!(element.is_same_node(Some(&shown.one::<Element>(".message"))), "it is the same element");
    assert_eq!(shown.texts(".text"), ["hello"]);
}

#[wasm_bindgen_test]
fn mine_and_those_of_others_look_different() {
    for (author, is_mine) in [("Ada", 1), ("Bob", 0)] {
        let shown = shown(&row(said(author, now()), Marks::default()));
        assert_eq!(shown.texts(".author"), [author]);
        assert_eq!(shown.all(".message.mine").len(), is_mine);
    }
}

#[wasm_bindgen_test]
async fn what_stands_above_it_follows_its_marks() {
    let row = row(said("Bob", now()), Marks { continues: true, ..Marks::default() });
    let shown = shown(&row);
    assert_eq!(shown.all(".author, .avatar, .day, .new").len(), 0, "{}", shown.html());
    assert_eq!(shown.all("time").len(), 1, "whoever points at it learns when");
    row.write().marks = Marks { continues: true, first_unread: true, begins_day: true };
    until("the line", || shown.texts(".new") == ["New"]).await;
    assert_eq!(shown.texts("h2.day"), ["Today"]);
    assert_eq!(shown.texts(".author"), ["Bob"], "below a line it is said again who speaks");
    assert_eq!(shown.all(".message.continues").len(), 0);
}

#[wasm_bindgen_test]
fn times_and_days_are_those_of_who_reads() {
    const DAY: u64 = 24 * 60 * 60 * 1_000;
    // At noon, so that a change to summer time changes no day.
    let noon = Date::new_0();
    noon.set_hours(12);
    let noon = noon.get_time() as u64;
    for (at, day) in [(noon, "Today"), (noon - DAY, "Yesterday")] {
        let shown = shown(&row(said("Bob", at), Marks { begins_day: true, ..Marks::default() }));
        assert_eq!(shown.texts(".day"), [day]);
    }
    let at = noon - 800 * DAY;
    let shown = shown(&row(said("Bob", at), Marks { begins_day: true, ..Marks::default() }));
    let date = Date::new(&(at as f64).into());
    let year = date.get_full_year().to_string();
    let day = shown.texts(".day").concat();
    assert!(day.contains(&year), "a day of another year has its year: {day}");
    let time: Element = shown.one("time");
    assert_eq!(time.get_attribute("datetime"), date.to_iso_string().as_string());
    assert!(time.get_attribute("title").unwrap_or_default().contains(&year), "{}", shown.html());
    assert!(time.text_content().unwrap_or_default().contains("12"), "{}", shown.html());
}

#[wasm_bindgen_test]
fn a_gap_says_what_is_missing() {
    let shown = shown(&row(What::Gap(Gap { after: 3, before: 9 }), Marks::default()));
    let gap: Element = shown.one("[role=listitem]");
    let bound = |name| gap.get_attribute(name).unwrap_or_default();
    assert_eq!((bound("data-after").as_str(), bound("data-before").as_str()), ("3", "9"));
}
