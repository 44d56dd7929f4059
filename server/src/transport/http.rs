//! HTTP on each connection that the [`listener`](super::listener) accepts, until it is a WebSocket.

use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::{oneshot, watch};
use tower::ServiceExt;
use tower_http::timeout::RequestBodyTimeoutLayer;
use tracing::debug;

use super::listener::Listener;

/// A connection on which a request, or its body, doesn't come for so long is closed: it holds a place that others need.
/// Proxies keep a connection for 60 seconds between two requests, and should be the ones to close it.
const PATIENCE: Duration = Duration::from_secs(75);

/// For the router: bodies come, or their requests fail.
pub(crate) fn body_patience() -> RequestBodyTimeoutLayer {
    RequestBodyTimeoutLayer::new(PATIENCE)
}

/// Serves until `stop` is dropped, and then until the last connection has ended. Each request knows its connection.
pub(crate) async fn serve(listener: Listener, router: Router, stop: oneshot::Receiver<()>) {
    let closing = watch::Sender::new(());
    tokio::select! {
        () = accept(listener, router, &closing) => {}
        _ = stop => {}
    }
    closing.send_replace(());
    closing.closed().await;
}

async fn accept(mut listener: Listener, router: Router, closing: &watch::Sender<()>) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    loop {
        let stream = listener.accept().await;
        let connection = stream.connection();
        let router = router.clone();
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(connection.clone());
            router.clone().oneshot(request.map(Body::new))
        });
        let serving = http.serve_connection(TokioIo::new(stream), service).with_upgrades();
        let mut closing = closing.subscribe();
        tokio::spawn(async move {
            let mut serving = pin!(serving);
            let ended = tokio::select! {
                ended = serving.as_mut() => ended,
                _ = closing.changed() => {
                    serving.as_mut().graceful_shutdown();
                    serving.await
                }
            };
            if let Err(error) = ended {
                debug!(%error, "a connection has ended");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::{get, post};
    use clap::Parser;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::time::{Instant, sleep};

    use super::*;
    use crate::config::Config;
    use crate::transport::connections::Connections;

    /// What comes back until the server closes, and how long that takes on a clock that runs when nobody works.
    async fn told(said: &str) -> (String, Duration) {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut client = TcpStream::connect(tcp.local_addr().unwrap()).await.unwrap();
        client.write_all(said.as_bytes()).await.unwrap();
        let router = Router::new()
            .route("/", get("ok"))
            .route("/", post(async |body: String| body))
            .route("/slow", get(async || sleep(3 * PATIENCE).await))
            .layer(body_patience());
        let listener = Listener::new(tcp, Connections::default(), &Config::parse_from(["hubbub"]));
        let (_accepting, stop) = oneshot::channel();
        tokio::spawn(serve(listener, router, stop));
        let begun = Instant::now();
        let mut told = String::new();
        let _ = client.read_to_string(&mut told).await;
        (told, begun.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_without_a_whole_request_is_closed() {
        for said in ["", "G", "GET / HTTP/1.1\r\n"] {
            let (told, after) = told(said).await;
            assert!(!told.contains("200 OK"), "{said:?}: {told}");
            assert!(after < 2 * PATIENCE, "{said:?}: {after:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn one_whose_body_does_not_come_is_closed() {
        let (told, after) = told("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nx").await;
        assert!(!told.contains("200 OK"), "{told}");
        assert!(after < 3 * PATIENCE, "{after:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_is_idle_between_requests_is_closed_in_the_end() {
        let (told, after) = told("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
        assert!(told.contains("200 OK"), "{told}");
        assert!((PATIENCE..2 * PATIENCE).contains(&after), "{after:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_waits_for_its_answer_gets_it() {
        let (told, after) = told("GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await;
        assert!(told.contains("200 OK"), "{told}");
        assert!(after >= 3 * PATIENCE, "{after:?}");
    }
}
