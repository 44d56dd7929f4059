//! What was written in a room and not sent: it is there again after a look into another room, and after a reload.

use leptos::prelude::*;

use crate::connection::Connection;
use crate::model::link::Link;
use crate::storage;

/// The drafts of whoever is here, one a room.
#[derive(Clone, Copy)]
pub(super) struct Drafts(Connection);

impl Drafts {
    pub(super) fn new(connection: Connection) -> Self {
        Self(connection)
    }

    /// What was written in this room.
    pub(super) fn of(self, room: &str) -> String {
        storage::get(&self.key(room)).unwrap_or_default()
    }

    /// This is written in this room now. After signing out, nothing is kept.
    pub(super) fn keep(self, room: &str, text: &str) {
        if text.is_empty() {
            storage::remove(&self.key(room));
        } else if !matches!(*self.0.link().read_untracked(), Link::SignedOut) {
            storage::set(&self.key(room), text);
        }
    }

    fn key(self, room: &str) -> String {
        ["hubbub.draft.", &self.0.me().id, ".", room].concat()
    }
}
