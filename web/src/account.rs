//! Who uses this browser, and the connection that they have.

use hubbub_shared::api::NewSession;
use hubbub_shared::chat::User;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::connection::{Connection, memory};
use crate::model::Failed;
use crate::session_api;

/// Who uses this browser. One for the whole page.
#[derive(Clone, Copy)]
pub struct Account(RwSignal<Who>);

/// What is known of them.
#[derive(Clone, Copy)]
pub enum Who {
    /// The server is being asked.
    Unknown,
    /// Nobody has signed in.
    Nobody,
    /// Somebody has.
    Here(Connection),
}

impl Account {
    /// Whoever was here last is let in at once: should their session have ended, the connection will say so. Where the page
    /// has forgotten who it was, the server is asked, but only if there may be a session: its no would stand among the
    /// browser's errors.
    pub fn find() -> Self {
        let account = Self(RwSignal::new(Who::Unknown));
        match memory::me() {
            Some(me) => {
                account.let_in(me);
                // For the answer's cookie, which lasts as long again: nobody is to lose their name for coming daily.
                spawn_local(async { drop(session_api::who().await) });
            }
            None if !session_api::may_be_somebody() => account.0.set(Who::Nobody),
            None => spawn_local(async move {
                match session_api::who().await {
                    Ok(Some(me)) => account.enter(me),
                    // Signing in will tell what is wrong.
                    Ok(None) | Err(_) => account.0.set(Who::Nobody),
                }
            }),
        }
        account
    }

    /// Who it is.
    #[must_use]
    pub fn who(self) -> Who {
        self.0.get()
    }

    /// Begins a session.
    ///
    /// # Errors
    /// As [`session_api::sign_in`].
    pub async fn sign_in(self, session: NewSession) -> Result<(), Failed> {
        let me = session_api::sign_in(&session).await?;
        self.enter(me);
        Ok(())
    }

    /// Ends the session, here and on the server, and forgets what was kept of it in this browser. The page begins anew.
    ///
    /// # Errors
    /// As [`session_api::sign_out`]: it goes on then.
    pub async fn sign_out(self) -> Result<(), Failed> {
        session_api::sign_out().await?;
        self.begin_anew();
        Ok(())
    }

    /// Forgets what was kept of a session that is over. The page begins anew.
    pub fn begin_anew(self) {
        match self.0.get_untracked() {
            Who::Here(connection) => connection.forget(),
            Who::Unknown | Who::Nobody => memory::forget(),
        }
        // Everything that knew the old session goes with the document.
        let _ = window().location().assign("/join");
    }

    fn enter(self, me: User) {
        let was_here = match self.0.get_untracked() {
            Who::Here(connection) => Some(connection),
            Who::Unknown | Who::Nobody => None,
        };
        if let Some(connection) = was_here.filter(|connection| connection.me().id != me.id) {
            connection.forget();
        }
        memory::set_me(&me);
        match was_here {
            // Everything that knew the old session goes with the document.
            Some(_) => drop(window().location().assign("/")),
            None => self.let_in(me),
        }
    }

    fn let_in(self, me: User) {
        self.0.set(Who::Here(Connection::open(me)));
    }
}
