//! The page in a real browser, against the real server: what a person sees who chats, loses the server, and goes on.

use fantoccini::key::Key;
use hubbub_tests::browser::{Browser, Page, Shown};
use hubbub_tests::peer::Peer;
use hubbub_tests::server::Server;
use hubbub_tests::wait::wait_for;
use nix::sys::signal::Signal;
use serde_json::json;

/// An own message that the server has sent back.
fn received(text: &str) -> Shown {
    Shown { state: "received".into(), text: text.into() }
}

async fn connected(browser: &Browser, server: &Server) -> Page {
    let page = browser.open(&server.url).await;
    page.wait_for_status("connected").await;
    page
}

/// Nothing is wrong with the page, and it asked nobody but its own server for anything.
async fn assert_clean(page: &Page, server: &Server) {
    let mut errors = page.errors().await;
    // A browser says it when a server is gone, and no program can keep it from that.
    errors.retain(|message| !message.contains("WebSocket connection to"));
    assert_eq!(errors, [""; 0], "the console");
    let requests = page.requests().await;
    assert!(requests.iter().any(|url| url.contains("/socket.io/")), "a WebSocket should be there: {requests:?}");
    for url in requests {
        let (_, rest) = url.split_once("://").unwrap_or(("", ""));
        let is_own = rest.starts_with(server.address()) || url.starts_with("data:") || url.starts_with("blob:");
        assert!(is_own, "a request to another origin: {url}");
    }
}

#[tokio::test]
async fn two_pages_chat_with_each_other_and_with_the_official_client() {
    let server = Server::start(&[]).await;
    let browser = Browser::start().await;
    let (one, two) = (connected(&browser, &server).await, connected(&browser, &server).await);
    let mut official = Peer::client(&server.url, json!({"transports": ["websocket"]}));
    official.wait_for(&json!({"is": "connect"})).await;

    one.say("hello from one").await;
    two.wait_for_texts(&["hello from one"]).await;
    two.say("ünï <b>two</b> & \"more\"").await;
    one.wait_for_texts(&["hello from one", "ünï <b>two</b> & \"more\""]).await;
    official.ask(json!({"do": "emit", "name": "chat_message", "args": ["the official one"]})).await;
    let all = ["hello from one", "ünï <b>two</b> & \"more\"", "the official one"];
    for page in [&one, &two] {
        page.wait_for_texts(&all).await;
        // An own message is there once, and has arrived.
        assert_eq!(page.messages().await, all.map(received));
    }
    assert_eq!(official.chat(), all);
    let left = one.run("return document.querySelector('[data-testid=composer]').value").await;
    assert_eq!(left, "", "the field is cleared");
    assert_clean(&one, &server).await;
    assert_clean(&two, &server).await;
}

#[tokio::test]
async fn an_echo_comes_back_with_its_round_trip_and_to_nobody_else() {
    let server = Server::start(&[]).await;
    let browser = Browser::start().await;
    let bystander = Peer::client(&server.url, json!({"transports": ["websocket"]}));
    bystander.wait_for(&json!({"is": "connect"})).await;
    let page = connected(&browser, &server).await;
    for (count, text) in [(1, "first"), (2, "second")] {
        page.find("echo-input").await.send_keys(text).await.unwrap();
        page.find("echo-send").await.click().await.unwrap();
        let script = "return [...document.querySelectorAll('[data-testid=echoes] [data-testid=echo]')].map(
            echo => [echo.innerText, echo.querySelector('[data-testid=round-trip]')?.innerText ?? ''])";
        wait_for("echoes with round trips", async || {
            let echoes = page.run(script).await;
            let list = echoes.as_array().cloned().unwrap_or_default();
            let is_timed = |echo: &serde_json::Value| {
                echo[1].as_str().is_some_and(|time| time.contains(|digit: char| digit.is_ascii_digit()))
            };
            let has_text = list.iter().any(|echo| echo[0].as_str().is_some_and(|shown| shown.contains(text)));
            if list.len() == count && has_text && list.iter().all(is_timed) { Ok(()) } else { Err(echoes.to_string()) }
        })
        .await;
    }
    assert_eq!(page.messages().await, [], "an echo is no message");
    assert_eq!(bystander.said(&json!({"is": "event"})), [serde_json::Value::Null; 0]);
    assert_clean(&page, &server).await;
}

