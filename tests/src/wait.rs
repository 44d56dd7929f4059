//! Waiting for something to become true.

use std::fmt::Debug;
use std::time::Duration;

use tokio::time::{Instant, sleep};

/// Long enough for a busy machine. Nobody waits so long but for a test that fails.
pub const LIMIT: Duration = Duration::from_secs(60);

const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Looks until there is an answer, and gives it. `look` says what it saw instead, for the message of the failure.
///
/// # Panics
/// When there is no answer within [`LIMIT`].
pub async fn wait_for<T>(what: &str, mut look: impl AsyncFnMut() -> Result<T, String>) -> T {
    let end = Instant::now() + LIMIT;
    loop {
        match look().await {
            Ok(answer) => return answer,
            Err(seen) if Instant::now() > end => panic!("waited {LIMIT:?} for {what}. Seen last: {seen}"),
            Err(_) => sleep(LOOK_AGAIN).await,
        }
    }
}

/// Looks until what is seen is as expected.
///
/// # Panics
/// When it isn't within [`LIMIT`].
pub async fn wait_until_eq<T: PartialEq + Debug>(what: &str, expected: &T, mut look: impl AsyncFnMut() -> T) {
    wait_for(what, async || {
        let seen = look().await;
        if seen == *expected { Ok(()) } else { Err(format!("{seen:?}, not {expected:?}")) }
    })
    .await;
}

/// The result of something that should not take long.
///
/// # Panics
/// When it takes longer than [`LIMIT`].
pub async fn within_limit<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(LIMIT, future).await {
        Ok(done) => done,
        Err(_) => panic!("{what} took longer than {LIMIT:?}"),
    }
}
