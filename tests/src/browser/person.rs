//! Somebody in front of a browser.

use std::ops::Deref;
use std::sync::Arc;

use super::{Key, Page, Part};
use crate::cable::Cable;

/// A person with a browser to themselves, and a cable from there to the server. What can be done with any page they can do
/// as well: they dereference to it.
pub struct Person {
    page: Page,
    cable: Arc<Cable>,
}

impl Person {
    pub(super) fn new(page: Page, cable: Arc<Cable>) -> Self {
        Self { page, cable }
    }

    /// Goes to a path of the server.
    pub async fn opens(&self, path: &str) {
        self.page.open(&format!("{}{path}", self.cable.url)).await;
    }

    /// Gives a name, and is in the lobby.
    pub async fn comes_in_as(&self, name: &str) {
        self.page.by_testid("name").click().await;
        self.page.insert(name).await;
        self.page.by_testid("join").click().await;
        self.is_in("lobby").await;
    }

    /// Is in a room, which follows what is said there.
    pub async fn is_in(&self, room: &str) {
        self.page.wait_for_path(&format!("/r/{room}")).await;
        self.page.by_testid("composer").wait().await;
        self.has_link("connected").await;
        // Who is here, only the server can have said.
        self.page.by_testid("people").wait_for_some("return / here$/.test(elements[0]?.textContent)").await;
    }

    /// The page says that this is how its connection is.
    pub async fn has_link(&self, state: &str) {
        self.page.by_testid("banner").wait_for_attribute("data-state", state).await;
    }

    /// The code that lets one more device of theirs in.
    pub async fn link_code(&self) -> String {
        let script = "return fetch('/api/session/link', { method: 'POST' }).then(answer => answer.json())";
        self.page.run(script).await["code"].as_str().expect("a code").to_owned()
    }

    /// Opens a path in one more tab.
    pub async fn opens_in_another_tab(&self, path: &str) -> Self {
        let tab = Self { page: self.page.another().await, cable: Arc::clone(&self.cable) };
        tab.opens(path).await;
        tab
    }

    /// Says something where they are.
    pub async fn says(&self, text: &str) {
        self.page.by_testid("composer").click().await;
        self.page.insert(text).await;
        self.page.press(Key::Enter).await;
    }

    /// The messages of the room, as far as the page shows them.
    #[must_use]
    pub fn messages(&self) -> Part<'_> {
        self.page.by_testid("messages").by_testid("message")
    }

    /// Sees messages with these texts, and no others.
    pub async fn sees(&self, texts: &[&str]) {
        self.messages().by_testid("text").wait_for_texts(texts).await;
    }

    /// Sees that an own message is `pending`, `delivered` or `failed`.
    pub async fn sees_state(&self, text: &str, state: &str) {
        self.messages().with(text).wait_for_attribute("data-state", state).await;
    }

    /// Loses the network, and the browser notices.
    pub async fn goes_offline(&self) {
        self.cable.pull_out();
        self.page.believe_in_network(false).await;
    }

    /// Has a network again, and the browser notices.
    pub async fn comes_online(&self) {
        self.cable.put_in();
        self.page.believe_in_network(true).await;
    }

    /// What the network does unnoticed.
    #[must_use]
    pub fn cable(&self) -> &Cable {
        &self.cable
    }
}

impl Deref for Person {
    type Target = Page;

    fn deref(&self) -> &Page {
        &self.page
    }
}
