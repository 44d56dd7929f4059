//! What the port answers over HTTP.

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use tower_http::cors::{AllowHeaders, AllowOrigin, Any, CorsLayer};

use crate::health::{self, Readiness};
use crate::page;
use crate::page_policy;
use crate::services::Services;
use crate::session::api::SessionApi;
use crate::transport::engine::Engine;
use crate::transport::http;

/// All of it.
pub(crate) fn of(services: &Arc<Services>) -> Router {
    let Services { config, engine, sessions, limits, .. } = &**services;
    let api = SessionApi::new(sessions.clone(), Arc::clone(limits), config).router();
    let ready =
        Router::new().route("/readyz", get(health::ready)).with_state((Arc::clone(services), Readiness::default()));
    router(Arc::clone(engine), api.merge(ready), &config.allow_origin)
}

/// All of it; `api` is what needs to know more than the engine.
pub(crate) fn router(engine: Arc<Engine>, api: Router, allow_origin: &[HeaderValue]) -> Router {
    let api = api
        .route("/api", any(no_such_api))
        .route("/api/", any(no_such_api))
        .route("/api/{*path}", any(no_such_api))
        .layer(map_response(no_store));
    Router::new()
        .route(Engine::PATH, any(Engine::serve).with_state(engine))
        .route("/healthz", get(health::live))
        .merge(api)
        .fallback_service(get(page::serve).layer(map_response(page_policy::of_the_page)))
        .layer(http::body_patience())
        .layer(cors(allow_origin))
        .layer(map_response(page_policy::no_sniffing))
}

/// A program that asks for data must not be given a page.
async fn no_such_api() -> impl IntoResponse {
    let error = r#"{"error":{"code":"not_found","message":"There is no such API."}}"#;
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "application/json")], error)
}

/// What is true of one user at one moment, and may have a secret in it, is nobody's to keep.
async fn no_store(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Pages of other origins may read our answers: all of them, or those named. Never with credentials.
fn cors(allow_origin: &[HeaderValue]) -> CorsLayer {
    let origin = match allow_origin {
        [] => AllowOrigin::any(),
        named => AllowOrigin::list(named.iter().cloned()),
    };
    // Browsers don't count Authorization among any headers.
    let headers = AllowHeaders::list([HeaderName::from_static("*"), header::AUTHORIZATION]);
    CorsLayer::new().allow_origin(origin).allow_methods(Any).allow_headers(headers)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::header::{
        ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
        ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_REQUEST_METHOD, CACHE_CONTROL, CONTENT_SECURITY_POLICY,
        CONTENT_TYPE, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    };
    use axum::http::{Method, Request};
    use axum::response::Response;
    use clap::Parser;
    use tower::ServiceExt;

    use super::*;
    use crate::config::Config;
    use crate::store::Store;

    async fn ask(flags: &[&str], request: axum::http::request::Builder) -> Response {
        let config = Config::parse_from([&["hubbub", "--database", "sqlite::memory:"], flags].concat());
        let (store, writer) = Store::open(&config.database).unwrap();
        let router = of(&Services::start(config, store, writer).unwrap());
        router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn health_is_ok() {
        let response = ask(&[], Request::get("/healthz")).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(axum::body::to_bytes(response.into_body(), 10).await.unwrap(), "ok");
    }

    #[tokio::test]
    async fn an_unknown_api_is_never_the_page() {
        for path in ["/api", "/api/", "/api/rooms/lobby"] {
            for method in [Method::GET, Method::POST] {
                let response = ask(&[], Request::builder().method(method).uri(path)).await;
                assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
                assert_eq!(response.headers()[CONTENT_TYPE], "application/json");
                assert_eq!(response.headers()[CACHE_CONTROL], "no-store");
            }
        }
    }

    #[tokio::test]
    async fn the_page_has_its_policies_and_nothing_is_sniffed() {
        // With or without a page in this build.
        for path in ["/", "/r/lobby", "/no.file"] {
            let response = ask(&[], Request::get(path)).await;
            let policy = response.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
            assert_eq!(response.headers()[REFERRER_POLICY], "same-origin", "{path}");
            assert_eq!(response.headers()["cross-origin-opener-policy"], "same-origin", "{path}");
            assert!(response.headers().contains_key("permissions-policy"), "{path}");
        }
        for path in ["/", "/no.file", "/healthz", "/readyz", "/api/session", "/api/unknown", "/socket.io/"] {
            let response = ask(&[], Request::get(path)).await;
            assert_eq!(response.headers()[X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        }
    }

    #[tokio::test]
    async fn any_origin_may_read_without_credentials() {
        let response = ask(&[], Request::get("/healthz").header(ORIGIN, "http://a")).await;
        assert_eq!(response.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        assert!(!response.headers().contains_key(ACCESS_CONTROL_ALLOW_CREDENTIALS));
    }

    #[tokio::test]
    async fn with_allow_origin_only_those_may() {
        let flags = ["--allow-origin", "http://a", "--allow-origin", "http://b:1"];
        for (origin, allowed) in [("http://a", true), ("http://b:1", true), ("http://b", false), ("http://c", false)] {
            let response = ask(&flags, Request::get("/healthz").header(ORIGIN, origin)).await;
            let header = response.headers().get(ACCESS_CONTROL_ALLOW_ORIGIN);
            assert_eq!(header.map(HeaderValue::as_bytes), allowed.then_some(origin.as_bytes()), "{origin}");
        }
    }

    #[tokio::test]
    async fn preflight_is_answered_for_long_polling_too() {
        let preflight = Request::options("/socket.io/?EIO=4&transport=polling")
            .header(ORIGIN, "http://a")
            .header(ACCESS_CONTROL_REQUEST_METHOD, "POST");
        let response = ask(&["--allow-origin", "http://a"], preflight).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], "http://a");
        assert_eq!(response.headers()[ACCESS_CONTROL_ALLOW_METHODS], "*");
        assert_eq!(response.headers()[ACCESS_CONTROL_ALLOW_HEADERS], "*,authorization");
    }
}
