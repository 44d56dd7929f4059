//! In a browser: its timers, and a peer that `cargo xtask test` has started.

use std::time::Duration;

use gloo_timers::future::TimeoutFuture;

pub(crate) use wasm_bindgen_test::wasm_bindgen_test as conformance;

pub(super) async fn sleep(duration: Duration) {
    TimeoutFuture::new(duration.as_millis().try_into().expect("not that long")).await;
}

/// Lets others on the thread have a turn.
pub(crate) async fn give_way() {
    TimeoutFuture::new(0).await;
}

/// The line that the peer said.
pub(super) fn peer() -> String {
    let Some(line) = option_env!("HUBBUB_CONFORMANCE_PEER") else {
        panic!("HUBBUB_CONFORMANCE_PEER, what the peer says, must be set to compile this: type `cargo xtask test`");
    };
    line.to_owned()
}
