//! Builds the programs of `wasm/`, as a page is built.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

/// A program for a browser, as wasm-bindgen leaves it.
pub struct Program {
    /// The module that loads the other file, `NAME_bg.wasm` beside it.
    pub script: Vec<u8>,
    /// What the script loads.
    pub wasm: Vec<u8>,
}

/// Builds the program of that name. `opt_level` is the compiler's: `z` for a small one, as our page is built.
///
/// # Errors
/// If cargo or wasm-bindgen is not there, or fails.
pub fn build(name: &str, opt_level: &str) -> Result<Program> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = here.join("target").join(format!("wasm-{opt_level}"));
    run(Command::new("cargo")
        .args(["build", "--quiet", "--package", "hubbub-client-benches-wasm", "--bin", name])
        .args(["--profile", "wasm-release", "--target", "wasm32-unknown-unknown", "--target-dir"])
        .arg(&target)
        .env("CARGO_PROFILE_WASM_RELEASE_OPT_LEVEL", opt_level)
        .current_dir(here))?;
    let built = target.join("wasm32-unknown-unknown/wasm-release").join(name).with_extension("wasm");
    let out = target.join("bound");
    run(Command::new("wasm-bindgen")
        .args([
            "--target",
            "web",
            "--no-typescript",
            "--remove-name-section",
            "--remove-producers-section",
            "--out-dir",
        ])
        .args([&out, &built]))?;
    let read = |file: PathBuf| fs::read(&file).with_context(|| format!("{} can't be read", file.display()));
    Ok(Program { script: read(out.join(format!("{name}.js")))?, wasm: read(out.join(format!("{name}_bg.wasm")))? })
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{:?} does not start", command.get_program()))?;
    ensure!(status.success(), "{:?} failed", command.get_program());
    Ok(())
}
