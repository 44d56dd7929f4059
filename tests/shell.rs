//! What is around the page: what a browser lets it do, how it opens without a server, how a new version comes, and how
//! much of it there is to load.

use std::collections::BTreeSet;
use std::io::Write;

use hubbub_tests::browser::{Driver, Key, Look, Page};
use hubbub_tests::database::Database;
use hubbub_tests::http::{Answer, get};
use hubbub_tests::server::Server;
use hubbub_tests::upgrade::Upgrade;
use hubbub_tests::wait::{wait_for, wait_until_eq};
use hyper::StatusCode;
use serde_json::{Value, json};

/// What the first visit may load until one can write a name, compressed. `docs/size.md` says where it goes. It may only
/// become less.
const UNTIL_A_NAME: usize = 126_000;

/// The same, until one is in a room. React with its DOM and the official client, and nothing on top, are 71 KB.
const UNTIL_A_ROOM: usize = 320_000;

/// The chat's file, by how its path is. It comes while a name is written.
const CHAT: &str = "/split_open_chat.";

/// What a browser asks for besides, to know what could be installed, and to keep the rest.
const BESIDES: [&str; 3] = ["/service_worker.js", "/manifest.webmanifest", "/icons/192.png"];

/// The paths that the service worker keeps.
async fn kept_files(server: &Server) -> Vec<String> {
    let worker = get(&format!("{}/service_worker.js", server.url), &[]).await;
    let list = worker.text().lines().find_map(|line| line.strip_prefix("const FILES = ")?.strip_suffix(';'));
    serde_json::from_str(list.expect("the worker has a list")).expect("it reads as JSON too")
}

/// A page whose service worker serves it.
async fn kept(driver: &Driver, server: &Server) -> Page {
    let page = driver.browser(Look::LAPTOP).await;
    page.open(&server.url).await;
    let controlled = "return navigator.serviceWorker.controller?.state ?? 'none'";
    wait_until_eq("the page's service worker", &Value::from("activated"), async || page.run(controlled).await).await;
    page
}

/// What the page's Content-Security-Policy kept it from since the last time, as the browser logs it.
async fn violations(page: &Page) -> Vec<String> {
    let mut errors = page.errors().await;
    errors.retain(|message| message.contains("Content Security Policy"));
    errors
}

#[tokio::test]
async fn the_page_may_do_little_and_nothing_is_sniffed() {
    let server = Server::start(&[]).await;
    let page = get(&server.url, &[]).await;
    let policy = page.header("content-security-policy");
    for needed in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "'wasm-unsafe-eval'", "'sha256-"]
    {
        assert!(policy.contains(needed), "{needed}: {policy}");
    }
    assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
    assert!(!page.text().contains(" style="), "a style attribute, which the policy forbids");
    for file in
        kept_files(&server).await.iter().map(String::as_str).chain(["/r/lobby", "/service_worker.js", "/a.gone"])
    {
        let answer = get(&format!("{}{file}", server.url), &[]).await;
        assert_eq!(answer.header("content-security-policy"), policy, "{file}");
        assert_eq!(answer.header("referrer-policy"), "same-origin", "{file}");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{file}");
        assert!(answer.header("permissions-policy").contains("camera=()"), "{file}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{file}");
    }
    for path in ["/healthz", "/readyz", "/api/session", "/api/none", "/socket.io/?EIO=4&transport=polling"] {
        let answer = get(&format!("{}{path}", server.url), &[]).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("content-security-policy"), "", "{path}");
    }
}

#[tokio::test]
async fn no_script_or_style_gets_into_the_page() {
    let server = Server::start(&[]).await;
    let driver = Driver::start().await;
    let page = kept(&driver, &server).await;
    page.by_testid("name").wait().await;
    assert_eq!(violations(&page).await, [""; 0]);
    // What tells of violations does: each of these is one.
    for (script, directive) in [
        (
            "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.got = 1'}))",
            "script-src",
        ),
        ("document.body.setAttribute('style', 'color: red')", "style-src"),
        ("new Image().src = 'https://elsewhere.invalid/'", "img-src"),
        ("fetch('https://elsewhere.invalid/').catch(() => {})", "connect-src"),
    ] {
        page.run(script).await;
        wait_for(directive, async || {
            let seen = violations(&page).await;
            if seen.iter().any(|text| text.contains(directive)) { Ok(()) } else { Err(format!("{seen:?}")) }
        })
        .await;
    }
    assert_eq!(page.run("return window.got ?? 'nothing'").await, "nothing");
}

