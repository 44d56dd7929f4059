//! An event's arguments: a Rust tuple on this side; on the wire, the elements of a JSON array and the binary frames that
//! follow it.
//!
//! Binary is what serde calls bytes: `serde_bytes::ByteBuf`, `bytes::Bytes`, or any field marked
//! `#[serde(with = "serde_bytes")]`, anywhere inside a payload. Each such value travels as a frame of its own, and a
//! placeholder stands for it in the JSON (Socket.IO protocol, "Sending and receiving binary data"). A plain `Vec<u8>` is to
//! serde a list of numbers, and so it is on the wire.

use std::fmt;

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::EmitError,
    json,
    placeholder::{Placeholders, with_attachments},
};

/// What can be an event's (or an acknowledgement's) arguments: a tuple of up to eight values, `()` for none at all.
pub trait ToArgs {
    /// Writes the arguments one after the other.
    ///
    /// # Errors
    /// Whatever the arguments' own `Serialize` says, or that a map has a key that JSON can't have.
    fn write(&self, out: &mut ArgsWriter) -> serde_json::Result<()>;
}

/// What arguments can be read into: a tuple of exactly as many values as there are arguments.
pub trait FromArgs: Sized {
    /// Reads the arguments' JSON array, in which bytes stand as strings that needn't be UTF-8.
    ///
    /// # Errors
    /// Another number of arguments than the tuple has, or one that doesn't fit its type.
    fn read(array: &[u8]) -> serde_json::Result<Self>;
}

/// Takes arguments, and becomes what a packet carries.
#[derive(Debug, Default)]
pub struct ArgsWriter {
    elements: Vec<u8>,
    attachments: Vec<Vec<u8>>,
}

impl ArgsWriter {
    /// Adds one argument.
    ///
    /// # Errors
    /// What its `Serialize` says, or that a map has a key that JSON can't have.
    pub fn push<T: Serialize + ?Sized>(&mut self, arg: &T) -> serde_json::Result<()> {
        if !self.elements.is_empty() {
            self.elements.push(b',');
        }
        let formatter = Placeholders(&mut self.attachments);
        arg.serialize(&mut serde_json::Serializer::with_formatter(&mut self.elements, formatter))
    }
}

/// Arguments as a packet carries them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The arguments' JSON, without brackets.
    pub(crate) elements: String,
    pub(crate) attachments: Vec<Vec<u8>>,
}

impl Encoded {
    /// Encodes a tuple of arguments.
    ///
    /// # Errors
    /// [`EmitError::Encode`] if one can't be JSON.
    pub fn of(args: &impl ToArgs) -> Result<Self, EmitError> {
        // Most fit, so that it doesn't grow in small steps.
        let mut writer = ArgsWriter { elements: Vec::with_capacity(128), attachments: Vec::new() };
        args.write(&mut writer).map_err(|error| EmitError::Encode(error.to_string()))?;
        let elements = String::from_utf8(writer.elements).map_err(|error| EmitError::Encode(error.to_string()))?;
        Ok(Self { elements, attachments: writer.attachments })
    }

    pub(crate) fn bytes(&self) -> usize {
        self.elements.len() + self.attachments.iter().map(Vec::len).sum::<usize>()
    }
}

impl ToArgs for () {
    fn write(&self, _: &mut ArgsWriter) -> serde_json::Result<()> {
        Ok(())
    }
}

impl FromArgs for () {
    fn read(array: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice::<[(); 0]>(array).map(|_| ())
    }
}

macro_rules! tuples {
    ($first:ident $($rest:ident)*) => {
        impl<$first: Serialize, $($rest: Serialize),*> ToArgs for ($first, $($rest,)*) {
            #[expect(non_snake_case, reason = "a value goes by the name of its type")]
            fn write(&self, out: &mut ArgsWriter) -> serde_json::Result<()> {
                let ($first, $($rest,)*) = self;
                out.push($first)?;
                $(out.push($rest)?;)*
                Ok(())
            }
        }

        impl<$first: DeserializeOwned, $($rest: DeserializeOwned),*> FromArgs for ($first, $($rest,)*) {
            fn read(array: &[u8]) -> serde_json::Result<Self> {
                serde_json::from_slice(array)
            }
        }

        tuples!($($rest)*);
    };
    () => {};
}

tuples!(A B C D E F G H);

/// The arguments of a received packet, still as JSON and attachments.
#[derive(Clone, PartialEq, Eq)]
pub struct Args {
    /// An event's name, and behind it the array: a burst of events is a burst of allocations, so it is one for both.
    text: String,
    array_at: usize,
    attachments: Vec<Vec<u8>>,
    /// Where in the array the last element begins, if that may be the offset that a server with connection state recovery adds to
    /// what its user emitted.
    offset_at: Option<usize>,
}

impl fmt::Debug for Args {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let attachments = format_args!("{} attachments", self.attachments.len());
        f.debug_tuple("Args").field(&format_args!("{}", self.as_json())).field(&attachments).finish()
    }
}

impl Args {
    /// Takes the arguments' JSON without brackets.
    pub(crate) fn from_elements(elements: &str) -> Self {
        Self::of_event("", elements)
    }

    /// As `from_elements`, of the event of this name.
    pub(crate) fn of_event(name: &str, elements: &str) -> Self {
        let mut text = String::with_capacity(name.len() + elements.len() + 2);
        text.push_str(name);
        text.push('[');
        text.push_str(elements);
        text.push(']');
        Self { text, array_at: name.len(), attachments: Vec::new(), offset_at: None }
    }

    pub(crate) fn bytes(&self) -> usize {
        self.text.len() + self.attachments.iter().map(Vec::len).sum::<usize>()
    }

