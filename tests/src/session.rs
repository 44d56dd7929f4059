//! Sessions, over HTTP.

use hubbub_shared::api::{LINK_PATH, Link, SESSION_PATH, SignedIn};
use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use crate::http::{Answer, ask, send};

/// Begins a session as a new user of this name.
pub async fn sign_in(server: &str, name: &str) -> SignedIn {
    signed_in(&begin(server, &json!({"name": name}), &[]).await)
}

/// Begins one more session of a user.
pub async fn sign_in_again(server: &str, token: &str) -> SignedIn {
    let code = link(server, token).await.code;
    signed_in(&begin(server, &json!({"code": code}), &[]).await)
}

/// Asks for a session.
pub async fn begin(server: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
    begin_with(server, &body.to_string(), headers).await
}

/// Asks for a session with whatever for a body.
pub async fn begin_with(server: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
    let headers = [&[("content-type", "application/json")], headers].concat();
    send(Method::POST, &format!("{server}{SESSION_PATH}"), &headers, body.to_owned().into()).await
}

/// What was answered to who may come in.
///
/// # Panics
/// When it is a refusal.
#[must_use]
pub fn signed_in(answer: &Answer) -> SignedIn {
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.text()))
}

/// Asks whose session it is.
pub async fn whoami(server: &str, headers: &[(&str, &str)]) -> Answer {
    ask(Method::GET, &format!("{server}{SESSION_PATH}"), headers).await
}

/// Asks for a code that lets one more device in.
pub async fn link(server: &str, token: &str) -> Link {
    let answer = ask_for_link(server, &[("authorization", &bearer(token))]).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.text()))
}

/// Asks for such a code, in whatever way.
pub async fn ask_for_link(server: &str, headers: &[(&str, &str)]) -> Answer {
    ask(Method::POST, &format!("{server}{LINK_PATH}"), headers).await
}

/// Ends a session.
pub async fn sign_out(server: &str, token: &str) {
    let answer = end(server, &[("authorization", &bearer(token))]).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text());
}

/// Asks to end a session, in whatever way.
pub async fn end(server: &str, headers: &[(&str, &str)]) -> Answer {
    ask(Method::DELETE, &format!("{server}{SESSION_PATH}"), headers).await
}

/// The value of the header Authorization.
#[must_use]
pub fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

/// The value of the header Cookie.
#[must_use]
pub fn cookie(token: &str) -> String {
    format!("{}={token}", hubbub_shared::api::COOKIE)
}

/// The code of a refusal; it has a sentence with it.
///
/// # Panics
/// When the answer is none.
#[must_use]
pub fn refusal(answer: &Answer) -> String {
    let error = &answer.json()["error"];
    assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "no sentence: {error}");
    error["code"].as_str().unwrap_or_else(|| panic!("no code: {error}")).to_owned()
}
