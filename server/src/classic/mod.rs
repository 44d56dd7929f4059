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
use std::sync::Arc;

use axum::extract::ConnectInfo;
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
use crate::transport::session::Session;
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
    session: Arc<Session>,
    hub: HubHandle,
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
            && let Some(ConnectInfo(connection)) = socket.req_parts().extensions.get::<ConnectInfo<Connection>>()
        {
            session.upgrade(connection);
        }
        session.gate.shut(Hold::Connecting);

        let speaker = Arc::new(Speaker { session, hub: self.hub.clone() });
        let hears = Arc::clone(&speaker);
        socket.on(ChatMessage::NAME, move |TryData(message): TryData<(ChatMessage,)>, ack: AckSender| {
            hears.hear(message, |message| &message.0, |message| Said::Chat(message, ack));
            ready(())
        });
        let hears = Arc::clone(&speaker);
        socket.on(ServerMessage::NAME, move |TryData(message): TryData<(ServerMessage,)>| {
            hears.hear(message, |message| &message.0, Said::Echo);
            ready(())
        });
        let hears = Arc::clone(&speaker);
        socket.on_fallback(move |EventName(name): EventName| {
            debug!(socket = %hears.session.sid, event = name, "ignored: no such event");
            ready(())
        });
        socket.on_disconnect(move |reason: DisconnectReason| {
            speaker.hub.leave(speaker.session.sid, reason);
            ready(())
        });
    }

    /// After CONNECT was answered: the client becomes a member, and is heard.
    fn join(&self, socket: SocketRef) {
        let session = self.engine.sessions.get_or_new(socket.id);
        let remote = self.remote(&socket);
        self.hub.join(socket, Arc::clone(&session), remote);
        session.gate.open(Hold::Connecting);
    }

    fn remote(&self, socket: &SocketRef) -> Option<IpAddr> {
        let request = socket.req_parts();
        let connection = request.extensions.get::<ConnectInfo<Connection>>()?;
        Some(remote::address(connection.remote, &request.headers, self.trust_proxy))
    }
}

impl Speaker {
    /// Gives a message its place in the order, if it is one.
    fn hear<T>(&self, message: Result<(T,), ParserError>, text: impl FnOnce(&T) -> &str, said: impl FnOnce(T) -> Said)
    where
        T: Event,
    {
        let checked = message.map_err(Ignored::Arguments).and_then(|(message,)| {
            let text = text(&message);
            text::check(text).map_err(Ignored::Text)?;
            Ok((text.len(), message))
        });
        match checked {
            Ok((bytes, message)) => self.hub.hear(&self.session, bytes, said(message)),
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
