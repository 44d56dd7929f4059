//! Signing in and out: the server's session API over HTTP, in the page's words.

use std::pin::Pin;

use gloo_net::http::{Method, RequestBuilder, Response};
use hubbub_shared::ErrorCode;
use hubbub_shared::api::{LINK_PATH, Link, NewSession, Refused, SESSION_PATH, SIGN, Session, SignedIn};
use hubbub_shared::chat::User;
use js_sys::Reflect;
use leptos::prelude::document;
use serde::de::DeserializeOwned;

use crate::json;
use crate::model::Failed;

/// A session that begins: whose it is, or why it doesn't.
pub type Beginning = Pin<Box<dyn Future<Output = Result<User, Failed>>>>;

/// Begins a session. The browser keeps what proves it, out of the page's reach.
///
/// # Errors
/// [`Failed`]; refused with `invalid_name`, `name_taken`, `bad_code` or `rate_limited`.
pub async fn sign_in(session: NewSession) -> Result<User, Failed> {
    let body = serde_json::to_string(&session).map_err(|_| Failed::NoAnswer)?;
    let request = request(Method::POST, SESSION_PATH).header("content-type", "application/json").body(body);
    let response = request.map_err(|_| Failed::NoAnswer)?.send().await;
    read::<SignedIn>(response).await.map(|signed_in| signed_in.user)
}

/// Whose session this browser has, if any.
///
/// # Errors
/// [`Failed::NoAnswer`].
pub async fn who() -> Result<Option<User>, Failed> {
    match read::<Session>(request(Method::GET, SESSION_PATH).send().await).await {
        Ok(session) => Ok(Some(session.user)),
        Err(Failed::Refused(error)) if error.code == ErrorCode::Unauthorized => Ok(None),
        Err(failed) => Err(failed),
    }
}

/// Whether this browser may have a session: the page can't read the cookie that it is proved by, only the sign beside it.
#[must_use]
pub fn may_be_somebody() -> bool {
    let cookies = Reflect::get(&document(), &"cookie".into()).ok().and_then(|cookies| cookies.as_string());
    cookies.is_some_and(|cookies| cookies.contains(SIGN))
}

/// Ends this browser's session.
///
/// # Errors
/// [`Failed`].
pub async fn sign_out() -> Result<(), Failed> {
    match request(Method::DELETE, SESSION_PATH).send().await {
        Ok(response) if response.ok() => Ok(()),
        response => Err(refusal(response).await),
    }
}

/// A code that lets one more device in as me.
///
/// # Errors
/// [`Failed`].
pub async fn link() -> Result<Link, Failed> {
    read(request(Method::POST, LINK_PATH).send().await).await
}

fn request(method: Method, path: &str) -> RequestBuilder {
    RequestBuilder::new(path).method(method)
}

async fn read<T: DeserializeOwned>(response: Result<Response, gloo_net::Error>) -> Result<T, Failed> {
    match response {
        Ok(response) if response.ok() => body(&response).await.ok_or(Failed::NoAnswer),
        response => Err(refusal(response).await),
    }
}

/// Why the server says no, if it says.
async fn refusal(response: Result<Response, gloo_net::Error>) -> Failed {
    let Ok(response) = response else { return Failed::NoAnswer };
    body(&response).await.map_or(Failed::NoAnswer, |refused: Refused| Failed::Refused(refused.error))
}

async fn body<T: DeserializeOwned>(response: &Response) -> Option<T> {
    json::read(&response.text().await.ok()?)
}
