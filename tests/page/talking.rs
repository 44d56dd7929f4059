//! What is said, and how it is shown.

use hubbub_tests::browser::{Key, Stage};

#[tokio::test]
async fn two_people_talk() {
    let stage = Stage::new().await;
    let (ada, bob) = tokio::join!(stage.person("Ada"), stage.person("Bob"));
    ada.says("hello from Ada").await;
    bob.sees(&["hello from Ada"]).await;
    bob.says("ünï <b>two</b> & \"more\" 🦀").await;
    let all = ["hello from Ada", "ünï <b>two</b> & \"more\" 🦀"];
    for person in [&ada, &bob] {
        person.sees(&all).await;
        person.by_testid("author").wait_for_texts(&["Ada", "Bob"]).await;
        for text in all {
            person.sees_state(text, "delivered").await;
        }
    }
    stage.end().await;
}

#[tokio::test]
async fn enter_sends_and_shift_enter_breaks_the_line() {
    let stage = Stage::new().await;
    let ada = stage.person("Ada").await;
    ada.by_testid("composer").click().await;
    ada.type_keys("one").await;
    ada.press_with(&[Key::Shift], &char::from(Key::Enter).to_string()).await;
    ada.type_keys("two").await;
    ada.press(Key::Enter).await;
    ada.wait_until(
        "return document.querySelector('[data-testid=message] [data-testid=text]')?.innerText.trim() === 'one\\ntwo'",
    )
    .await;
    assert_eq!(ada.by_testid("composer").value().await, "", "the field is empty again");
    stage.end().await;
}
