//! One tab of a browser.

use std::path::Path;
use std::sync::Arc;

use fantoccini::Client;
use fantoccini::error::CmdError;
use fantoccini::key::Key;
use fantoccini::wd::WindowHandle;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::devtools::{devtools, log};
use super::{Look, Part, console};
use crate::wait::{wait_for, wait_until_eq};

/// A tab. Chromedriver has one in front; whatever is done in another brings that to the front first.
#[derive(Clone)]
pub struct Page {
    client: Client,
    tab: WindowHandle,
    /// What a new tab of this browser is looked at on.
    look: Look,
    /// The tab that is in front, the same for all of one browser.
    front: Arc<Mutex<WindowHandle>>,
}

impl Page {
    /// The tab that a browser starts with.
    pub(super) async fn first(client: Client, look: Look) -> Self {
        let tab = client.window().await.expect("a browser has a window");
        let page = Self { client, front: Arc::new(Mutex::new(tab.clone())), tab, look };
        page.look_on(look).await;
        page
    }

    /// One more empty tab of the same browser, in front of this one.
    pub async fn another(&self) -> Self {
        let tab = self.client().await.new_window(true).await.expect("a browser has room for a tab").handle;
        let page = Self { client: self.client.clone(), tab, look: self.look, front: Arc::clone(&self.front) };
        page.look_on(self.look).await;
        page
    }

    /// Closes the tab. Another one must be there.
    pub async fn close(&self) {
        self.client().await.close_window().await.expect("it is there");
    }

    /// Goes to an address.
    pub async fn open(&self, url: &str) {
        self.client().await.goto(url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    pub async fn reload(&self) {
        self.client().await.refresh().await.expect("a page can be reloaded");
    }

    pub async fn back(&self) {
        self.client().await.back().await.expect("there was a page before");
    }

    pub async fn forward(&self) {
        self.client().await.forward().await.expect("there is a page after");
    }

    /// The path of the address, such as `/r/lobby`.
    pub async fn path(&self) -> String {
        self.client().await.current_url().await.expect("it has an address").path().to_owned()
    }

    pub async fn wait_for_path(&self, path: &str) {
        wait_until_eq("the address", &path.to_owned(), async || self.path().await).await;
    }

    /// The title, as a tab strip shows it: the tab that is in front stays there.
    pub async fn title(&self) -> String {
        let tab = String::from(self.tab.clone());
        let all = devtools(&self.client, "Target.getTargets", json!({})).await.expect("a browser knows its tabs");
        let targets = all["targetInfos"].as_array().into_iter().flatten();
        let title = targets.filter(|target| target["targetId"] == *tab).find_map(|target| target["title"].as_str());
        title.unwrap_or_else(|| panic!("no tab {tab} in {all}")).to_owned()
    }

    pub async fn wait_for_title(&self, title: &str) {
        wait_until_eq("the title", &title.to_owned(), async || self.title().await).await;
    }

    /// The elements of this data-testid.
    #[must_use]
    pub fn by_testid(&self, testid: &str) -> Part<'_> {
        Part::of(self).by_testid(testid)
    }

    /// The elements that this selector finds.
    #[must_use]
    pub fn by_css(&self, selector: &str) -> Part<'_> {
        Part::of(self).by_css(selector)
    }

    /// Types on whatever has the focus.
    pub async fn type_keys(&self, keys: &str) {
        let focused = self.client().await.active_element().await.expect("something has the focus");
        focused.send_keys(keys).await.unwrap_or_else(|error| panic!("{keys:?}: {error}"));
    }

    pub async fn press(&self, key: Key) {
        self.type_keys(&char::from(key).to_string()).await;
    }

    /// Presses a key while others are held, such as Control and "k".
    pub async fn press_with(&self, held: &[Key], key: &str) {
        let held: String = held.iter().copied().map(char::from).collect();
        // WebDriver lets go of them all at the NULL key.
        self.type_keys(&format!("{held}{key}{}", char::from(Key::Null))).await;
    }

