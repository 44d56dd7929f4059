//! Sessions in memory, for tests.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hubbub_shared::chat::User;

use super::{ApiError, CodeHash, ErrorCode, Name, Session, SessionId, Sessions, TokenHash, UserKey, now_ms};

/// Keeps what it is told until it is dropped. Clones are one and the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Fake(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    sessions: HashMap<TokenHash, Session>,
    codes: HashMap<CodeHash, (UserKey, u64)>,
    keys: Vec<String>,
    touched: Vec<SessionId>,
    refusal: Option<ApiError>,
}

impl Fake {
    /// All sessions have last been seen so long before.
    pub(super) fn age(&self, by: Duration) {
        self.0.lock().unwrap().sessions.values_mut().for_each(|session| session.seen_ms -= by.as_millis() as u64);
    }

    /// All sessions have last been seen in the future.
    pub(super) fn rejuvenate(&self, by: Duration) {
        self.0.lock().unwrap().sessions.values_mut().for_each(|session| session.seen_ms += by.as_millis() as u64);
    }

    /// All codes have expired.
    pub(super) fn expire_codes(&self) {
        self.0.lock().unwrap().codes.values_mut().for_each(|(_, expires_ms)| *expires_ms = 0);
    }

    pub(super) fn touched(&self) -> Vec<SessionId> {
        self.0.lock().unwrap().touched.clone()
    }

    /// From now on nothing is answered but this.
    pub(super) fn refuse(&self, refusal: ApiError) {
        self.0.lock().unwrap().refusal = Some(refusal);
    }

    fn with<T>(&self, f: impl FnOnce(&mut Kept) -> Result<T, ApiError>) -> Result<T, ApiError> {
        let mut kept = self.0.lock().unwrap();
        kept.refusal.clone().map_or_else(|| f(&mut kept), Err)
    }
}

impl Kept {
    fn begin(&mut self, token: TokenHash, key: UserKey, user: User) -> Session {
        let id = SessionId(self.sessions.len() as i64);
        let session = Session { id, key, user, seen_ms: now_ms() };
        self.sessions.insert(token, session.clone());
        session
    }
}

impl Sessions for Fake {
    async fn session(&self, token: TokenHash) -> Result<Option<Session>, ApiError> {
        self.with(|kept| Ok(kept.sessions.get(&token).cloned()))
    }

    async fn sign_up(&self, name: Name, token: TokenHash) -> Result<Session, ApiError> {
        self.with(|kept| {
            if kept.keys.contains(&name.key) {
                return Err(ErrorCode::NameTaken.into());
            }
            kept.keys.push(name.key);
            let number = kept.keys.len();
            Ok(kept.begin(token, UserKey(number as i64), User { id: format!("u{number}"), name: name.shown }))
        })
    }

    async fn sign_in(&self, code: CodeHash, token: TokenHash) -> Result<Session, ApiError> {
        self.with(|kept| {
            let (key, _) =
                kept.codes.remove(&code).filter(|&(_, expires)| expires > now_ms()).ok_or(ErrorCode::BadCode)?;
            let first = kept.sessions.values().find(|session| session.key == key).ok_or(ErrorCode::BadCode)?;
            let user = first.user.clone();
            Ok(kept.begin(token, key, user))
        })
    }

    async fn link(&self, user: UserKey, code: CodeHash, expires_ms: u64) -> Result<(), ApiError> {
        self.with(|kept| {
            kept.codes.insert(code, (user, expires_ms));
            Ok(())
        })
    }

    async fn sign_out(&self, token: TokenHash) -> Result<(), ApiError> {
        self.with(|kept| {
            kept.sessions.remove(&token);
            Ok(())
        })
    }

    fn touch(&self, session: SessionId) {
        self.0.lock().unwrap().touched.push(session);
    }
}
