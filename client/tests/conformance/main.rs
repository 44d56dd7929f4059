//! The client's conformance to the official one: a test for each behaviour in the table of the README, against the real
//! `socket.io` server from npm (`tests/peers/conformance.mjs`), from the same source natively and in a browser.
//!
//! Natively the tests start that server themselves. For a browser `cargo xtask test` does, and says where it is by the
//! variable `HUBBUB_CONFORMANCE_PEER` while this is compiled.
#![cfg(any(all(target_family = "wasm", feature = "browser"), all(not(target_family = "wasm"), feature = "native")))]

mod acknowledging;
mod binary;
mod buffering;
mod connecting;
mod emitting;
mod errors;
mod listening;
mod namespaces;
mod observing;
mod reconnecting;
mod recovery;
mod retries;
mod status;
#[cfg(not(target_family = "wasm"))]
mod table;
mod world;

#[cfg(target_family = "wasm")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
