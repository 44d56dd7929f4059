//! One packet in full. It is made when somebody opens it, and not before.

use super::{Content, PacketType, Row};

/// The most bytes of a payload that are shown. What is over it is left out, with `…` in its place.
const MAX_SHOWN: usize = 64 << 10;

/// In place of what is not kept.
const TOO_LARGE: &str = "Too large to be kept.";

/// One packet in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// What stands before the payload, piece by piece, and what each piece says.
    pub head: Vec<(String, &'static str)>,
    /// The payload, or what is kept of it.
    pub payload: String,
}

impl Detail {
    /// That of a packet.
    pub fn of(row: &Row) -> Self {
        match &row.packet.content {
            Content::Text(text) if is_unread(row) => Self { head: Vec::new(), payload: cut(text, MAX_SHOWN) },
            Content::Text(text) => {
                let (head, payload) = text.split_at(text.find(['[', '{', '"']).unwrap_or(text.len()));
                Self { head: anatomy(head, row), payload: pretty(payload, MAX_SHOWN) }
            }
            Content::Binary(bytes) => Self { head: Vec::new(), payload: hex(bytes, row.packet.size) },
            Content::TooLarge => Self { head: Vec::new(), payload: TOO_LARGE.into() },
        }
    }
}

/// Whether it, or what is in it, could not be read.
fn is_unread(row: &Row) -> bool {
    matches!(row.packet_type(), None | Some(PacketType::Message))
}

/// The pieces of a packet that was read, up to its payload.
fn anatomy(head: &str, row: &Row) -> Vec<(String, &'static str)> {
    let mut pieces = Vec::new();
    let mut rest = head;
    let mut take = |len: Option<usize>, says| {
        let (piece, after) = rest.split_at(len.unwrap_or(rest.len()));
        rest = after;
        if !piece.is_empty() {
            pieces.push((piece.to_owned(), says));
        }
        after
    };
    let mut after = take(Some(1), row.engine.map_or("", PacketType::name));
    let Some(socket) = row.socket else {
        take(None, "data");
        return pieces;
    };
    after = take(Some(after.len().min(1)), socket.name());
    if row.attachments > 0 {
        after = take(after.find('-').map(|at| at + 1), "attachments");
    }
    if after.starts_with('/') {
        take(after.find(',').map(|at| at + 1), "namespace");
    }
    take(None, "ack id");
    pieces
}

/// JSON with a line for each element, cut where it is longer than `most` bytes. What is no JSON stays as it is, more or less.
fn pretty(json: &str, most: usize) -> String {
    let mut out = String::with_capacity(json.len().min(most) * 2);
    let mut depth = 0_usize;
    let (mut in_string, mut escaped) = (false, false);
    let mut chars = json.chars().peekable();
    while let Some(char) = chars.next() {
        if out.len() >= most {
            out.push('…');
            break;
        }
        if in_string {
            in_string = char != '"' || escaped;
            escaped = char == '\\' && !escaped;
            out.push(char);
            continue;
        }
        match char {
            '[' | '{' => {
                out.push(char);
                while chars.next_if(|next| next.is_ascii_whitespace()).is_some() {}
                if let Some(end) = chars.next_if(|next| matches!(next, ']' | '}')) {
                    out.push(end);
                } else {
                    depth += 1;
                    break_line(&mut out, depth);
                }
            }
            ']' | '}' => {
                depth = depth.saturating_sub(1);
                break_line(&mut out, depth);
                out.push(char);
            }
            ',' => {
                out.push(',');
                break_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            space if space.is_ascii_whitespace() => {}
            other => {
                in_string = other == '"';
                out.push(other);
            }
        }
    }
    out
}

fn break_line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth));
}

/// The beginning of `text`.
fn cut(text: &str, most: usize) -> String {
    if text.len() <= most { text.to_owned() } else { format!("{}…", &text[..text.floor_char_boundary(most)]) }
}

/// The first bytes of so many, sixteen a line.
fn hex(bytes: &[u8], of: usize) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(bytes.len() * 3);
    for (at, byte) in bytes.iter().enumerate() {
        if at > 0 {
            out.push(if at % 16 == 0 { '\n' } else { ' ' });
        }
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    if bytes.len() < of {
        out.push_str(" …");
    }
    out
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use hubbub_client::{Direction, Frame};
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::model::wire::{Log, Trace};

    fn detail(frame: &str) -> Detail {
        let mut log = Log::default();
        log.record(Duration::ZERO, Direction::Out, &Frame::Text(frame.into()));
        let mut trace = Trace::default();
        trace.follow(&log);
        trace.rows().map(Detail::of).next().unwrap()
    }

    #[test]
    fn a_head_is_taken_to_pieces() {
        for (frame, pieces, payload) in [
            ("2", &[("2", "ping")][..], ""),
            ("3probe", &[("3", "pong"), ("probe", "data")], ""),
            (r#"42["a"]"#, &[("4", "message"), ("2", "EVENT")], "[\n  \"a\"\n]"),
            ("43/chat,12[]", &[("4", "message"), ("3", "ACK"), ("/chat,", "namespace"), ("12", "ack id")], "[]"),
            ("41/chat", &[("4", "message"), ("1", "DISCONNECT"), ("/chat", "namespace")], ""),
            ("40", &[("4", "message"), ("0", "CONNECT")], ""),
            (r#"462-7[]"#, &[("4", "message"), ("6", "BINARY_ACK"), ("2-", "attachments"), ("7", "ack id")], "[]"),
            (r#"44/a,"no""#, &[("4", "message"), ("4", "CONNECT_ERROR"), ("/a,", "namespace")], "\"no\""),
            // What can't be read is shown as it is.
            (r#"42{"a":1}"#, &[], r#"42{"a":1}"#),
            ("", &[], ""),
        ] {
            let head: Vec<_> = pieces.iter().map(|(piece, says)| ((*piece).to_owned(), *says)).collect();
            assert_eq!(detail(frame), Detail { head, payload: payload.to_owned() }, "{frame}");
        }
    }

    #[test]
    fn json_has_a_line_for_each_element() {
        let shown = pretty(r#"["say",{"a":[ ],"b":{}, "c":"[,:\"]"},1.50]"#, MAX_SHOWN);
        let expected = "[\n  \"say\",\n  {\n    \"a\": [],\n    \"b\": {},\n    \"c\": \"[,:\\\"]\"\n  },\n  1.50\n]";
        assert_eq!(shown, expected);
    }

    #[test]
    fn bytes_are_shown_in_hexadecimal() {
        let bytes: Vec<u8> = (0..18).collect();
        assert_eq!(hex(&bytes, 18), "00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f\n10 11");
        assert_eq!(hex(&[255], 2), "ff …");
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![any::<i64>().prop_map(|value| json!(value)), ".{0,8}".prop_map(|value| json!(value))];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(".{0,3}", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn json_stays_what_it_was(value in values()) {
            let shown = pretty(&value.to_string(), usize::MAX);
            prop_assert_eq!(serde_json::from_str::<Value>(&shown).unwrap(), value.clone());
            prop_assert_eq!(shown, serde_json::to_string_pretty(&value).unwrap());
        }

        #[test]
        fn nothing_is_shown_without_end(text in r#"([\[{:,"\\é]|1){0,300}"#) {
            let most = 50;
            prop_assert!(pretty(&text, most).len() <= most + text.len() * 2 + "…".len());
            prop_assert!(cut(&text, most).len() <= most + "…".len());
        }
    }
}
