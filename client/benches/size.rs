//! What the client adds to a program for a browser: `cargo bench --bench size`.
//!
//! Two programs hear what a WebSocket says: `wasm/gloo_net.rs` with gloo-net alone, `wasm/client.rs` with the client. Both
//! are built as our page is. A browser downloads two files of each, compressed by brotli.

use std::io::Write;

use anyhow::Result;
use hubbub_client_benches::wasm;

fn main() -> Result<()> {
    let empty = weigh("gloo_net")?;
    let client = weigh("client")?;
    println!("the client adds {} bytes after brotli", client - empty);
    Ok(())
}

/// The bytes to download.
fn weigh(name: &str) -> Result<usize> {
    let program = wasm::build(name, "z")?;
    let (wasm, script) = (compressed(&program.wasm)?, compressed(&program.script)?);
    println!("{name:>8}: {wasm} of wasm ({} uncompressed) and {script} of JavaScript", program.wasm.len());
    Ok(wasm + script)
}

fn compressed(bytes: &[u8]) -> Result<usize> {
    let mut writer = brotli::CompressorWriter::new(Vec::new(), 4_096, 11, 22);
    writer.write_all(bytes)?;
    Ok(writer.into_inner().len())
}
