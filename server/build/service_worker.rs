//! What the service worker must know of the page: which files it needs to open without a server, and as which version.

use sha2::{Digest, Sha256};

use crate::File;

const WORKER: &str = "/service_worker.js";
/// Not needed to open the page: asked for by whoever installs it or reads all of the web, or (emoji) kept when it is.
const NOT_TO_OPEN: [&str; 3] = [".png", ".txt", ".webmanifest"];

/// Writes the version and the list of files above the worker's code. Any change of the page changes the worker with it,
/// which is how browsers find out.
pub(crate) fn complete(page: &mut [File]) {
    let Some(worker) = page.iter().position(|file| file.path == WORKER) else { return };
    let mut version = Sha256::new();
    let mut paths = Vec::new();
    for file in &*page {
        version.update(file.hash());
        let is_needed = file.path != WORKER && !NOT_TO_OPEN.iter().any(|end| file.path.ends_with(end));
        if is_needed {
            // The page by its address: what a browser keeps under one name it doesn't find under another.
            paths.push(if file.path == "/index.html" { "/" } else { &file.path });
        }
    }
    let version = data_encoding::HEXLOWER.encode(&version.finalize()[..8]);
    // Paths print the same in Rust's notation and in JavaScript's.
    let head = format!("const VERSION = {version:?};\nconst FILES = {paths:?};\n\n");
    page[worker].content.splice(0..0, head.into_bytes());
}
