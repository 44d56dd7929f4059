//! Who uses this browser. That they have a connection is the chat's to know: whoever chooses a name needs none.

use hubbub_shared::chat::User;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::me;
use crate::session_api;

/// Who uses this browser. One for the whole page.
#[derive(Clone, Copy)]
pub struct Account(RwSignal<Who>);

/// What is known of them. Who is here stays until the page begins anew.
#[derive(Clone)]
pub enum Who {
    /// The server is being asked.
    Unknown,
    /// Nobody has signed in.
    Nobody,
    /// Somebody has.
    Here(User),
}

impl Account {
    /// Whoever was here last is let in at once: should their session have ended, the connection will say so. Where the page
    /// has forgotten who it was, the server is asked, but only if there may be a session: its no would stand among the
    /// browser's errors.
    pub fn find() -> Self {
        let account = Self(RwSignal::new(Who::Unknown));
        match me::kept() {
            Some(me) => {
                account.0.set(Who::Here(me));
                // For the answer's cookie, which lasts as long again: nobody is to lose their name for coming daily.
                spawn_local(async { drop(session_api::who().await) });
            }
            None if !session_api::may_be_somebody() => account.0.set(Who::Nobody),
            None => spawn_local(async move {
                match session_api::who().await {
                    Ok(Some(me)) => account.let_in(me),
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

    /// This is who is here from now on.
    pub fn let_in(self, me: User) {
        me::keep(&me);
        self.0.set(Who::Here(me));
    }
}
