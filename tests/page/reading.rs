//! Reading what was said: at the end, above it, and on the way.

use hubbub_shared::chat::LOBBY;
use hubbub_tests::browser::{Person, Stage};
use hubbub_tests::chat::Device;
use hubbub_tests::wait::wait_for;

use crate::UNLIMITED;

/// The first message that can be seen whole, and where its top is, once a wheel that was turned has come to rest.
async fn first_in_sight(person: &Person) -> (String, f64) {
    let script = "const frames = done => requestAnimationFrame(() => requestAnimationFrame(done));
        const before = elements[0].scrollTop;
        await new Promise(frames);
        if (elements[0].scrollTop !== before) return null;
        const view = elements[0].getBoundingClientRect();
        const message = [...elements[0].querySelectorAll('[data-seq]')].find(
            message => message.getBoundingClientRect().top >= view.top);
        const text = message?.querySelector('[data-testid=text]');
        return text && [message.dataset.seq, text.getBoundingClientRect().top]";
    let seen = person.by_testid("scroller").wait_for_some(script).await;
    (seen[0].as_str().expect("a seq").to_owned(), seen[1].as_f64().expect("a place"))
}

/// Where the top of this message's text is. Above that the message itself changes with what comes in before it.
async fn top_of(person: &Person, seq: &str) -> f64 {
    let message = person.by_css(&format!("[data-seq='{seq}']")).by_testid("text");
    message.wait_for_some("return elements[0]?.getBoundingClientRect().top").await.as_f64().expect("a place")
}

#[tokio::test]
async fn the_latest_is_one_click_away_and_what_came_is_counted() {
    let stage = Stage::with(&UNLIMITED).await;
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    bob.say_all(LOBBY, (1..=45).map(|number| format!("message {number}"))).await;
    let ada = stage.person("Ada").await;
    ada.messages().wait_for_count(45).await;
    // One begins at the end.
    ada.messages().with("message 45").wait_for_sight().await;
    assert!(!ada.by_testid("to-end").is_there().await);

    ada.by_testid("scroller").turn_wheel(-600).await;
    ada.by_testid("to-end").wait_for_sight().await;
    let (seq, top) = first_in_sight(&ada).await;
    bob.say(LOBBY, "one more").await;
    ada.by_testid("to-end").wait_for_some("return elements[0]?.textContent.includes('1 new message')").await;
    bob.say(LOBBY, "and another").await;
    ada.by_testid("to-end").wait_for_some("return elements[0]?.textContent.includes('2 new messages')").await;
    let now = top_of(&ada, &seq).await;
    assert!((now - top).abs() < 2.0, "what one reads stays where it is: at {now}, not {top}");

    ada.by_testid("to-end").click().await;
    ada.messages().with("and another").wait_for_sight().await;
    ada.by_testid("to-end").wait_for_end().await;
    // Whoever is at the end stays there.
    bob.say(LOBBY, "the last").await;
    ada.messages().with("the last").wait_for_sight().await;
    stage.end().await;
}

#[tokio::test]
async fn what_is_new_is_read_from_its_beginning() {
    let stage = Stage::with(&UNLIMITED).await;
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    bob.say_all(LOBBY, (1..=45).map(|number| format!("message {number}"))).await;
    let ada = stage.person("Ada").await;
    ada.messages().with("message 45").wait_for_sight().await;
    // To the top of all.
    ada.by_testid("scroller").turn_wheel(-5_000).await;
    ada.messages().with("message 1").wait_for_sight().await;
    ada.by_testid("to-end").wait_for_sight().await;
    bob.say_all(LOBBY, (1..=60).map(|number| format!("new {number}."))).await;
    let way = ada.by_testid("to-end");
    way.wait_for_some("return elements[0]?.textContent.includes('60 new messages')").await;
    // First to the line, and only then to the end.
    way.click().await;
    ada.by_testid("new-line").wait_for_sight().await;
    ada.messages().with("new 1.").by_testid("text").wait_for_sight().await;
    way.wait_for_some("return /^[1-5]\\d new messages/.test(elements[0]?.textContent)").await;
    way.click().await;
    ada.messages().with("new 60.").by_testid("text").wait_for_sight().await;
    way.wait_for_end().await;
    stage.end().await;
}

