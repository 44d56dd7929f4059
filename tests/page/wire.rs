//! The wire view: what passes between a page and its server, and what it means.

use hubbub_tests::browser::{Key, Part, Person, Stage};

/// The rows of this type, in which all of these words are.
fn packets<'a>(person: &'a Person, packet_type: &str, words: &[&str]) -> Part<'a> {
    let rows = person.by_testid("wire").by_css(&format!("[data-testid=packet][data-type={packet_type:?}]"));
    words.iter().fold(rows, |rows, words| rows.with(words))
}

async fn opens_wire(person: &Person) {
    person.by_testid("wire-button").click().await;
    person.by_testid("wire").wait_for_focus().await;
}

#[tokio::test]
async fn the_whole_conversation_is_there_from_the_handshake_on() {
    let stage = Stage::new().await;
    let ada = stage.person("Ada").await;
    ada.says("who listens?").await;
    ada.sees_state("who listens?", "delivered").await;
    opens_wire(&ada).await;

    // It was recorded before anybody looked, and each answer knows its question.
    packets(&ada, "open", &["open Engine.IO", "first packet on every new link"]).wait().await;
    packets(&ada, "CONNECT", &["sent", "/chat", "answered in"]).wait().await;
    packets(&ada, "CONNECT", &["received", "/chat", "after"]).wait().await;
    packets(&ada, "EVENT", &["sent", "send_message", "ack id", "answered in"]).wait_for_count(1).await;
    packets(&ada, "ACK", &["received", "send_message", "ack id", "after"]).wait_for_count(1).await;
    // Each type is explained once.
    let explained = ada.by_testid("wire").by_testid("explanation");
    for packet_type in ["open", "message", "CONNECT", "EVENT", "ACK"] {
        let count = explained.clone().texts().await.iter().filter(|text| text.starts_with(packet_type)).count();
        assert_eq!(count, 1, "{packet_type}");
    }

    // One that is opened shows all that is in it, and none did before.
    assert_eq!(ada.by_testid("payload").count().await, 0);
    packets(&ada, "EVENT", &["sent", "send_message"]).by_css("button").click().await;
    ada.by_testid("payload").with("\"text\": \"who listens?\"").wait_for_sight().await;

    // What passes from now on is seen as it passes.
    ada.by_testid("composer").click().await;
    ada.says("you do").await;
    packets(&ada, "ACK", &["send_message"]).wait_for_count(2).await;
    stage.end().await;
}

#[tokio::test]
async fn it_can_be_filtered_held_still_and_cleared() {
    let stage = Stage::new().await;
    let ada = stage.person("Ada").await;
    opens_wire(&ada).await;
    let rows = || ada.by_testid("wire").by_testid("packet");
    ada.by_testid("wire-filter").type_keys("SYNC").await;
    rows().wait_for_count(2).await;
    ada.by_testid("wire-direction").by_css("option[value=in]").click().await;
    rows().wait_for_count(1).await;
    rows().with("ACK").wait().await;
    ada.by_testid("wire-type").by_css("option[value=EVENT]").click().await;
    rows().wait_for_count(0).await;
    ada.by_testid("wire-direction").by_css("option[value='']").click().await;
    rows().with("EVENT").wait().await;
    ada.by_testid("wire-filter").clear().await;
    ada.by_testid("wire-filter").type_keys("send_message").await;
    rows().wait_for_count(0).await;

    ada.by_testid("wire-pause").click().await;
    ada.says("held back").await;
    ada.sees_state("held back", "delivered").await;
    assert_eq!(rows().count().await, 0, "it holds still");
    ada.by_testid("wire-pause").click().await;
    // What passed meanwhile is there.
    rows().wait_for_count(1).await;

    ada.by_testid("wire-clear").click().await;
    rows().wait_for_count(0).await;
    ada.says("after all that").await;
    rows().wait_for_count(1).await;
    stage.end().await;
}

#[tokio::test]
async fn an_echo_comes_back_to_its_sender_alone() {
    let stage = Stage::new().await;
    let (ada, ben) = tokio::join!(stage.person("Ada"), stage.person("Ben"));
    tokio::join!(opens_wire(&ada), opens_wire(&ben));
    let echoes = ada.by_testid("echoes").by_testid("echo");
    for (count, text) in [(1, "first"), (2, "second")] {
        ada.by_testid("echo-input").type_keys(text).await;
        ada.by_testid("echo-send").click().await;
        echoes.clone().wait_for_count(count).await;
        echoes.clone().with(text).with("ms").wait_for_sight().await;
    }
    // It joins its namespace for the first, and its packets are there too.
    packets(&ada, "EVENT", &["server_message"]).wait_for_count(4).await;
    packets(&ada, "EVENT", &["server_message", "ack id"]).wait_for_count(0).await;
    assert_eq!(packets(&ben, "EVENT", &["server_message"]).count().await, 0);
    ada.sees(&[]).await;
    // It leaves with the panel.
    ada.by_testid("wire-close").click().await;
    ada.by_testid("wire").wait_for_count(0).await;
    opens_wire(&ada).await;
    packets(&ada, "DISCONNECT", &["sent"]).wait().await;
    stage.end().await;
}

#[tokio::test]
async fn whoever_drops_the_link_can_watch_it_come_back() {
    let stage = Stage::new().await;
    let (ada, ben) = tokio::join!(stage.person("Ada"), stage.person("Ben"));
    opens_wire(&ada).await;
    packets(&ada, "open", &[]).wait_for_count(1).await;
    ada.by_testid("wire-drop").click().await;
    ben.says("while you were away").await;
    packets(&ada, "open", &[]).wait_for_count(2).await;
    packets(&ada, "ACK", &["sync"]).wait_for_count(2).await;
    ada.has_link("connected").await;
    ada.sees(&["while you were away"]).await;
    // A link that is cut says nothing.
    assert_eq!(packets(&ada, "DISCONNECT", &[]).count().await, 0);
    assert_eq!(packets(&ada, "close", &[]).count().await, 0);
    stage.end().await;
}

#[tokio::test]
async fn keys_open_it_and_the_focus_returns() {
    let stage = Stage::new().await;
    let ada = stage.person("Ada").await;
    ada.by_testid("composer").click().await;
    ada.insert("half a sen").await;
    ada.press_with(&[Key::Control], "`").await;
    ada.by_testid("wire").wait_for_focus().await;
    ada.tab_to("wire-filter").await;
    ada.press_with(&[Key::Control], "`").await;
    ada.by_testid("composer").wait_for_focus().await;
    ada.by_testid("wire").wait_for_count(0).await;
    ada.insert("tence").await;
    assert_eq!(ada.by_testid("composer").value().await, "half a sentence");

    // By its button, a row by Enter, and away by Escape.
    ada.by_testid("wire-button").focus().await;
    ada.press(Key::Enter).await;
    ada.by_testid("wire").wait_for_focus().await;
    ada.by_testid("packet").first().by_css("button").focus().await;
    ada.press(Key::Enter).await;
    ada.by_testid("payload").with("pingInterval").wait_for_sight().await;
    ada.press(Key::Escape).await;
    ada.by_testid("wire-button").wait_for_focus().await;
    stage.end().await;
}
