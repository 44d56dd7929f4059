//! Sessions over HTTP: begun, asked after and ended, as `shared::api` has it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use axum::routing::{get, post};
use hubbub_shared::api::{self, COOKIE, LINK_PATH, Link, NewSession, SESSION_PATH, SIGN, SignedIn};
use hubbub_shared::{ApiError, ErrorCode};

use super::credentials::{self, Proof};
use super::json::json;
use super::refusal::Refusal;
use super::{Session, Sessions, authenticate, now_ms};
use crate::config::Config;
use crate::limits::Limits;
use crate::metrics;
use crate::name::Name;
use crate::origin::Origins;
use crate::remote;
use crate::token::{Code, Token};
use crate::transport::stream::Connection;

/// The most bytes of a request's body; more is no request.
const MAX_BODY: usize = 4 << 10;
/// How long a link code is good for.
const CODE_TTL: Duration = Duration::from_secs(600);

/// What the handlers need. Clones are one and the same.
#[derive(Debug, Clone)]
pub(crate) struct SessionApi<S> {
    sessions: S,
    limits: Arc<Limits>,
    origins: Origins,
    trust_proxy: bool,
    ttl: Duration,
}

impl<S: Sessions> SessionApi<S> {
    pub(crate) fn new(sessions: S, limits: Arc<Limits>, config: &Config) -> Self {
        let (trust_proxy, ttl) = (config.trust_proxy, config.session_ttl);
        Self { sessions, limits, origins: Origins::new(config), trust_proxy, ttl }
    }

    pub(crate) fn router(self) -> Router {
        Router::new()
            .route(SESSION_PATH, get(whose).post(begin).delete(end).fallback(no_such_method))
            .route(LINK_PATH, post(link).fallback(no_such_method))
            .with_state(self)
    }

    /// What proves whom a request comes from.
    fn proof(&self, headers: &HeaderMap) -> Option<Proof> {
        credentials::proof(headers, &self.origins)
    }

    /// Whose session that is.
    async fn session(&self, proof: Option<&Proof>) -> Result<Session, ApiError> {
        authenticate(&self.sessions, proof.map(Proof::hash), self.ttl).await
    }

    fn address(&self, connection: &Connection, headers: &HeaderMap) -> IpAddr {
        remote::address(connection.remote, headers, self.trust_proxy)
    }

    /// Sets the cookie to this for so long, and the sign that it is there, where it would count: no other page can sign a
    /// browser in or out.
    fn set_cookie(&self, request: &HeaderMap, answer: Response, token: &str, life: Duration) -> Response {
        if !self.origins.trusts(request) {
            return answer;
        }
        let secure = if self.origins.is_https(request) { "; Secure" } else { "" };
        let seconds = life.as_secs();
        let rest = format!("SameSite=Strict; Path=/; Max-Age={seconds}{secure}");
        let cookies = [format!("{COOKIE}={token}; HttpOnly; {rest}"), format!("{SIGN}=1; {rest}")];
        let headers = cookies.map(|cookie| Some((header::SET_COOKIE, HeaderValue::try_from(cookie).ok()?)));
        (AppendHeaders(headers.into_iter().flatten()), answer).into_response()
    }
}

/// `POST /api/session`: begins a session.
async fn begin<S: Sessions>(
    State(api): State<SessionApi<S>>,
    Extension(connection): Extension<Connection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let body = to_bytes(body, MAX_BODY).await.map_err(|_| ErrorCode::BadRequest)?;
    let wanted = parse(&body).ok_or(ErrorCode::BadRequest)?;
    let token = Token::random()?;
    let limit = || api.limits.new_session(api.address(&connection, &headers));
    // What can't be right is not counted. A code is: who guesses must not do it often.
    let session = match wanted {
        NewSession::Name(name) => {
            let name = Name::of_user(&name)?;
            limit()?;
            api.sessions.sign_up(name, token.hash()).await?
        }
        NewSession::Code(code) => {
            limit()?;
            let code: Code = code.parse().map_err(|_| ErrorCode::BadCode)?;
            api.sessions.sign_in(code.hash(), token.hash()).await?
        }
    };
    metrics::session_began();
    let token = token.to_string();
    let answer = json(StatusCode::CREATED, &SignedIn { user: session.user, token: token.clone() });
    Ok(api.set_cookie(&headers, answer, &token, api.ttl))
}

/// An object. Of an array serde would take the first for the name.
fn parse(body: &[u8]) -> Option<NewSession> {
    let body = body.trim_ascii_start();
    if body.starts_with(b"{") { serde_json::from_slice(body).ok() } else { None }
}

/// `GET /api/session`: whose session it is. A cookie is good for as long again as the session.
async fn whose<S: Sessions>(State(api): State<SessionApi<S>>, headers: HeaderMap) -> Result<Response, Refusal> {
    let proof = api.proof(&headers);
    let session = api.session(proof.as_ref()).await?;
    let answer = json(StatusCode::OK, &api::Session { user: session.user });
    Ok(match proof {
        Some(Proof::Cookie(token)) => api.set_cookie(&headers, answer, &token.to_string(), api.ttl),
        _ => answer,
    })
}

/// `POST /api/session/link`: lets one more device in.
async fn link<S: Sessions>(State(api): State<SessionApi<S>>, headers: HeaderMap) -> Result<Response, Refusal> {
    let session = api.session(api.proof(&headers).as_ref()).await?;
    api.limits.request(session.key)?;
    let code = Code::random()?;
    let expires = now_ms().saturating_add(CODE_TTL.as_millis() as u64);
    api.sessions.link(session.key, code.hash(), expires).await?;
    Ok(json(StatusCode::CREATED, &Link { code: code.to_string(), expires }))
}

/// `DELETE /api/session`: ends the session, if there is one.
async fn end<S: Sessions>(State(api): State<SessionApi<S>>, headers: HeaderMap) -> Result<Response, Refusal> {
    if let Some(proof) = api.proof(&headers) {
        api.sessions.sign_out(proof.hash()).await?;
    }
    Ok(api.set_cookie(&headers, StatusCode::NO_CONTENT.into_response(), "", Duration::ZERO))
}

/// What the path doesn't answer. The router adds which methods it knows.
async fn no_such_method() -> Response {
    let error = ApiError { message: "This can't be asked by this method.".to_owned(), ..ErrorCode::BadRequest.into() };
    json(StatusCode::METHOD_NOT_ALLOWED, &api::Refused { error })
}

#[cfg(test)]
mod tests;
