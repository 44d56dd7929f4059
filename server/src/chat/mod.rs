//! The typed contract, on the namespace `/chat`: who may come in, and what they may ask.
//!
//! A handler checks what came and, if it changes anything, enters it into the [log](crate::log). It does so in its
//! synchronous body: socketioxide runs that in the order of the packets, but the futures of handlers race.

mod answer;
mod incoming;
mod membership;
mod messages;
mod sync;

use std::fmt;
use std::future::ready;
use std::sync::Arc;

use hubbub_shared::chat::request::{
    CreateRoom, History, JoinRoom, LeaveRoom, ListRooms, Read, SendMessage, Sync, Typing,
};
use hubbub_shared::chat::{Chat, MAX_PAGE, PAGE};
use hubbub_shared::{ApiError, ErrorCode, Namespace, Request};
use serde::Serialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use socketioxide::extract::{SocketRef, TryData};
use socketioxide::handler::ConnectHandler;
use socketioxide::socket::DisconnectReason;
use tracing::{debug, error};

use self::answer::Answer;
use self::incoming::{Incoming, NotAsAgreed};
use crate::cut::Cut;
use crate::log::NotWritten;
use crate::member::{Member, Seat, Who};
use crate::metrics;
use crate::services::Services;
use crate::session::authenticate;
use crate::session::credentials::HandshakeCookie;
use crate::store::{Refusable, Session};
use crate::token::{Token, TokenHash};
use crate::transport::namespace::{AtOnce, Connecting};
use crate::transport::session::EngineSession;

/// Why a client may not come in: the message of CONNECT_ERROR.
#[derive(Debug)]
struct Refusal(ErrorCode);

/// What the handlers of one socket have in common. Without the socket, which has them.
struct Asker {
    session: Session,
    engine_session: Arc<EngineSession>,
    seat: Seat,
    services: Arc<Services>,
}

/// A request that has a handler.
trait Asked: Request + Send + std::marker::Sync + 'static {
    type Ok: Serialize + 'static;
    /// Whether it counts as a message or as one of the other requests, which may be more.
    const COUNTS_AS_SEND: bool = false;

    fn asked(self, asker: &Asker, answer: Answer<Self::Ok>);
}

/// Opens the namespace.
pub(crate) fn open(services: &Arc<Services>) {
    let on_connect = |socket: SocketRef| {
        let asker = socket.extensions.get::<Arc<Asker>>();
        let connecting = asker.map(|asker| asker.join(socket));
        async move {
            if let Some(connecting) = connecting {
                connecting.done().await;
            }
        }
    };
    let services = Arc::clone(services);
    let io = services.engine.io.clone();
    let middleware =
        move |socket: SocketRef, TryData(auth): TryData<Value>| Asker::let_in(Arc::clone(&services), socket, auth.ok());
    io.ns(Chat::PATH, on_connect.with(middleware));
}

impl Asker {
    /// Before CONNECT is answered: finds out who it is and registers all handlers, since what no handler waits for is
    /// lost. Until the socket is in its rooms it isn't heard, so that it misses no message after an answer.
    async fn let_in(services: Arc<Services>, socket: SocketRef, auth: Option<Value>) -> Result<(), Refusal> {
        let cookie = socket.req_parts().extensions.get::<HandshakeCookie>().and_then(|cookie| cookie.0);
        let token = token(auth, cookie);
        let session = authenticate(&services.sessions, token, services.config.session_ttl).await;
        let engine_session = services.engine.session_of(&socket);
        let session = session.map_err(|error| {
            // It may come back at once with another token.
            tokio::spawn(Connecting::new(&engine_session).done());
            Refusal::of(error.code)
        })?;
        let seat = Seat::new(engine_session.gate.hold());
        let asker = Arc::new(Asker { session, engine_session, seat, services });
        socket.extensions.insert(Arc::clone(&asker));
        asker.listen(&socket);
        Ok(())
    }

    /// After CONNECT was answered: the socket enters the rooms of its user at its place in the order, and is heard.
    fn join(self: Arc<Self>, socket: SocketRef) -> Connecting {
        let connecting = Connecting::new(&self.engine_session);
        let services = Arc::clone(&self.services);
        let Services { engine, log, config, .. } = &*services;
        let (who, session) = (Who::User(self.session.clone()), Arc::clone(&self.engine_session));
        let member = Member::new(who, socket, session, engine, config.trust_proxy);
        log.enter_reader(
            self,
            |asker, transaction| transaction.rooms_of(asker.session.id),
            move |asker, rooms_of, rooms| match rooms_of {
                Ok(Some(rooms_of)) => rooms.enter_user(&asker.seat, asker.session.key, &member, rooms_of),
                Ok(None) => member.cut(Cut::SessionEnded),
                Err(NotWritten) => member.cut(Cut::RoomsUnknown),
            },
        );
        connecting
    }

