//! Writing on the page, in a real browser against the real server: how a text is shown, what helps to write one, and that
//! nothing that is written is lost.

use fantoccini::key::Key;
use futures_util::future::join_all;
use hubbub_shared::chat::LOBBY;
use hubbub_tests::browser::{Browser, Page};
use hubbub_tests::chat::Device;
use hubbub_tests::server::Server;
use hubbub_tests::wait::{wait_for, wait_until_eq};
use serde_json::{Value, json};

const ENTER: Key = Key::Enter;

fn key(key: Key) -> String {
    char::from(key).to_string()
}

/// Somebody who has signed in by the page, in the lobby.
async fn here(browser: &Browser, server: &Server, name: &str) -> Page {
    let page = browser.open(&server.url).await;
    page.find("name").await.send_keys(name).await.expect("the field takes keys");
    page.find("join").await.click().await.expect("the button can be clicked");
    page.find("composer").await;
    wait_connected(&page).await;
    page
}

async fn wait_connected(page: &Page) {
    let script = "return document.querySelector('[data-testid=banner]')?.dataset.state ?? 'none'";
    wait_until_eq("the banner's state", &json!("connected"), async || page.run(script).await).await;
}

/// What the composer holds.
async fn written(page: &Page) -> Value {
    page.run("return document.querySelector('[data-testid=composer]').value").await
}

async fn wait_for_written(page: &Page, text: &str) {
    wait_until_eq("what is written", &json!(text), async || written(page).await).await;
}

/// What is offered, with a star at the active one.
async fn offered(page: &Page) -> Value {
    page.run(
        "const field = document.querySelector('[data-testid=composer]');
        return [...document.querySelectorAll('[data-testid=suggestion]')].map(option =>
            option.querySelector('.name').textContent
            + (option.id === field.getAttribute('aria-activedescendant') && option.ariaSelected === 'true' ? '*' : ''))",
    )
    .await
}

async fn wait_for_offered(page: &Page, names: &[&str]) {
    wait_until_eq("what is offered", &json!(names), async || offered(page).await).await;
}

/// Types into the composer.
async fn write(page: &Page, keys: &str) {
    page.find("composer").await.send_keys(keys).await.expect("the composer takes keys");
}

#[tokio::test]
async fn a_text_is_shown_as_it_is_meant() {
    let server = Server::start(&[]).await;
    let browser = Browser::start().await;
    let page = here(&browser, &server, "Ada").await;
    let bob = Device::sign_in(&server.url, "Bob").await;
    let text = "**bold** *italic* `code` https://a.example/b, [label](https://c.example/d) @ada @BOB @nobody\n\
                > quoted\n- one\n- two\n7. seven\n```\nlet x = 1;\n```";
    bob.say(LOBBY, text).await;
    let shown = |script: &'static str| {
        let script = format!(
            "const text = [...document.querySelectorAll('[data-testid=text]')].at(-1);
            const all = (what, read) => [...(text?.querySelectorAll(what) ?? [])].map(read);
            const content = element => element.textContent;
            return {script}"
        );
        let page = &page;
        async move { page.run(&script).await }
    };
    for (script, expected) in [
        ("all('strong', content)", json!(["bold"])),
        ("all('em', content)", json!(["italic"])),
        ("all('p > code', content)", json!(["code"])),
        ("all('pre', content)", json!(["let x = 1;"])),
        ("all('blockquote', content)", json!(["quoted"])),
        ("all('ul > li', content)", json!(["one", "two"])),
        ("all('ol > li', item => item.value)", json!([7])),
        ("all('a', content)", json!(["https://a.example/b", "label"])),
        (
            "all('a', link => [link.href, link.target, link.rel, link.title, link.dataset.host ?? ''])",
            json!([
                ["https://a.example/b", "_blank", "noopener noreferrer", "", ""],
                ["https://c.example/d", "_blank", "noopener noreferrer", "https://c.example/d", "c.example"],
            ]),
        ),
        ("all('.mention', content)", json!(["@ada", "@BOB"])),
        ("all('.mention.me', content)", json!(["@ada"])),
    ] {
        wait_until_eq(script, &expected, async || shown(script).await).await;
    }
}

#[tokio::test]
async fn hostile_texts_stay_in_their_place() {
    let server = Server::start(&["--rate-limit", "0"]).await;
    let browser = Browser::start().await;
    let page = here(&browser, &server, "Ada").await;
    let eve = Device::sign_in(&server.url, "Eve").await;
    let long_code = format!("```\n{}\n```", "x".repeat(3_000));
    let texts = [
        "<img src=x onerror='window.hacked = 1'><script>window.hacked = 1</script>",
        "[a](javascript:window.hacked=1) [b](data:text/html,c) https://bank.example@evil.example",
        &"x".repeat(4_000),
        &"*".repeat(4_000),
        &"[".repeat(4_000),
        &"> ".repeat(2_000),
        &"a\n".repeat(500),
        &format!("https://a.example/{}", "y".repeat(3_000)),
        &long_code,
        "\u{202E}\u{2067}[label](https://evil.example/) \u{202E}**a**",
        "last",
    ];
    for text in texts {
        eve.say(LOBBY, text).await;
    }
    page.wait_for_last("last", &["delivered"]).await;
    // On a phone, too.
    for frame in ["100%", "320px"] {
        let script = format!(
            "const body = document.body.style; body.inlineSize = '{frame}';
            const wide = [...document.querySelectorAll('[data-testid=messages], [data-testid=text]')].filter(
                element => element.getBoundingClientRect().right > document.body.getBoundingClientRect().right);
            return [wide.length, document.querySelector('[data-testid=scroller]').scrollWidth
                > document.querySelector('[data-testid=scroller]').clientWidth]"
        );
        assert_eq!(page.run(&script).await, json!([0, false]), "{frame}");
    }
    let links = page.run("return [...document.querySelectorAll('[data-testid=text] a')].map(link => link.host)").await;
    assert_eq!(links, json!(["a.example", "evil.example"]));
    let hostile =
        "return [window.hacked ?? 0, document.querySelectorAll('[data-testid=text] :is(img, script)').length]";
    assert_eq!(page.run(hostile).await, json!([0, 0]));
    assert_eq!(page.errors().await.into_iter().filter(|error| !error.contains("401")).collect::<Vec<_>>(), [""; 0]);
}

