//! The sessions as the server keeps them: read from the store, changed through the log.

use hubbub_shared::ApiError;
use hubbub_shared::chat::LOBBY;
use tracing::error;

use super::Sessions;
use crate::log::{Log, NotWritten};
use crate::name::Name;
use crate::store::{Session, SessionId, Store, UserKey};
use crate::token::{CodeHash, TokenHash};

/// The sessions in the database. Its clones are one and the same.
#[derive(Clone)]
pub(crate) struct Kept {
    pub(crate) store: Store,
    pub(crate) log: Log,
}

impl Sessions for Kept {
    async fn session(&self, token: TokenHash) -> Result<Option<Session>, ApiError> {
        self.store.session(token).await.map_err(|error| {
            error!(%error, "can't tell whose session it is");
            NotWritten.into()
        })
    }

    async fn sign_up(&self, name: Name, token: TokenHash) -> Result<Session, ApiError> {
        self.log
            .ask(
                (name, token),
                |(name, token), transaction, now| transaction.sign_up(name, *token, now),
                |_, rooms| rooms.changed(LOBBY),
            )
            .await
    }

    async fn sign_in(&self, code: CodeHash, token: TokenHash) -> Result<Session, ApiError> {
        self.log
            .ask((code, token), |(code, token), transaction, now| transaction.sign_in(*code, *token, now), |_, _| {})
            .await
    }

    async fn link(&self, user: UserKey, code: CodeHash, expires_ms: u64) -> Result<(), ApiError> {
        self.log
            .ask(
                (user, code),
                move |(user, code), transaction, now| transaction.link(*user, *code, expires_ms, now).map(Ok),
                |(), _| {},
            )
            .await
    }

    async fn sign_out(&self, token: TokenHash) -> Result<(), ApiError> {
        self.log
            .ask(
                token,
                |token, transaction, _| transaction.sign_out(*token).map(Ok),
                |ended, rooms| ended.iter().for_each(|ended| rooms.ended(ended)),
            )
            .await
            .map(drop)
    }

    fn touch(&self, session: SessionId) {
        // If it can't be noted now, the next one who comes notes it.
        self.log.enter(session, |session, transaction, now| transaction.touch(&[*session], now), |_, _, _| {});
    }
}
