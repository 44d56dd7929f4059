//! Whether the server is well, for those who watch over it.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use hubbub_shared::chat::LOBBY;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};
use tracing::debug;

use crate::services::Services;

/// A store that takes longer doesn't answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// What was found is true for so long: who asks more often costs nothing.
const FRESH: Duration = Duration::from_secs(1);

/// What was found last, and when. Whoever asks meanwhile waits for it. Clones are one and the same.
#[derive(Clone, Default)]
pub(crate) struct Readiness(Arc<Mutex<Option<(Instant, bool)>>>);

/// `GET /healthz`: the process answers.
pub(crate) async fn live() -> &'static str {
    "ok"
}

/// `GET /readyz`: the store can be read and written.
pub(crate) async fn ready(
    State((services, readiness)): State<(Arc<Services>, Readiness)>,
) -> (StatusCode, &'static str) {
    if readiness.look(&services).await {
        (StatusCode::OK, "ok")
    } else {
        debug!("not ready: the store does not answer");
        (StatusCode::SERVICE_UNAVAILABLE, "The store does not answer.\n")
    }
}

impl Readiness {
    async fn look(&self, services: &Services) -> bool {
        let mut found = self.0.lock().await;
        match *found {
            Some((when, ready)) if when.elapsed() < FRESH => ready,
            _ => {
                let ready = timeout(PATIENCE, probe(services)).await.unwrap_or(false);
                *found = Some((Instant::now(), ready));
                ready
            }
        }
    }
}

async fn probe(Services { store, log, .. }: &Services) -> bool {
    let written = log.ask((), |(), transaction, _| transaction.probe().map(Ok), |(), _| {}).await;
    written.is_ok() && store.room(LOBBY.to_owned()).await.is_ok()
}