#[tokio::test]
async fn the_page_opens_without_its_server() {
    let mut server = Server::start(&[]).await;
    let driver = Driver::start().await;
    let page = kept(&driver, &server).await;
    server.kill().await;
    for path in ["/", "/join", "/r/lobby"] {
        page.open(&format!("{}{path}", server.url)).await;
        page.by_testid("name").wait().await;
    }
    assert_eq!(page.run("return !!document.getElementById('start')").await, false);
    assert_eq!(violations(&page).await, [""; 0]);

    // What is said and who is signed in always comes from the server.
    let asked = "return fetch('/api/session').then(answer => String(answer.status), () => 'no answer')";
    assert_eq!(page.run(asked).await, "no answer");
    server.restart().await;
    assert_eq!(page.run(asked).await, "401");
    page.open(&format!("{}/healthz", server.url)).await;
    assert_eq!(page.run("return document.body.innerText").await, "ok");
}

#[tokio::test]
async fn a_new_version_announces_itself_and_comes_when_asked() {
    let database = Database::new();
    let mut server = Server::start(&database.flags(&[])).await;
    let worker = get(&format!("{}/service_worker.js", server.url), &[]).await;
    assert_eq!(worker.header("cache-control"), "no-cache");
    let old = worker.text().split('"').nth(1).expect("a version");
    let new = "f".repeat(old.len());
    let upgrade = Upgrade::start(server.address(), old, &new).await;

    let driver = Driver::start().await;
    let page = driver.browser(Look::LAPTOP).await;
    page.open(&upgrade.url).await;
    page.by_testid("name").type_keys("Ada").await;
    page.by_testid("join").click().await;
    page.by_testid("chat").wait().await;
    let versions = "return caches.keys().then(keys => keys.join())";
    wait_until_eq("the first version", &Value::from(format!("hubbub-{old}")), async || page.run(versions).await).await;
    assert_eq!(page.run("return !!document.querySelector('[data-testid=update-notice]')").await, false);

    // The page stays open while the server is replaced.
    server.kill().await;
    upgrade.done();
    server.restart().await;
    let reload = page.by_testid("reload");
    reload.wait().await;
    assert_eq!(
        page.run("window.old = true; return performance.getEntriesByType('navigation')[0].type").await,
        "navigate"
    );
    reload.click().await;
    let anew = "return window.old ?? performance.getEntriesByType('navigation')[0].type";
    wait_until_eq("the page anew", &Value::from("reload"), async || page.run(anew).await).await;
    page.run("window.old = 'once'").await;
    wait_until_eq("the new version", &Value::from(format!("hubbub-{new}")), async || page.run(versions).await).await;
    page.by_testid("chat").wait().await;
    assert_eq!(page.run(anew).await, "once");
    assert_eq!(page.run("return !!document.querySelector('[data-testid=update-notice]')").await, false);
}

#[tokio::test]
async fn all_that_the_page_loads_is_kept_and_little() {
    let server = Server::start(&[]).await;
    let driver = Driver::start().await;
    let kept = kept_files(&server).await;
    let page = driver.browser(Look::LAPTOP).await;
    page.open(&server.url).await;
    page.by_testid("name").type_keys("Ada").await;
    page.by_testid("join").click().await;
    page.by_testid("composer").wait().await;
    let own = |url: String| url.strip_prefix(&server.url).map(|path| path.split('?').next().unwrap_or(path).to_owned());
    let mut loaded: BTreeSet<String> = page.requests().await.into_iter().filter_map(own).collect();
    loaded.retain(|path| !path.starts_with("/api/") && !path.starts_with("/socket.io/"));
    for path in &loaded {
        assert!(BESIDES.contains(&&**path) || kept.contains(path), "{path} is loaded, but not kept: {kept:?}");
    }
    loaded.extend(BESIDES.map(str::to_owned));

    let (mut until_a_name, mut until_a_room) = (0, 0);
    let mut figures = String::new();
    for path in &loaded {
        let answer = get(&format!("{}{path}", server.url), &[("accept-encoding", "br")]).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        until_a_room += answer.body.len();
        until_a_name += if path.contains(CHAT) { 0 } else { answer.body.len() };
        figures += &format!("\n  {:>7}  {path}", answer.body.len());
    }
    // Not by `println!`, which is kept from whoever runs tests that pass.
    let _ = writeln!(
        std::io::stderr(),
        "The first visit loads {until_a_name} bytes until one can write a name, of {UNTIL_A_NAME} at most, and \
         {until_a_room} until one is in a room, of {UNTIL_A_ROOM}:{figures}"
    );
    assert!(until_a_name <= UNTIL_A_NAME, "{until_a_name} bytes until one can write a name:{figures}");
    assert!(until_a_room <= UNTIL_A_ROOM, "{until_a_room} bytes until one is in a room:{figures}");
}

