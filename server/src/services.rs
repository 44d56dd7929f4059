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

/// All of it. Clones are one and the same.
#[derive(Clone)]
pub(crate) struct Services {
    pub(crate) config: Arc<Config>,
    pub(crate) engine: Engine,
    pub(crate) store: Store,
    pub(crate) rooms: Rooms,
    pub(crate) log: Log,
    pub(crate) sessions: Kept,
    pub(crate) limits: Arc<Limits>,
}

impl Services {
    pub(crate) fn start(config: Config, store: Store, writer: Writer) -> io::Result<Self> {
        let engine = Engine::new(&config);
        let rooms = Rooms::new(store.clone());
        let log = Log::start(writer, rooms.clone())?;
        let sessions = Kept { store: store.clone(), log: log.clone() };
        let limits = Arc::new(Limits::new(&config));
        Ok(Self { config: Arc::new(config), engine, store, rooms, log, sessions, limits })
    }
}
