//! What draws the attention of somebody who looks at something else: the title, the icon, notifications, a sound.

use hubbub_shared::chat::LOBBY;
use hubbub_tests::browser::{Person, Stage};
use hubbub_tests::chat::Device;
use hubbub_tests::wait::wait_until_eq;
use serde_json::{Value, json};

/// Takes down what the browser is asked for, and lets it do it. Another tab can read it, and leave this one behind it.
const TAKE_DOWN: &str = "
    const note = (kind, what) =>
        localStorage.setItem(kind, JSON.stringify([...JSON.parse(localStorage.getItem(kind) ?? '[]'), what]));
    const ask = Notification.requestPermission.bind(Notification);
    Notification.requestPermission = () => {
        note('asked', { by_click: navigator.userActivation.isActive });
        return ask();
    };
    // Taken down, since a browser without a screen soon forgets them.
    const show = ServiceWorkerRegistration.prototype.showNotification;
    ServiceWorkerRegistration.prototype.showNotification = function (title, options) {
        note('notified', [title, options.body, options.data]);
        return show.call(this, title, options);
    };
    window.AudioContext = class extends AudioContext {
        constructor() {
            super();
            note('heard', 'a sound');
        }
    };";

/// Ada, in the kitchen and the lobby, who has the lobby open and whose browser is watched; and Bob, who is in both as well.
async fn ada_and_bob(stage: &Stage) -> (Person, Device) {
    let bob = Device::sign_in(&stage.server.url, "Bob").await;
    bob.make_room("Kitchen").await;
    let ada = stage.stranger().await;
    ada.run_first(TAKE_DOWN).await;
    ada.opens("/r/kitchen").await;
    ada.by_testid("name").type_keys("Ada").await;
    ada.by_testid("join").click().await;
    ada.is_in("kitchen").await;
    ada.run("return navigator.serviceWorker.ready.then(() => true)").await;
    ada.by_testid("room-lobby").click().await;
    ada.is_in(LOBBY).await;
    (ada, bob)
}

/// Looks at another page, in front of the chat's.
async fn looks_elsewhere(person: &Person) -> Person {
    let elsewhere = person.opens_in_another_tab("/nowhere").await;
    elsewhere.by_css("h1").wait().await;
    elsewhere
}

/// What was taken down of a kind.
async fn taken_down(person: &Person, kind: &str) -> Value {
    person.run(&format!("return JSON.parse(localStorage.getItem('{kind}') ?? '[]')")).await
}

/// The notifications so far: each a title, a text and where it leads.
async fn is_notified(person: &Person, notified: &[[&str; 3]]) {
    wait_until_eq("notifications", &json!(notified), async || taken_down(person, "notified").await).await;
}

/// How many sounds there were so far.
async fn has_heard(person: &Person, sounds: usize) {
    wait_until_eq("sounds", &json!(vec!["a sound"; sounds]), async || taken_down(person, "heard").await).await;
}

/// A switch in the settings says that it is on, or off.
async fn is_on(person: &Person, switch: &str, on: bool) {
    person.by_testid(switch).wait_for_some(&format!("return elements[0].checked === {on}")).await;
}

async fn wait_for_icon(person: &Person, name: &str) {
    person.by_css(&format!("link[rel=icon][href*='{name}']")).wait().await;
}

#[tokio::test]
async fn the_title_and_the_icon_say_what_waits() {
    let stage = Stage::new().await;
    let (ada, bob) = ada_and_bob(&stage).await;
    ada.wait_for_title("Lobby · Hubbub").await;
    let plain = ada.by_css("link[rel=icon]").attribute("href").await.expect("there is an icon");
    bob.say("kitchen", "one").await;
    ada.wait_for_title("(1) Lobby · Hubbub").await;
    wait_for_icon(&ada, "unread.svg").await;
    bob.say("kitchen", "@Ada, two").await;
    ada.wait_for_title("(2) Lobby · Hubbub").await;
    wait_for_icon(&ada, "mention.svg").await;
    // What is said behind another tab isn't read.
    let elsewhere = looks_elsewhere(&ada).await;
    bob.say(LOBBY, "three").await;
    ada.wait_for_title("(3) Lobby · Hubbub").await;
    elsewhere.close().await;
    ada.sees(&["three"]).await;
    ada.wait_for_title("(2) Lobby · Hubbub").await;
    ada.by_testid("room-kitchen").click().await;
    ada.wait_for_title("Kitchen · Hubbub").await;
    wait_for_icon(&ada, &plain).await;
    stage.end().await;
}

const SAMPLE: [&str; 3] = ["Hubbub", "A mention of you will look like this.", "/"];