#[tokio::test]
async fn without_the_chat_a_name_can_be_written_and_nobody_has_taken_it() {
    let server = Server::start(&[]).await;
    let driver = Driver::start().await;
    let page = driver.browser(Look::LAPTOP).await;
    page.devtools("Network.enable", json!({})).await;
    page.devtools("Network.setBypassServiceWorker", json!({"bypass": true})).await;
    let block = async |urls: Value| page.devtools("Network.setBlockedURLs", json!({"urls": urls})).await;
    block(json!([format!("*{CHAT}*")])).await;
    page.open(&server.url).await;
    let (name, join) = (page.by_testid("name"), page.by_testid("join"));
    name.type_keys("Ada").await;
    join.click().await;
    let refusal = page.by_testid("name-refusal");
    refusal
        .wait_for_text("This part of the page could not be loaded. Look at your connection, or reload the page.")
        .await;
    name.wait_for_focus().await;
    assert_eq!(name.value().await, "Ada");

    block(json!([])).await;
    join.click().await;
    page.by_testid("composer").wait().await;

    // Whoever is here already asks for the chat before the page has begun, and once.
    page.reload().await;
    page.by_testid("composer").wait().await;
    let asked = "return performance.getEntriesByType('resource').filter(entry => entry.name.includes(arguments[0]))
        .map(entry => entry.initiatorType).join()";
    assert_eq!(page.run_with(asked, vec![CHAT.into()]).await, "link");

    block(json!([format!("*{CHAT}*")])).await;
    page.reload().await;
    page.by_testid("missing").wait().await;
    page.by_testid("missing-way-out").click().await;
    page.by_testid("missing").wait().await;
    block(json!([])).await;
    page.by_testid("missing-way-out").click().await;
    page.by_testid("composer").wait().await;
    page.by_testid("missing").wait_for_count(0).await;
}

#[tokio::test]
async fn a_part_that_can_not_be_loaded_is_missed_in_words() {
    let server = Server::start(&[]).await;
    let driver = Driver::start().await;
    let page = driver.browser(Look::LAPTOP).await;
    page.devtools("Network.enable", json!({})).await;
    page.devtools("Network.setBypassServiceWorker", json!({"bypass": true})).await;
    let parts = json!(["*/split_open_dialog.wasm", "*/split_open_panel.wasm"]);
    page.devtools("Network.setBlockedURLs", json!({"urls": parts})).await;
    page.open(&server.url).await;
    page.by_testid("name").type_keys("Ada").await;
    page.by_testid("join").click().await;
    page.by_testid("chat").wait().await;

    for (opener, part) in [("settings", "settings-dialog"), ("wire-button", "wire")] {
        page.by_testid(opener).click().await;
        page.by_testid("missing").wait().await;
        page.by_testid("missing-way-out").click().await;
        page.by_testid("missing").wait_for_count(0).await;
        assert!(!page.by_testid(part).is_there().await, "{part}");
    }
    // Nobody is caught where they write.
    let composer = page.by_testid("composer");
    composer.click().await;
    page.press_with(&[Key::Control], "k").await;
    page.by_testid("missing").wait().await;
    page.tab_to("missing-way-out").await;
    page.press(Key::Enter).await;
    page.by_testid("missing").wait_for_count(0).await;
    composer.click().await;
    page.press_with(&[Key::Control], "k").await;
    page.by_testid("missing").wait().await;
    page.press(Key::Escape).await;
    page.by_testid("missing").wait_for_count(0).await;

    page.devtools("Network.setBlockedURLs", json!({"urls": []})).await;
    for (opener, part, close) in [("settings", "settings-dialog", "close"), ("wire-button", "wire", "wire-close")] {
        page.by_testid(opener).click().await;
        page.by_testid(part).wait().await;
        page.by_testid(close).click().await;
        page.by_testid(part).wait_for_count(0).await;
    }
}

#[tokio::test]
async fn the_page_can_be_installed() {
    let server = Server::start(&[]).await;
    let manifest = get(&format!("{}/manifest.webmanifest", server.url), &[]).await;
    assert_eq!(manifest.header("content-type"), "application/manifest+json");
    let manifest = manifest.json();
    assert_eq!((&manifest["start_url"], &manifest["display"]), (&Value::from("/"), &Value::from("standalone")));
    let pictures = |list: &str| manifest[list].as_array().cloned().unwrap_or_default();
    let icons = pictures("icons");
    for (size, purpose) in [("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")] {
        assert!(icons.iter().any(|icon| icon["sizes"] == size && icon["purpose"] == purpose), "{size}, {purpose}");
    }
    for picture in icons.iter().chain(&pictures("screenshots")) {
        let path = picture["src"].as_str().expect("a path");
        let answer = get(&format!("{}{path}", server.url), &[]).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "image/png"), "{path}");
        assert_eq!(size_of_png(&answer), picture["sizes"].as_str().unwrap_or_default(), "{path}");
    }
    let robots = get(&format!("{}/robots.txt", server.url), &[]).await;
    assert_eq!(robots.text(), "User-agent: *\nAllow: /\n");
}

/// As manifests say it. A PNG begins with 16 bytes that are always the same, then its width and its height.
fn size_of_png(answer: &Answer) -> String {
    let number = |at: usize| u32::from_be_bytes(answer.body[at..at + 4].try_into().expect("four bytes"));
    format!("{}x{}", number(16), number(20))
}
