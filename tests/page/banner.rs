//! The banner tells the truth about the connection, and what to do.

use hubbub_tests::browser::{Person, Stage};
use nix::sys::signal::Signal;

/// The banner has all of these words in it.
async fn says(person: &Person, words: &[&str]) {
    for words in words {
        person.by_testid("banner").with(words).wait_for_sight().await;
    }
}

#[tokio::test]
async fn a_server_that_is_gone_is_tried_again() {
    let mut stage = Stage::new().await;
    let ada = stage.person("Ada").await;
    assert_eq!(ada.by_testid("banner").text().await, "", "nothing is said while all is well");
    stage.server.kill().await;
    says(&ada, &["Reconnecting in", "Retry now"]).await;
    // It stays to be pressed, while attempts are made and fail.
    let watch = "window.offered = document.querySelector('[data-testid=connect]');
        window.tries = 0;
        new MutationObserver(() => tries += elements[0].dataset.state === 'retrying').observe(elements[0], { attributes: true })";
    ada.by_testid("banner").run(watch).await;
    ada.by_testid("connect").click().await;
    ada.wait_until("return window.tries >= 2").await;
    assert_eq!(ada.run("return window.offered.isConnected").await, true);
    stage.server.restart().await;
    // Or the page has found it by itself.
    ada.run("document.querySelector('[data-testid=connect]')?.click()").await;
    ada.has_link("connected").await;
    ada.by_testid("banner").wait_for_text("").await;
    stage.end().await;
}

#[tokio::test]
async fn whoever_is_offline_is_told_so() {
    let stage = Stage::new().await;
    let ada = stage.person("Ada").await;
    ada.goes_offline().await;
    says(&ada, &["You’re offline"]).await;
    ada.comes_online().await;
    // The browser's word is enough, though the next attempt may be far.
    ada.has_link("connected").await;
    stage.end().await;
}

#[tokio::test]
async fn a_server_that_closes_says_so() {
    let mut stage = Stage::new().await;
    let ada = stage.person("Ada").await;
    stage.server.signal(Signal::SIGTERM);
    stage.server.exit().await;
    says(&ada, &["server is closing", "Reconnecting in"]).await;
    stage.server.restart().await;
    ada.has_link("connected").await;
    stage.end().await;
}

#[tokio::test]
async fn who_signs_out_in_one_tab_is_told_in_the_other() {
    let stage = Stage::new().await;
    let ada = stage.person("Ada").await;
    let tab = ada.opens_in_another_tab("/").await;
    tab.is_in("lobby").await;
    // As another device of this session would.
    tab.run("return fetch('/api/session', { method: 'DELETE' }).then(answer => answer.status)").await;
    for tab in [&ada, &tab] {
        says(tab, &["signed out"]).await;
    }
    ada.by_testid("sign-in-again").click().await;
    ada.by_testid("name").wait().await;
    ada.comes_in_as("Ada").await;
    stage.end().await;
}
