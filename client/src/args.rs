//! An event's arguments: a Rust tuple on this side, the elements of a JSON array on the wire.

use serde::{Serialize, de::DeserializeOwned};

/// What can be an event's (or an acknowledgement's) arguments: a tuple of up to eight values, `()` for none at all.
pub trait ToArgs {
    /// Appends the arguments' JSON to `out`, with commas between them and no brackets around them.
    ///
    /// # Errors
    /// Whatever the arguments' own `Serialize` says, or that a map has a key that JSON can't have.
    fn write_args(&self, out: &mut Vec<u8>) -> serde_json::Result<()>;
}

/// What arguments can be read into: a tuple of exactly as many values as there are arguments.
pub trait FromArgs: Sized {
    /// Reads the arguments' JSON array.
    ///
    /// # Errors
    /// Another number of arguments than the tuple has, or one that doesn't fit its type.
    fn from_array(array: &str) -> serde_json::Result<Self>;
}

impl ToArgs for () {
    fn write_args(&self, _: &mut Vec<u8>) -> serde_json::Result<()> {
        Ok(())
    }
}

impl FromArgs for () {
    fn from_array(array: &str) -> serde_json::Result<Self> {
        serde_json::from_str::<[(); 0]>(array).map(|_| ())
    }
}

macro_rules! tuples {
    ($first:ident $($rest:ident)*) => {
        impl<$first: Serialize, $($rest: Serialize),*> ToArgs for ($first, $($rest,)*) {
            #[expect(non_snake_case, reason = "a value goes by the name of its type")]
            fn write_args(&self, out: &mut Vec<u8>) -> serde_json::Result<()> {
                let ($first, $($rest,)*) = self;
                serde_json::to_writer(&mut *out, $first)?;
                $(
                    out.push(b',');
                    serde_json::to_writer(&mut *out, $rest)?;
                )*
                Ok(())
            }
        }

        impl<$first: DeserializeOwned, $($rest: DeserializeOwned),*> FromArgs for ($first, $($rest,)*) {
            fn from_array(array: &str) -> serde_json::Result<Self> {
                serde_json::from_str(array)
            }
        }

        tuples!($($rest)*);
    };
    () => {};
}

tuples!(A B C D E F G H);

/// The arguments of a received packet, still as JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Args {
    array: String,
    attachments: Vec<Vec<u8>>,
}

impl Args {
    /// Takes the arguments' JSON without brackets.
    pub(crate) fn from_elements(elements: &str) -> Self {
        let mut array = String::with_capacity(elements.len() + 2);
        array.push('[');
        array.push_str(elements);
        array.push(']');
        Self { array, attachments: Vec::new() }
    }

    pub(crate) fn attach(&mut self, attachment: Vec<u8>) {
        self.attachments.push(attachment);
    }

    /// The arguments as the JSON array that they came as, with an object `{"_placeholder":true,"num":N}` in the place
    /// of attachment N.
    #[must_use]
    pub fn as_json(&self) -> &str {
        &self.array
    }

    /// The binary attachments, in the order of their numbers.
    #[must_use]
    pub fn attachments(&self) -> &[Vec<u8>] {
        &self.attachments
    }

    /// Reads the arguments into a tuple of exactly as many values.
    ///
    /// # Errors
    /// Another number of arguments than the tuple has, or one that doesn't fit its type.
    pub fn read<T: FromArgs>(&self) -> serde_json::Result<T> {
        T::from_array(&self.array)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(args: &impl ToArgs) -> String {
        let mut out = Vec::new();
        args.write_args(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn tuples_are_the_elements_of_an_array() {
        assert_eq!(written(&()), "");
        assert_eq!(written(&("a",)), r#""a""#);
        assert_eq!(written(&(1, Some("b"), ())), r#"1,"b",null"#);
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
}
