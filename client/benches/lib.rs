//! What the benches share: a server that feeds whoever joins it the same events, and programs built for a browser.

pub mod feeder;
pub mod wasm;

/// The middle one of an odd number of measurements.
#[must_use]
pub fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of[of.len() / 2]
}
