//! What those hear who listen to the page and don't look at it.

use hubbub_shared::chat::LOBBY;
use hubbub_tests::browser::{Person, Stage};
use hubbub_tests::chat::Device;
use hubbub_tests::wait::wait_until_eq;
use serde_json::json;

use crate::UNLIMITED;

/// Takes down all that is announced, from the page's first moment on.
const LISTEN: &str = "window.heard = [];
    const told = node => node.nodeType === 1 && node.closest('[data-testid=announcer]') && node.textContent;
    new MutationObserver(records => {
        for (const node of records.flatMap(record => [...record.addedNodes])) if (told(node)) heard.push(told(node));
    }).observe(document, { subtree: true, childList: true });";

/// Somebody whose ears are open as soon as the page is.
async fn listener(stage: &Stage) -> Person {
    let ada = stage.stranger().await;
    ada.run_first(LISTEN).await;
    ada.opens("/").await;
    ada
}

/// Has heard this since the page was opened, and nothing else.
async fn has_heard(person: &Person, sentences: &[&str]) {
    wait_until_eq("what is announced", &json!(sentences), async || person.run("return window.heard").await).await;
}

#[tokio::test]
async fn what_is_new_is_announced_and_what_was_said_is_not() {
    let stage = Stage::with(&UNLIMITED).await;
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    bob.say_all(LOBBY, (1..=200).map(|number| format!("message {number}"))).await;
    let kitchen = bob.make_room("Kitchen").await;
    bob.say(&kitchen, "It is warm in here").await;
    let ada = listener(&stage).await;
    ada.comes_in_as("Ada").await;
    ada.messages().with("message 200").wait_for_sight().await;
    // Politely: whatever is being read is read to its end.
    let announcer = ada.by_testid("announcer").attribute("role").await;
    let list = ada.by_testid("scroller").attribute("aria-live").await;
    assert_eq!((announcer.as_deref(), list.as_deref()), (Some("status"), Some("off")));
    // What would be announced of the history would be so before this.
    bob.say(LOBBY, "first").await;
    has_heard(&ada, &["Bob: first"]).await;

    // Neither older messages nor another room's nor one's own are news.
    ada.by_testid("scroller").run("elements[0].scrollTop = -elements[0].scrollHeight").await;
    ada.messages().with("message 120").wait().await;
    ada.says("mine").await;
    ada.sees_state("mine", "delivered").await;
    ada.opens("/r/kitchen").await;
    ada.by_testid("join-room").click().await;
    ada.is_in(&kitchen).await;
    ada.messages().with("It is warm in here").wait_for_sight().await;
    // What one does oneself is told as well, where it isn't seen by its outcome alone.
    has_heard(&ada, &["You are in the room now."]).await;
    ada.run("window.heard = []").await;
    bob.say(LOBBY, "elsewhere").await;
    bob.say(&kitchen, "second").await;
    has_heard(&ada, &["Bob: second"]).await;
    ada.by_testid("room-lobby").click().await;
    ada.messages().with("elsewhere").wait_for_sight().await;
    bob.say(LOBBY, "third").await;
    has_heard(&ada, &["Bob: second", "Bob: third"]).await;

    ada.reload().await;
    ada.is_in(LOBBY).await;
    bob.say(LOBBY, "fourth").await;
    has_heard(&ada, &["Bob: fourth"]).await;
    stage.end().await;
}

#[tokio::test]
async fn what_comes_at_once_is_one_sentence() {
    let stage = Stage::with(&UNLIMITED).await;
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    let ada = listener(&stage).await;
    ada.comes_in_as("Ada").await;
    ada.cable().hold_answers();
    bob.say_all(LOBBY, (1..=20).map(|number| format!("message {number}"))).await;
    ada.cable().put_in();
    has_heard(&ada, &["20 new messages"]).await;
    // The same words again are news again.
    for _ in 0..2 {
        ada.run("window.heard = []").await;
        bob.say(LOBBY, "well?").await;
        has_heard(&ada, &["Bob: well?"]).await;
    }
    assert_eq!(ada.by_testid("announcer").by_css("p").count().await, 1, "only what was said last stands there");
    stage.end().await;
}
