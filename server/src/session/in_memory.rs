//! Sessions in a database in memory, written at once, for tests.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{ApiError, CodeHash, Name, Session, SessionId, Sessions, TokenHash, UserKey, now_ms};
use crate::store::{Database, Refusable, Store, StoreError, Transaction, Writer};

/// Clones are one and the same.
#[derive(Debug, Clone)]
pub(super) struct InMemory {
    store: Store,
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    writer: Writer,
    /// Milliseconds by which the clock of what is written is ahead.
    ahead: i64,
    touched: Vec<SessionId>,
    refusal: Option<ApiError>,
}

impl InMemory {
    pub(super) fn open() -> Self {
        let (store, writer) = Store::open(&Database::Memory).unwrap();
        Self { store, state: Arc::new(Mutex::new(State { writer, ahead: 0, touched: Vec::new(), refusal: None })) }
    }

    /// From now on all is written as it would have been so long ago.
    pub(super) fn write_in_the_past(&self, by: Duration) {
        self.state.lock().unwrap().ahead = -(by.as_millis() as i64);
    }

    /// From now on all is written as it will be then.
    pub(super) fn write_in_the_future(&self, by: Duration) {
        self.state.lock().unwrap().ahead = by.as_millis() as i64;
    }

    /// From now on nothing is answered but this.
    pub(super) fn refuse(&self, refusal: ApiError) {
        self.state.lock().unwrap().refusal = Some(refusal);
    }

    pub(super) fn touched(&self) -> Vec<SessionId> {
        self.state.lock().unwrap().touched.clone()
    }

    fn refusal(&self) -> Result<(), ApiError> {
        self.state.lock().unwrap().refusal.clone().map_or(Ok(()), Err)
    }

    fn write<T>(&self, work: impl FnOnce(&mut Transaction<'_>, u64) -> Refusable<T>) -> Result<T, ApiError> {
        self.refusal()?;
        let mut state = self.state.lock().unwrap();
        let now_ms = now_ms().checked_add_signed(state.ahead).unwrap();
        let answer: Result<_, StoreError> = state.writer.transaction(|transaction| work(transaction, now_ms));
        answer.unwrap().map_err(ApiError::from)
    }
}

impl Sessions for InMemory {
    async fn session(&self, token: TokenHash) -> Result<Option<Session>, ApiError> {
        self.refusal()?;
        Ok(self.store.session(token).await.unwrap())
    }

    async fn sign_up(&self, name: Name, token: TokenHash) -> Result<Session, ApiError> {
        self.write(|transaction, now_ms| transaction.sign_up(&name, token, now_ms))
    }

    async fn sign_in(&self, code: CodeHash, token: TokenHash) -> Result<Session, ApiError> {
        self.write(|transaction, now_ms| transaction.sign_in(code, token, now_ms))
    }

    async fn link(&self, user: UserKey, code: CodeHash, expires_ms: u64) -> Result<(), ApiError> {
        self.write(|transaction, now_ms| transaction.link(user, code, expires_ms, now_ms).map(Ok))
    }

    async fn sign_out(&self, token: TokenHash) -> Result<(), ApiError> {
        self.write(|transaction, _| transaction.sign_out(token).map(|_| Ok(())))
    }

    fn touch(&self, session: SessionId) {
        self.state.lock().unwrap().touched.push(session);
    }
}