    pub(crate) fn attach(&mut self, attachment: Vec<u8>) {
        self.attachments.push(attachment);
    }

    /// Takes note of a last argument that may be an offset, and gives it.
    pub(crate) fn take_note_of_offset(&mut self) -> Option<String> {
        let elements: Vec<&serde_json::value::RawValue> = json::read(self.as_json()).ok()?;
        let last = elements.last()?.get();
        let offset = json::read(last).ok()?;
        self.offset_at = Some(last.as_ptr().addr() - self.as_json().as_ptr().addr());
        Some(offset)
    }

    /// The name of the event that they came with; `""` for an acknowledgement's.
    #[must_use]
    pub fn event(&self) -> &str {
        &self.text[..self.array_at]
    }

    /// The arguments as the JSON array that they came as, with an object `{"_placeholder":true,"num":N}` in the place
    /// of attachment N.
    #[must_use]
    pub fn as_json(&self) -> &str {
        &self.text[self.array_at..]
    }

    /// The binary attachments, in the order of their numbers.
    #[must_use]
    pub fn attachments(&self) -> &[Vec<u8>] {
        &self.attachments
    }

    /// Reads the arguments into a tuple of exactly as many values. (From a server with connection state recovery there is
    /// one more, a string, behind those that its user emitted. It may be left out.)
    ///
    /// # Errors
    /// Another number of arguments than the tuple has, one that doesn't fit its type, or one that is nested too deeply:
    /// `serde_json` reads 127 levels of arrays and objects, of which the arguments' own array is one. (A part that is read
    /// as a `Box<RawValue>` of `serde_json` isn't looked into, and has no such limit.)
    pub fn read<T: FromArgs>(&self) -> serde_json::Result<T> {
        let array = self.as_json();
        let read = T::read(&with_attachments(array, &self.attachments));
        match (read, self.offset_at) {
            (Err(error), Some(at)) => {
                let shorter = array[..at].trim_ascii_end().trim_end_matches([',', '[']);
                let shorter = if shorter.is_empty() { "[]".into() } else { format!("{shorter}]") };
                T::read(&with_attachments(&shorter, &self.attachments)).map_err(|_| error)
            }
            (read, _) => read,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_bytes::ByteBuf;

    use super::*;

    fn written(args: &impl ToArgs) -> (String, Vec<Vec<u8>>) {
        let Encoded { elements, attachments } = Encoded::of(args).unwrap();
        (elements, attachments)
    }

    #[test]
    fn tuples_are_the_elements_of_an_array() {
        assert_eq!(written(&()).0, "");
        assert_eq!(written(&("a",)).0, r#""a""#);
        assert_eq!(written(&(1, Some("b"), ())).0, r#"1,"b",null"#);
    }

    #[test]
    fn another_number_of_arguments_is_an_error() {
        let two = Args::from_elements("1,2");
        assert_eq!(two.read::<(u8, u8)>().unwrap(), (1, 2));
        assert!(two.read::<(u8,)>().is_err());
        assert!(two.read::<(u8, u8, u8)>().is_err());
        assert!(two.read::<()>().is_err());
        assert!(Args::from_elements("").read::<()>().is_ok());
    }

    #[test]
    fn bytes_go_their_own_way_and_come_back() {
        #[derive(Debug, PartialEq, Serialize, Deserialize)]
        struct File {
            name: String,
            #[serde(with = "serde_bytes")]
            bytes: Vec<u8>,
            parts: Vec<ByteBuf>,
        }
        let every_byte: Vec<u8> = (0..=255).collect();
        let file = File {
            name: r#"{"_placeholder":true,"num":0}\"#.into(),
            bytes: every_byte.clone(),
            parts: vec![ByteBuf::new(), ByteBuf::from(*b"\"}{\\")],
        };
        let (elements, attachments) = written(&(&file, 1));
        assert_eq!(attachments, [every_byte, vec![], b"\"}{\\".to_vec()]);
        let mut args = Args::from_elements(&elements);
        attachments.into_iter().for_each(|attachment| args.attach(attachment));
        assert_eq!(args.read::<(File, u8)>().unwrap(), (file, 1));
    }

    #[test]
    fn json_may_be_nested_127_levels_deep() {
        let nested = |levels: usize| Args::from_elements(&("[".repeat(levels - 1) + &"]".repeat(levels - 1)));
        nested(127).read::<(serde_json::Value,)>().unwrap();
        let too_deep = nested(128).read::<(serde_json::Value,)>().unwrap_err();
        assert!(too_deep.to_string().contains("recursion limit"), "{too_deep}");
        // What isn't looked into has no limit.
        nested(100_000).read::<(Box<serde_json::value::RawValue>,)>().unwrap();
    }

    #[test]
    fn a_placeholder_without_its_attachment_can_not_be_read_as_bytes() {
        let mut args = Args::from_elements(r#"{"num":7,"_placeholder":true}"#);
        args.attach(vec![1]);
        assert!(args.read::<(ByteBuf,)>().is_err());
    }

    #[test]
    fn an_offset_behind_the_arguments_may_be_left_out() {
        let mut args = Args::from_elements(r#"1, "offset" "#);
        assert_eq!(args.take_note_of_offset().as_deref(), Some("offset"));
        assert_eq!(args.read::<(u8,)>().unwrap(), (1,));
        assert_eq!(args.read::<(u8, String)>().unwrap(), (1, "offset".into()));
        assert!(args.read::<()>().is_err());
        let mut alone = Args::from_elements(r#""offset""#);
        alone.take_note_of_offset();
        alone.read::<()>().unwrap();
        assert_eq!(Args::from_elements("1").take_note_of_offset(), None);
    }
}
