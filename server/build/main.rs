//! Puts the built page into the server: a table of its files, each with what HTTP wants to know of it, and the hashes of
//! the scripts and styles that index.html holds itself.
//!
//! The page is what lies in `dist` (`cargo xtask build` puts it there). Without it the table is empty.

mod inline;
mod service_worker;

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{env, fs, io};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// Smaller files are not worth the header that says that they are compressed.
const MIN_COMPRESSED: usize = 512;

fn main() -> io::Result<()> {
    let dist = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../dist");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    // Cargo would run this script each time if what it watches didn't exist, and once more if it were as young as the
    // script's run. In a read-only tree it may do so.
    let _ = fs::create_dir(&dist).and_then(|()| fs::File::open(&dist)?.set_modified(SystemTime::UNIX_EPOCH));
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed={}", dist.display());

    let mut page = Vec::new();
    if dist.is_dir() {
        for path in list(&dist)? {
            let name = path.strip_prefix(&dist).map_err(io::Error::other)?.to_string_lossy().replace('\\', "/");
            page.push(File { path: format!("/{name}"), content: fs::read(path)? });
        }
    }
    page.sort_by(|one, other| one.path.cmp(&other.path));
    service_worker::complete(&mut page);

    let mut table = String::from("&[\n");
    for (number, file) in page.iter().enumerate() {
        entry(&mut table, file, &out.join(number.to_string()))?;
    }
    table.push(']');
    fs::write(out.join("page.rs"), table)?;

    let index = page.iter().find(|file| file.path == "/index.html");
    let index = index.map(|file| String::from_utf8_lossy(&file.content)).unwrap_or_default();
    println!("cargo::rustc-env=HUBBUB_INLINE_SCRIPTS={}", inline::sources(&index, "script"));
    println!("cargo::rustc-env=HUBBUB_INLINE_STYLES={}", inline::sources(&index, "style"));
    Ok(())
}

/// A file of the page.
struct File {
    /// Where it is served, such as `/index.html`.
    path: String,
    content: Vec<u8>,
}

impl File {
    fn hash(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(&self.content))
    }
}

fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // Trunk stages its work in a hidden folder.
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.file_type()?.is_dir() {
            files.append(&mut list(&entry.path())?);
        } else {
            files.push(entry.path());
        }
    }
    Ok(files)
}

/// Writes one `PageFile` into the table. Its content is copied, so that the table stays whole when `dist` changes.
fn entry(table: &mut String, file: &File, copy: &Path) -> io::Result<()> {
    let File { path, content } = file;
    fs::write(copy, content)?;
    let hash = &file.hash()[..16];

    let compressed = copy.with_extension("br");
    let small = compress(content)?;
    let brotli = if content.len() >= MIN_COMPRESSED && small.len() < content.len() * 9 / 10 {
        fs::write(&compressed, small)?;
        format!("Some(include_bytes!({compressed:?}))")
    } else {
        "None".to_owned()
    };

    writeln!(
        table,
        "PageFile {{ path: {path:?}, content_type: {:?}, hashed: {}, etag: \"\\\"{hash}\\\"\", \
         brotli_etag: \"\\\"{hash}-br\\\"\", content: include_bytes!({copy:?}), brotli: {brotli} }},",
        content_type(path),
        is_hashed(path),
    )
    .map_err(io::Error::other)
}

fn compress(content: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressor = brotli::CompressorWriter::new(Vec::new(), 1 << 16, 11, 22);
    compressor.write_all(content)?;
    Ok(compressor.into_inner())
}

/// Whether the path changes with the content: a hash in hexadecimal digits is part of it.
fn is_hashed(path: &str) -> bool {
    let mut parts = path.split(|c: char| !c.is_ascii_alphanumeric());
    parts.any(|part| (12..=16).contains(&part.len()) && part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
