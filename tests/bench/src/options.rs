//! What can be asked for on the command line.

use std::time::Duration;

use clap::Parser;

use crate::rows::Family;

/// Measures Hubbub beside others, and writes a table, a chart and results.json.
///
/// Let nothing else run meanwhile. Without any flag all is measured, and the table stands in README.md and docs/bench.md
/// afterwards; else it is only in `target/bench`.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench")]
pub(crate) struct Options {
    /// Try everything once, and briefly
    #[arg(long)]
    pub(crate) quick: bool,

    /// Measure only these (repeatable, or with commas)
    #[arg(long, value_name = "FAMILY", value_delimiter = ',')]
    pub(crate) only: Vec<Family>,
}

/// How long, how often and how much is measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scale {
    pub(crate) rounds: usize,
    pub(crate) warm_up: Duration,
    pub(crate) window: Duration,
    /// For slow rates, where little happens in a second.
    pub(crate) long_window: Duration,
    pub(crate) idle_clients: usize,
    pub(crate) starts: usize,
}

impl Options {
    pub(crate) fn scale(&self) -> Scale {
        let seconds = Duration::from_secs_f32;
        if self.quick {
            Scale {
                rounds: 1,
                warm_up: seconds(0.3),
                window: seconds(1.0),
                long_window: seconds(1.0),
                idle_clients: 1_000,
                starts: 5,
            }
        } else {
            Scale {
                rounds: 3,
                warm_up: seconds(0.5),
                window: seconds(2.0),
                long_window: seconds(4.0),
                idle_clients: 5_000,
                starts: 11,
            }
        }
    }

    /// Whether a reader of the README may be shown what comes of it.
    pub(crate) fn is_whole(&self) -> bool {
        !self.quick && self.only.is_empty()
    }
}
