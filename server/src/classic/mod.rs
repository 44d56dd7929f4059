//! The classic contract, on the namespace `/`: what a client may say there, without having signed in.
//!
//! What it says is a message of the lobby, by a guest. A handler only checks what came and enters it into the
//! [log](crate::log). It does so in its synchronous body: socketioxide runs that in the order of the packets, but the
//! futures of handlers race.

use std::convert::Infallible;
use std::fmt;
use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use hubbub_shared::chat::request::Sent;
use hubbub_shared::chat::{LOBBY, Message};
use hubbub_shared::classic::{ChatMessage, Classic, ServerMessage};
use hubbub_shared::text::{self, TextError};
use hubbub_shared::{Event, Namespace};
use socketioxide::extract::{AckSender, Event as EventName, SocketRef, TryData};
use socketioxide::handler::ConnectHandler;
use socketioxide::socket::DisconnectReason;
use socketioxide::{ParserError, TransportType};
use tokio::time::sleep;
use tracing::{debug, warn};
use uuid::Uuid;

use crate::limits::Pace;
use crate::member::{Member, Seat, SerialisedEvent, Who};
use crate::metrics;
use crate::rooms::Receipt;
use crate::services::Services;
use crate::store::{Author, GuestId, NewMessage};
use crate::transport::namespace::{AtOnce, Connecting};
use crate::transport::session::EngineSession;

/// What the handlers of one client have in common. Without its socket, which has them.
struct Speaker {
    guest: GuestId,
    session: Arc<EngineSession>,
    seat: Seat,
    pace: Pace,
    services: Arc<Services>,
}

/// Why a message was ignored.
enum Ignored {
    /// Not exactly one argument, or not a string.
    Arguments(ParserError),
    Text(TextError),
}

/// Opens the namespace, unless the configuration says no: then clients get CONNECT_ERROR.
pub(crate) fn open(services: &Arc<Services>) {
    if services.config.no_classic {
        return;
    }
    let on_connect = |socket: SocketRef| {
        let speaker = socket.extensions.get::<Arc<Speaker>>();
        let connecting = speaker.map(|speaker| speaker.join(socket));
        async move {
            if let Some(connecting) = connecting {
                connecting.done().await;
            }
        }
    };
    let prepared = Arc::clone(services);
    let middleware = move |socket: SocketRef| {
        Speaker::prepare(&socket, &prepared);
        ready(Ok::<(), Infallible>(()))
    };
    services.engine.io.ns(Classic::PATH, on_connect.with(middleware));
}

impl Speaker {
    /// Before CONNECT is answered: registers all handlers, since what no handler waits for is lost. Until the client is in
    /// the lobby it isn't heard, so that it misses no answer.
    fn prepare(socket: &SocketRef, services: &Arc<Services>) {
        let session = services.engine.session_of(socket);
        let seat = Seat::new(session.gate.hold());
        let speaker = Arc::new(Speaker {
            guest: GuestId::new(),
            session,
            seat,
            pace: Pace::new(&services.config),
            services: Arc::clone(services),
        });
        socket.extensions.insert(Arc::clone(&speaker));

        let hears = Arc::clone(&speaker);
        socket.on(
            ChatMessage::NAME,
            move |TryData(message): TryData<(ChatMessage,)>, ack: AckSender, transport: TransportType| {
                hears.hear::<ChatMessage>(message.map(|(message,)| message.0), |text| hears.say(text, ack, transport));
                ready(())
            },
        );
        let hears = Arc::clone(&speaker);
        socket.on(ServerMessage::NAME, move |TryData(message): TryData<(ServerMessage,)>, transport: TransportType| {
            hears.hear::<ServerMessage>(message.map(|(message,)| message.0), |text| hears.echo(text, transport));
            ready(())
        });
        let hears = Arc::clone(&speaker);
        socket.on_fallback(move |EventName(name): EventName| {
            debug!(socket = %hears.session.sid, event = name, "ignored: no such event");
            ready(())
        });
        socket.on_disconnect(AtOnce(move |reason| speaker.leave(&reason)));
    }

    /// After CONNECT was answered.
    fn join(&self, socket: SocketRef) -> Connecting {
        let connecting = Connecting::new(&self.session);
        let Services { engine, rooms, config, .. } = &*self.services;
        let (who, session) = (Who::Guest(self.guest.user()), Arc::clone(&self.session));
        let member = Member::new(who, socket, session, engine, config.trust_proxy);
        rooms.open().enter_guest(&self.seat, &member);
        connecting
    }

    fn leave(&self, reason: &DisconnectReason) {
        if let Some(member) = self.seat.leave() {
            self.services.rooms.open().leave(&member, reason);
        }
    }

    /// Goes on with a message, if it is one.
    fn hear<E: Event>(&self, text: Result<String, ParserError>, go_on: impl FnOnce(String)) {
        let checked = text.map_err(Ignored::Arguments).and_then(|text| {
            text::check(&text).map_err(Ignored::Text)?;
            Ok(text)
        });
        match checked {
            Ok(text) => {
                if let Err(wait) = self.pace.check() {
                    self.hold(wait);
                }
                go_on(text);
            }
            Err(why) => debug!(socket = %self.session.sid, event = E::NAME, %why, "ignored"),
        }
    }

    /// Hears no more of a client that is too fast, until it isn't. What it has said counts.
    fn hold(&self, wait: Duration) {
        let hold = self.session.gate.hold();
        tokio::spawn(async move {
            sleep(wait).await;
            drop(hold);
        });
    }

    /// Says something in the lobby, as it came. Nobody can be told to try again, so it waits as long as it must.
    fn say(&self, text: String, ack: AckSender, transport: TransportType) {
        let Some(member) = self.seat.member() else { return };
        let Services { log, .. } = &*self.services;
        metrics::received_classic();
        let place = log.places.take(text.len());
        let unanswered = self.session.ask(text.len(), log.places.are_taken(), transport);
        let (id, guest) = (Uuid::now_v7().into(), self.guest);
        log.enter_patiently(
            text,
            move |text, transaction, now| {
                let guest = transaction.guest(guest)?;
                let message = NewMessage { room: LOBBY, author: Author::Guest(guest.key), id, text };
                Ok(transaction.append(&message, now)?.map(|appended| (appended.sent, guest.user)))
            },
            move |text, written, rooms| match written {
                Ok(Ok((Sent { seq, at }, author))) => {
                    let message = Message { seq, id, room: LOBBY.to_owned(), author, text, at };
                    let receipt = Receipt::new(move || {
                        member.acknowledge(ack);
                        unanswered
                    });
                    rooms.said(message, place, receipt);
                }
                refused => warn!(socket = %member.session.sid, ?refused, "a classic message is lost"),
            },
        );
    }

    fn echo(&self, text: String, transport: TransportType) {
        let _unanswered = self.session.ask(text.len(), false, transport);
        if let Some(member) = self.seat.member() {
            member.give(&[SerialisedEvent::of(&ServerMessage(text))]);
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
