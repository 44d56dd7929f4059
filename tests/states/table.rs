//! The states, and how to get there.

use std::pin::Pin;

use hubbub_shared::chat::LOBBY;
use hubbub_tests::browser::{Key, Look, Person, Stage};
use hubbub_tests::chat::Device;

/// A name, and a story that ends there.
pub(crate) struct State {
    pub(crate) name: &'static str,
    reach: Reach,
}

type Reach = for<'a> fn(&'a mut Stage, Look) -> Pin<Box<dyn Future<Output = Person> + 'a>>;

impl State {
    /// Gives the person whose page is in this state.
    pub(crate) async fn reach(&self, stage: &mut Stage, look: Look) -> Person {
        (self.reach)(stage, look).await
    }
}

macro_rules! states {
    ($($name:ident)*) => {
        &[$(State { name: stringify!($name), reach: |stage, look| Box::pin($name(stage, look)) }),*]
    };
}

pub(crate) const STATES: &[State] = states! {
    join
    name_taken
    link
    nowhere
    room
    empty_room
    door
    unread
    scrolled_up
    drawer
    browse
    create
    people
    settings
    linking_a_device
    signing_out
    switcher
    shortcuts
    completing
    wire
    offline
    reconnecting
    failed
    signed_out
};

async fn join(stage: &mut Stage, look: Look) -> Person {
    let stranger = stage.stranger_with(look).await;
    stranger.opens("/").await;
    stranger.by_testid("name").wait_for_focus().await;
    stranger
}

async fn name_taken(stage: &mut Stage, look: Look) -> Person {
    Device::sign_in(&stage.server.url, "Ada").await;
    let stranger = join(stage, look).await;
    stranger.type_keys("Ada").await;
    stranger.by_testid("join").click().await;
    stranger.by_testid("name-refusal").wait_for_some("return elements[0].textContent.trim()").await;
    stranger
}

async fn link(stage: &mut Stage, look: Look) -> Person {
    let stranger = stage.stranger_with(look).await;
    stranger.opens("/link").await;
    stranger.by_testid("code").wait().await;
    stranger
}

async fn nowhere(stage: &mut Stage, look: Look) -> Person {
    let stranger = stage.stranger_with(look).await;
    stranger.opens("/nowhere").await;
    stranger.by_css("h1").wait().await;
    stranger
}

/// The lobby in the middle of a conversation.
async fn room(stage: &mut Stage, look: Look) -> Person {
    let (grace, alan) = others(stage).await;
    grace.say(LOBBY, "Good morning! Has anybody seen the release notes?").await;
    alan.say(LOBBY, "Not yet. Are they in the usual place?").await;
    alan.say(LOBBY, "https://example.com/notes/2026/11").await;
    let ada = stage.person_with("Ada", look).await;
    ada.says("I read them on the train.\nTwo things to fix, **both** small: `cargo xtask lint` says which.").await;
    grace.say(LOBBY, "@Ada thank you! Then we ship today 🚀").await;
    alan.say(LOBBY, "> Then we ship today\n\nAfter lunch, please.").await;
    ada.messages().wait_for_count(6).await;
    ada
}

async fn empty_room(stage: &mut Stage, look: Look) -> Person {
    let ada = stage.person_with("Ada", look).await;
    ada.by_css(".empty").wait_for_sight().await;
    ada
}

async fn door(stage: &mut Stage, look: Look) -> Person {
    let (grace, _) = others(stage).await;
    grace.make_room("Kitchen").await;
    let ada = stage.person_with("Ada", look).await;
    ada.opens("/r/kitchen").await;
    ada.by_testid("join-room").wait_for_sight().await;
    ada
}

/// Three rooms, in two of which others said something.
async fn unread(stage: &mut Stage, look: Look) -> Person {
    let (grace, alan) = others(stage).await;
    let ada = stage.person_with("Ada", look).await;
    for name in ["Kitchen", "Reading club", "Lost and found"] {
        let room = grace.make_room(name).await;
        alan.join(&room).await;
        ada.opens(&format!("/r/{room}")).await;
        ada.by_testid("join-room").click().await;
        ada.is_in(&room).await;
    }
    ada.opens("/r/lobby").await;
    ada.is_in(LOBBY).await;
    grace.say("kitchen", "Soup is ready").await;
    grace.say("reading-club", "@Ada, it is your turn to choose").await;
    alan.say("reading-club", "Nothing with dragons, please").await;
    ada.by_testid("room-reading-club").by_testid("unread").with("2").wait().await;
    open_drawer(&ada, look).await;
    ada
}

async fn scrolled_up(stage: &mut Stage, look: Look) -> Person {
    let (grace, _) = others(stage).await;
    for number in 1..=45 {
        grace.say(LOBBY, &format!("Message {number}, of many")).await;
    }
    let ada = stage.person_with("Ada", look).await;
    ada.messages().with("Message 45").wait_for_sight().await;
    ada.by_testid("scroller").turn_wheel(-500).await;
    ada.by_testid("to-end").wait_for_sight().await;
    grace.say(LOBBY, "One more").await;
    ada.by_testid("to-end").with("1 new message").wait().await;
    ada
}

