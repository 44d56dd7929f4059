//! What is shipped: the binary, and what a browser loads of the page at the first visit.

use std::fs;
use std::io::Write;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use http_body_util::{BodyExt, Empty};
use hyper::body::Bytes;
use hyper::{Request, StatusCode, header};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::process::Command;
use tokio::time::timeout;

use super::figure::{Figure, Figures};
use crate::contender::{Contender, Server, source};

/// What a browser loads besides the page's own list.
const BESIDES: [&str; 3] = ["/service_worker.js", "/manifest.webmanifest", "/icons/192.png"];

/// Parts of the page that are loaded later, by how their paths are: the chat while a name is written, all others when one is
/// in a room.
const LATER: [&str; 2] = ["/split_", "/chunk_"];
const CHAT: &str = "/split_open_chat.";

const BUNDLE: Duration = Duration::from_secs(60);

pub(super) fn binary(contender: Contender) -> Result<Figures> {
    let program = contender.program()?;
    let bytes = fs::metadata(&program).with_context(|| format!("there is no {}", program.display()))?.len();
    Ok(vec![(Figure::Binary, bytes as f64 / 1e6)])
}

/// What is loaded until one can write a name.
pub(super) async fn door(server: &Server) -> Result<Figures> {
    loaded(server, |file| !is_later(file)).await
}

/// What is loaded until one is in a room.
pub(super) async fn page(server: &Server) -> Result<Figures> {
    loaded(server, |file| !is_later(file) || file.contains(CHAT)).await
}

fn is_later(file: &str) -> bool {
    LATER.iter().any(|part| file.contains(part))
}

/// Those of the files that the service worker keeps, and the few around them.
async fn loaded(server: &Server, is_loaded: fn(&str) -> bool) -> Result<Figures> {
    let worker =
        load(server, "/service_worker.js", "identity").await.context("the server was built without its page")?;
    let list = str::from_utf8(&worker)?.lines().find_map(|line| line.strip_prefix("const FILES = ")?.strip_suffix(';'));
    let files: Vec<String> = serde_json::from_str(list.context("the service worker has no list of files")?)?;
    let mut bytes = 0;
    let kept = files.iter().map(String::as_str).filter(|file| is_loaded(file));
    for file in kept.chain(BESIDES) {
        bytes += load(server, file, "br").await?.len();
    }
    Ok(kilobytes(bytes))
}

async fn load(server: &Server, path: &str, encoding: &str) -> Result<Bytes> {
    let request = Request::get(format!("http://{}{path}", server.address))
        .header(header::ACCEPT_ENCODING, encoding)
        .body(Empty::<Bytes>::new())?;
    let (parts, body) = Client::builder(TokioExecutor::new()).build_http().request(request).await?.into_parts();
    ensure!(parts.status == StatusCode::OK, "{path}: {}", parts.status);
    Ok(body.collect().await?.to_bytes())
}

/// The bundle of React, its DOM and socket.io-client, compressed as the server compresses the page.
pub(super) async fn react() -> Result<Figures> {
    let mut node = Command::new("node");
    let built = timeout(BUNDLE, node.arg(source("page_floor/build.js")).kill_on_drop(true).output()).await??;
    ensure!(built.status.success(), "no bundle: {}", String::from_utf8_lossy(&built.stderr));
    let mut compressed = Vec::new();
    let mut brotli = brotli::CompressorWriter::new(&mut compressed, 1 << 16, 11, 22);
    brotli.write_all(&built.stdout)?;
    drop(brotli);
    Ok(kilobytes(compressed.len()))
}

fn kilobytes(bytes: usize) -> Figures {
    vec![(Figure::Page, bytes as f64 / 1e3)]
}
