//! The end of the server: in which order things stop.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tracing::{info, warn};

use crate::services::Services;
use crate::transport::connections::Connections;

/// Each of the four steps may take so long. Together they stay below the 5 seconds that we promise.
const STEP: Duration = Duration::from_millis(1_100);

/// What has to stop.
pub(crate) struct Running {
    /// Dropped, it tells the task behind `serving` to accept no more.
    pub(crate) accepting: oneshot::Sender<()>,
    pub(crate) serving: JoinHandle<()>,
    pub(crate) services: Arc<Services>,
    pub(crate) connections: Connections,
}

impl Running {
    /// Stops, so that clients see a closed transport and come back. No reader that hangs can hold it up.
    pub(crate) async fn stop(self) {
        let Services { log, rooms, engine, .. } = &*self.services;
        drop(self.accepting);
        if timeout(STEP, log.close()).await.is_err() {
            warn!("not all that clients sent could be written");
        }
        if timeout(STEP, rooms.close()).await.is_err() {
            warn!("not all clients could be told that the server closes");
        }
        // It waits for the last bytes to each client, so for ever if one of them doesn't read.
        if timeout(STEP, engine.io.close()).await.is_err() {
            warn!("some clients read nothing: their connections are cut");
        }
        self.connections.shut();
        let _ = timeout(STEP, self.serving).await;
        info!("closed");
    }
}
