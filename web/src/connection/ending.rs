//! How a session ends in this browser. Everything that knew it goes with the document: the page begins anew.

use hubbub_shared::chat::User;
use leptos::prelude::*;

use super::Connection;
use crate::model::Failed;
use crate::model::link::Link;
use crate::model::session::Ended;
use crate::{me, session_api};

impl Connection {
    /// Ends the session, here and on the server, and forgets what was kept of it.
    ///
    /// # Errors
    /// As [`session_api::sign_out`]: it goes on then.
    pub async fn sign_out(self) -> Result<(), Failed> {
        session_api::sign_out().await?;
        self.begin_anew();
        Ok(())
    }

    /// Forgets what was kept of the session, which is over.
    pub fn begin_anew(self) {
        self.end_here();
        me::forget();
        let _ = window().location().assign("/join");
    }

    /// Somebody has come in with a code.
    pub fn make_way_for(self, user: &User) {
        if user.id != self.me().id {
            self.end_here();
        }
        me::keep(user);
        let _ = window().location().assign("/");
    }

    /// The browser's session may be another user's, since somebody signed in in another tab. Then the page is theirs.
    pub(super) fn give_way(self) {
        let user = self.session.with_value(|session| match session.ended() {
            Some(Ended::AnotherUser(user)) => Some(user.clone()),
            _ => None,
        });
        if let Some(user) = user {
            self.end_here();
            me::keep(&user);
            let _ = window().location().reload();
        }
    }

    /// Somebody may have signed out in another tab, or signed in as somebody else.
    pub(super) fn follow_me(self) {
        let me = me::kept();
        if me.as_ref().is_some_and(|me| me.id == self.me().id) {
            return;
        }
        self.end_here();
        if me.is_some() {
            let _ = window().location().reload();
        }
    }

    /// Nothing of this session is kept any more, and nothing must be written from here again.
    fn end_here(self) {
        self.tell(|session, _| session.sign_out());
        self.link.set(Link::SignedOut);
    }
}
