//! Bringing a client up to date.

use std::sync::Arc;

use hubbub_shared::chat::request::{Sync, Synced};

use super::answer::Answer;
use super::{Asked, Asker, readable};

impl Asked for Sync {
    type Ok = Synced;

    fn asked(self, asker: &Asker, answer: Answer<Synced>) {
        let (services, session) = (Arc::clone(&asker.services), asker.session.clone());
        tokio::spawn(async move {
            let store = services.store.id().to_owned();
            match readable(services.store.sync(session.key, self.rooms).await.map(Ok)) {
                Ok(rooms) => services.rooms.answer(&session, rooms, |rooms| {
                    answer.give(Ok(Synced { store, user: session.user.clone(), rooms }));
                }),
                Err(error) => drop(answer.give(Err(error))),
            }
        });
    }
}
