//! Who is here, and who is about to say something.

use hubbub_shared::chat::LOBBY;
use hubbub_shared::chat::request::Typing;
use hubbub_tests::browser::Stage;
use hubbub_tests::chat::Device;

#[tokio::test]
async fn those_who_are_here_are_counted() {
    let stage = Stage::new().await;
    let ada = stage.person("Ada").await;
    ada.by_testid("people").wait_for_text("1 here").await;
    let bob = stage.person("Bob").await;
    for person in [&ada, &bob] {
        person.by_testid("people").wait_for_text("2 here").await;
    }
    bob.goes_offline().await;
    ada.by_testid("people").wait_for_text("1 here").await;
    bob.comes_online().await;
    ada.by_testid("people").wait_for_text("2 here").await;
    stage.end().await;
}

#[tokio::test]
async fn who_types_is_named_until_it_is_said() {
    let stage = Stage::new().await;
    let ada = stage.person("Ada").await;
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    bob.chat.send(&Typing { room: LOBBY.to_owned() }).expect("connected");
    ada.by_testid("typing").with("Bob").wait().await;
    bob.say(LOBBY, "said").await;
    ada.sees(&["said"]).await;
    ada.by_testid("typing").with("Bob").wait_for_end().await;
    // The other way round: the server tells Bob.
    ada.by_testid("composer").type_keys("I think").await;
    bob.wait_for("typing", |told| told["user"]["name"] == "Ada").await;
    stage.end().await;
}
