//! One person on more than one device.

use hubbub_tests::browser::{Look, Stage};

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
