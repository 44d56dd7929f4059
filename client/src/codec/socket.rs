//! Socket.IO protocol, revision 5, "Packet encoding":
//! `<type>[<attachments>-][<namespace>,][<acknowledgement id>][<JSON payload>]`.

use std::{borrow::Cow, fmt};

use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::DecodeError;
use crate::json;

/// One Socket.IO packet, borrowed from the frame it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet<'a> {
    /// The namespace it belongs to; begins with `/`.
    pub namespace: &'a str,
    /// What it says.
    pub body: Body<'a>,
}

/// What a packet says. Payloads are JSON text, checked to be of the shape that the protocol asks for.
/// [`Debug`](fmt::Debug) doesn't show that of CONNECT: it may be secret.
#[derive(Clone, PartialEq, Eq)]
pub enum Body<'a> {
    /// `0` CONNECT ("Connection to a namespace"). From the client, `data` is the auth payload; from the server an object with
    /// the socket's `sid`.
    Connect {
        /// A JSON object.
        data: Option<&'a str>,
    },
    /// `1` DISCONNECT: the sender leaves the namespace ("Disconnection from a namespace").
    Disconnect,
    /// `2` EVENT, or `5` BINARY_EVENT if there are attachments ("Sending and receiving data").
    Event {
        /// The event's name: the payload's first element.
        name: Cow<'a, str>,
        /// Its arguments: the elements after the name, with the commas between them, without brackets.
        args: &'a str,
        /// Asks for an acknowledgement under this id.
        id: Option<u64>,
        /// How many binary frames follow.
        attachments: usize,
    },
    /// `3` ACK, or `6` BINARY_ACK if there are attachments ("Acknowledgement").
    Ack {
        /// The id of the event that it answers.
        id: u64,
        /// The arguments, without brackets.
        args: &'a str,
        /// How many binary frames follow.
        attachments: usize,
    },
    /// `4` CONNECT_ERROR: the server refuses the namespace.
    ConnectError {
        /// A JSON object with a `message`, or a JSON string.
        data: &'a str,
    },
}

impl fmt::Debug for Body<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Body::Connect { data } => {
                f.debug_struct("Connect").field("data", &data.map(|_| format_args!("{{..}}"))).finish()
            }
            Body::Disconnect => f.write_str("Disconnect"),
            Body::Event { name, args, id, attachments } => {
                let mut event = f.debug_struct("Event");
                event.field("name", name).field("args", args).field("id", id).field("attachments", attachments).finish()
            }
            Body::Ack { id, args, attachments } => {
                f.debug_struct("Ack").field("id", id).field("args", args).field("attachments", attachments).finish()
            }
            Body::ConnectError { data } => f.debug_struct("ConnectError").field("data", data).finish(),
        }
    }
}

impl Body<'_> {
    /// How many binary frames follow the packet.
    #[must_use]
    pub fn attachments(&self) -> usize {
        match self {
            Body::Event { attachments, .. } | Body::Ack { attachments, .. } => *attachments,
            Body::Connect { .. } | Body::Disconnect | Body::ConnectError { .. } => 0,
        }
    }
}

/// Whether an event name is one that the protocol's implementations keep for themselves ("reserved events").
#[must_use]
pub fn is_reserved(name: &str) -> bool {
    matches!(name, "connect" | "connect_error" | "disconnect" | "disconnecting" | "newListener" | "removeListener")
}

impl<'a> Packet<'a> {
    /// Reads the data of one Engine.IO message.
    ///
    /// # Errors
    /// [`DecodeError`] says what is wrong with it.
    pub fn decode(text: &'a str) -> Result<Self, DecodeError> {
        let kind = text.chars().next().ok_or(DecodeError::Empty)?;
        let mut rest = &text[kind.len_utf8()..];
        let attachments = match kind {
            '0'..='4' => 0,
            '5' | '6' => take_attachments(&mut rest)?,
            other => return Err(DecodeError::UnknownType(other)),
        };
        let namespace = take_namespace(&mut rest);
        let body = match kind {
            '0' => Body::Connect { data: connect_data(rest)? },
            '1' if rest.is_empty() => Body::Disconnect,
            '1' => return Err(DecodeError::BadPayload { packet: "DISCONNECT", expected: "absent" }),
            '2' | '5' => {
                let id = take_id(&mut rest)?;
                let (name, args) = event(rest)?;
                Body::Event { name, args, id, attachments }
            }
            '3' | '6' => {
                let id = take_id(&mut rest)?.ok_or(DecodeError::BadNumber("acknowledgement id"))?;
                Body::Ack { id, args: arguments(rest)?, attachments }
            }
            _ => Body::ConnectError { data: refusal(rest)? },
        };
        Ok(Self { namespace, body })
    }