#[tokio::test]
async fn emoji_and_names_are_completed_by_keys_and_by_pointer() {
    let server = Server::start(&[]).await;
    let browser = Browser::start().await;
    let page = here(&browser, &server, "Ada").await;
    let _alan = Device::sign_in(&server.url, "Alan Turing").await;

    write(&page, "so :heart_ey").await;
    wait_for_offered(&page, &["heart_eyes*", "heart_eyes_cat"]).await;
    write(&page, &key(Key::Down)).await;
    wait_for_offered(&page, &["heart_eyes", "heart_eyes_cat*"]).await;
    write(&page, &key(Key::Up)).await;
    write(&page, &key(ENTER)).await;
    wait_for_written(&page, "so 😍 ").await;
    // In full, it needs no choosing.
    write(&page, ":+1:").await;
    wait_for_written(&page, "so 😍 👍").await;

    // Who came is offered as soon as the page has heard of them.
    wait_for("Alan to be offered", async || {
        write(&page, &format!(" @al{}", key(Key::Escape))).await;
        write(&page, &[Key::Backspace; 4].map(key).concat()).await;
        write(&page, " @al").await;
        let offered = offered(&page).await;
        if offered == json!(["Alan Turing*"]) {
            return Ok(());
        }
        write(&page, &[Key::Backspace; 4].map(key).concat()).await;
        Err(offered.to_string())
    })
    .await;
    page.find("suggestion").await.click().await.expect("it can be clicked");
    wait_for_written(&page, "so 😍 👍 @Alan Turing ").await;
    page.type_keys(&key(ENTER)).await;
    page.wait_for_last("so 😍 👍 @Alan Turing", &["delivered"]).await;

    // Who doesn't want any sends what is written.
    write(&page, ":smile").await;
    wait_for("suggestions", async || match offered(&page).await {
        Value::Array(list) if !list.is_empty() => Ok(()),
        other => Err(other.to_string()),
    })
    .await;
    write(&page, &key(Key::Escape)).await;
    wait_for_offered(&page, &[]).await;
    write(&page, &key(ENTER)).await;
    page.wait_for_last(":smile", &["delivered"]).await;
}

#[tokio::test]
async fn a_draft_outlives_a_reload_and_is_gone_when_it_is_sent() {
    let server = Server::start(&[]).await;
    let browser = Browser::start().await;
    let page = here(&browser, &server, "Ada").await;
    let shift = key(Key::Shift);
    write(&page, &format!("half a{shift}{}{shift}thought", key(ENTER))).await;
    page.run("location.reload()").await;
    wait_for_written(&page, "half a\nthought").await;
    wait_connected(&page).await;
    write(&page, &key(ENTER)).await;
    page.wait_for_last("half a\nthought", &["delivered"]).await;
    wait_for_written(&page, "").await;
    let kept = "return Object.keys(localStorage).filter(key => key.startsWith('hubbub.draft.'))";
    assert_eq!(page.run(kept).await, json!([]));
}

#[tokio::test]
async fn what_is_too_long_stays_with_a_sentence() {
    let server = Server::start(&[]).await;
    let browser = Browser::start().await;
    let page = here(&browser, &server, "Ada").await;
    // As if it were pasted: typing it would take a minute.
    let paste = "const field = document.querySelector('[data-testid=composer]');
        field.focus();
        return document.execCommand('insertText', false, 'x'.repeat(4001))";
    assert_eq!(page.run(paste).await, true);
    let said = |testid: &'static str| {
        let page = &page;
        async move { page.run(&format!("return document.querySelector('[data-testid={testid}]').textContent")).await }
    };
    wait_until_eq("the count", &json!("1 character too many"), async || said("composer-count").await).await;
    write(&page, &key(ENTER)).await;
    let refusal = json!("A message has at most 4,000 characters.");
    wait_until_eq("the refusal", &refusal, async || said("composer-refusal").await).await;
    write(&page, &key(Key::Backspace)).await;
    wait_until_eq("no refusal", &json!(""), async || said("composer-refusal").await).await;
    write(&page, &key(ENTER)).await;
    page.wait_for_last(&"x".repeat(4_000), &["delivered"]).await;
}

#[tokio::test]
async fn a_burst_of_messages_takes_no_character_from_who_writes() {
    let server = Server::start(&["--rate-limit", "0"]).await;
    let browser = Browser::start().await;
    let page = here(&browser, &server, "Ada").await;
    let bob = Device::sign_in(&server.url, "Bob").await;
    let typed: String = (0..60).map(|number| format!("word{number} ")).collect();
    let burst = async {
        let numbers: Vec<String> = (0..1_000).map(|number| format!("burst {number}")).collect();
        join_all(numbers.iter().map(|text| bob.say(LOBBY, text))).await;
    };
    let typing = async {
        for word in typed.split_inclusive(' ') {
            write(&page, word).await;
        }
    };
    tokio::join!(burst, typing);
    page.wait_for_last("burst 999", &["delivered"]).await;
    assert_eq!(written(&page).await, typed);
}
