//! The figure that says most, as bars: what one CPU second delivers. Readable on light and dark ground.

use std::fmt::Write;

use super::numbers::thousands;
use super::results::Results;
use crate::rows::broadcast::{BUSY_CHAT, Broadcast, CLASSIC, Pace};
use crate::rows::figure::Figure;
use crate::rows::{Entrant, Row};

const BARS: [(Broadcast, Entrant, &str); 6] = [
    (CLASSIC, Entrant::NODE, "socket.io on Node"),
    (CLASSIC, Entrant::SOCKETIOXIDE, "socketioxide, a dozen lines"),
    (CLASSIC, Entrant::WEBSOCKET, "axum’s WebSocket alone"),
    (CLASSIC, Entrant::HUBBUB, "Hubbub, classic, durable"),
    (Broadcast { pace: Pace::Fixed(100), ..BUSY_CHAT }, Entrant::Chat, "Hubbub, /chat, durable, 100 a second"),
    (BUSY_CHAT, Entrant::Chat, "Hubbub, /chat, durable, 1,000 a second"),
];

const WIDTH: usize = 800;
const LABELS: usize = 320;
const LONGEST: f64 = 390.0;
const LINE: usize = 30;
const TOP: usize = 44;

const STYLE: &str = "\
text{font:14px system-ui,sans-serif;fill:#1f2328}.title{font-weight:600}.other{fill:#8c959f}.ours{fill:#0969da}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.other{fill:#6e7681}.ours{fill:#4493f8}}";

/// The chart, with a bar for each that was measured.
pub(crate) fn svg(results: &Results) -> String {
    let bars: Vec<(&str, bool, f64)> = BARS
        .into_iter()
        .filter_map(|(row, entrant, label)| {
            let spread = results.series(Row::Broadcast(row), entrant)?.spread(Figure::DeliveriesPerCpuSecond)?;
            Some((label, matches!(entrant, Entrant::HUBBUB | Entrant::Chat), spread.median))
        })
        .collect();
    draw(&bars)
}

fn draw(bars: &[(&str, bool, f64)]) -> String {
    let most = bars.iter().map(|bar| bar.2).fold(1.0, f64::max);
    let height = TOP + LINE * bars.len() + 10;
    let title = "Deliveries per CPU second of the server, 1,000 clients, 64 bytes";
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">\
         <title>{title}</title><style>{STYLE}</style>\n<text class=\"title\" x=\"10\" y=\"24\">{title}</text>\n"
    );
    for (at, (label, ours, value)) in bars.iter().enumerate() {
        let (y, width) = (TOP + LINE * at, (value / most * LONGEST).max(1.0));
        let class = if *ours { "ours" } else { "other" };
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{label}</text>\
             <rect class=\"{class}\" x=\"{LABELS}\" y=\"{y}\" width=\"{width:.1}\" height=\"20\" rx=\"3\"/>\
             <text x=\"{:.1}\" y=\"{}\">{}</text>",
            LABELS - 10,
            y + 15,
            LABELS as f64 + width + 8.0,
            y + 15,
            thousands(*value, 0)
        );
    }
    svg + "</svg>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_figures() {
        let svg = draw(&[("one", false, 50_000.0), ("two", true, 100_000.0)]);
        assert!(svg.contains("width=\"195.0\"") && svg.contains("width=\"390.0\""), "{svg}");
        assert!(svg.contains(">50,000</text>") && svg.contains("class=\"ours\""), "{svg}");
        assert_eq!(svg.matches('<').count(), svg.matches('>').count());
    }
}
