//! socketioxide, with what it leaves to us: which connection carries a session, what waits for a slow reader, and how to
//! end a session that reads nothing.

use std::convert::Infallible;
use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use socketioxide::extract::SocketRef;
use socketioxide::service::SocketIoService;
use socketioxide::socket::Sid;
use socketioxide::{ParserConfig, SocketIo, TransportType};
use tokio::time::timeout;
use tower::ServiceExt;
use tracing::debug;

use super::session::{EngineSession, EngineSessions};
use super::session_places::SessionPlaces;
use super::stream::Connection;
use crate::config::Config;
use crate::origin::Origins;
use crate::session::credentials::{self, HandshakeCookie};

/// The most bytes of a message, a frame, or the body of a long poll. At the bound the session is closed.
const MAX_PAYLOAD: usize = 64 << 10;

/// The most packets that may wait for one client. So many that the bytes are what counts (`--max-queued-bytes`), unless
/// the messages are tiny. At the bound the session is cut.
const MAX_QUEUED_PACKETS: usize = 131_072;

/// A WebSocket is read in bites of this size: most messages fit, and each idle client keeps one.
const READ_BUFFER: usize = 384;

/// In how many seconds one that was refused for want of a place may try again.
const RETRY_AFTER: &str = "10";

/// What an HTTP request of Socket.IO says that is still needed when the request is long gone. Headers that aren't copied
/// keep the 8 KiB that they were read into for as long as the session lives.
const KEPT_HEADERS: [HeaderName; 2] = [header::SEC_WEBSOCKET_KEY, HeaderName::from_static("x-forwarded-for")];

/// The Socket.IO server.
pub(crate) struct Engine {
    pub(crate) io: SocketIo,
    pub(crate) sessions: EngineSessions,
    origins: Origins,
    places: SessionPlaces,
    /// A session whose client is not heard for so long has ended.
    heartbeat: Duration,
    /// The router below it has no route: nothing else gets here.
    service: SocketIoService<Router>,
}

impl Engine {
    pub(crate) const PATH: &'static str = "/socket.io/";

    pub(crate) fn new(config: &Config) -> Self {
        // Nothing of the contract is binary: attachments are read only to be ignored.
        let parser = ParserConfig::common().max_incoming_binary_buf_size(MAX_PAYLOAD).max_incoming_binaries(16);
        let (service, io) = SocketIo::builder()
            .req_path(Self::PATH)
            .ping_interval(config.ping_interval)
            .ping_timeout(config.ping_timeout)
            .max_payload(MAX_PAYLOAD as u64)
            .max_buffer_size(MAX_QUEUED_PACKETS)
            .ws_read_buffer_size(READ_BUFFER)
            .ws_max_message_size(MAX_PAYLOAD)
            .ws_max_frame_size(MAX_PAYLOAD)
            .with_parser(parser)
            .build_with_inner_svc(Router::new());
        let sessions = EngineSessions::new(config.max_queued_bytes);
        let heartbeat = config.ping_interval + config.ping_timeout;
        let places = SessionPlaces::new(config.max_connections);
        Self { io, sessions, origins: Origins::new(config), places, heartbeat, service }
    }

