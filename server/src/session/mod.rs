//! Sessions: who has signed in, and how one proves it.
//!
//! [`api`] is how a session is begun, asked after and ended, over HTTP; [`refusal`] is how that says no. [`credentials`] is
//! what a request brings along to prove whom it comes from. That sessions are kept, and where, is behind [`Sessions`].

pub(crate) mod api;
pub(crate) mod credentials;
#[cfg(test)]
mod in_memory;
mod json;
pub(crate) mod kept;
mod refusal;
pub(crate) mod sweep;

use std::time::Duration;

use hubbub_shared::{ApiError, ErrorCode};

use crate::clock::now_ms;
use crate::name::Name;
use crate::store::{Session, SessionId, UserKey};
use crate::token::{CodeHash, TokenHash};

/// Where sessions are kept. Clones are one and the same. A refusal has changed nothing.
pub(crate) trait Sessions: Clone + Send + Sync + 'static {
    /// The session of a token, be it ever so old.
    fn session(&self, token: TokenHash) -> impl Future<Output = Result<Option<Session>, ApiError>> + Send;

    /// A new user, and the first session.
    fn sign_up(&self, name: Name, token: TokenHash) -> impl Future<Output = Result<Session, ApiError>> + Send;

    /// One more session of the user who has got this code, which is used up by this.
    fn sign_in(&self, code: CodeHash, token: TokenHash) -> impl Future<Output = Result<Session, ApiError>> + Send;

    /// Takes a code for one more device of this user, until then.
    fn link(&self, user: UserKey, code: CodeHash, expires_ms: u64)
    -> impl Future<Output = Result<(), ApiError>> + Send;

    /// Ends a session and its sockets, if there is one.
    fn sign_out(&self, token: TokenHash) -> impl Future<Output = Result<(), ApiError>> + Send;

    /// Somebody has come with the session's token. It is noted when there is time.
    fn touch(&self, session: SessionId);
}

/// Whose session it is, unless it has been idle for longer than `ttl`.
///
/// # Errors
/// `unauthorized`, or what the store says.
pub(crate) async fn authenticate(
    sessions: &impl Sessions,
    token: Option<TokenHash>,
    ttl: Duration,
) -> Result<Session, ApiError> {
    let token = token.ok_or(ErrorCode::Unauthorized)?;
    let session = sessions.session(token).await?.ok_or(ErrorCode::Unauthorized)?;
    // A clock that was set back makes nobody old.
    let idle = Duration::from_millis(now_ms().saturating_sub(session.seen_ms));
    if idle > ttl {
        return Err(ErrorCode::Unauthorized.into());
    }
    if idle > ttl / 20 {
        sessions.touch(session.id);
    }
    Ok(session)
}

#[cfg(test)]
mod tests {
    use super::in_memory::InMemory;
    use super::*;

    const TTL: Duration = Duration::from_secs(2_000);
    const TOKEN: TokenHash = TokenHash([1; 32]);

    async fn sign_up(sessions: &InMemory) -> Session {
        sessions.sign_up(Name::of_user("Ada").unwrap(), TOKEN).await.unwrap()
    }

    #[tokio::test]
    async fn a_session_ends_when_it_was_idle_for_too_long_and_is_touched_now_and_then() {
        for (idle_s, alive, touched) in
            [(0, true, false), (90, true, false), (101, true, true), (1_990, true, true), (2_001, false, false)]
        {
            let sessions = InMemory::open();
            sessions.write_in_the_past(Duration::from_secs(idle_s));
            let session = sign_up(&sessions).await;
            let found = authenticate(&sessions, Some(TOKEN), TTL).await;
            let expected = if alive { Ok(session.id) } else { Err(ErrorCode::Unauthorized) };
            assert_eq!(found.map(|found| found.id).map_err(|error| error.code), expected, "{idle_s} s");
            assert_eq!(sessions.touched(), if touched { vec![session.id] } else { vec![] }, "{idle_s} s");
        }
    }

    #[tokio::test]
    async fn a_clock_set_back_ends_no_session() {
        let sessions = InMemory::open();
        sessions.write_in_the_future(2 * TTL);
        sign_up(&sessions).await;
        assert!(authenticate(&sessions, Some(TOKEN), TTL).await.is_ok());
    }

    #[tokio::test]
    async fn another_token_is_none() {
        let sessions = InMemory::open();
        sign_up(&sessions).await;
        for token in [None, Some(TokenHash([2; 32]))] {
            let refused = authenticate(&sessions, token, TTL).await.unwrap_err();
            assert_eq!(refused.code, ErrorCode::Unauthorized);
        }
    }
}
