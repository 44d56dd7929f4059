//! Whether the server is well, for those who watch over it.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use hubbub_shared::chat::LOBBY;
use tokio::time::timeout;
use tracing::debug;

use crate::services::Services;

/// A store that takes longer doesn't answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// `GET /healthz`: the process answers.
pub(crate) async fn live() -> &'static str {
    "ok"
}

/// `GET /readyz`: the store can be read and written.
pub(crate) async fn ready(State(services): State<Services>) -> (StatusCode, &'static str) {
    match timeout(PATIENCE, probe(&services)).await {
        Ok(true) => (StatusCode::OK, "ok"),
        Ok(false) | Err(_) => {
            debug!("not ready: the store does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "The store does not answer.\n")
        }
    }
}

async fn probe(Services { store, log, .. }: &Services) -> bool {
    let written = log.ask((), |(), transaction, _| transaction.probe().map(Ok), |(), _| {}).await;
    written.is_ok() && store.room(LOBBY.to_owned()).await.is_ok()
}