#[tokio::test]
async fn a_room_is_found_again_as_one_left_it() {
    let stage = Stage::with(&UNLIMITED).await;
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    bob.make_room("Kitchen").await;
    bob.say_all(LOBBY, (1..=45).map(|number| format!("message {number}"))).await;
    let ada = stage.person("Ada").await;
    ada.opens("/r/kitchen").await;
    ada.by_testid("join-room").click().await;
    ada.is_in("kitchen").await;
    let goes_to = async |room: &str| {
        ada.by_testid(&format!("room-{room}")).click().await;
        ada.is_in(room).await;
    };
    goes_to("lobby").await;
    ada.messages().with("message 45").wait_for_sight().await;
    ada.by_testid("scroller").turn_wheel(-600).await;
    ada.by_testid("to-end").wait_for_sight().await;
    let (seq, top) = first_in_sight(&ada).await;
    goes_to("kitchen").await;
    bob.say(LOBBY, "meanwhile").await;
    goes_to("lobby").await;
    ada.by_testid("to-end").wait_for_some("return elements[0]?.textContent.includes('1 new message')").await;
    let now = top_of(&ada, &seq).await;
    assert!((now - top).abs() < 2.0, "{seq} is at {now}, and was at {top}");

    // Who left it at its end finds it where the new begins.
    ada.by_testid("to-end").click().await;
    ada.by_testid("to-end").wait_for_end().await;
    goes_to("kitchen").await;
    bob.say_all(LOBBY, (1..=60).map(|number| format!("new {number}."))).await;
    ada.by_testid("room-lobby").by_testid("unread").with("60").wait().await;
    goes_to("lobby").await;
    ada.by_testid("new-line").wait_for_sight().await;
    ada.messages().with("new 1.").by_testid("text").wait_for_sight().await;
    stage.end().await;
}

#[tokio::test]
async fn older_messages_come_in_above_and_the_place_is_kept() {
    let stage = Stage::with(&UNLIMITED).await;
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    bob.say_all(LOBBY, (1..=400).map(|number| format!("message {number}"))).await;
    let ada = stage.person("Ada").await;
    ada.messages().wait_for_some("return elements.length >= 50").await;
    let oldest = async || ada.by_css("[data-seq]").attribute("data-seq").await.expect("there are messages");
    assert_ne!(oldest().await, "1", "not all are there from the beginning");
    loop {
        let seq = oldest().await;
        if seq == "1" {
            break;
        }
        let to_top = "const text = elements[0].querySelector('[data-testid=text]');
            text.scrollIntoView();
            return text.getBoundingClientRect().top";
        let top = ada.by_css("[data-seq]").run(to_top).await.as_f64().expect("a place");
        wait_for("older messages", async || match oldest().await {
            now if now != seq => Ok(()),
            now => Err(format!("the oldest is {now} still")),
        })
        .await;
        let now = top_of(&ada, &seq).await;
        assert!((now - top).abs() < 2.0, "{seq} is at {now}, and was at {top}");
    }
    let texts = ada.messages().by_testid("text").texts().await;
    let expected: Vec<String> = (1..=400).map(|number| format!("message {number}")).collect();
    assert_eq!(texts[..], expected[..texts.len()], "in their order, without a gap");
    stage.end().await;
}

#[tokio::test]
async fn days_are_divided() {
    let mut stage = Stage::new().await;
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    for text in ["long ago", "yesterday", "today"] {
        bob.say(LOBBY, text).await;
    }
    stage.server.kill().await;
    let day = 24 * 60 * 60 * 1_000;
    stage.database.change(&format!(
        "UPDATE messages SET at = at - {day} WHERE seq = 2; UPDATE messages SET at = at - 800 * {day} WHERE seq = 1"
    ));
    stage.server.restart().await;
    let ada = stage.person("Ada").await;
    ada.sees(&["long ago", "yesterday", "today"]).await;
    let days = ada.by_testid("day").texts().await;
    assert_eq!(days[1..], ["Yesterday", "Today"]);
    assert!(days[0].contains("202"), "a day of another year has its year: {}", days[0]);

    // Midnight comes: a page that is open notices.
    ada.run(
        "const Real = Date;
        const tomorrow = () => Real.now() + 24 * 60 * 60 * 1000;
        window.Date = class extends Real { constructor(...of) { of.length ? super(...of) : super(tomorrow()); } };
        document.dispatchEvent(new Event('visibilitychange'))",
    )
    .await;
    ada.by_testid("day").last().wait_for_text("Yesterday").await;
    stage.end().await;
}
