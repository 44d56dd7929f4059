//! Puts the built page into the server: a table of its files, each with what HTTP wants to know of it.
//!
//! The page is what lies in `dist` (`cargo xtask build` puts it there). Without it the table is empty.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{env, fs, io};

/// Smaller files are not worth the header that says that they are compressed.
const MIN_COMPRESSED: usize = 512;

fn main() -> io::Result<()> {
    let dist = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("../dist");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    // Cargo would run this script each time if what it watches didn't exist, and once more if it were as young as the
    // script's run. In a read-only tree it may do so.
    let _ = fs::create_dir(&dist).and_then(|()| fs::File::open(&dist)?.set_modified(SystemTime::UNIX_EPOCH));
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", dist.display());

    let mut files = Vec::new();
    if dist.is_dir() {
        list(&dist, &mut files)?;
    }
    files.sort();

    let mut table = String::from("&[\n");
    for (number, file) in files.iter().enumerate() {
        entry(&mut table, &dist, file, &out.join(number.to_string()))?;
    }
    table.push(']');
    fs::write(out.join("page.rs"), table)
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // Trunk stages its work in a hidden folder.
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.file_type()?.is_dir() {
            list(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}

/// Writes one `PageFile` into the table. Its content is copied, so that the table stays whole when `dist` changes.
fn entry(table: &mut String, dist: &Path, file: &Path, copy: &Path) -> io::Result<()> {
    let content = fs::read(file)?;
    fs::write(copy, &content)?;
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    let hash = hasher.finish();

    let compressed = copy.with_extension("br");
    let small = compress(&content)?;
    let brotli = if content.len() >= MIN_COMPRESSED && small.len() < content.len() * 9 / 10 {
        fs::write(&compressed, small)?;
        format!("Some(include_bytes!({compressed:?}))")
    } else {
        "None".to_owned()
    };

    let path = file.strip_prefix(dist).map_err(io::Error::other)?.to_string_lossy().replace('\\', "/");
    writeln!(
        table,
        "PageFile {{ path: {:?}, content_type: {:?}, hashed: {}, etag: \"\\\"{hash:016x}\\\"\", \
         brotli_etag: \"\\\"{hash:016x}-br\\\"\", content: include_bytes!({copy:?}), brotli: {brotli} }},",
        format!("/{path}"),
        content_type(&path),
        is_hashed(&path),
    )
    .map_err(io::Error::other)
}

fn compress(content: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressor = brotli::CompressorWriter::new(Vec::new(), 1 << 16, 11, 22);
    compressor.write_all(content)?;
    Ok(compressor.into_inner())
}

/// Whether the name changes with the content: Trunk writes a hash in hexadecimal digits into it.
fn is_hashed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let mut parts = name.split(|c: char| !c.is_ascii_alphanumeric());
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
