//! Which packets are shown.

use hubbub_client::Direction;

use super::{PacketType, Row};

/// What a packet must be to be shown: all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those that go this way.
    pub direction: Option<Direction>,
    /// Only those of this type, of either layer.
    pub packet_type: Option<PacketType>,
    /// Only those with this in their namespace or event, in capitals or not.
    pub text: String,
}

impl Filter {
    /// Whether the packet is shown.
    pub fn admits(&self, row: &Row) -> bool {
        self.direction.is_none_or(|direction| row.packet.direction == direction)
            && self.packet_type.is_none_or(|wanted| [row.engine, row.socket].contains(&Some(wanted)))
            && [&row.namespace, &row.event]
                .into_iter()
                .any(|name| contains(name.as_deref().unwrap_or_default(), &self.text))
    }
}

/// Whether `part` is in `text`; letters of the alphabet are alike in both cases.
fn contains(text: &str, part: &str) -> bool {
    let part = part.trim().as_bytes();
    part.is_empty() || text.as_bytes().windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use hubbub_client::Frame;

    use super::*;
    use crate::model::wire::{Log, Trace};

    fn shown(filter: &Filter) -> Vec<usize> {
        let mut log = Log::default();
        for (direction, frame) in [
            (Direction::In, "2"),
            (Direction::Out, "40/chat,"),
            (Direction::Out, r#"42/chat,7["send_message",{}]"#),
            (Direction::In, r#"43/chat,7[{}]"#),
            (Direction::In, r#"42["server_message","hi"]"#),
        ] {
            log.record(Duration::ZERO, direction, &Frame::Text(frame.into()));
        }
        let mut trace = Trace::default();
        trace.follow(&log);
        trace.rows().enumerate().filter(|(_, row)| filter.admits(row)).map(|(at, _)| at).collect()
    }

    #[test]
    fn each_part_narrows_what_is_shown() {
        let all = Filter::default();
        let text = |text: &str| Filter { text: text.into(), ..Filter::default() };
        assert_eq!(shown(&all), [0, 1, 2, 3, 4]);
        assert_eq!(shown(&Filter { direction: Some(Direction::Out), ..all.clone() }), [1, 2]);
        assert_eq!(shown(&Filter { packet_type: Some(PacketType::Event), ..all.clone() }), [2, 4]);
        assert_eq!(shown(&Filter { packet_type: Some(PacketType::Message), ..all }), [1, 2, 3, 4]);
        assert_eq!(shown(&text("/CHAT")), [1, 2, 3]);
        // An answer is found by what it answers.
        assert_eq!(shown(&text(" send_ ")), [2, 3]);
        assert_eq!(shown(&text("_message")), [2, 3, 4]);
        assert_eq!(shown(&Filter { direction: Some(Direction::In), ..text("send_message") }), [3]);
        assert_eq!(shown(&text("nothing")), [0; 0]);
    }
}
