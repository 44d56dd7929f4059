//! A keyboard is enough.

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
