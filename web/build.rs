//! Leaves the functions' names out of the page's release build: they would be a fifth of the download.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |variable, expected| env::var(variable).is_ok_and(|value| value == expected);
    if is("CARGO_CFG_TARGET_FAMILY", "wasm") && is("PROFILE", "release") {
        link("--strip-all");
        // This section goes on to wasm-bindgen, which reads in it what the code may use.
        link("--keep-section=target_features");
        if env::var_os("CARGO_FEATURE_SPLIT").is_some() {
            // And what cuts the page has to find its way: what leads to what.
            link("--emit-relocs");
            link("--keep-section=__wasm_split_unstable");
        }
    }
}

fn link(flag: &str) {
    println!("cargo::rustc-link-arg-bins={flag}");
}
