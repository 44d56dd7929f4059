//! One person on more than one device.

use hubbub_tests::browser::{Look, Person, Stage};

#[tokio::test]
async fn a_code_lets_a_second_device_in() {
    let stage = Stage::new().await;
    let laptop = stage.person("Ada").await;
    laptop.says("from the laptop").await;
    let phone = stage.stranger_with(Look::PHONE).await;
    phone.opens("/link").await;
    phone.by_testid("code").wait_for_focus().await;
    phone.type_keys("no-such-code").await;
    phone.by_testid("use-code").click().await;
    phone.by_testid("code-refusal").wait_for_some("return elements[0].textContent.trim()").await;
    phone.by_testid("code").clear().await;
    phone.by_testid("code").type_keys(&laptop.link_code().await).await;
    phone.by_testid("use-code").click().await;
    phone.is_in("lobby").await;
    phone.sees(&["from the laptop"]).await;
    phone.says("from the phone").await;
    for device in [&laptop, &phone] {
        device.sees(&["from the laptop", "from the phone"]).await;
        device.sees_state("from the phone", "delivered").await;
        // It is one and the same person.
        device.by_testid("author").wait_for_texts(&["Ada"]).await;
    }
    stage.end().await;
}

#[tokio::test]
async fn the_address_of_a_code_needs_no_typing() {
    let stage = Stage::new().await;
    let laptop = stage.person("Ada").await;
    let phone = stage.stranger_with(Look::PHONE).await;
    laptop.by_testid("settings").click().await;
    laptop.by_testid("link-device").click().await;
    let code = laptop.by_testid("link-code").text().await;
    let address = laptop.by_testid("link-address").value().await;
    let (_, path) = address.split_once("/link").expect("the link of a code");
    assert_eq!(path, format!("#{code}"));
    phone.opens(&format!("/link{path}")).await;
    phone.by_testid("use-code").click().await;
    phone.is_in("lobby").await;
    stage.end().await;
}

/// A phone on which this code is refused.
async fn with_a_refused_code(stage: &Stage, code: &str) -> Person {
    let phone = stage.stranger_with(Look::PHONE).await;
    phone.opens(&format!("/link#{code}")).await;
    phone.by_testid("use-code").click().await;
    phone.by_testid("code-refusal").with("Ask for a new one.").wait().await;
    phone.by_testid("code").wait_for_attribute("aria-invalid", "true").await;
    phone.by_testid("code").wait_for_focus().await;
    phone
}

#[tokio::test]
async fn a_code_lets_one_device_in_and_not_for_long() {
    let mut stage = Stage::new().await;
    let laptop = stage.person("Ada").await;
    let used = laptop.link_code().await;
    let phone = stage.stranger_with(Look::PHONE).await;
    phone.opens(&format!("/link#{used}")).await;
    phone.by_testid("use-code").click().await;
    phone.is_in("lobby").await;
    with_a_refused_code(&stage, &used).await;

    let old = laptop.link_code().await;
    stage.server.kill().await;
    stage.database.change("UPDATE links SET expires = expires - 11 * 60 * 1000");
    stage.server.restart().await;
    laptop.has_link("connected").await;
    let phone = with_a_refused_code(&stage, &old).await;
    phone.by_testid("code").clear().await;
    phone.by_testid("code").type_keys(&laptop.link_code().await).await;
    phone.by_testid("code-refusal").wait_for_text("").await;
    phone.by_testid("use-code").click().await;
    phone.is_in("lobby").await;
    stage.end().await;
}

#[tokio::test]
async fn a_code_on_a_device_of_somebody_else_asks_first() {
    let stage = Stage::new().await;
    let (ada, bob) = tokio::join!(stage.person("Ada"), stage.person("Bob"));
    bob.says("Bob was here").await;
    bob.sees_state("Bob was here", "delivered").await;
    let link = format!("/link#{}", ada.link_code().await);
    bob.opens(&link).await;
    bob.by_testid("here-already").with("You’re here as Bob").wait_for_sight().await;
    bob.by_testid("stay").click().await;
    bob.is_in("lobby").await;
    bob.by_testid("me").wait_for_text("Bob").await;

    // The code isn't spent by looking at it.
    bob.opens(&link).await;
    bob.by_testid("use-code").click().await;
    bob.is_in("lobby").await;
    bob.by_testid("me").wait_for_text("Ada").await;
    bob.messages().with("Bob was here").wait().await;
    let is_mine = bob.messages().with("Bob was here").run("return elements[0].matches('.mine')").await;
    assert_eq!(is_mine, false);
    bob.says("Ada was here").await;
    ada.sees(&["Bob was here", "Ada was here"]).await;
    ada.messages().with("Ada was here").by_testid("author").wait_for_text("Ada").await;
    stage.end().await;
}