    /// The packet as the text frame that carries it: an Engine.IO message.
    #[must_use]
    pub fn frame(&self) -> String {
        let args = match &self.body {
            Body::Event { args, .. } | Body::Ack { args, .. } => args.len(),
            _ => 0,
        };
        let mut frame = String::with_capacity(64 + args);
        frame.push('4');
        self.encode(&mut frame);
        frame
    }

    /// Appends the packet's text to `out`.
    pub fn encode(&self, out: &mut String) {
        let attachments = self.body.attachments();
        let kind = match self.body {
            Body::Connect { .. } => '0',
            Body::Disconnect => '1',
            Body::Event { .. } if attachments == 0 => '2',
            Body::Ack { .. } if attachments == 0 => '3',
            Body::ConnectError { .. } => '4',
            Body::Event { .. } => '5',
            Body::Ack { .. } => '6',
        };
        out.push(kind);
        if attachments > 0 {
            push_number(out, attachments as u64);
            out.push('-');
        }
        if self.namespace != "/" {
            out.push_str(self.namespace);
            out.push(',');
        }
        match &self.body {
            Body::Connect { data } => out.push_str(data.unwrap_or_default()),
            Body::Disconnect => {}
            Body::Event { name, args, id, .. } => {
                if let Some(id) = id {
                    push_number(out, *id);
                }
                out.push('[');
                push_json_string(out, name);
                if !args.is_empty() {
                    out.push(',');
                }
                out.push_str(args);
                out.push(']');
            }
            Body::Ack { id, args, .. } => {
                push_number(out, *id);
                out.push('[');
                out.push_str(args);
                out.push(']');
            }
            Body::ConnectError { data } => out.push_str(data),
        }
    }
}

fn take_attachments(rest: &mut &str) -> Result<usize, DecodeError> {
    const WHAT: DecodeError = DecodeError::BadNumber("attachment count");
    let (count, after) = rest.split_once('-').ok_or(WHAT)?;
    if !count.bytes().all(|b| b.is_ascii_digit()) {
        return Err(WHAT);
    }
    *rest = after;
    count.parse().map_err(|_| WHAT)
}

fn take_namespace<'a>(rest: &mut &'a str) -> &'a str {
    if !rest.starts_with('/') {
        return "/";
    }
    let (namespace, after) = rest.split_once(',').unwrap_or((rest, ""));
    *rest = after;
    namespace
}

fn take_id(rest: &mut &str) -> Result<Option<u64>, DecodeError> {
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (id, after) = rest.split_at(digits);
    *rest = after;
    if id.is_empty() {
        return Ok(None);
    }
    id.parse().map(Some).map_err(|_| DecodeError::BadNumber("acknowledgement id"))
}

/// The JSON value in `text`, without the white space around it.
fn value(text: &str) -> Option<&str> {
    json::read::<IgnoredAny>(text).ok().map(|_| text.trim_ascii())
}

fn connect_data(text: &str) -> Result<Option<&str>, DecodeError> {
    if text.is_empty() {
        return Ok(None);
    }
    match value(text) {
        Some(object) if object.starts_with('{') => Ok(Some(object)),
        _ => Err(DecodeError::BadPayload { packet: "CONNECT", expected: "absent or an object" }),
    }
}

fn refusal(text: &str) -> Result<&str, DecodeError> {
    match value(text) {
        Some(value) if value.starts_with(['{', '"']) => Ok(value),
        _ => Err(DecodeError::BadPayload { packet: "CONNECT_ERROR", expected: "an object or a string" }),
    }
}

fn arguments(text: &str) -> Result<&str, DecodeError> {
    value(text)
        .and_then(|array| array.strip_prefix('[')?.strip_suffix(']'))
        .map(str::trim_ascii)
        .ok_or(DecodeError::BadPayload { packet: "ACK", expected: "an array" })
}

/// Splits an event's payload into its name and the text of its arguments, in one pass over the JSON.
fn event(text: &str) -> Result<(Cow<'_, str>, &str), DecodeError> {
    const WHAT: DecodeError =
        DecodeError::BadPayload { packet: "EVENT", expected: "an array that begins with the event's name" };
    let mut payload = serde_json::Deserializer::from_slice(text.as_bytes());
    let raw_name = payload.deserialize_seq(RawName).map_err(|_| WHAT)?;
    payload.end().map_err(|_| WHAT)?;
    let name: Cow<'_, str> = match raw_name.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
        Some(name) if !name.contains('\\') => name.into(),
        Some(_) => json::read::<String>(raw_name).map_err(|_| WHAT)?.into(),
        None => return Err(WHAT),
    };
    if is_reserved(&name) {
        return Err(DecodeError::ReservedName(name.into_owned()));
    }
    let after_name = raw_name.as_ptr().addr() - text.as_ptr().addr() + raw_name.len();
    let args = text[after_name..].trim_ascii().strip_suffix(']').ok_or(WHAT)?.trim_ascii();
    Ok((name, args.strip_prefix(',').unwrap_or(args).trim_ascii_start()))
}

