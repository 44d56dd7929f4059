//! What must hold of every line: formatting, clippy and rustdoc, warnings denied, for both targets.

use anyhow::Result;

use crate::process::{command, run, step};
use crate::test::IN_BROWSER;
use crate::tools::{self, WASM};

pub(crate) fn lint() -> Result<()> {
    tools::wasm_target()?;
    tools::component("rustfmt", &["fmt", "--version"])?;
    tools::component("clippy", &["clippy", "--version"])?;

    // What compiles to WebAssembly: the page, all below it, and the tests that `test.rs` runs in a browser.
    let page =
        ["--target", WASM, "--package", "hubbub-web", "--package", "hubbub-client", "--package", "hubbub-shared"];
    let deny = ["--", "-D", "warnings"];

    cargo(&["fmt", "--all", "--check"], &[], &[])?;
    cargo(&["clippy", "--workspace", "--all-targets"], &[], &deny)?;
    // The client as others use it: with its two drivers and no TLS, and without any.
    cargo(&["clippy", "--package", "hubbub-client"], &[], &deny)?;
    cargo(&["clippy", "--package", "hubbub-client", "--no-default-features"], &[], &deny)?;
    cargo(&["clippy"], &page, &deny)?;
    cargo(&["clippy", "--package", "hubbub-client-page"], &["--target", WASM], &deny)?;
    cargo(&["clippy"], &IN_BROWSER, &deny)?;
    cargo(&["doc", "--no-deps", "--workspace"], &[], &[])?;
    // Whose public part is small, and who reads on finds links there, too.
    cargo(&["doc", "--no-deps", "--package", "hubbub-server", "--document-private-items"], &[], &[])?;
    cargo(&["doc", "--no-deps"], &page, &[])
}

fn cargo(what: &[&str], of: &[&str], how: &[&str]) -> Result<()> {
    let words = [what, of, how].concat();
    step(&format!("cargo {}", words.join(" ")));
    run(command("cargo", &words)?.env("RUSTDOCFLAGS", "-D warnings"))
}
