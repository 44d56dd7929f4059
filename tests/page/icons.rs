//! The signs on buttons are drawn, and come with the page.

use hubbub_tests::browser::{Look, Person, Stage};

/// Each sign in sight is one that there is, and has a shape.
async fn are_drawn(person: &Person, at_least: usize) {
    let script = format!(
        "const signs = [...document.querySelectorAll('.icon use')].filter(sign => sign.checkVisibility());
         return signs.length >= {at_least} && signs.every(sign => sign.getBBox().height > 0)"
    );
    person.wait_until(&script).await;
}

#[tokio::test]
async fn signs_have_shapes() {
    let stage = Stage::new().await;
    let (laptop, phone) = tokio::join!(stage.person("Ada"), stage.person_with("Bob", Look::PHONE));
    are_drawn(&laptop, 2).await;
    laptop.by_testid("wire-button").click().await;
    laptop.by_testid("wire-button").wait_for_attribute("aria-expanded", "true").await;
    are_drawn(&laptop, 3).await;
    phone.by_testid("to-rooms").click().await;
    phone.by_testid("close-rooms").wait_for_sight().await;
    are_drawn(&phone, 3).await;
    stage.end().await;
}