    /// Answers one HTTP request of Socket.IO.
    pub(crate) async fn serve(
        State(engine): State<Arc<Self>>,
        Extension(connection): Extension<Connection>,
        mut request: Request,
    ) -> Response {
        if let Err(origin) = engine.origins.admit(request.headers()) {
            debug!(remote = %connection.remote, ?origin, "refused: not an allowed origin");
            return (StatusCode::FORBIDDEN, "Pages of this origin may not use this server.\n").into_response();
        }
        let method = request.method().clone();
        let Some(sid) = sid(request.uri()) else {
            let Some(place) = engine.places.take() else {
                let retry_after = [(header::RETRY_AFTER, RETRY_AFTER)];
                return (StatusCode::SERVICE_UNAVAILABLE, retry_after, "Too many sessions.\n").into_response();
            };
            request.extensions_mut().insert(place);
            // What the cookie proves is kept, and the cookie isn't.
            let cookie = credentials::cookie(request.headers(), &engine.origins);
            request.extensions_mut().insert(HandshakeCookie(cookie.map(|token| token.hash())));
            return engine.answer(slim(request)).await;
        };

        if method == Method::POST
            && let Some(session) = engine.sessions.get(sid)
        {
            // Its pongs are held, too: after that time it is told that its session is unknown.
            let _ = timeout(engine.heartbeat, poll_fn(|cx| session.gate.poll_open(cx))).await;
        }
        // A POST is gone soon, and its body may need any header.
        let request = if method == Method::GET { slim(request) } else { request };
        let response = engine.answer(request).await;
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            // Before the answer is written, and so before anything of the session is.
            if !engine.sessions.get_or_new(sid).upgrade(&connection) {
                return (StatusCode::CONFLICT, "This session has a WebSocket.\n").into_response();
            }
        } else if method == Method::GET
            && let Some(session) = engine.sessions.get(sid)
        {
            session.took(content_length(&response));
        }
        response
    }

    async fn answer(&self, request: Request) -> Response {
        let answer: Result<_, Infallible> = self.service.clone().oneshot(request).await;
        match answer {
            Ok(response) => response.map(Body::new),
        }
    }

    /// The Engine.IO session of a socket that connects.
    pub(crate) fn session_of(&self, socket: &SocketRef) -> Arc<EngineSession> {
        let session = self.sessions.get_or_new(socket.id);
        if socket.transport_type() == TransportType::Websocket
            && let Some(connection) = socket.req_parts().extensions.get::<Connection>()
        {
            session.upgrade(connection);
        }
        session
    }

    /// Ends a session as a broken connection would, so that the client comes back and its `disconnect` handlers run,
    /// however full its queue is and even if it reads nothing.
    pub(crate) async fn end(&self, session: Arc<EngineSession>) {
        session.shut();
        // A session of long polling has no connection of its own, and a full queue takes no farewell. What still ends it is
        // what its client would say: Engine.IO's close packet. If it is a WebSocket, this is refused, and it has ended.
        let uri = format!("{}?EIO=4&transport=polling&sid={}", Self::PATH, session.sid);
        if let Ok(close) = Request::post(uri).body(Body::from("1")) {
            self.answer(close).await;
        }
    }
}

/// The session that a request names. No session has an id that can't be read.
fn sid(uri: &Uri) -> Option<Sid> {
    let sid = uri.query()?.split('&').find_map(|pair| pair.strip_prefix("sid="))?;
    sid.parse().ok()
}

fn content_length(response: &Response) -> u64 {
    let length = response.headers().get(header::CONTENT_LENGTH);
    length.and_then(|length| length.to_str().ok()?.parse().ok()).unwrap_or(0)
}