#[tokio::test]
async fn pages_find_a_killed_server_again_and_go_on() {
    let mut server = Server::start(&[]).await;
    let browser = Browser::start().await;
    let (one, two) = (connected(&browser, &server).await, connected(&browser, &server).await);
    one.say("before").await;
    two.wait_for_texts(&["before"]).await;

    server.kill().await;
    one.wait_for_status("reconnecting").await;
    two.wait_for_status("reconnecting").await;
    server.restart().await;
    one.wait_for_status("connected").await;
    two.wait_for_status("connected").await;

    two.say("after").await;
    one.wait_for_texts(&["before", "after"]).await;
    one.say("and on").await;
    for page in [&one, &two] {
        page.wait_for_texts(&["before", "after", "and on"]).await;
    }
    assert_eq!(one.messages().await, ["before", "after", "and on"].map(received));
    assert_clean(&one, &server).await;
}

#[tokio::test]
async fn a_message_without_a_server_says_so_and_can_be_sent_again_or_discarded() {
    let mut server = Server::start(&[]).await;
    let browser = Browser::start().await;
    let page = connected(&browser, &server).await;
    server.kill().await;
    page.wait_for_status("reconnecting").await;
    page.say("nobody hears this").await;
    page.wait_for_last("nobody hears this", &["unconfirmed"]).await;
    page.say("nor this").await;
    page.wait_for_last("nor this", &["unconfirmed"]).await;

    server.restart().await;
    page.wait_for_status("connected").await;
    let bystander = Peer::client(&server.url, json!({"transports": ["websocket"]}));
    bystander.wait_for(&json!({"is": "connect"})).await;

    // The first is discarded, the second sent again: it comes to all, and stays one message.
    page.find("discard").await.click().await.unwrap();
    page.wait_for_texts(&["nor this"]).await;
    page.find("again").await.click().await.unwrap();
    page.wait_for_last("nor this", &["received"]).await;
    bystander.wait_for(&json!({"is": "event"})).await;
    assert_eq!(bystander.chat(), ["nor this"]);
    assert_eq!(page.messages().await, [received("nor this")]);
    assert_clean(&page, &server).await;
}

#[tokio::test]
async fn a_message_on_its_way_when_the_link_is_lost_says_that_nobody_knows() {
    let mut server = Server::start(&[]).await;
    let browser = Browser::start().await;
    let page = connected(&browser, &server).await;
    // A server that has stopped takes the message into its kernel, and does nothing with it.
    server.signal(Signal::SIGSTOP);
    page.say("lost or not?").await;
    page.wait_for_last("lost or not?", &["pending"]).await;
    server.kill().await;
    page.wait_for_last("lost or not?", &["unconfirmed"]).await;
    server.restart().await;
    page.wait_for_status("connected").await;
    page.find("again").await.click().await.unwrap();
    page.wait_for_last("lost or not?", &["received"]).await;
    assert_eq!(page.messages().await, [received("lost or not?")]);
}

#[tokio::test]
async fn a_keyboard_is_enough() {
    let mut server = Server::start(&[]).await;
    let browser = Browser::start().await;
    let page = connected(&browser, &server).await;
    let enter = char::from(Key::Enter).to_string();

    page.tab_to("composer").await;
    page.type_keys(&format!("by keys{enter}")).await;
    page.wait_for_last("by keys", &["received"]).await;
    // The focus stays where one writes, and Shift + Enter breaks the line.
    let shift = char::from(Key::Shift);
    page.type_keys(&format!("two{shift}{enter}{shift}lines{enter}")).await;
    page.wait_for_last("two\nlines", &["received"]).await;

    page.tab_to("echo-input").await;
    page.type_keys(&format!("echo{enter}")).await;
    page.find("round-trip").await;

    server.kill().await;
    page.wait_for_status("reconnecting").await;
    page.tab_to("composer").await;
    page.type_keys(&format!("too early{enter}")).await;
    page.wait_for_last("too early", &["unconfirmed"]).await;
    server.restart().await;
    page.wait_for_status("connected").await;
    page.tab_to("again").await;
    page.type_keys(&enter).await;
    page.wait_for_last("too early", &["received"]).await;
    assert_clean(&page, &server).await;
}

#[tokio::test]
async fn the_page_says_what_it_is() {
    let server = Server::start(&[]).await;
    let browser = Browser::start().await;
    let page = connected(&browser, &server).await;
    assert_eq!(page.run("return document.title").await, "Hubbub");
    assert_eq!(page.run("return document.documentElement.lang").await, "en");
    let described = page.run("return document.querySelector('meta[name=description]').content.length > 20").await;
    assert_eq!(described, true);
    let icon = page.run("return fetch(document.querySelector('link[rel=icon]').href).then(icon => icon.status)").await;
    assert_eq!(icon, 200);
    assert_clean(&page, &server).await;
}
