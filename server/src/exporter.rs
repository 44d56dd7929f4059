//! Shows the [`metrics`] to Prometheus: `GET /metrics`, on a listener of its own, which is not for the world.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::sleep;
use tracing::info;

use crate::metrics::{self, COUNT_BUCKETS, Present, SECONDS, SECONDS_BUCKETS};
use crate::services::Services;
use crate::transport::connections::Connections;
use crate::transport::http;
use crate::transport::listener::Listener;

/// The most connections of those who read the metrics.
const MAX_CONNECTIONS: usize = 16;

/// Each histogram keeps single values until they are sorted into its buckets: so often, if nobody asks more often.
const UPKEEP: Duration = Duration::from_secs(5);

/// The text format's own.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The metrics and what they are read from. Clones are one and the same.
#[derive(Clone)]
struct Exporter {
    kept: PrometheusHandle,
    services: Arc<Services>,
    connections: Connections,
}

/// From now on what is counted is kept. Before anything is counted.
pub(crate) fn keep() -> io::Result<PrometheusHandle> {
    let kept = builder().and_then(PrometheusBuilder::install_recorder).map_err(io::Error::other)?;
    metrics::begin();
    Ok(kept)
}

/// Shows what is kept, until the process ends.
pub(crate) fn serve(
    tcp: TcpListener,
    kept: PrometheusHandle,
    services: &Arc<Services>,
    connections: Connections,
) -> io::Result<()> {
    info!("metrics are on http://{}/metrics", tcp.local_addr()?);
    let listener = Listener::new(tcp, Connections::default(), &services.config).with_at_most(MAX_CONNECTIONS);
    let exporter = Exporter { kept: kept.clone(), services: Arc::clone(services), connections };
    tokio::spawn(async move {
        let (_never_stops, stop) = oneshot::channel();
        http::serve(listener, exporter.router(), stop).await;
    });
    tokio::spawn(async move {
        loop {
            sleep(UPKEEP).await;
            kept.run_upkeep();
        }
    });
    Ok(())
}

pub(crate) fn builder() -> Result<PrometheusBuilder, BuildError> {
    PrometheusBuilder::new()
        .set_buckets(&COUNT_BUCKETS)?
        .set_buckets_for_metric(Matcher::Suffix(SECONDS.to_owned()), &SECONDS_BUCKETS)
}

impl Exporter {
    fn router(self) -> Router {
        Router::new().route("/metrics", get(show)).with_state(self)
    }

    fn present(&self) -> Present {
        let (classic_sockets, chat_sockets) = self.services.rooms.open().sockets();
        Present {
            connections: self.connections.len(),
            classic_sockets,
            chat_sockets,
            messages_on_their_way: self.services.log.places.taken(),
        }
    }
}

async fn show(State(exporter): State<Exporter>) -> impl IntoResponse {
    metrics::there_are(&exporter.present());
    ([(CONTENT_TYPE, TEXT)], exporter.kept.render())
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::{Request, StatusCode};
    use clap::Parser;
    use tower::ServiceExt;

    use super::*;
    use crate::config::Config;
    use crate::store::Store;

    async fn ask(path: &str) -> (StatusCode, String, String) {
        let config = Config::parse_from(["hubbub", "--database", "sqlite::memory:"]);
        let (store, writer) = Store::open(&config.database).unwrap();
        let services = Services::start(config, store, writer).unwrap();
        let recorder = builder().unwrap().build_recorder();
        ::metrics::with_local_recorder(&recorder, || ::metrics::counter!("some_total").increment(1));
        let exporter = Exporter { kept: recorder.handle(), services, connections: Connections::default() };
        let response = exporter.router().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        let kind = response.headers().get(CONTENT_TYPE).map(|kind| kind.to_str().unwrap().to_owned());
        let status = response.status();
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, kind.unwrap_or_default(), String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn metrics_are_text_and_nothing_else_is_there() {
        let (status, kind, text) = ask("/metrics").await;
        assert_eq!((status, kind.as_str()), (StatusCode::OK, TEXT));
        assert!(text.lines().any(|line| line == "some_total 1"), "{text}");
        for path in ["/", "/metrics/", "/healthz", "/api/session", "/socket.io/"] {
            assert_eq!(ask(path).await.0, StatusCode::NOT_FOUND, "{path}");
        }
    }
}
