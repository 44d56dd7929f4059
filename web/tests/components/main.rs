//! Components by themselves, in a real browser and without a server: what they make of what they are given, and what they
//! do when somebody touches them. What people do with the whole page is told in the package `hubbub-tests`.
//!
//! `cargo xtask test` runs them, by wasm-bindgen-test.
#![cfg(target_family = "wasm")]

mod badge;
mod composer;
mod message;
mod modal;
mod qr_code;
mod rich_text;
mod shown;
mod switcher;

use wasm_bindgen_test::wasm_bindgen_test_configure;

wasm_bindgen_test_configure!(run_in_browser);
