use hubbub_web::components::badge::Badge;
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::shown::Shown;

#[wasm_bindgen_test]
fn a_badge_says_a_number_to_the_eye_and_a_sentence_to_the_ear() {
    for (unread, mentions, eye, ear) in [
        (1, 0, "1", "1 unread"),
        (3, 1, "3", "3 unread, one mentions you"),
        (99, 2, "99", "99 unread, 2 mention you"),
        (100, 0, "99+", "100 unread"),
    ] {
        let badge = Shown::new(move || view! { <Badge unread mentions /> });
        assert_eq!(badge.texts("[aria-hidden=true]"), [eye]);
        assert_eq!(badge.texts(".visually-hidden"), [ear]);
        assert_eq!(badge.all(".badge.mention").len(), usize::from(mentions > 0));
    }
}

#[wasm_bindgen_test]
fn where_nothing_is_unread_there_is_none() {
    let badge = Shown::new(|| view! { <Badge unread=0 mentions=0 /> });
    assert_eq!(badge.all("*").len(), 0, "{}", badge.html());
}
