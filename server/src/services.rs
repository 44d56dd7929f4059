//! What the namespaces and the session API stand on.

use std::io;
use std::sync::Arc;

use crate::config::Config;
use crate::limits::Limits;
use crate::log::Log;
use crate::rooms::Rooms;
use crate::session::kept::Kept;
use crate::store::{Store, Writer};
use crate::transport::engine::Engine;

/// All of it, once. Each client has a handle on it.
pub(crate) struct Services {
    pub(crate) config: Config,
    pub(crate) engine: Arc<Engine>,
    pub(crate) store: Store,
    pub(crate) rooms: Rooms,
    pub(crate) log: Log,
    pub(crate) sessions: Kept,
    pub(crate) limits: Arc<Limits>,
}

impl Services {
    pub(crate) fn start(config: Config, store: Store, writer: Writer) -> io::Result<Arc<Self>> {
        let engine = Arc::new(Engine::new(&config));
        let rooms = Rooms::new(store.clone());
        let log = Log::start(writer, rooms.clone())?;
        let sessions = Kept { store: store.clone(), log: log.clone() };
        let limits = Arc::new(Limits::new(&config));
        Ok(Arc::new(Self { config, engine, store, rooms, log, sessions, limits }))
    }
}
