//! Writing: how a text is shown, what helps to write one, and that nothing that is written is lost.

use futures_util::future::join_all;
use hubbub_shared::chat::LOBBY;
use hubbub_tests::browser::{Key, Part, Person, Stage};
use hubbub_tests::chat::Device;
use hubbub_tests::session;
use hubbub_tests::wait::wait_until_eq;
use serde_json::{Value, json};

/// What is offered, with a star at the one that assistive technology is told of.
async fn is_offered(person: &Person, names: &[&str]) {
    let script = "const field = document.querySelector('[data-testid=composer]');
        return elements.map(option => option.querySelector('.name').textContent
            + (option.id === field.getAttribute('aria-activedescendant') && option.ariaSelected === 'true' ? '*' : ''))";
    let suggestions = person.by_testid("suggestion");
    wait_until_eq("what is offered", &json!(names), async || suggestions.run(script).await).await;
}

/// What the composer holds.
async fn has_written(person: &Person, text: &str) {
    wait_until_eq("what is written", &text.to_owned(), async || person.by_testid("composer").value().await).await;
}

#[tokio::test]
async fn a_text_is_shown_as_it_is_meant() {
    let stage = Stage::new().await;
    let ada = stage.person("Ada").await;
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    let text = "**bold** *italic* `code` https://a.example/b, [label](https://c.example/d) @ada @BOB @nobody\n\
                > quoted\n- one\n- two\n7. seven\n```\nlet x = 1;\n```";
    bob.say(LOBBY, text).await;
    for (css, texts) in [
        ("strong", &["bold"][..]),
        ("em", &["italic"]),
        ("p > code", &["code"]),
        ("pre", &["let x = 1;"]),
        ("blockquote", &["quoted"]),
        ("ul > li", &["one", "two"]),
        ("ol > li[value='7']", &["seven"]),
        ("a", &["https://a.example/b", "label"]),
        (".mention", &["@ada", "@BOB"]),
        (".mention.me", &["@ada"]),
    ] {
        ada.messages().by_css(css).wait_for_texts(texts).await;
    }
    let links = ada.messages().by_css("a");
    let links = links.run("return elements.map(a => [a.href, a.target, a.rel, a.title, a.dataset.host ?? ''])").await;
    let expected = json!([
        ["https://a.example/b", "_blank", "noopener noreferrer", "", ""],
        ["https://c.example/d", "_blank", "noopener noreferrer", "https://c.example/d", "c.example"],
    ]);
    assert_eq!(links, expected);
    stage.end().await;
}

/// How far from the top of the screen something begins.
async fn top(part: &Part<'_>) -> Value {
    part.run("return Math.round(elements[0].getBoundingClientRect().top)").await
}

#[tokio::test]
async fn of_a_very_long_text_a_beginning_is_shown() {
    let stage = Stage::new().await;
    let ada = stage.person("Ada").await;
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    bob.say(LOBBY, "a short one\nof two lines").await;
    bob.say(LOBBY, &format!("{}https://a.example/", "line\n".repeat(500))).await;
    ada.messages().wait_for_count(2).await;
    let (text, fold) = (ada.messages().last().by_testid("text"), ada.by_testid("fold"));
    fold.wait_for_count(1).await;
    text.wait_for_some("return elements[0].scrollHeight > 2 * elements[0].clientHeight").await;
    // One reads on where one was, and is not lost when it is short again.
    let is_whole = "return elements[0].scrollHeight === elements[0].clientHeight";
    let text_top = top(&text).await;
    fold.run("elements[0].click()").await;
    text.wait_for_some(is_whole).await;
    wait_until_eq("the text's top", &text_top, async || top(&text).await).await;
    fold.click().await;
    text.wait_for_some("return elements[0].scrollHeight > 2 * elements[0].clientHeight").await;
    fold.wait_for_sight().await;
    // Whoever goes by keys sees where they are.
    ada.messages().by_css("a").focus().await;
    text.wait_for_some(is_whole).await;
    ada.messages().by_css("a").wait_for_sight().await;
    stage.end().await;
}

#[tokio::test]
async fn the_composer_is_as_high_as_what_is_written_up_to_its_limit() {
    let stage = Stage::new().await;
    let ada = stage.person("Ada").await;
    let height = async || ada.by_testid("composer").run("return elements[0].clientHeight").await.as_u64();
    let one_line = height().await;
    let mut heights = vec![];
    for line in 1..=14 {
        ada.type_keys(&format!("line {line}")).await;
        heights.push(height().await);
        ada.press_with(&[Key::Shift], &char::from(Key::Enter).to_string()).await;
    }
    assert!(heights.is_sorted() && heights[0] == one_line && heights[1] > one_line, "{heights:?}");
    assert_eq!(heights[12], heights[13], "what is more is scrolled to");
    ada.press(Key::Enter).await;
    has_written(&ada, "").await;
    assert_eq!(height().await, one_line);
    stage.end().await;
}

