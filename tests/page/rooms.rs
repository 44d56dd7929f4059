//! Rooms, and the addresses they have.

use hubbub_tests::browser::{Key, Stage};
use hubbub_tests::chat::Device;
use hubbub_tests::session;
use serde_json::json;

use crate::UNLIMITED;

#[tokio::test]
async fn a_link_to_a_room_works_for_whoever_was_never_here() {
    let stage = Stage::new().await;
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    let kitchen = bob.make_room("Kitchen").await;
    bob.say(&kitchen, "It is warm in here").await;
    let ada = stage.stranger().await;
    ada.opens("/r/kitchen").await;
    ada.by_testid("name").wait_for_focus().await;
    ada.type_keys("Ada").await;
    ada.by_testid("join").click().await;
    ada.is_in("kitchen").await;
    ada.by_testid("room-name").wait_for_text("Kitchen").await;
    ada.sees(&["It is warm in here"]).await;
    ada.says("Thanks").await;
    bob.wait_for_text(&kitchen, "Thanks").await;
    stage.end().await;
}

#[tokio::test]
async fn a_room_that_is_not_mine_has_a_door() {
    let stage = Stage::new().await;
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    let kitchen = bob.make_room("Kitchen").await;
    bob.say(&kitchen, "It is warm in here").await;
    let ada = stage.person("Ada").await;
    ada.opens("/r/kitchen").await;
    ada.by_testid("join-room").click().await;
    ada.is_in("kitchen").await;
    ada.sees(&["It is warm in here"]).await;
    ada.by_testid("room-kitchen").wait().await;
    stage.end().await;
}

#[tokio::test]
async fn the_address_names_the_room_and_back_and_forward_work() {
    let stage = Stage::new().await;
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    for name in ["Kitchen", "Garden", "Café"] {
        let room = bob.make_room(name).await;
        bob.say(&room, &format!("in the {name}")).await;
    }
    let ada = stage.person("Ada").await;
    for room in ["kitchen", "garden"] {
        ada.opens(&format!("/r/{room}")).await;
        ada.by_testid("join-room").click().await;
        ada.is_in(room).await;
    }
    ada.run("window.isTheSameDocument = true").await;
    ada.by_testid("room-kitchen").click().await;
    ada.is_in("kitchen").await;
    ada.sees(&["in the Kitchen"]).await;
    ada.by_testid("room-lobby").click().await;
    ada.is_in("lobby").await;
    ada.sees(&[]).await;
    ada.back().await;
    ada.is_in("kitchen").await;
    ada.sees(&["in the Kitchen"]).await;
    ada.by_testid("room-name").wait_for_text("Kitchen").await;
    ada.back().await;
    ada.is_in("garden").await;
    ada.sees(&["in the Garden"]).await;
    ada.forward().await;
    ada.is_in("kitchen").await;
    ada.sees(&["in the Kitchen"]).await;
    assert_eq!(ada.run("return window.isTheSameDocument").await, true, "nothing was loaded again");
    // Where one was last, one is next time.
    ada.opens("/").await;
    ada.is_in("kitchen").await;
    stage.end().await;
}

#[tokio::test]
async fn rooms_are_made_found_joined_and_left() {
    let stage = Stage::new().await;
    let (ada, bob) = tokio::join!(stage.person("Ada"), stage.person("Bob"));
    ada.by_testid("create").click().await;
    ada.by_testid("new-name").wait_for_focus().await;
    // A name that is taken is said beside the field.
    ada.insert("Lobby").await;
    ada.by_testid("make-room").click().await;
    ada.by_testid("new-name-refusal").wait_for_some("return elements[0].textContent.trim()").await;
    // The room that has it is one click away.
    ada.by_testid("find-room").click().await;
    ada.by_testid("found-lobby").wait().await;
    ada.by_testid("close").click().await;
    ada.by_testid("create").click().await;
    ada.by_testid("new-name").wait_for_focus().await;
    ada.by_testid("new-name").type_keys("Reading club").await;
    ada.by_testid("new-topic").type_keys("One book a month").await;
    ada.by_testid("make-room").click().await;
    ada.is_in("reading-club").await;
    ada.by_testid("modal").wait_for_end().await;
    ada.by_testid("room-name").wait_for_text("Reading club").await;

    bob.by_testid("browse").click().await;
    bob.by_testid("browse-query").wait_for_focus().await;
    bob.type_keys("nothing like it").await;
    bob.by_testid("found-reading-club").wait_for_end().await;
    bob.by_testid("browse-query").clear().await;
    bob.by_testid("browse-query").type_keys("reading").await;
    bob.by_testid("found-reading-club").by_testid("enter").click().await;
    bob.is_in("reading-club").await;
    bob.says("Here").await;
    ada.sees(&["Here"]).await;

    bob.by_testid("people").click().await;
    bob.by_testid("person").wait_for_count(2).await;
    bob.by_testid("leave").click().await;
    bob.by_testid("stay").click().await;
    bob.by_testid("leave").wait_for_focus().await;
    bob.by_testid("leave").click().await;
    bob.by_testid("leave-now").click().await;
    bob.is_in("lobby").await;
    bob.by_testid("room-reading-club").wait_for_end().await;
    ada.by_testid("people").with("1").wait().await;
    stage.end().await;
}

