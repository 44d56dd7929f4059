//! Nothing moves by itself: not while a page loads, and for whoever asks for stillness not at all.

use hubbub_shared::chat::LOBBY;
use hubbub_tests::browser::{Look, Person, Stage};
use hubbub_tests::chat::Device;
use serde_json::{Value, json};

use crate::UNLIMITED;

/// Takes down what moves, and how far, as browsers measure it (0.1 is what they call good). Here nothing has to move because
/// of what somebody did, so that excuses none: or it would depend on how soon after that it moves.
const SHIFTS: &str = "window.shifts = [];
    new PerformanceObserver(list => {
        for (const { value, sources } of list.getEntries()) {
            const what = ({ node, previousRect: was, currentRect: is }) =>
                [(node?.outerHTML ?? node?.data)?.slice(0, 200), was, is];
            shifts.push([value, ...sources.map(what)]);
        }
    }).observe({ type: 'layout-shift', buffered: true });";

/// What is so little that nobody sees it, such as a number that changes in its place.
const UNSEEN: f64 = 0.001;

/// Nothing has moved so far.
async fn nothing_moved(person: &Person, when: &str) {
    person.wait_until_at_rest().await;
    // What was painted is told with the next frame.
    person
        .run("return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")
        .await;
    let shifts = person.run("return window.shifts").await;
    let sum: f64 = shifts.as_array().into_iter().flatten().filter_map(|shift| shift[0].as_f64()).sum();
    assert!(sum < UNSEEN, "{sum} {when}: {shifts}");
}

#[tokio::test]
async fn nothing_moves_while_the_page_and_the_history_load() {
    let stage = Stage::with(&UNLIMITED).await;
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    let text = |number: usize| format!("message {number}, {}", "with more to say ".repeat(number % 7));
    bob.say_all(LOBBY, (1..=100).map(text)).await;
    for look in [Look::LAPTOP, Look::PHONE] {
        let ada = stage.stranger_with(look).await;
        ada.run_first(SHIFTS).await;
        ada.opens("/").await;
        ada.by_testid("name").wait_for_sight().await;
        nothing_moved(&ada, "at the door").await;
        ada.comes_in_as(&look.name()).await;
        ada.messages().with("message 100").wait_for_sight().await;
        nothing_moved(&ada, "when the messages come").await;
        ada.reload().await;
        ada.is_in(LOBBY).await;
        ada.messages().with("message 100").wait_for_sight().await;
        nothing_moved(&ada, "when one returns").await;
    }
    stage.end().await;
}

#[tokio::test]
async fn nothing_moves_when_the_banner_comes_and_goes() {
    let stage = Stage::with(&UNLIMITED).await;
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    bob.say_all(LOBBY, (1..=40).map(|number| format!("message {number}"))).await;
    for look in [Look::LAPTOP, Look::PHONE] {
        let ada = stage.stranger_with(look).await;
        ada.run_first(SHIFTS).await;
        ada.opens("/").await;
        ada.comes_in_as(&look.name()).await;
        ada.messages().with("message 40").wait_for_sight().await;
        nothing_moved(&ada, "before").await;
        ada.goes_offline().await;
        ada.by_testid("banner").with("offline").wait_for_sight().await;
        nothing_moved(&ada, "when the banner comes").await;
        ada.comes_online().await;
        ada.has_link("connected").await;
        ada.by_testid("banner").wait_for_text("").await;
        nothing_moved(&ada, "when it goes").await;
    }
    stage.end().await;
}

/// Takes down what begins to move, and for how long, in milliseconds.
const MOVES: &str = "window.moves = [];
    for (const kind of ['transitionrun', 'animationstart']) document.addEventListener(kind, () => {
        for (const animation of document.getAnimations()) {
            const { duration } = animation.effect.getComputedTiming();
            if (duration > 1) moves.push([animation.transitionProperty ?? animation.animationName, duration]);
        }
    }, true);";

async fn moves(person: &Person) -> Value {
    person.by_testid("to-rooms").click().await;
    person.by_testid("settings").wait_for_sight().await;
    person.wait_until_at_rest().await;
    person.by_testid("settings").click().await;
    person.by_testid("sound").click().await;
    person.by_testid("sound").wait_for_some("return elements[0].checked").await;
    person.by_testid("close").click().await;
    person.by_testid("modal").wait_for_end().await;
    person.wait_until_at_rest().await;
    person.run("return window.moves").await
}

#[tokio::test]
async fn whoever_wants_no_motion_has_none() {
    let stage = Stage::new().await;
    for (name, is_still) in [("Ada", false), ("Grace", true)] {
        let person = stage.stranger_with(Look::PHONE).await;
        let wish = json!([{ "name": "prefers-reduced-motion", "value": if is_still { "reduce" } else { "" } }]);
        person.devtools("Emulation.setEmulatedMedia", json!({ "features": wish })).await;
        person.run_first(MOVES).await;
        person.opens("/").await;
        person.comes_in_as(name).await;
        // Who types is told once in a while, and not again to whoever comes in between: so it is another one each time.
        let bob = Device::sign_in(&stage.server.url, &format!("Bob beside {name}")).await;
        bob.chat.send(&hubbub_shared::chat::request::Typing { room: LOBBY.to_owned() }).expect("connected");
        person.by_testid("typing").with("Bob").wait().await;
        let moves = moves(&person).await;
        assert_eq!(moves == json!([]), is_still, "{moves}");
    }
    stage.end().await;
}
