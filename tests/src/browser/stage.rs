//! A server, and those who visit it.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Driver, Look, Page, Person};
use crate::cable::Cable;
use crate::database::Database;
use crate::server::Server;

/// Where a story is told. It ends with [`end`](Self::end), which looks whether all went well behind the scenes.
pub struct Stage {
    pub server: Server,
    /// What the server keeps: it is there again after a restart.
    pub database: Database,
    driver: Driver,
    /// A tab of each browser, and its cable.
    browsers: Mutex<Vec<(Page, Arc<Cable>)>>,
    has_ended: bool,
}

impl Stage {
    /// A server as it is without flags.
    pub async fn new() -> Self {
        Self::with(&[]).await
    }

    /// A server with these flags.
    pub async fn with(flags: &[&str]) -> Self {
        let database = Database::new();
        let flags = database.flags(flags);
        let (server, driver) = tokio::join!(Server::start(&flags), Driver::start());
        Self { server, database, driver, browsers: Mutex::default(), has_ended: false }
    }

    /// Somebody with a laptop who was never here and has not opened the page yet.
    pub async fn stranger(&self) -> Person {
        self.stranger_with(Look::LAPTOP).await
    }

    /// Somebody with this screen who was never here and has not opened the page yet.
    pub async fn stranger_with(&self, look: Look) -> Person {
        let (cable, page) = tokio::join!(Cable::to(self.server.address()), self.driver.browser(look));
        let cable = Arc::new(cable);
        self.browsers.lock().unwrap_or_else(PoisonError::into_inner).push((page.clone(), Arc::clone(&cable)));
        Person::new(page, cable)
    }

    /// Somebody with a laptop who has come in under this name, and stands in the lobby.
    pub async fn person(&self, name: &str) -> Person {
        self.person_with(name, Look::LAPTOP).await
    }

    /// Somebody with this screen who has come in under this name, and stands in the lobby.
    pub async fn person_with(&self, name: &str, look: Look) -> Person {
        let person = self.stranger_with(look).await;
        person.opens("/").await;
        person.comes_in_as(name).await;
        person
    }

    /// One more laptop of somebody who is here, in the lobby.
    pub async fn second_device_of(&self, person: &Person) -> Person {
        let device = self.stranger().await;
        device.opens(&format!("/link#{}", person.link_code().await)).await;
        device.by_testid("use-code").click().await;
        device.is_in("lobby").await;
        device
    }

    /// Nothing is wrong with any page, and none asked anybody but its own server for anything.
    ///
    /// # Panics
    /// When something is.
    pub async fn end(mut self) {
        self.has_ended = true;
        let browsers = std::mem::take(self.browsers.get_mut().unwrap_or_else(PoisonError::into_inner));
        for (page, cable) in browsers {
            assert_eq!(page.errors().await, [""; 0], "the console");
            for url in page.requests().await {
                let (scheme, rest) = url.split_once(':').unwrap_or_default();
                let is_own = rest.trim_start_matches("//").starts_with(cable.address());
                assert!(is_own || ["data", "blob", "chrome"].contains(&scheme), "a request to another origin: {url}");
            }
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        assert!(self.has_ended || std::thread::panicking(), "a story ends with Stage::end");
    }
}
