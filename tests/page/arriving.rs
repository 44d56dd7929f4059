//! The first visit and those that follow.

use hubbub_tests::browser::{Look, Stage};

#[tokio::test]
async fn a_name_and_one_button_lead_into_the_lobby() {
    let stage = Stage::new().await;
    let ada = stage.stranger().await;
    ada.opens("/").await;
    ada.wait_for_path("/join").await;
    // Whoever arrives need not look for the field.
    ada.by_testid("name").wait_for_focus().await;
    ada.type_keys("Ada").await;
    ada.by_testid("join").click().await;
    ada.is_in("lobby").await;
    ada.by_testid("composer").wait_for_focus().await;
    ada.type_keys("Here I am").await;
    ada.by_testid("send").click().await;
    ada.sees(&["Here I am"]).await;
    ada.sees_state("Here I am", "delivered").await;
    ada.by_testid("composer").wait_for_focus().await;
    stage.end().await;
}

#[tokio::test]
async fn a_name_that_is_taken_or_is_none_is_said_beside_the_field() {
    let stage = Stage::new().await;
    let _ada = stage.person("Ada").await;
    let other = stage.stranger_with(Look::PHONE).await;
    other.opens("/").await;
    for name in ["ada", "guest-1", "   ", "a\u{202e}b"] {
        let field = other.by_testid("name");
        field.clear().await;
        field.click().await;
        other.insert(name).await;
        other.by_testid("join").click().await;
        other.by_testid("name-refusal").wait_for_some("return elements[0].textContent.trim()").await;
        field.wait_for_attribute("aria-invalid", "true").await;
        // It is read out with the field, which has the focus again.
        field.wait_for_focus().await;
        let described = field.attribute("aria-describedby").await.unwrap_or_default();
        let refusal = other.by_testid("name-refusal").attribute("id").await.expect("the sentence has an id");
        assert!(described.contains(&refusal), "{described:?} should name {refusal:?}");
        other.type_keys("x").await;
        other.by_testid("name-refusal").wait_for_text("").await;
    }
    other.by_testid("name").clear().await;
    other.comes_in_as("Grace").await;
    stage.end().await;
}

#[tokio::test]
async fn who_returns_is_let_straight_in() {
    let stage = Stage::new().await;
    let ada = stage.person("Ada").await;
    ada.says("before").await;
    ada.sees_state("before", "delivered").await;
    ada.reload().await;
    ada.is_in("lobby").await;
    ada.sees(&["before"]).await;
    ada.by_testid("me").wait_for_text("Ada").await;
    // Neither is there anything to do at the door.
    for path in ["/", "/join", "/link"] {
        ada.opens(path).await;
        ada.is_in("lobby").await;
    }
    stage.end().await;
}

#[tokio::test]
async fn who_has_a_session_is_let_in_though_the_page_has_forgotten_them() {
    let stage = Stage::new().await;
    let ada = stage.person("Ada").await;
    ada.run("localStorage.clear()").await;
    ada.reload().await;
    ada.is_in("lobby").await;
    ada.by_testid("me").wait_for_text("Ada").await;
    stage.end().await;
}

#[tokio::test]
async fn an_address_that_is_none_leads_back() {
    let stage = Stage::new().await;
    let ada = stage.person("Ada").await;
    ada.opens("/nowhere/at/all").await;
    ada.by_css("a.button").click().await;
    ada.is_in("lobby").await;
    stage.end().await;
}