#[tokio::test]
async fn a_few_letters_lead_to_a_room() {
    let stage = Stage::new().await;
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    let ada = stage.person("Ada").await;
    for name in ["Kitchen", "Garden", "Café"] {
        let room = bob.make_room(name).await;
        ada.opens(&format!("/r/{room}")).await;
        ada.by_testid("join-room").click().await;
        ada.is_in(&room).await;
    }
    ada.press_with(&[Key::Control], "k").await;
    ada.by_testid("switcher").wait_for_focus().await;
    ada.type_keys("kit").await;
    ada.by_testid("option").first().with("Kitchen").wait().await;
    ada.press(Key::Enter).await;
    ada.is_in("kitchen").await;
    ada.by_testid("composer").wait_for_focus().await;
    // However one writes it.
    ada.press_with(&[Key::Control], "k").await;
    ada.by_testid("switcher").wait_for_focus().await;
    ada.type_keys("cafe").await;
    ada.by_testid("option").first().with("Café").wait().await;
    // One that isn't theirs is found with the same letters.
    bob.make_room("Attic").await;
    ada.by_testid("switcher").clear().await;
    ada.by_testid("switcher").type_keys("att").await;
    ada.by_testid("option").first().with("Look for “att”").wait().await;
    ada.press(Key::Enter).await;
    ada.by_testid("browse-query").wait_for_focus().await;
    assert_eq!(ada.by_testid("browse-query").value().await, "att");
    ada.by_testid("found-attic").wait().await;
    ada.by_testid("found-kitchen").wait_for_end().await;
    stage.end().await;
}

#[tokio::test]
async fn an_address_of_no_room_says_so() {
    let stage = Stage::new().await;
    let ada = stage.person("Ada").await;
    ada.opens("/r/there-is-none").await;
    ada.by_testid("no-such-room").wait_for_sight().await;
    assert!(!ada.by_testid("join-room").is_there().await, "nobody is asked to join what isn't there");
    ada.by_testid("to-lobby").click().await;
    ada.is_in("lobby").await;

    // Also to somebody who gives a name for it.
    let newcomer = stage.stranger().await;
    newcomer.opens("/r/there-is-none").await;
    newcomer.by_testid("name").click().await;
    newcomer.type_keys("Bob").await;
    newcomer.by_testid("join").click().await;
    newcomer.by_testid("no-such-room").wait_for_sight().await;
    newcomer.by_testid("browse-instead").wait_for_focus().await;
    newcomer.press(Key::Enter).await;
    newcomer.by_testid("found-lobby").wait_for_sight().await;
    stage.end().await;
}

#[tokio::test]
async fn the_room_that_is_open_is_in_sight_among_many() {
    let stage = Stage::with(&UNLIMITED).await;
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    let ada = stage.person("Ada").await;
    // She is in all of them by another device.
    let code = json!({ "code": ada.link_code().await });
    let session = session::signed_in(&session::begin(&stage.server.url, &code, &[]).await);
    let phone = Device::connect(&stage.server.url, &session).await;
    for number in 10..50 {
        let room = bob.make_room(&format!("Room {number}")).await;
        phone.join(&room).await;
    }
    ada.by_testid("room-room-49").wait().await;
    ada.opens("/r/room-49").await;
    ada.is_in("room-49").await;
    ada.by_testid("room-room-49").wait_for_sight().await;
    ada.press_with(&[Key::Alt], &char::from(Key::Down).to_string()).await;
    ada.is_in("lobby").await;
    ada.by_testid("room-lobby").wait_for_sight().await;
    stage.end().await;
}
