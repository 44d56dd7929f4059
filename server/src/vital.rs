//! What the server can't do without.

use std::{process, thread};

/// Held by a thread or task on whose work everybody relies: if it panics the process ends at once, rather than live on with
/// messages that nobody writes or hears. Nothing is lost by that, and whoever watches over the process starts it again.
#[derive(Debug)]
pub(crate) struct Vital(pub(crate) &'static str);

impl Drop for Vital {
    fn drop(&mut self) {
        if thread::panicking() {
            tracing::error!(what = self.0, "a bug in a vital part: the process ends");
            process::abort();
        }
    }
}
