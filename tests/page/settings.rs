//! What a person chooses, and the end of a session.

use hubbub_tests::browser::{Look, Stage};
use hubbub_tests::chat::Device;

const BACKGROUND: &str = "return getComputedStyle(document.body).backgroundColor";

#[tokio::test]
async fn the_theme_follows_the_system_unless_it_is_chosen_and_is_kept() {
    let stage = Stage::new().await;
    let ada = stage.person("Ada").await;
    let light = ada.run(BACKGROUND).await;
    ada.look_on(Look::LAPTOP.dark()).await;
    let dark = ada.run(BACKGROUND).await;
    assert_ne!(light, dark);
    ada.look_on(Look::LAPTOP).await;
    ada.by_testid("settings").click().await;
    ada.by_testid("theme-dark").click().await;
    assert_eq!(ada.run(BACKGROUND).await, dark);
    ada.reload().await;
    ada.is_in("lobby").await;
    assert_eq!(ada.run(BACKGROUND).await, dark, "it is kept");
    ada.by_testid("settings").click().await;
    ada.by_testid("theme-system").click().await;
    assert_eq!(ada.run(BACKGROUND).await, light);
    stage.end().await;
}

#[tokio::test]
async fn density_changes_how_much_room_a_message_takes() {
    let stage = Stage::new().await;
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    let ada = stage.person("Ada").await;
    bob.say("lobby", "one").await;
    ada.says("two").await;
    ada.sees(&["one", "two"]).await;
    let height = "return document.querySelector('[data-testid=messages]').getBoundingClientRect().height";
    let comfortable = ada.run(height).await.as_f64();
    ada.by_testid("settings").click().await;
    ada.by_testid("density-compact").click().await;
    assert!(ada.run(height).await.as_f64() < comfortable);
    stage.end().await;
}

#[tokio::test]
async fn whoever_signs_out_is_told_what_it_costs_and_is_gone() {
    let stage = Stage::new().await;
    let ada = stage.person("Ada").await;
    ada.says("before").await;
    ada.sees_state("before", "delivered").await;
    ada.cable().hold_requests();
    ada.says("on its way").await;
    ada.sees_state("on its way", "pending").await;
    ada.by_testid("settings").click().await;
    ada.by_testid("sign-out").click().await;
    // Where nothing goes wrong by pressing Enter.
    ada.by_testid("stay").wait_for_focus().await;
    let warning = ada.by_testid("sign-out-warning").by_css(".lost").text().await;
    assert!(warning.contains("message"), "it says what would be lost: {warning}");
    ada.by_testid("stay").click().await;
    ada.by_testid("sign-out").wait_for_focus().await;
    ada.cable().put_in();
    ada.sees_state("on its way", "delivered").await;

    ada.by_testid("sign-out").click().await;
    ada.by_testid("sign-out-warning").by_css(".lost").wait_for_end().await;
    ada.by_testid("sign-out-now").click().await;
    ada.by_testid("name").wait().await;
    let kept = ada.run("return JSON.stringify(localStorage)").await.to_string();
    assert!(!kept.contains("Ada") && !kept.contains("before"), "nothing of theirs is left in the browser: {kept}");
    // The name is free again, and what was said stays.
    ada.comes_in_as("Ada").await;
    ada.sees(&["before", "on its way"]).await;
    stage.end().await;
}
