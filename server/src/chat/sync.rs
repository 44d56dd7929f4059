//! Bringing a client up to date.

use hubbub_shared::chat::request::{Sync, Synced};

use super::answer::Answer;
use super::{Asked, Asker};

impl Asked for Sync {
    type Ok = Synced;

    fn asked(self, asker: &Asker, answer: Answer<Synced>) {
        let (services, session) = (asker.services.clone(), asker.session.clone());
        asker.read(answer, async move {
            let mut rooms = services.store.sync(session.key, self.rooms).await?;
            services.rooms.open().fill(&session, &mut rooms);
            Ok(Ok(Synced { store: services.store.id().to_owned(), user: session.user, rooms }))
        });
    }
}