#[tokio::test]
async fn a_mention_notifies_whoever_wants_it_and_looks_elsewhere() {
    let stage = Stage::new().await;
    let (ada, bob) = ada_and_bob(&stage).await;
    ada.will_have("notifications", "granted").await;
    ada.by_testid("settings").click().await;
    is_on(&ada, "notifications", false).await;
    // A mention is told by a sound first, and so one hears that it would have notified.
    ada.by_testid("sound").click().await;
    has_heard(&ada, 1).await;
    ada.by_testid("close").click().await;
    // Being allowed to is no wish.
    let elsewhere = looks_elsewhere(&ada).await;
    bob.say("kitchen", "@Ada, hello?").await;
    has_heard(&elsewhere, 2).await;
    is_notified(&elsewhere, &[]).await;
    elsewhere.close().await;
    ada.by_testid("settings").click().await;
    ada.by_testid("notifications").click().await;
    is_on(&ada, "notifications", true).await;
    is_notified(&ada, &[SAMPLE]).await;
    ada.by_testid("close").click().await;

    // One that is in front of their eyes is read, and of one in another room the page itself tells.
    bob.say(LOBBY, "@Ada, here").await;
    ada.sees(&["@Ada, here"]).await;
    bob.say("kitchen", "@Ada, there").await;
    has_heard(&ada, 3).await;
    is_notified(&ada, &[SAMPLE]).await;

    let elsewhere = looks_elsewhere(&ada).await;
    bob.say(LOBBY, "no mention").await;
    bob.say(LOBBY, "@Ada, look").await;
    let look = ["Bob in Lobby", "@Ada, look", "/r/lobby"];
    is_notified(&elsewhere, &[SAMPLE, look]).await;
    bob.say("kitchen", "@Ada, soup?").await;
    is_notified(&elsewhere, &[SAMPLE, look, ["Bob in Kitchen", "@Ada, soup?", "/r/kitchen"]]).await;
    // A click on it leads there: the service worker then says so to the page.
    elsewhere.close().await;
    ada.run("navigator.serviceWorker.dispatchEvent(new MessageEvent('message', { data: '/r/kitchen' }))").await;
    ada.is_in("kitchen").await;
    stage.end().await;
}

#[tokio::test]
async fn the_browser_is_asked_by_a_click_and_a_refusal_is_explained() {
    let stage = Stage::new().await;
    let (ada, bob) = ada_and_bob(&stage).await;
    ada.will_have("notifications", "prompt").await;
    bob.say("kitchen", "@Ada, hello?").await;
    ada.wait_for_title("(1) Lobby · Hubbub").await;
    ada.by_testid("settings").click().await;
    is_on(&ada, "notifications", false).await;
    assert_eq!(ada.by_testid("notifications-refusal").text().await, "");
    assert_eq!(taken_down(&ada, "asked").await, json!([]), "nobody is asked before they click at it");
    ada.by_testid("notifications").click().await;
    // A browser without a screen has nobody to ask, and that is all.
    let asked = json!([{ "by_click": true }]);
    wait_until_eq("what was asked", &asked, async || taken_down(&ada, "asked").await).await;

    ada.reload().await;
    ada.is_in(LOBBY).await;
    ada.will_have("notifications", "denied").await;
    ada.by_testid("settings").click().await;
    ada.by_testid("notifications").click().await;
    ada.by_testid("notifications-refusal").with("Your browser blocks notifications").wait().await;
    is_on(&ada, "notifications", false).await;
    // They allow it after all, and then they don't want any more.
    ada.will_have("notifications", "granted").await;
    ada.by_testid("notifications").click().await;
    is_on(&ada, "notifications", true).await;
    ada.by_testid("notifications-refusal").wait_for_text("").await;
    ada.by_testid("notifications").click().await;
    is_on(&ada, "notifications", false).await;
    is_notified(&ada, &[SAMPLE]).await;
    stage.end().await;
}

#[tokio::test]
async fn a_mention_makes_a_sound_for_whoever_wants_it() {
    let stage = Stage::new().await;
    let (ada, bob) = ada_and_bob(&stage).await;
    ada.by_testid("settings").click().await;
    is_on(&ada, "sound", false).await;
    ada.by_testid("sound").click().await;
    // Turning it on shows what it is like.
    has_heard(&ada, 1).await;
    ada.by_testid("close").click().await;
    bob.say(LOBBY, "@Ada, you see this").await;
    ada.sees(&["@Ada, you see this"]).await;
    bob.say("kitchen", "@Ada, and this you don’t").await;
    has_heard(&ada, 2).await;
    // It is chosen for this browser.
    ada.reload().await;
    ada.is_in(LOBBY).await;
    bob.say("kitchen", "@Ada, once more").await;
    has_heard(&ada, 3).await;
    is_notified(&ada, &[]).await;
    stage.end().await;
}
