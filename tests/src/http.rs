//! One request, one response.

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{HeaderMap, Method, Request, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

use crate::wait::within_limit;

/// What the server answered.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// A header's value, or nothing.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("a header is text"))
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is text")
    }

    /// The body as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {:?}", self.body))
    }
}

/// Asks with GET.
pub async fn get(url: &str, headers: &[(&str, &str)]) -> Answer {
    ask(Method::GET, url, headers).await
}

/// Asks, without a body.
pub async fn ask(method: Method, url: &str, headers: &[(&str, &str)]) -> Answer {
    send(method, url, headers, Bytes::new()).await
}

/// Asks with POST and this body.
pub async fn post(url: &str, body: &str) -> Answer {
    send(Method::POST, url, &[], body.to_owned().into()).await
}

/// Asks in whatever way.
pub async fn send(method: Method, url: &str, headers: &[(&str, &str)], body: Bytes) -> Answer {
    let mut request = Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::new(body)).expect("a good request");
    let client = Client::builder(TokioExecutor::new()).build_http();
    let response = within_limit(url, client.request(request)).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    let (parts, body) = response.into_parts();
    let body = within_limit(url, body.collect()).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    Answer { status: parts.status, headers: parts.headers, body: body.to_bytes() }
}
