//! The page without a network: it opens, has what it had, takes what is written, and sends that once.

use hubbub_shared::chat::LOBBY;
use hubbub_tests::browser::{Person, Stage};
use hubbub_tests::chat::Device;

/// Somebody whose browser has kept the page.
async fn ada_with_the_page_kept(stage: &Stage) -> Person {
    let ada = stage.person("Ada").await;
    ada.wait_until("return navigator.serviceWorker.controller?.state === 'activated'").await;
    ada
}

#[tokio::test]
async fn a_reload_without_a_network_shows_what_was_there_and_takes_more() {
    let stage = Stage::new().await;
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    bob.make_room("Kitchen").await;
    bob.say("kitchen", "It is warm in here").await;
    let ada = ada_with_the_page_kept(&stage).await;
    ada.opens("/r/kitchen").await;
    ada.by_testid("join-room").click().await;
    ada.is_in("kitchen").await;
    ada.sees(&["It is warm in here"]).await;
    ada.by_testid("room-lobby").click().await;
    ada.is_in(LOBBY).await;
    bob.say(LOBBY, "before the tunnel").await;
    ada.sees(&["before the tunnel"]).await;

    ada.goes_offline().await;
    ada.reload().await;
    ada.by_testid("banner").with("offline").wait_for_sight().await;
    ada.sees(&["before the tunnel"]).await;
    ada.by_testid("author").wait_for_text("Bob").await;
    ada.by_testid("me").wait_for_text("Ada").await;
    ada.says("in the tunnel").await;
    ada.sees_state("in the tunnel", "pending").await;
    ada.by_testid("progress").with("Waits").wait_for_sight().await;
    // So is every other room.
    ada.by_testid("room-kitchen").click().await;
    ada.wait_for_path("/r/kitchen").await;
    ada.by_testid("room-name").wait_for_text("Kitchen").await;
    ada.sees(&["It is warm in here"]).await;
    // And it is all there once more.
    ada.reload().await;
    ada.by_testid("room-lobby").click().await;
    ada.sees(&["before the tunnel", "in the tunnel"]).await;
    ada.sees_state("in the tunnel", "pending").await;

    ada.comes_online().await;
    ada.sees_state("in the tunnel", "delivered").await;
    assert_eq!(bob.history(LOBBY).await, ["before the tunnel", "in the tunnel"]);
    stage.end().await;
}

#[tokio::test]
async fn whoever_was_never_here_is_told_that_there_is_no_network() {
    let stage = Stage::new().await;
    let ada = stage.stranger().await;
    ada.opens("/").await;
    ada.wait_until("return navigator.serviceWorker.controller?.state === 'activated'").await;
    ada.goes_offline().await;
    ada.reload().await;
    ada.by_testid("name").type_keys("Ada").await;
    ada.by_testid("join").click().await;
    ada.by_testid("name-refusal").wait_for_some("return elements[0].textContent.trim()").await;
    assert_eq!(ada.by_testid("name").value().await, "Ada", "nothing has to be typed again");
    ada.comes_online().await;
    ada.by_testid("join").click().await;
    ada.is_in(LOBBY).await;
    stage.end().await;
}
