//! Being called while one looks at something else.

use hubbub_shared::chat::LOBBY;
use hubbub_tests::browser::{Person, Stage};
use hubbub_tests::chat::Device;
use hubbub_tests::wait::wait_for;

/// What the browser shows of the page's notifications, for any tab of it.
const SHOWN: &str = "return navigator.serviceWorker.getRegistration()
    .then(worker => worker.getNotifications())
    .then(all => all.map(one => [one.title, one.body, one.data].join()))
    .then(all => all.join('; '))";

/// Waits for a notification: its title, its text, and where a click leads. Earlier ones may have gone.
async fn is_shown(person: &Person, what: &str) {
    wait_for(what, async || {
        let shown = person.run(SHOWN).await.to_string();
        if shown.contains(what) { Ok(()) } else { Err(shown) }
    })
    .await;
}

#[tokio::test]
async fn a_mention_is_told_by_the_service_worker_to_who_looks_elsewhere() {
    let stage = Stage::new().await;
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    let ada = stage.person("Ada").await;
    ada.permit("notifications").await;
    ada.run("return navigator.serviceWorker.ready.then(() => true)").await;
    ada.by_testid("settings").click().await;
    ada.by_testid("notifications").click().await;
    ada.by_testid("notifications").wait_for_some("return elements[0]?.checked").await;
    is_shown(&ada, "Hubbub,A mention of you will look like this.,/").await;

    // A page that isn't the chat, and reads nothing.
    let elsewhere = ada.opens_in_another_tab("/link#no-code").await;
    bob.say(LOBBY, "nothing for her").await;
    bob.say(LOBBY, "@Ada, look").await;
    is_shown(&elsewhere, "Bob in Lobby,@Ada, look,/r/lobby").await;
    assert!(!elsewhere.run(SHOWN).await.to_string().contains("nothing for her"));
    stage.end().await;
}
