//! The page, as files inside the binary.

use axum::body::Body;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

/// One file of the page. `build/main.rs` writes the table of them.
#[derive(Debug)]
struct PageFile {
    /// Where it is served, such as `/index.html`.
    path: &'static str,
    content_type: &'static str,
    /// Whether its name changes with its content.
    hashed: bool,
    etag: &'static str,
    brotli_etag: &'static str,
    content: &'static [u8],
    /// Compressed, if that pays.
    brotli: Option<&'static [u8]>,
}

/// A handful, so looking for one is quick.
static FILES: &[PageFile] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// Answers a GET of anything that is no other route.
pub(crate) async fn serve(uri: Uri, headers: HeaderMap) -> Response {
    answer(FILES, uri.path(), &headers)
}

fn answer(files: &'static [PageFile], path: &str, headers: &HeaderMap) -> Response {
    let Some(index) = find(files, "/index.html") else {
        return (StatusCode::SERVICE_UNAVAILABLE, "This server was built without the page: run `cargo xtask build`.\n")
            .into_response();
    };
    match find(files, path) {
        Some(file) => file.answer(headers),
        // The page's own addresses: it knows them, or says that it doesn't. No file of it is without a dot.
        None if !path.contains('.') => index.answer(headers),
        None => (StatusCode::NOT_FOUND, "Not found.\n").into_response(),
    }
}

fn find(files: &'static [PageFile], path: &str) -> Option<&'static PageFile> {
    files.iter().find(|file| file.path == path)
}

impl PageFile {
    fn answer(&self, request: &HeaderMap) -> Response {
        let (content, etag, encoding) = match self.brotli {
            Some(brotli) if accepts_brotli(request) => (brotli, self.brotli_etag, Some(HeaderValue::from_static("br"))),
            _ => (self.content, self.etag, None),
        };
        let matches = is_known(request, etag);
        let mut response = Response::new(if matches { Body::empty() } else { Body::from(content) });
        let headers = response.headers_mut();
        headers.insert(ETAG, HeaderValue::from_static(etag));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(self.cache_control()));
        if self.brotli.is_some() {
            headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        }
        if matches {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        } else {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
            headers.extend(encoding.map(|encoding| (CONTENT_ENCODING, encoding)));
        }
        response
    }

    fn cache_control(&self) -> &'static str {
        if self.hashed { "public, max-age=31536000, immutable" } else { "no-cache" }
    }
}

fn accepts_brotli(request: &HeaderMap) -> bool {
    items(request, ACCEPT_ENCODING).any(|coding| match coding.split_once(';') {
        None => coding == "br",
        Some((name, quality)) => {
            let quality = quality.trim().strip_prefix("q=").and_then(|quality| quality.parse().ok());
            name.trim() == "br" && quality.is_some_and(|quality: f32| quality > 0.0)
        }
    })
}

/// Whether the client has this very content. A proxy may have made the ETag a weak one.
fn is_known(request: &HeaderMap, etag: &str) -> bool {
    items(request, IF_NONE_MATCH).any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == etag)
}

/// The items of a header that is a list.
fn items(headers: &HeaderMap, name: axum::http::HeaderName) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    static PAGE: &[PageFile] = &[
        PageFile {
            path: "/index.html",
            content_type: "text/html; charset=utf-8",
            hashed: false,
            etag: "\"1\"",
            brotli_etag: "\"1-br\"",
            content: b"index",
            brotli: None,
        },
        PageFile {
            path: "/app-0123456789abcdef.js",
            content_type: "text/javascript; charset=utf-8",
            hashed: true,
            etag: "\"2\"",
            brotli_etag: "\"2-br\"",
            content: b"script",
            brotli: Some(b"small"),
        },
    ];

    async fn get(path: &str, headers: &[(axum::http::HeaderName, &'static str)]) -> (Response<()>, String) {
        let headers = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect();
        let (parts, body) = answer(PAGE, path, &headers).into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        (Response::from_parts(parts, ()), String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn hashed_files_are_kept_for_ever_and_the_others_asked_for() {
        let (response, body) = get("/app-0123456789abcdef.js", &[]).await;
        assert_eq!((response.status(), &*body), (StatusCode::OK, "script"));
        assert_eq!(response.headers()[CACHE_CONTROL], "public, max-age=31536000, immutable");
        assert_eq!(response.headers()[CONTENT_TYPE], "text/javascript; charset=utf-8");

        let (response, body) = get("/index.html", &[]).await;
        assert_eq!((response.status(), &*body), (StatusCode::OK, "index"));
        assert_eq!(response.headers()[CACHE_CONTROL], "no-cache");
    }

    #[tokio::test]
    async fn brotli_goes_to_whom_accepts_it() {
        for (accepted, body) in [
            ("br", "small"),
            ("gzip, deflate, br", "small"),
            ("br;q=0.5", "small"),
            ("gzip", "script"),
            ("br; q=0", "script"),
        ] {
            let (response, got) = get("/app-0123456789abcdef.js", &[(ACCEPT_ENCODING, accepted)]).await;
            assert_eq!(got, body, "{accepted}");
            assert_eq!(response.headers().contains_key(CONTENT_ENCODING), body == "small");
            assert_eq!(response.headers()[VARY], "accept-encoding");
            assert_eq!(response.headers()[ETAG], if body == "small" { "\"2-br\"" } else { "\"2\"" });
        }
    }

    #[tokio::test]
    async fn a_known_etag_gets_no_content() {
        for known in ["\"1\"", "W/\"1\"", "\"0\", \"1\"", "*"] {
            let (response, body) = get("/", &[(IF_NONE_MATCH, known)]).await;
            assert_eq!((response.status(), &*body), (StatusCode::NOT_MODIFIED, ""), "{known}");
            assert_eq!(response.headers()[ETAG], "\"1\"");
        }
        assert_eq!(get("/", &[(IF_NONE_MATCH, "\"1-br\"")]).await.0.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn an_unknown_path_is_the_page_unless_it_names_a_file() {
        for path in ["/", "/room/lobby"] {
            assert_eq!(get(path, &[]).await.1, "index", "{path}");
        }
        for path in ["/app-old.js", "/favicon.ico", "/../Cargo.toml"] {
            assert_eq!(get(path, &[]).await.0.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[tokio::test]
    async fn a_server_without_a_page_says_how_to_get_one() {
        let response = answer(&[], "/", &HeaderMap::new());
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        assert!(String::from_utf8_lossy(&body).contains("cargo xtask build"));
    }
}