    fn listen(self: &Arc<Self>, socket: &SocketRef) {
        self.on::<Sync>(socket);
        self.on::<ListRooms>(socket);
        self.on::<CreateRoom>(socket);
        self.on::<JoinRoom>(socket);
        self.on::<LeaveRoom>(socket);
        self.on::<SendMessage>(socket);
        self.on::<History>(socket);
        self.on::<Read>(socket);
        self.on::<Typing>(socket);
        let asker = Arc::clone(self);
        socket.on_fallback(move |socket: SocketRef, incoming: Incoming<IgnoredAny>| {
            if let Some((_, answer)) = asker.take_up::<_, ()>("", false, &socket, incoming) {
                answer.refuse(ErrorCode::UnknownEvent);
            }
            ready(())
        });
        let asker = Arc::clone(self);
        socket.on_disconnect(AtOnce(move |reason| asker.leave(&reason)));
    }

    fn leave(&self, reason: &DisconnectReason) {
        if let Some(member) = self.seat.leave() {
            self.services.rooms.open().leave(&member, reason);
        }
    }

    fn on<R: Asked>(self: &Arc<Self>, socket: &SocketRef) {
        let asker = Arc::clone(self);
        socket.on(R::NAME, move |socket: SocketRef, incoming: Incoming<R>| {
            if let Some((request, answer)) = asker.take_up(R::NAME, R::COUNTS_AS_SEND, &socket, incoming) {
                match request {
                    Err(why) => {
                        debug!(socket = %socket.id, event = R::NAME, %why, "not as agreed");
                        answer.refuse(ErrorCode::BadRequest);
                    }
                    Ok(request) => request.asked(&asker, answer),
                }
            }
            ready(())
        });
    }

    /// From now on the client waits for an answer, whatever it asks for. None if it isn't here, and so must not speak, or asks
    /// too often, and has its answer.
    fn take_up<R, T: Serialize>(
        &self,
        event: &'static str,
        counts_as_send: bool,
        socket: &SocketRef,
        incoming: Incoming<R>,
    ) -> Option<(Result<R, NotAsAgreed>, Answer<T>)> {
        let member = self.seat.member().filter(|member| !member.is_signed_out())?;
        let unanswered = self.engine_session.ask(incoming.bytes, false, socket.transport_type());
        let answer = Answer::new(member, event, incoming.ack, unanswered);
        let (limits, user) = (&self.services.limits, self.session.key);
        match if counts_as_send { limits.send(user) } else { limits.request(user) } {
            Ok(()) => Some((incoming.request, answer)),
            Err(error) => {
                answer.give(Err(error));
                None
            }
        }
    }

    /// Answers with what the store says, when it does.
    fn read<T: Serialize + Send + 'static>(
        &self,
        answer: Answer<T>,
        reading: impl Future<Output = Refusable<T>> + Send + 'static,
    ) {
        tokio::spawn(async move { answer.give(readable(reading.await)) });
    }
}

/// What the store says, or why it doesn't.
fn readable<T>(stored: Refusable<T>) -> Result<T, ApiError> {
    let said = stored.map_err(|error| {
        error!(%error, "the database can't be read");
        ApiError::from(NotWritten)
    })?;
    Ok(said?)
}

/// Whose token a client shows: CONNECT's, if there is one, else the cookie's.
fn token(auth: Option<Value>, cookie: Option<TokenHash>) -> Option<TokenHash> {
    match auth.as_ref().and_then(|auth| auth.get("token")) {
        None | Some(Value::Null) => cookie,
        Some(Value::String(token)) => token.parse().ok().map(|token: Token| token.hash()),
        Some(_) => None,
    }
}

/// How many a page has.
fn page_limit(asked: Option<u64>) -> Result<u64, ErrorCode> {
    match asked.unwrap_or(PAGE) {
        0 => Err(ErrorCode::BadRequest),
        limit => Ok(limit.min(MAX_PAGE)),
    }
}

impl Refusal {
    /// Every one is counted.
    fn of(code: ErrorCode) -> Self {
        metrics::refused(code);
        Self(code)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_token_of_connect_decides_alone() {
        let mine = Token::random().unwrap();
        let cookie = Some(TokenHash([7; 32]));
        for (auth, expected) in [
            (None, cookie),
            (Some(json!({})), cookie),
            (Some(json!({"token": null})), cookie),
            (Some(json!([])), cookie),
            (Some(json!({"token": mine.to_string(), "later": 1})), Some(mine.hash())),
            (Some(json!({"token": "forged"})), None),
            (Some(json!({"token": ""})), None),
            (Some(json!({"token": 5})), None),
        ] {
            assert_eq!(token(auth.clone(), cookie), expected, "{auth:?}");
        }
    }

    #[test]
    fn pages_have_limits() {
        for (asked, expected) in [
            (None, Ok(50)),
            (Some(0), Err(ErrorCode::BadRequest)),
            (Some(1), Ok(1)),
            (Some(200), Ok(200)),
            (Some(u64::MAX), Ok(200)),
        ] {
            assert_eq!(page_limit(asked), expected);
        }
    }

    #[test]
    fn a_refusal_is_a_code() {
        assert_eq!(Refusal(ErrorCode::Unauthorized).to_string(), "unauthorized");
    }
}
