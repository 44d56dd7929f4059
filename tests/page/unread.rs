//! What was said while nobody looked.

use hubbub_shared::chat::LOBBY;
use hubbub_tests::browser::{Person, Stage};
use hubbub_tests::chat::Device;

/// Ada, in the kitchen and the lobby, who has the lobby open; and Bob, who is in both as well.
async fn ada_and_bob(stage: &Stage) -> (Person, Device) {
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    bob.make_room("Kitchen").await;
    let ada = stage.person("Ada").await;
    ada.opens("/r/kitchen").await;
    ada.by_testid("join-room").click().await;
    ada.is_in("kitchen").await;
    ada.by_testid("room-lobby").click().await;
    ada.is_in("lobby").await;
    (ada, bob)
}

/// The badge of a room says this to those who hear it.
async fn badge_says(person: &Person, room: &str, words: &str) {
    let badge = person.by_testid(&format!("room-{room}")).by_testid("unread").by_css(".visually-hidden");
    badge.wait_for_text(words).await;
}

#[tokio::test]
async fn another_room_counts_what_is_unread_and_who_means_me() {
    let stage = Stage::new().await;
    let (ada, bob) = ada_and_bob(&stage).await;
    bob.say("kitchen", "one").await;
    bob.say("kitchen", "two").await;
    badge_says(&ada, "kitchen", "2 unread").await;
    bob.say("kitchen", "@Ada, three?").await;
    badge_says(&ada, "kitchen", "3 unread, one mentions you").await;
    assert!(ada.by_testid("room-kitchen").by_css(".badge.mention").is_there().await);
    // On a phone the rooms are out of sight.
    let button = "return document.querySelector('[data-testid=to-rooms]')";
    ada.wait_until(&format!("{button}.ariaLabel === 'Rooms, 3 unread'")).await;
    ada.wait_until(&format!("{button}.querySelector('.dot.mention:not([hidden])') !== null")).await;
    // What is in front of one's eyes is not counted.
    bob.say(LOBBY, "seen at once").await;
    ada.sees(&["seen at once"]).await;
    ada.by_testid("room-lobby").by_testid("unread").wait_for_end().await;

    ada.by_testid("room-kitchen").click().await;
    ada.sees(&["one", "two", "@Ada, three?"]).await;
    ada.by_testid("room-kitchen").by_testid("unread").wait_for_end().await;
    // The line is where one stopped.
    ada.by_css("[data-testid=message]:has([data-testid=new-line])").by_testid("text").wait_for_text("one").await;
    stage.end().await;
}

#[tokio::test]
async fn what_is_read_on_one_device_is_read_on_all() {
    let stage = Stage::new().await;
    let (laptop, bob) = ada_and_bob(&stage).await;
    let phone = stage.second_device_of(&laptop).await;
    bob.say("kitchen", "one").await;
    for device in [&laptop, &phone] {
        badge_says(device, "kitchen", "1 unread").await;
    }
    laptop.by_testid("room-kitchen").click().await;
    laptop.sees(&["one"]).await;
    phone.by_testid("room-kitchen").by_testid("unread").wait_for_end().await;
    assert_eq!(phone.path().await, "/r/lobby", "the other device stays where it is");
    stage.end().await;
}
