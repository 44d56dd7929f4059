//! What becomes of a message: it is sent once, whatever happens on the way.

use hubbub_shared::chat::LOBBY;
use hubbub_tests::browser::{Person, Stage};
use hubbub_tests::chat::Device;
use nix::sys::signal::Signal;

/// Ada in the lobby, and Bob, who hears what is said there.
async fn ada_and_bob(stage: &Stage) -> (Person, Device) {
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    (stage.person("Ada").await, bob)
}

/// The page shows these as delivered, and the room has them, once each and in this order.
async fn are_delivered(person: &Person, witness: &Device, texts: &[&str]) {
    person.sees(texts).await;
    for text in texts {
        person.sees_state(text, "delivered").await;
    }
    assert_eq!(witness.history(LOBBY).await, texts);
}

#[tokio::test]
async fn a_message_is_on_its_way_until_the_server_has_it() {
    let stage = Stage::new().await;
    let (ada, bob) = ada_and_bob(&stage).await;
    ada.cable().hold_requests();
    ada.says("slow").await;
    ada.sees_state("slow", "pending").await;
    ada.messages().with("slow").by_testid("progress").wait_for_sight().await;
    ada.run("window.shown = document.querySelector('[data-testid=message]')").await;
    ada.cable().put_in();
    are_delivered(&ada, &bob, &["slow"]).await;
    ada.by_testid("progress").wait_for_end().await;
    let is_the_same = ada.run("return window.shown === document.querySelector('[data-testid=message]')").await;
    assert_eq!(is_the_same, true, "its element stays");
    stage.end().await;
}

#[tokio::test]
async fn what_is_written_without_a_network_is_sent_once_when_it_is_back() {
    let stage = Stage::new().await;
    let (ada, bob) = ada_and_bob(&stage).await;
    ada.goes_offline().await;
    ada.has_link("waiting").await;
    ada.says("first").await;
    ada.says("second").await;
    for text in ["first", "second"] {
        ada.sees_state(text, "pending").await;
    }
    ada.comes_online().await;
    are_delivered(&ada, &bob, &["first", "second"]).await;
    stage.end().await;
}

#[tokio::test]
async fn a_message_whose_answer_is_lost_is_stored_once() {
    let stage = Stage::new().await;
    let (ada, bob) = ada_and_bob(&stage).await;
    ada.cable().hold_answers();
    ada.says("once").await;
    bob.wait_for_text(LOBBY, "once").await;
    ada.sees_state("once", "pending").await;
    ada.cable().pull_out();
    ada.has_link("waiting").await;
    // Nobody is promised that it can be called back.
    ada.by_testid("progress").with("Waits").wait().await;
    assert!(!ada.by_testid("discard").is_there().await);
    ada.cable().put_in();
    are_delivered(&ada, &bob, &["once"]).await;
    stage.end().await;
}

#[tokio::test]
async fn a_server_that_is_killed_in_the_middle_of_a_send_gets_it_once() {
    let mut stage = Stage::new().await;
    let (ada, bob) = ada_and_bob(&stage).await;
    ada.says("before").await;
    ada.sees_state("before", "delivered").await;
    // A server that has stopped takes the message into its kernel, and does nothing with it.
    stage.server.signal(Signal::SIGSTOP);
    ada.says("in the middle").await;
    ada.sees_state("in the middle", "pending").await;
    stage.server.kill().await;
    ada.has_link("waiting").await;
    ada.says("without a server").await;
    stage.server.restart().await;
    bob.wait_until_connected(2).await;
    are_delivered(&ada, &bob, &["before", "in the middle", "without a server"]).await;
    stage.end().await;
}

#[tokio::test]
async fn a_reload_in_the_middle_of_a_send_loses_nothing_and_doubles_nothing() {
    let stage = Stage::new().await;
    let (ada, bob) = ada_and_bob(&stage).await;
    // One that the server has, and nobody was told so.
    ada.cable().hold_answers();
    ada.says("arrived").await;
    bob.wait_for_text(LOBBY, "arrived").await;
    // One that never left the browser.
    ada.says("not yet").await;
    ada.sees_state("not yet", "pending").await;
    ada.cable().pull_out();
    ada.cable().put_in();
    ada.reload().await;
    ada.is_in("lobby").await;
    are_delivered(&ada, &bob, &["arrived", "not yet"]).await;
    // And nothing is left to be sent.
    ada.reload().await;
    ada.is_in("lobby").await;
    are_delivered(&ada, &bob, &["arrived", "not yet"]).await;
    stage.end().await;
}

#[tokio::test]
async fn two_tabs_send_each_message_once() {
    let stage = Stage::new().await;
    let (ada, bob) = ada_and_bob(&stage).await;
    let tab = ada.opens_in_another_tab("/").await;
    tab.is_in("lobby").await;
    ada.cable().pull_out();
    for tab in [&ada, &tab] {
        tab.has_link("waiting").await;
    }
    ada.says("from the first").await;
    tab.says("from the second").await;
    // The one tab knows of what the other wants to send.
    for tab in [&ada, &tab] {
        for text in ["from the first", "from the second"] {
            tab.sees_state(text, "pending").await;
        }
    }
    ada.cable().put_in();
    for tab in [&ada, &tab] {
        are_delivered(tab, &bob, &["from the first", "from the second"]).await;
    }
    stage.end().await;
}

#[tokio::test]
async fn a_tab_that_is_left_sends_what_the_other_could_not() {
    let stage = Stage::new().await;
    let (ada, bob) = ada_and_bob(&stage).await;
    let tab = ada.opens_in_another_tab("/").await;
    tab.is_in("lobby").await;
    ada.cable().pull_out();
    ada.has_link("waiting").await;
    ada.says("left behind").await;
    tab.sees_state("left behind", "pending").await;
    ada.close().await;
    tab.cable().put_in();
    are_delivered(&tab, &bob, &["left behind"]).await;
    stage.end().await;
}

#[tokio::test]
async fn what_fails_says_why_and_can_be_tried_again_or_discarded() {
    let mut stage = Stage::new().await;
    let (ada, bob) = ada_and_bob(&stage).await;
    stage.server.kill().await;
    ada.has_link("waiting").await;
    for text in ["wanted", "not wanted"] {
        ada.says(text).await;
        ada.sees_state(text, "pending").await;
    }
    // What was restored from a backup is another store: the room may be another as well.
    stage.database.change("UPDATE meta SET value = 'another' WHERE name = 'store'");
    stage.server.restart().await;
    bob.wait_until_connected(2).await;
    for text in ["wanted", "not wanted"] {
        ada.sees_state(text, "failed").await;
        let why = ada.messages().with(text).by_testid("failed").text().await;
        assert!(why.contains("replaced"), "a sentence that says why: {why}");
    }
    // It is not forgotten with the page.
    ada.reload().await;
    ada.messages().with("not wanted").by_testid("discard").click().await;
    ada.messages().with("not wanted").wait_for_end().await;
    ada.messages().with("wanted").by_testid("retry").click().await;
    are_delivered(&ada, &bob, &["wanted"]).await;
    stage.end().await;
}
