//! Bytes inside a JSON payload: on the wire a placeholder stands for them, and they follow in frames of their own (Socket.IO
//! protocol, "Sending and receiving binary data").

use std::{borrow::Cow, io};

use serde::Deserialize;
use serde_json::ser::Formatter;

/// Writes a placeholder where bytes stand, and keeps the bytes.
pub(crate) struct Placeholders<'a>(pub(crate) &'a mut Vec<Vec<u8>>);

impl Formatter for Placeholders<'_> {
    fn write_byte_array<W: io::Write + ?Sized>(&mut self, writer: &mut W, bytes: &[u8]) -> io::Result<()> {
        write!(writer, r#"{{"_placeholder":true,"num":{}}}"#, self.0.len())?;
        self.0.push(bytes.to_vec());
        Ok(())
    }
}

/// The array with each attachment as a string in the place of its placeholder. Such a string is no text: JSON readers that
/// are asked for bytes take it as it is.
pub(crate) fn with_attachments<'a>(array: &'a str, attachments: &[Vec<u8>]) -> Cow<'a, [u8]> {
    if attachments.is_empty() {
        return Cow::Borrowed(array.as_bytes());
    }
    let mut out = Vec::with_capacity(array.len() + attachments.iter().map(Vec::len).sum::<usize>());
    let mut rest = array;
    // Each is used once: a packet can't be made larger than it came.
    let mut unused: Vec<_> = attachments.iter().map(Some).collect();
    while let Some(start) = next_object(rest) {
        let (before, object) = rest.split_at(start);
        out.extend_from_slice(before.as_bytes());
        let found = placeholder(object).and_then(|(num, after)| Some((unused.get_mut(num)?.take()?, after)));
        rest = if let Some((attachment, after)) = found {
            push_byte_string(&mut out, attachment);
            after
        } else {
            out.push(b'{');
            &object[1..]
        };
    }
    out.extend_from_slice(rest.as_bytes());
    Cow::Owned(out)
}

/// Where the next object begins that is not inside a string.
fn next_object(json: &str) -> Option<usize> {
    let mut in_string = false;
    let mut escaped = false;
    json.bytes().position(|byte| {
        let begins = byte == b'{' && !in_string;
        in_string ^= byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        begins
    })
}

/// The number of the placeholder that `json` begins with, and what is behind it.
fn placeholder(json: &str) -> Option<(usize, &str)> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Placeholder {
        _placeholder: bool,
        num: usize,
    }
    let mut objects = serde_json::Deserializer::from_slice(json.as_bytes()).into_iter::<Placeholder>();
    let num = objects.next()?.ok().filter(|placeholder| placeholder._placeholder)?.num;
    Some((num, &json[objects.byte_offset()..]))
}

fn push_byte_string(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'"');
    for &byte in bytes {
        match byte {
            b'"' | b'\\' => out.extend([b'\\', byte]),
            0..0x20 => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}
