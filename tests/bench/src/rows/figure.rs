//! What a figure is of.

use serde::Serialize;

/// What was measured of one entrant, once.
pub(crate) type Figures = Vec<(Figure, f64)>;

/// What a figure says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Figure {
    DeliveriesPerCpuSecond,
    DeliveriesPerSecond,
    MedianLatency,
    Latency99,
    Drops,
    OutOfOrder,
    SendsPerSecond,
    SendsPerCpuSecond,
    CpuPerConnection,
    MemoryPerClient,
    Healed,
    CpuPerHealed,
    Start,
    Binary,
    Page,
    /// How much of one core the server had.
    ServerShare,
    /// How much of one core the load generator had, which can't have more than one.
    GeneratorShare,
}

impl Figure {
    /// As the head of a column.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::DeliveriesPerCpuSecond => "deliveries per CPU second",
            Self::DeliveriesPerSecond => "per second",
            Self::MedianLatency => "p50 ms",
            Self::Latency99 => "p99 ms",
            Self::Drops => "drops",
            Self::OutOfOrder => "out of order",
            Self::SendsPerSecond => "per second",
            Self::SendsPerCpuSecond => "per CPU second",
            Self::CpuPerConnection => "CPU ms each",
            Self::MemoryPerClient => "KiB each",
            Self::Healed => "until all are healed, ms",
            Self::CpuPerHealed => "CPU ms each",
            Self::Start => "ms",
            Self::Binary => "MB",
            Self::Page => "KB",
            Self::ServerShare => "server, % of a core",
            Self::GeneratorShare => "load generator, %",
        }
    }

    /// How many digits after the point are worth showing.
    pub(crate) fn digits(self) -> usize {
        match self {
            Self::CpuPerConnection | Self::CpuPerHealed => 2,
            Self::MedianLatency | Self::Latency99 | Self::MemoryPerClient | Self::Binary | Self::Page => 1,
            _ => 0,
        }
    }
}
