//! Ends the sessions that nobody uses any more.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use crate::services::Services;

/// How often we look, for each life of a session; and at least once in the [`LONGEST`].
const LOOKS: u32 = 20;
const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(3_600);

/// For ever: ends those that nobody has used for `--session-ttl`. Who is connected uses it.
pub(crate) async fn sweep(services: Arc<Services>) {
    let ttl = services.config.session_ttl;
    let ttl_ms = u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX);
    loop {
        sleep((ttl / LOOKS).clamp(SHORTEST, LONGEST)).await;
        let used = services.rooms.open().sessions();
        services.log.enter(
            used,
            move |used, transaction, now| {
                transaction.touch(used, now)?;
                transaction.expire(now.saturating_sub(ttl_ms))
            },
            |_, ended, rooms| ended.iter().flatten().for_each(|ended| rooms.ended(ended)),
        );
    }
}
