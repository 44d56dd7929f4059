//! The id of a message.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

/// A UUID that the author's program makes, and sends again with the same message: sent twice is stored once. On the wire it
/// is canonical, in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MessageId(Uuid);

/// Not a canonical UUID in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotCanonical;

impl MessageId {
    /// From its 16 bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }

    /// Its 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl From<Uuid> for MessageId {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl FromStr for MessageId {
    type Err = NotCanonical;

    fn from_str(text: &str) -> Result<Self, NotCanonical> {
        let is_canonical = text.len() == 36 && !text.bytes().any(|byte| byte.is_ascii_uppercase());
        let uuid = Uuid::try_parse(text).ok().filter(|_| is_canonical);
        uuid.map(Self).ok_or(NotCanonical)
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.as_hyphenated())
    }
}

impl fmt::Display for NotCanonical {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id is a UUID like 01934f5e-8f3a-7c21-9b1d-2f6a4c8e0b57, in lower case")
    }
}

impl std::error::Error for NotCanonical {}

impl Serialize for MessageId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_hyphenated().encode_lower(&mut Uuid::encode_buffer()))
    }
}

impl<'de> Deserialize<'de> for MessageId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = MessageId;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{NotCanonical}")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<MessageId, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_the_canonical_form_is_an_id() {
        let canonical = "01934f5e-8f3a-7c21-9b1d-2f6a4c8e0b57";
        assert_eq!(canonical.parse::<MessageId>().unwrap().to_string(), canonical);
        for other in [
            "",
            "01934F5E-8F3A-7C21-9B1D-2F6A4C8E0B57",
            "01934f5e8f3a7c219b1d2f6a4c8e0b57",
            "{01934f5e-8f3a-7c21-9b1d-2f6a4c8e0b57}",
            "urn:uuid:01934f5e-8f3a-7c21-9b1d-2f6a4c8e0b57",
            "01934f5e-8f3a-7c21-9b1d-2f6a4c8e0b5",
            "01934f5e-8f3a-7c21-9b1d-2f6a4c8e0b5g",
            " 01934f5e-8f3a-7c21-9b1d-2f6a4c8e0b57",
            "01934f5e-8f3a-7c21-9b1d+2f6a4c8e0b57",
        ] {
            assert_eq!(other.parse::<MessageId>(), Err(NotCanonical), "{other}");
        }
    }

    proptest! {
        #[test]
        fn an_id_comes_back_from_json(bytes: [u8; 16]) {
            let id = MessageId::from_bytes(bytes);
            let json = serde_json::to_string(&id).unwrap();
            prop_assert_eq!(serde_json::from_str::<MessageId>(&json).unwrap(), id);
            prop_assert_eq!(json, format!("\"{id}\""));
        }
    }
}