async fn drawer(stage: &mut Stage, look: Look) -> Person {
    let ada = room(stage, look).await;
    open_drawer(&ada, look).await;
    ada
}

async fn browse(stage: &mut Stage, look: Look) -> Person {
    let (grace, _) = others(stage).await;
    for name in ["Kitchen", "Reading club", "Lost and found"] {
        grace.make_room(name).await;
    }
    with_dialog(stage, look, "browse").await
}

async fn create(stage: &mut Stage, look: Look) -> Person {
    with_dialog(stage, look, "create").await
}

async fn settings(stage: &mut Stage, look: Look) -> Person {
    with_dialog(stage, look, "settings").await
}

async fn linking_a_device(stage: &mut Stage, look: Look) -> Person {
    let ada = settings(stage, look).await;
    ada.by_testid("link-device").click().await;
    ada.by_testid("link-code").wait_for_sight().await;
    ada
}

async fn signing_out(stage: &mut Stage, look: Look) -> Person {
    let ada = settings(stage, look).await;
    ada.by_testid("sign-out").click().await;
    ada.by_testid("sign-out-warning").wait_for_sight().await;
    ada
}

async fn shortcuts(stage: &mut Stage, look: Look) -> Person {
    let ada = room(stage, look).await;
    ada.press_with(&[Key::Control], "/").await;
    ada.by_testid("shortcuts").wait_for_sight().await;
    ada
}

async fn completing(stage: &mut Stage, look: Look) -> Person {
    let ada = room(stage, look).await;
    ada.by_testid("composer").type_keys("What a day :sun").await;
    ada.by_testid("suggestions").wait_for_sight().await;
    ada
}

/// With packets in it.
async fn wire(stage: &mut Stage, look: Look) -> Person {
    let ada = room(stage, look).await;
    ada.press_with(&[Key::Control], "`").await;
    ada.by_testid("wire").wait_for_sight().await;
    ada.by_testid("echo-input").type_keys("Is anybody there?").await;
    ada.by_testid("echo-send").click().await;
    ada.by_testid("packet").with("server_message").first().wait().await;
    ada
}

async fn people(stage: &mut Stage, look: Look) -> Person {
    let ada = room(stage, look).await;
    ada.by_testid("people").click().await;
    ada.by_testid("modal").wait_for_sight().await;
    ada
}

async fn switcher(stage: &mut Stage, look: Look) -> Person {
    let ada = room(stage, look).await;
    ada.press_with(&[Key::Control], "k").await;
    ada.by_testid("modal").wait_for_sight().await;
    ada
}

async fn offline(stage: &mut Stage, look: Look) -> Person {
    let ada = room(stage, look).await;
    ada.goes_offline().await;
    ada.by_testid("banner").with("offline").wait_for_sight().await;
    ada.says("On the train again, with a tunnel ahead").await;
    ada.by_testid("progress").wait_for_sight().await;
    ada
}

async fn reconnecting(stage: &mut Stage, look: Look) -> Person {
    let ada = room(stage, look).await;
    ada.cable().pull_out();
    ada.by_testid("connect").wait_for_sight().await;
    ada
}

/// A message that was written for a store that is another one now.
async fn failed(stage: &mut Stage, look: Look) -> Person {
    let ada = room(stage, look).await;
    stage.server.kill().await;
    ada.has_link("waiting").await;
    ada.says("What I wanted to say").await;
    ada.sees_state("What I wanted to say", "pending").await;
    stage.database.change("UPDATE meta SET value = 'another' WHERE name = 'store'");
    stage.server.restart().await;
    ada.by_testid("retry").wait_for_sight().await;
    ada
}

async fn signed_out(stage: &mut Stage, look: Look) -> Person {
    let ada = room(stage, look).await;
    ada.run("return fetch('/api/session', { method: 'DELETE' }).then(answer => answer.status)").await;
    ada.by_testid("sign-in-again").wait_for_sight().await;
    ada
}

async fn others(stage: &Stage) -> (Device, Device) {
    (Device::sign_in(&stage.server.url, "Grace").await, Device::sign_in(&stage.server.url, "Alan").await)
}

/// On a phone the rooms are behind a button.
async fn open_drawer(person: &Person, look: Look) {
    if look.is_phone {
        person.by_testid("to-rooms").click().await;
    }
    person.by_testid("settings").wait_for_sight().await;
    // The drawer comes in from the side.
    person.wait_until_at_rest().await;
}

async fn with_dialog(stage: &mut Stage, look: Look, opener: &str) -> Person {
    let ada = stage.person_with("Ada", look).await;
    open_drawer(&ada, look).await;
    ada.by_testid(opener).click().await;
    ada.by_testid("modal").wait_for_sight().await;
    ada
}