#[tokio::test]
async fn emoji_and_names_are_completed_by_keys_and_by_pointer() {
    let stage = Stage::new().await;
    let _alan = Device::sign_in(&stage.server.url, "Alan Turing").await;
    let ada = stage.person("Ada").await;
    ada.by_testid("composer").click().await;

    ada.type_keys("so :heart_ey").await;
    is_offered(&ada, &["heart_eyes*", "heart_eyes_cat"]).await;
    ada.press(Key::Down).await;
    is_offered(&ada, &["heart_eyes", "heart_eyes_cat*"]).await;
    ada.press(Key::Up).await;
    ada.press(Key::Enter).await;
    has_written(&ada, "so 😍 ").await;
    // In full, it needs no choosing.
    ada.type_keys(":+1:").await;
    has_written(&ada, "so 😍 👍").await;
    // Pasted as well, but not as code.
    ada.by_testid("composer").clear().await;
    ada.insert("`:tada:` and :tada: so :heart_eyes: ").await;
    has_written(&ada, "`:tada:` and 🎉 so 😍 ").await;
    ada.by_testid("composer").clear().await;
    ada.insert("so 😍 👍").await;

    ada.type_keys(" @al").await;
    is_offered(&ada, &["Alan Turing*"]).await;
    ada.by_testid("suggestion").click().await;
    has_written(&ada, "so 😍 👍 @Alan Turing ").await;
    ada.by_testid("composer").wait_for_focus().await;
    ada.press(Key::Enter).await;
    ada.sees(&["so 😍 👍 @Alan Turing"]).await;

    // Who doesn't want any sends what is written.
    ada.type_keys(":heart_ey").await;
    is_offered(&ada, &["heart_eyes*", "heart_eyes_cat"]).await;
    ada.press(Key::Escape).await;
    is_offered(&ada, &[]).await;
    ada.press(Key::Enter).await;
    ada.sees(&["so 😍 👍 @Alan Turing", ":heart_ey"]).await;
    stage.end().await;
}

#[tokio::test]
async fn whoever_spoke_is_offered_and_stands_out_also_when_they_have_gone() {
    let stage = Stage::new().await;
    let bob = Device::sign_in(&stage.server.url, "Bob Dylan").await;
    bob.say(LOBBY, "Bye").await;
    session::sign_out(&stage.server.url, &bob.token).await;
    let ada = stage.person("Ada").await;
    ada.sees(&["Bye"]).await;
    ada.by_testid("composer").click().await;
    ada.type_keys("@").await;
    is_offered(&ada, &["Bob Dylan*"]).await;
    ada.press(Key::Enter).await;
    ada.press(Key::Enter).await;
    ada.messages().by_css(".mention").wait_for_texts(&["@Bob Dylan"]).await;
    stage.end().await;
}

#[tokio::test]
async fn a_draft_outlives_a_reload_and_is_gone_when_it_is_sent() {
    let stage = Stage::new().await;
    let ada = stage.person("Ada").await;
    ada.by_testid("composer").click().await;
    ada.insert("half a\nthought").await;
    ada.reload().await;
    ada.is_in("lobby").await;
    has_written(&ada, "half a\nthought").await;
    ada.by_testid("composer").click().await;
    ada.press(Key::Enter).await;
    ada.sees(&["half a\nthought"]).await;
    has_written(&ada, "").await;
    let kept = ada.run("return Object.keys(localStorage).filter(key => key.startsWith('hubbub.draft.'))").await;
    assert_eq!(kept, json!([]));
    stage.end().await;
}

#[tokio::test]
async fn what_is_too_long_stays_with_a_sentence() {
    let stage = Stage::new().await;
    let ada = stage.person("Ada").await;
    ada.by_testid("composer").click().await;
    ada.insert(&"x".repeat(4_001)).await;
    ada.by_testid("composer-count").wait_for_text("1 character too many").await;
    ada.press(Key::Enter).await;
    ada.by_testid("composer-refusal").wait_for_text("A message has at most 4,000 characters.").await;
    ada.press(Key::Backspace).await;
    ada.by_testid("composer-refusal").wait_for_text("").await;
    ada.press(Key::Enter).await;
    ada.sees(&[&"x".repeat(4_000)]).await;
    stage.end().await;
}

#[tokio::test]
async fn a_burst_of_messages_takes_no_character_from_who_writes() {
    let stage = Stage::with(&["--rate-limit", "0"]).await;
    let ada = stage.person("Ada").await;
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    ada.by_testid("composer").click().await;
    let typed: String = (0..60).map(|number| format!("word{number} ")).collect();
    let burst: Vec<String> = (0..1_000).map(|number| format!("burst {number}")).collect();
    let typing = async {
        for word in typed.split_inclusive(' ') {
            ada.type_keys(word).await;
        }
    };
    tokio::join!(join_all(burst.iter().map(|text| bob.say(LOBBY, text))), typing);
    ada.messages().with("burst 999").wait().await;
    has_written(&ada, &typed).await;
    stage.end().await;
}
