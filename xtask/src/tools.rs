//! The tools that build the page: found on the PATH if their version fits, else installed into `target/tools`,
//! so that a person's own stay what they are.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::process::{ask, command, run, step, target_dir};

pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Installed if there is no trunk of this series.
const TRUNK: &str = "0.21.14";
const TRUNK_SERIES: &str = "0.21.";

/// All that `trunk` needs to build the page.
pub(crate) fn for_the_page() -> Result<()> {
    wasm_target()?;
    let fits = |version: &str| version.starts_with(TRUNK_SERIES);
    tool(&["trunk"], fits, "trunk", TRUNK)?;
    wasm_bindgen()
}

/// The standard library for WebAssembly.
pub(crate) fn wasm_target() -> Result<()> {
    let libdir = ask(&mut command("rustc", &["--print", "target-libdir", "--target", WASM])?);
    if libdir.is_some_and(|dir| Path::new(&dir).is_dir()) {
        return Ok(());
    }
    rustup(&["target", "add", WASM], &format!("the Rust target {WASM}"))
}

/// wasm-bindgen and its test runner. The crate and the command line tool speak a format that changes with every
/// version, so the tool must be exactly what Cargo.lock says of the crate.
pub(crate) fn wasm_bindgen() -> Result<()> {
    let id = ask(&mut command("cargo", &["pkgid", "wasm-bindgen"])?);
    let id = id.context("`cargo pkgid wasm-bindgen` found no wasm-bindgen, or more than one, in Cargo.lock")?;
    let (_, locked) = id.rsplit_once('@').with_context(|| format!("{id} names no version"))?;
    tool(&["wasm-bindgen", "wasm-bindgen-test-runner"], |version| version == locked, "wasm-bindgen-cli", locked)
}

/// A part of the toolchain that rustup brings, like clippy.
pub(crate) fn component(name: &str, proof: &[&str]) -> Result<()> {
    if ask(&mut command("cargo", proof)?).is_some() {
        return Ok(());
    }
    rustup(&["component", "add", name], name)
}

/// Makes sure that `programs` are there in a version that fits, all of them from the package `package`.
fn tool(programs: &[&str], fits: impl Fn(&str) -> bool, package: &str, version: &str) -> Result<()> {
    let all_fit = || programs.iter().all(|program| version_of(program).is_some_and(|found| fits(&found)));
    if all_fit() {
        return Ok(());
    }
    let package = format!("{package}@{version}");
    let root = target_dir()?.join("tools");
    if !binstall(&package, &root)? || !all_fit() {
        step(&format!("Compiling {package} into {}, once (some minutes)", root.display()));
        run(command("cargo", &["install", "--locked", &package, "--root"])?.arg(&root))
            .with_context(|| format!("{package} is missing. Install it by `cargo install --locked {package}`"))?;
    }
    if !all_fit() {
        bail!("{package} was installed into {}, but {} does not run from there", root.display(), programs.join(", "));
    }
    Ok(())
}

/// A program's version: the second word of what it says, as in `trunk 0.21.14`.
fn version_of(program: &str) -> Option<String> {
    let answer = ask(&mut command(program, &["--version"]).ok()?)?;
    answer.split_whitespace().nth(1).map(str::to_owned)
}

/// Downloads a ready-made binary if the person has cargo-binstall. Whether it worked.
fn binstall(package: &str, root: &Path) -> Result<bool> {
    if ask(&mut command("cargo", &["binstall", "-V"])?).is_none() {
        return Ok(false);
    }
    step(&format!("Downloading {package} into {} (cargo binstall)", root.display()));
    let words = ["binstall", "--no-confirm", "--disable-strategies", "compile", package, "--root"];
    Ok(run(command("cargo", &words)?.arg(root)).is_ok())
}

fn rustup(words: &[&str], what: &str) -> Result<()> {
    let typed = format!("rustup {}", words.join(" "));
    step(&format!("Installing {what} ({typed})"));
    run(&mut command("rustup", words)?)
        .with_context(|| format!("{what} is missing. Get rustup from https://rustup.rs and type `{typed}`"))
}
