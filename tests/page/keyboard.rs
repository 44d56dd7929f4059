//! A keyboard is enough.

use hubbub_shared::chat::LOBBY;
use hubbub_tests::browser::{Key, Stage};
use hubbub_tests::chat::Device;

#[tokio::test]
async fn a_walk_by_keys_alone() {
    let stage = Stage::new().await;
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    bob.make_room("Kitchen").await;
    bob.say("kitchen", "hello").await;
    let ada = stage.stranger().await;
    ada.opens("/r/kitchen").await;
    ada.by_testid("name").wait_for_focus().await;
    ada.type_keys("Ada").await;
    ada.press(Key::Enter).await;
    ada.is_in("kitchen").await;
    ada.by_testid("composer").wait_for_focus().await;
    ada.type_keys("by keys").await;
    ada.press(Key::Enter).await;
    ada.sees(&["hello", "by keys"]).await;
    // Another room, and its composer.
    ada.tab_to("room-lobby").await;
    ada.press(Key::Enter).await;
    ada.is_in("lobby").await;
    ada.tab_to("composer").await;
    // A dialog, and back to where one was.
    for opener in ["browse", "create", "settings", "people"] {
        ada.tab_to(opener).await;
        ada.press(Key::Enter).await;
        ada.by_testid("modal").wait_for_some("return elements[0]?.matches(':modal')").await;
        ada.wait_until("return document.activeElement.closest('[data-testid=modal]') !== null").await;
        ada.press(Key::Escape).await;
        ada.by_testid("modal").wait_for_end().await;
        ada.by_testid(opener).wait_for_focus().await;
    }
    // What tries the server again can be reached.
    ada.cable().pull_out();
    ada.has_link("waiting").await;
    ada.tab_to("connect").await;
    ada.tab_to("scroller").await;
    ada.cable().put_in();
    ada.has_link("connected").await;
    stage.end().await;
}

#[tokio::test]
async fn what_failed_is_tried_again_and_discarded_by_keys() {
    let mut stage = Stage::new().await;
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    let ada = stage.person("Ada").await;
    stage.server.kill().await;
    ada.has_link("waiting").await;
    for text in ["not wanted", "wanted"] {
        ada.says(text).await;
        ada.sees_state(text, "pending").await;
    }
    stage.database.change("UPDATE meta SET value = 'another' WHERE name = 'store'");
    stage.server.restart().await;
    bob.wait_until_connected(2).await;
    ada.sees_state("wanted", "failed").await;
    // What goes takes the focus to where one writes, and not to nowhere.
    ada.tab_to("discard").await;
    ada.press(Key::Enter).await;
    ada.messages().with("not wanted").wait_for_end().await;
    ada.by_testid("composer").wait_for_focus().await;
    ada.tab_to("retry").await;
    ada.press(Key::Enter).await;
    ada.sees(&["wanted"]).await;
    ada.sees_state("wanted", "delivered").await;
    ada.by_testid("composer").wait_for_focus().await;
    assert_eq!(bob.history(LOBBY).await, ["wanted"]);
    stage.end().await;
}

#[tokio::test]
async fn what_waits_for_a_connection_is_called_back_by_keys() {
    let stage = Stage::new().await;
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    let ada = stage.person("Ada").await;
    ada.cable().pull_out();
    ada.has_link("waiting").await;
    for text in ["too soon", "in time"] {
        ada.says(text).await;
        ada.sees_state(text, "pending").await;
    }
    ada.tab_to("discard").await;
    ada.press(Key::Enter).await;
    ada.messages().with("too soon").wait_for_end().await;
    ada.by_testid("composer").wait_for_focus().await;
    ada.cable().put_in();
    ada.sees_state("in time", "delivered").await;
    assert_eq!(bob.history(LOBBY).await, ["in time"]);
    stage.end().await;
}

#[tokio::test]
async fn a_room_is_made_found_and_left_by_keys() {
    let stage = Stage::new().await;
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    bob.make_room("Kitchen").await;
    let ada = stage.person("Ada").await;
    ada.tab_to("create").await;
    ada.press(Key::Enter).await;
    ada.by_testid("new-name").wait_for_focus().await;
    ada.type_keys("Garden").await;
    ada.press(Key::Enter).await;
    ada.is_in("garden").await;
    ada.by_testid("composer").wait_for_focus().await;

    ada.tab_to("browse").await;
    ada.press(Key::Enter).await;
    ada.by_testid("browse-query").wait_for_focus().await;
    ada.type_keys("kitch").await;
    ada.by_testid("found-garden").wait_for_end().await;
    ada.tab_to("enter").await;
    ada.press(Key::Enter).await;
    ada.is_in("kitchen").await;
    ada.by_testid("composer").wait_for_focus().await;

    ada.tab_to("people").await;
    ada.press(Key::Enter).await;
    ada.tab_to("leave").await;
    ada.press(Key::Enter).await;
    ada.by_testid("leave-now").wait_for_focus().await;
    ada.press(Key::Enter).await;
    ada.is_in(LOBBY).await;
    ada.by_testid("room-kitchen").wait_for_end().await;
    ada.by_testid("modal").wait_for_end().await;
    // Something has the focus: whoever goes on does so from the page, and not from its edge.
    ada.wait_until("return document.activeElement !== document.body").await;

    ada.tab_to("settings").await;
    ada.press(Key::Enter).await;
    ada.tab_to("sign-out").await;
    ada.press(Key::Enter).await;
    ada.by_testid("stay").wait_for_focus().await;
    ada.tab_to("sign-out-now").await;
    ada.press(Key::Enter).await;
    ada.by_testid("name").wait_for_focus().await;
    stage.end().await;
}

#[tokio::test]
async fn what_follows_a_shortcut_is_not_said_in_the_room() {
    let stage = Stage::new().await;
    let ada = stage.person("Ada").await;
    ada.by_testid("composer").wait_for_focus().await;
    ada.type_keys("half a thought").await;
    // At once, as by a quick hand: the dialog is still on its way.
    let keys = "const press = (key, ctrlKey) => document.activeElement.dispatchEvent(
            new KeyboardEvent('keydown', { key, ctrlKey, bubbles: true, cancelable: true }));
        press('k', true);
        return press('c', false) || press('Enter', false);";
    assert_eq!(ada.run(keys).await, false, "neither key is the composer's");
    ada.by_testid("switcher").wait_for_focus().await;
    ada.press(Key::Escape).await;
    ada.by_testid("composer").wait_for_focus().await;
    assert_eq!(ada.by_testid("composer").value().await, "half a thought");
    stage.end().await;
}
