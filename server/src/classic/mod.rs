//! The classic contract, on the namespace `/`: what a client may say there.
//!
//! A handler here only checks what came and gives it its place in the queue of the [`hub`], which does the rest. It does
//! so in its synchronous body: socketioxide runs that in the order of the packets, but the futures of handlers race.

mod hub;
mod member;

use std::convert::Infallible;
use std::fmt;
use std::future::ready;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hubbub_shared::classic::{ChatMessage, Classic, ServerMessage};
use hubbub_shared::text::{self, TextError};
use hubbub_shared::{Event, Namespace};
use socketioxide::extract::{AckSender, Event as EventName, SocketRef, TryData};
use socketioxide::handler::ConnectHandler;
use socketioxide::socket::DisconnectReason;
use socketioxide::{ParserError, TransportType};
use tracing::debug;

pub(crate) use self::hub::HubHandle;
use self::hub::{Hub, Said};
use crate::config::Config;
use crate::remote;
use crate::transport::engine::Engine;
use crate::transport::gate::Hold;
use crate::transport::session::EngineSession;
use crate::transport::stream::Connection;

/// Opens the namespace, unless the configuration says no: then clients get CONNECT_ERROR.
pub(crate) fn open(engine: &Engine, config: &Config) -> HubHandle {
    let hub = Hub::start(engine.clone());
    if !config.no_classic {
        let connecting = Connecting { engine: engine.clone(), hub: hub.clone(), trust_proxy: config.trust_proxy };
        let joining = connecting.clone();
        let on_connect = move |socket: SocketRef| {
            joining.join(socket);
            ready(())
        };
        let middleware = move |socket: SocketRef| {
            connecting.prepare(&socket);
            ready(Ok::<(), Infallible>(()))
        };
        engine.io.ns(Classic::PATH, on_connect.with(middleware));
    }
    hub
}

/// What a new client needs to become a member.
#[derive(Clone)]
struct Connecting {
    engine: Engine,
    hub: HubHandle,
    trust_proxy: bool,
}

/// What the handlers of one client have in common. Without its socket, which has them.
struct Speaker {
    session: Arc<EngineSession>,
    hub: HubHandle,
    /// Whether its client has left. socketioxide may run the disconnect handler before the connect handler, which must not
    /// let the client join then: it would stay for ever. Join, and each message, is entered into the hub under the lock and
    /// only if this is false; Leave is entered after it was set. So nothing ever follows Leave.
    left: Mutex<bool>,
}

/// Why a message was ignored.
enum Ignored {
    /// Not exactly one argument, or not a string.
    Arguments(ParserError),
    Text(TextError),
}

impl Connecting {
    /// Before CONNECT is answered: makes the client's session, and registers all handlers, since what no handler waits for
    /// is lost. Until the client is a member it isn't heard, so that it misses no answer.
    fn prepare(&self, socket: &SocketRef) {
        let session = self.engine.sessions.get_or_new(socket.id);
        if socket.transport_type() == TransportType::Websocket
            && let Some(connection) = socket.req_parts().extensions.get::<Connection>()
        {
            session.upgrade(connection);
        }
        session.gate.shut(Hold::Connecting);

        let speaker = Arc::new(Speaker { session, hub: self.hub.clone(), left: Mutex::new(false) });
        socket.extensions.insert(Arc::clone(&speaker));
        let hears = Arc::clone(&speaker);
        socket.on(
            ChatMessage::NAME,
            move |socket: SocketRef, TryData(message): TryData<(ChatMessage,)>, ack: AckSender| {
                hears.hear(&socket, message, |message| &message.0, |message| Said::Chat(message, ack));
                ready(())
            },
        );
        let hears = Arc::clone(&speaker);
        socket.on(ServerMessage::NAME, move |socket: SocketRef, TryData(message): TryData<(ServerMessage,)>| {
            hears.hear(&socket, message, |message| &message.0, Said::Echo);
            ready(())
        });
        let hears = Arc::clone(&speaker);
        socket.on_fallback(move |EventName(name): EventName| {
            debug!(socket = %hears.session.sid, event = name, "ignored: no such event");
            ready(())
        });
        socket.on_disconnect(move |reason: DisconnectReason| {
            speaker.leave(reason);
            ready(())
        });
    }

    /// After CONNECT was answered: the client becomes a member, and is heard.
    fn join(&self, socket: SocketRef) {
        if let Some(speaker) = socket.extensions.get::<Arc<Speaker>>() {
            let remote = self.remote(&socket);
            speaker.join(socket, remote);
        }
    }

    fn remote(&self, socket: &SocketRef) -> Option<IpAddr> {
        let request = socket.req_parts();
        let connection = request.extensions.get::<Connection>()?;
        Some(remote::address(connection.remote, &request.headers, self.trust_proxy))
    }
}

impl Speaker {
    fn join(&self, socket: SocketRef, remote: Option<IpAddr>) {
        let left = self.left();
        if !*left {
            self.hub.join(socket, Arc::clone(&self.session), remote);
            self.session.gate.open(Hold::Connecting);
        }
    }

    fn leave(&self, reason: DisconnectReason) {
        *self.left() = true;
        self.hub.leave(self.session.sid, reason);
        // Nobody else will open it for a request that is held.
        self.session.gate.open_wide();
    }

    fn left(&self) -> MutexGuard<'_, bool> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a message its place in the order, if it is one.
    fn hear<T: Event>(
        &self,
        socket: &SocketRef,
        message: Result<(T,), ParserError>,
        text: impl FnOnce(&T) -> &str,
        said: impl FnOnce(T) -> Said,
    ) {
        let checked = message.map_err(Ignored::Arguments).and_then(|(message,)| {
            let text = text(&message);
            text::check(text).map_err(Ignored::Text)?;
            Ok((text.len(), message))
        });
        match checked {
            Ok((bytes, message)) => {
                let left = self.left();
                if !*left {
                    self.hub.hear(&self.session, socket.transport_type(), bytes, said(message));
                }
            }
            Err(why) => debug!(socket = %self.session.sid, event = T::NAME, %why, "ignored"),
        }
    }
}

impl fmt::Display for Ignored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Arguments(error) => write!(f, "not one string: {error}"),
            Self::Text(error) => error.fmt(f),
        }
    }
}
