//! Receiving and dispatching in Chromium, beside the official JavaScript client: `cargo bench --bench browser`.
//!
//! Both are fed the same 100,000 events of 64 bytes, in turns. Each client has a page of its own, in a browser of its own,
//! that reads every event's text in a listener; what counts is the time from the first event to the last. The frames come from
//! a WebSocket made of JavaScript (`feed.js`): a browser's own takes many times longer for a message than either client.
//! Ours is measured twice: compiled to be small, as our page is, and to be fast.

use std::{collections::HashMap, fs, path::Path, sync::Arc};

use anyhow::{Context, Result};
use axum::{
    Router,
    http::{StatusCode, Uri, header::CONTENT_TYPE},
    response::IntoResponse,
};
use hubbub_client_benches::{
    feeder::{EVENTS, NAME, TEXT, frame},
    median, wasm,
};
use hubbub_tests::{browser::Browser, wait::wait_for};
use tokio::net::TcpListener;

const ROUNDS: usize = 7;

/// The official client, as `npm ci` in `tests/peers` brings it.
const OFFICIAL: &str = "../../tests/peers/node_modules/socket.io-client/dist/socket.io.min.js";

/// Content types and contents, by path.
type Files = HashMap<String, (&'static str, Vec<u8>)>;

#[tokio::main]
async fn main() -> Result<()> {
    let pages = serve(files()?).await?;
    let clients = ["small", "fast", "official"];
    let mut times = clients.map(|_| Vec::new());
    let browser = Browser::start().await;
    for _ in 0..ROUNDS {
        for (client, times) in clients.iter().zip(&mut times) {
            let page = browser.open(&format!("{pages}/{client}.html")).await;
            let took = async || {
                let took = page.run("return window.took ?? null").await;
                took.as_f64().ok_or_else(|| "not all came".to_owned())
            };
            times.push(wait_for(&format!("the events of {client}"), took).await);
        }
    }
    let [small, fast, official] = times.map(median);
    println!("{EVENTS} events of 64 bytes, medians of {ROUNDS}:");
    println!("ours, small: {small:.0} ms, ratio {:.2}", official / small);
    println!(" ours, fast: {fast:.0} ms, ratio {:.2}", official / fast);
    println!("   official: {official:.0} ms");
    Ok(())
}

/// All that the pages need.
fn files() -> Result<Files> {
    let mut files = Files::new();
    for (name, opt_level) in [("small", "z"), ("fast", "3")] {
        let program = wasm::build("client", opt_level)?;
        let run = format!(r#"<script type="module">import run from "/{name}/client.js"; run()</script>"#);
        files.insert(format!("/{name}.html"), ("text/html", page(&run)));
        files.insert(format!("/{name}/client.js"), ("text/javascript", program.script));
        files.insert(format!("/{name}/client_bg.wasm"), ("application/wasm", program.wasm));
    }
    let run = format!(
        r#"<script src="/official.js"></script>
        <script>
            let heard = 0;
            io(server(), {{ transports: ["websocket"] }}).on("{NAME}", (text) => {{
                if (heard === 0) begun();
                heard += text.length;
                if (heard === {}) done();
            }});
        </script>"#,
        EVENTS * TEXT
    );
    let official = Path::new(env!("CARGO_MANIFEST_DIR")).join(OFFICIAL);
    let script = fs::read(&official).with_context(|| format!("no {}: `npm ci` there brings it", official.display()))?;
    let frames: Vec<String> = (0..EVENTS).map(frame).collect();
    files.insert("/frames.js".into(), ("text/javascript", format!("const frames = {frames:?};").into()));
    files.insert("/feed.js".into(), ("text/javascript", include_bytes!("feed.js").to_vec()));
    files.insert("/official.html".into(), ("text/html", page(&run)));
    files.insert("/official.js".into(), ("text/javascript", script));
    Ok(files)
}

/// A page that runs a client, feeds it and takes the time.
fn page(run: &str) -> Vec<u8> {
    let before = r#"<!DOCTYPE html>
        <script src="/frames.js"></script>
        <script src="/feed.js"></script>
        <script>
            let beginning;
            const server = () => "http://feeder";
            const begun = () => { beginning = performance.now() };
            const done = () => { window.took = performance.now() - beginning };
            Object.assign(window, { server, begun, done });
        </script>"#;
    format!("{before}{run}").into()
}

/// Serves files on a free port; answers the URL.
async fn serve(files: Files) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let files = Arc::new(files);
    let router = Router::new().fallback(async move |uri: Uri| match files.get(uri.path()) {
        Some((kind, content)) => ([(CONTENT_TYPE, *kind)], content.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(url)
}
