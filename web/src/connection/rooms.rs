//! Rooms are found, made, joined and left here: requests whose outcome the model is told.

use hubbub_client::AckError;
use hubbub_shared::Reply;
use hubbub_shared::chat::event::{Joined, Left};
use hubbub_shared::chat::request::{CreateRoom, History, JoinRoom, LeaveRoom, ListRooms, Page, RoomList};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Connection;
use crate::model::Failed;

impl Connection {
    /// The rooms whose names have `query` in them, by name, after the one with the id `after`.
    ///
    /// # Errors
    /// [`Failed`].
    pub async fn list_rooms(self, query: &str, after: Option<String>) -> Result<RoomList, Failed> {
        let query = Some(query.trim()).filter(|query| !query.is_empty()).map(str::to_owned);
        outcome(self.asked(&ListRooms { query, after, limit: None }).await)
    }

    /// Makes a room, of which I am the first member, and gives its id.
    ///
    /// # Errors
    /// [`Failed`]: refused with `invalid_name`, `room_exists`, `too_many_rooms` or `rate_limited`.
    pub async fn create_room(self, name: &str, topic: &str) -> Result<String, Failed> {
        let topic = Some(topic.trim()).filter(|topic| !topic.is_empty()).map(str::to_owned);
        let state = outcome(self.asked(&CreateRoom { name: name.to_owned(), topic }).await)?;
        Ok(self.joined(Joined(state)))
    }

    /// Joins a room.
    ///
    /// # Errors
    /// [`Failed`]: refused with `no_such_room`, `too_many_rooms` or `rate_limited`.
    pub async fn join_room(self, room: &str) -> Result<(), Failed> {
        let state = outcome(self.asked(&JoinRoom { room: room.to_owned() }).await)?;
        self.joined(Joined(state));
        Ok(())
    }

    /// Whether there is such a room, of those that aren't mine; also where the server doesn't say.
    pub async fn may_be_joined(self, room: &str) -> bool {
        let question = History { room: room.to_owned(), before: None, after: Some(0), limit: Some(1) };
        match outcome(self.asked(&question).await) {
            Err(failed) => !failed.says_no_such_room(),
            Ok(Page { .. }) => true,
        }
    }

    /// Joins a room as soon as the server has said that it isn't one of mine: for somebody who came by its link, and has been
    /// asked for no more than a name.
    pub fn join_when_synced(self, room: &str) {
        self.to_join.set_value(Some(room.to_owned()));
        if *self.is_synced.read_untracked() {
            self.join_waiting();
        }
    }

    /// The server has said which rooms are mine.
    pub(super) fn join_waiting(self) {
        let waiting = self.to_join.try_update_value(Option::take).flatten();
        let is_mine = |room: &String| self.session.with_value(|session| session.rooms().get(room).is_some());
        if let Some(room) = waiting.filter(|room| !is_mine(room)) {
            // If it can't be, its door says why.
            spawn_local(async move { drop(self.join_room(&room).await) });
        }
    }

    /// Leaves a room.
    ///
    /// # Errors
    /// [`Failed`]: refused with `lobby_is_forever` or `rate_limited`.
    pub async fn leave_room(self, room: &str) -> Result<(), Failed> {
        outcome(self.asked(&LeaveRoom { room: room.to_owned() }).await)?;
        self.tell(|session, now| session.hear(Left { room: room.to_owned() }, now));
        Ok(())
    }

    fn joined(self, joined: Joined) -> String {
        let room = joined.0.info.id.clone();
        self.tell(|session, now| session.hear(joined, now));
        room
    }
}

fn outcome<T>(answer: Result<Reply<T>, AckError>) -> Result<T, Failed> {
    answer.map_err(|_| Failed::NoAnswer)?.into_result().map_err(Failed::Refused)
}
