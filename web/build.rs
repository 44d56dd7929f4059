//! Leaves the functions' names out of the page's release build: they would be a fifth of the download.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |variable, expected| env::var(variable).is_ok_and(|value| value == expected);
    if is("CARGO_CFG_TARGET_FAMILY", "wasm") && is("PROFILE", "release") {
        println!("cargo::rustc-link-arg-bins=--strip-all");
        // This section goes on to wasm-bindgen, which reads in it what the code may use.
        println!("cargo::rustc-link-arg-bins=--keep-section=target_features");
    }
}
