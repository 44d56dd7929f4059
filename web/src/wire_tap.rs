//! What passes on the wire, recorded from the beginning, so that even the handshake is there when somebody looks.

use std::time::Duration;

use hubbub_client::{Client, Observed};
use leptos::prelude::*;

use crate::model::wire::Log;

/// How long packets wait for others to be told of with: about a frame, so nobody sees it.
const FRAME: Duration = Duration::from_millis(16);

/// Records the packets of a client. A cheap handle; copies are the same tap. While nobody looks it only keeps a copy of
/// each packet; who looks is told of new ones once a frame.
#[derive(Clone, Copy)]
pub struct WireTap {
    log: StoredValue<Log>,
    /// The log has changed.
    news: Trigger,
    is_watched: StoredValue<bool>,
    /// It has changed, and that will be told.
    told_soon: StoredValue<bool>,
}

impl WireTap {
    /// One that has recorded nothing.
    pub fn new() -> Self {
        Self {
            log: StoredValue::default(),
            news: Trigger::new(),
            is_watched: StoredValue::new(false),
            told_soon: StoredValue::new(false),
        }
    }

    /// Records what passes on this client's wire from now on: all of it, if the client hasn't connected yet. One tap is for
    /// one client.
    pub fn listen(self, client: &Client) {
        client.observe(move |observed| self.record(observed));
    }

    /// Begins or ends to look.
    pub fn watch(self, is_watched: bool) {
        self.is_watched.try_set_value(is_watched);
    }

    /// What is recorded; whoever reads it reactively is told of changes.
    pub fn read<R>(self, read: impl FnOnce(&Log) -> R) -> R {
        self.news.track();
        self.log.with_value(read)
    }

    /// Forgets all that is recorded.
    pub fn clear(self) {
        self.log.update_value(Log::clear);
        self.news.notify();
    }

    fn record(self, observed: &Observed) {
        self.log.try_update_value(|log| log.record(observed.at, observed.direction, &observed.frame));
        let is_watched = self.is_watched.try_get_value() == Some(true);
        if is_watched && !self.told_soon.get_value() {
            self.told_soon.set_value(true);
            let tell = move || {
                self.told_soon.set_value(false);
                self.news.notify();
            };
            set_timeout(tell, FRAME);
        }
    }
}

impl Default for WireTap {
    fn default() -> Self {
        Self::new()
    }
}