/// Checks that the array is JSON to its end, and keeps only its first element.
struct RawName;

impl<'de> Visitor<'de> for RawName {
    type Value = &'de str;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array that begins with a string")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let name: &RawValue = seq.next_element()?.ok_or_else(|| serde::de::Error::invalid_length(0, &self))?;
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(name.get())
    }
}

fn push_number(out: &mut String, number: u64) {
    use std::fmt::Write;
    // Writing to a String can't fail.
    let _ = write!(out, "{number}");
}

fn push_json_string(out: &mut String, text: &str) {
    if text.bytes().any(|b| matches!(b, b'"' | b'\\' | 0..0x20)) {
        // A string can always be written.
        out.push_str(&serde_json::to_string(text).unwrap_or_default());
    } else {
        out.push('"');
        out.push_str(text);
        out.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> Body<'_> {
        let packet = Packet::decode(text).unwrap();
        assert_eq!(packet.namespace, "/");
        packet.body
    }

    #[test]
    fn the_examples_of_the_protocol_text() {
        assert_eq!(body(r#"0{"token":"123"}"#), Body::Connect { data: Some(r#"{"token":"123"}"#) });
        assert_eq!(body("0"), Body::Connect { data: None });
        assert_eq!(body("1"), Body::Disconnect);
        assert_eq!(body(r#"2["foo"]"#), Body::Event { name: "foo".into(), args: "", id: None, attachments: 0 });
        assert_eq!(
            body(r#"212["foo", 1 ,"b" ]"#),
            Body::Event { name: "foo".into(), args: r#"1 ,"b""#, id: Some(12), attachments: 0 }
        );
        assert_eq!(body("312[]"), Body::Ack { id: 12, args: "", attachments: 0 });
        assert_eq!(body(r#"4{"message":"no"}"#), Body::ConnectError { data: r#"{"message":"no"}"# });
        assert_eq!(
            body(r#"51-["baz",{"_placeholder":true,"num":0}]"#),
            Body::Event { name: "baz".into(), args: r#"{"_placeholder":true,"num":0}"#, id: None, attachments: 1 }
        );
        assert_eq!(Packet::decode("1/admin,").unwrap(), Packet { namespace: "/admin", body: Body::Disconnect });
        assert_eq!(Packet::decode("1/admin").unwrap(), Packet { namespace: "/admin", body: Body::Disconnect });
    }

    #[test]
    fn what_is_no_packet_says_why() {
        for (text, expected) in [
            ("", DecodeError::Empty),
            ("7", DecodeError::UnknownType('7')),
            ("é", DecodeError::UnknownType('é')),
            ("5[\"a\"]", DecodeError::BadNumber("attachment count")),
            ("5-1-[\"a\"]", DecodeError::BadNumber("attachment count")),
            ("3[]", DecodeError::BadNumber("acknowledgement id")),
            ("299999999999999999999[\"a\"]", DecodeError::BadNumber("acknowledgement id")),
            ("1{}", DecodeError::BadPayload { packet: "DISCONNECT", expected: "absent" }),
            ("0[]", DecodeError::BadPayload { packet: "CONNECT", expected: "absent or an object" }),
            ("31{}", DecodeError::BadPayload { packet: "ACK", expected: "an array" }),
            ("4", DecodeError::BadPayload { packet: "CONNECT_ERROR", expected: "an object or a string" }),
            ("2[\"connect\"]", DecodeError::ReservedName("connect".into())),
        ] {
            assert_eq!(Packet::decode(text), Err(expected), "{text}");
        }
        for text in ["2", "2[]", "2[1]", "2{}", "2[\"a\",]", "2[\"a\"", "2[\"a\"]x", "2[\"a\" 1]"] {
            assert!(matches!(Packet::decode(text), Err(DecodeError::BadPayload { packet: "EVENT", .. })), "{text}");
        }
    }

    #[test]
    fn a_name_is_unescaped_once() {
        let Body::Event { name, args, .. } = body(r#"2["a\"\u00e9,]",{}]"#) else { panic!() };
        assert_eq!((&*name, args), ("a\"é,]", "{}"));
    }
}