/// The same request, in memory of its own and with the needed headers only.
fn slim(request: Request) -> Request {
    let (mut parts, body) = request.into_parts();
    let copy = |value: &HeaderValue| HeaderValue::from_bytes(value.as_bytes()).ok();
    let all = |name| {
        parts.headers.get_all(name).iter().filter_map(move |value| Some((HeaderName::clone(name), copy(value)?)))
    };
    // By way of a list, so that the map has no place to spare.
    let kept: Vec<_> = KEPT_HEADERS.iter().flat_map(all).collect();
    parts.headers = kept.into_iter().collect();
    if let Ok(copy) = parts.uri.to_string().parse() {
        parts.uri = copy;
    }
    Request::from_parts(parts, body)
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use axum::http::request;
    use clap::Parser;
    use socketioxide::extract::SocketRef;
    use tokio::sync::mpsc;
    use tokio::time::Instant;

    use super::*;
    use crate::token::Token;
    use crate::transport::stream::tests::connected;

    #[test]
    fn a_slim_request_keeps_what_is_needed() {
        let request = Request::get("/socket.io/?EIO=4&transport=websocket")
            .header("sec-websocket-key", "key")
            .header("x-forwarded-for", "1.1.1.1")
            .header("x-forwarded-for", "2.2.2.2")
            .header("user-agent", "long")
            .extension(7)
            .body(Body::empty())
            .unwrap();
        let slim = slim(request);
        assert_eq!(slim.uri(), "/socket.io/?EIO=4&transport=websocket");
        assert_eq!(slim.headers()["sec-websocket-key"], "key");
        assert_eq!(slim.headers().get_all("x-forwarded-for").iter().count(), 2);
        assert!(!slim.headers().contains_key("user-agent"));
        assert_eq!(slim.extensions().get(), Some(&7));
    }

    /// What a namespace finds in the handshake of a session that began with these headers.
    async fn handshake(headers: &[(&str, &str)]) -> HandshakeCookie {
        let engine = Arc::new(Engine::new(&Config::parse_from(["hubbub"])));
        let (tell, mut told) = mpsc::unbounded_channel();
        engine.io.ns("/", async move |socket: SocketRef| {
            let _ = tell.send(socket.req_parts().extensions.get().copied());
        });
        let (_stream, connection) = connected().await;
        let serve = |request: request::Builder, body: &'static str| {
            let request = request.body(Body::from(body)).unwrap();
            Engine::serve(State(engine.clone()), Extension(connection.clone()), request)
        };
        let open = "/socket.io/?EIO=4&transport=polling";
        let request = headers.iter().fold(Request::get(open), |request, (name, value)| request.header(*name, *value));
        let body = to_bytes(serve(request, "").await.into_body(), 1_000).await.unwrap();
        // 0{"sid":"…
        let sid = str::from_utf8(&body).unwrap().split('"').nth(3).unwrap();
        let connect = serve(Request::post(format!("{open}&sid={sid}")), "40").await;
        assert_eq!(connect.status(), StatusCode::OK);
        told.recv().await.unwrap().expect("a cookie, or that there is none")
    }

    #[tokio::test]
    async fn a_namespace_knows_the_cookie_of_the_handshake() {
        let token = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let cookie = ("cookie", &*format!("hubbub_session={token}"));
        let (own, foreign) = (("origin", "http://here"), ("origin", "http://elsewhere"));
        let host = ("host", "here");
        let known = Some(token.parse::<Token>().unwrap().hash());
        assert_eq!(handshake(&[host, cookie]).await.0, known);
        assert_eq!(handshake(&[host, cookie, own]).await.0, known);
        assert_eq!(handshake(&[host, cookie, foreign]).await.0, None);
        assert_eq!(handshake(&[host, ("authorization", &format!("Bearer {token}"))]).await.0, None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_is_not_held_for_longer_than_a_session_lasts() {
        let engine = Arc::new(Engine::new(&Config::parse_from(["hubbub"])));
        let session = engine.sessions.get_or_new("AAAAAAAAAAAAAAAA".parse().unwrap());
        let _hold = session.gate.hold();
        let (_stream, connection) = connected().await;
        let uri = format!("/socket.io/?EIO=4&transport=polling&sid={}", session.sid);
        let request = Request::post(uri).body(Body::from("3")).unwrap();
        let begun = Instant::now();
        let answer = Engine::serve(State(engine), Extension(connection), request);
        let answer = timeout(Duration::from_secs(60), answer).await.expect("an answer");
        assert_eq!((answer.status(), begun.elapsed().as_secs()), (StatusCode::BAD_REQUEST, 20));
    }

    #[test]
    fn the_session_is_read_from_the_query() {
        let of = |uri: &'static str| sid(&Uri::from_static(uri)).map(|sid| sid.to_string());
        assert_eq!(of("/socket.io/?EIO=4&sid=AAAAAAAAAAAAAAAA&t=1").as_deref(), Some("AAAAAAAAAAAAAAAA"));
        assert_eq!(of("/socket.io/?EIO=4&sid=short"), None);
        assert_eq!(of("/socket.io/?EIO=4"), None);
        assert_eq!(of("/socket.io/"), None);
    }
}
