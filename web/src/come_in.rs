//! Coming in: a session is begun, and the chat that it is for is here.

use hubbub_shared::api::NewSession;

use crate::model::Failed;
use crate::pages::chat::open_chat;
use crate::session_api::{self, Beginning};

/// Begins a session. Fails as [`session_api::sign_in`] does, and without a chat.
#[must_use]
pub fn come_in(session: NewSession) -> Beginning {
    Box::pin(async move {
        // First, though it is here long since, mostly: nobody is to have taken a name and see no chat.
        open_chat().await.map_err(|_| Failed::NotLoaded)?;
        session_api::sign_in(session).await
    })
}
