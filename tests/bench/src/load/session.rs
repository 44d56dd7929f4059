//! Users for `/chat`.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use futures_util::{StreamExt, TryStreamExt, stream};
use http_body_util::{BodyExt, Full};
use hubbub_shared::api::{NewSession, SESSION_PATH, SignedIn};
use hyper::body::Bytes;
use hyper::{Request, StatusCode, header};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// So many sign in at a time.
const AT_A_TIME: usize = 64;

/// Signs in so many new users, and gives their tokens.
pub(crate) async fn sign_in(server: SocketAddr, users: usize) -> Result<Vec<String>> {
    let client = Client::builder(TokioExecutor::new()).build_http();
    let tokens = (0..users).map(|user| sign_in_one(&client, server, user));
    stream::iter(tokens).buffered(AT_A_TIME).try_collect().await.context("could not sign in")
}

async fn sign_in_one(client: &Client<HttpConnector, Full<Bytes>>, server: SocketAddr, user: usize) -> Result<String> {
    let body = serde_json::to_vec(&NewSession::Name(format!("user {user}")))?;
    let request = Request::post(format!("http://{server}{SESSION_PATH}"))
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::new(body.into()))?;
    let (parts, body) = client.request(request).await?.into_parts();
    let body = body.collect().await?.to_bytes();
    if parts.status != StatusCode::CREATED {
        bail!("{}: {}", parts.status, String::from_utf8_lossy(&body));
    }
    Ok(serde_json::from_slice::<SignedIn>(&body)?.token)
}