    /// Puts a text where the focus is as an input method does, of whatever characters.
    pub async fn insert(&self, text: &str) {
        self.devtools("Input.insertText", json!({ "text": text })).await;
    }

    /// Presses Tab until the focus is on an element of this data-testid.
    pub async fn tab_to(&self, testid: &str) {
        let focused = "return document.activeElement?.dataset.testid ?? ''";
        let mut passed = Vec::new();
        for _ in 0..60 {
            let at = self.run(focused).await;
            if at == testid {
                return;
            }
            passed.push(at);
            self.press(Key::Tab).await;
        }
        panic!("60 times Tab do not lead to {testid}, but by {passed:?}");
    }

    /// What a script in the page returns; if that is a promise, what it is kept with.
    pub async fn run(&self, script: &str) -> Value {
        self.run_with(script, Vec::new()).await
    }

    /// As [`run`](Self::run), with `arguments`.
    pub async fn run_with(&self, script: &str, args: Vec<Value>) -> Value {
        self.try_run(script, args).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    pub(super) async fn try_run(&self, script: &str, args: Vec<Value>) -> Result<Value, CmdError> {
        self.client().await.execute(script, args).await
    }

    /// Waits until a script in the page returns something true, and gives that.
    pub async fn wait_until(&self, script: &str) -> Value {
        wait_for(script, async || match self.try_run(script, Vec::new()).await {
            Ok(Value::Null | Value::Bool(false)) => Err("it is not".to_owned()),
            Ok(answer) => Ok(answer),
            Err(error) => Err(error.to_string()),
        })
        .await
    }

    /// Looks at the page on another screen, or in other colours.
    pub async fn look_on(&self, look: Look) {
        for (command, params) in look.commands() {
            self.devtools(command, params).await;
        }
    }

    /// Whether the browser believes that it has a network. Links that are up may stay up.
    pub async fn believe_in_network(&self, is_online: bool) {
        self.devtools("Network.enable", json!({})).await;
        let conditions = json!({"offline": !is_online, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
        self.devtools("Network.emulateNetworkConditions", conditions).await;
    }

    /// What the browser answers when a page asks for something, such as `notifications`: `granted` or `denied`, as if the
    /// person had said so.
    pub async fn will_have(&self, permission: &str, answer: &str) {
        let asked = json!({ "permission": { "name": permission }, "setting": answer });
        self.devtools("Browser.setPermission", asked).await;
    }

    /// Runs a script in every document of this tab from now on, before the document's own.
    pub async fn run_first(&self, script: &str) {
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await;
    }

    /// Waits until what moves, and comes to an end, has come to its end.
    pub async fn wait_until_at_rest(&self) {
        let script = "return document.getAnimations().every(animation => animation.playState !== 'running' ||
            animation.effect.getComputedTiming().endTime === Infinity)";
        self.wait_until(script).await;
    }

    /// Writes what is in sight to a file (PNG).
    pub async fn screenshot(&self, file: &Path) {
        let image = self.client().await.screenshot().await.expect("there is something to see");
        std::fs::write(file, image).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }

    /// The errors that the browser's pages logged since the last time.
    pub async fn errors(&self) -> Vec<String> {
        console::errors(&log(&self.client, "browser").await.expect("chromedriver has the log"))
    }

    /// The URLs that the browser's pages requested since the last time, WebSockets included.
    pub async fn requests(&self) -> Vec<String> {
        console::requests(&log(&self.client, "performance").await.expect("chromedriver has the log"))
    }

    /// A command of the DevTools protocol.
    pub async fn devtools(&self, command: &str, params: Value) -> Value {
        let client = self.client().await;
        devtools(client, command, params).await.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// Chromedriver, with this tab in front.
    pub(super) async fn client(&self) -> &Client {
        let mut front = self.front.lock().await;
        if *front != self.tab {
            self.client.switch_to_window(self.tab.clone()).await.expect("the tab is there");
            devtools(&self.client, "Page.bringToFront", json!({})).await.expect("the tab is there");
            front.clone_from(&self.tab);
        }
        &self.client
    }
}
