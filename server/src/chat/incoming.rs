//! A request as it comes: exactly one argument, an object; none at all means an empty one.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, MapDeserializer};
use serde::de::{self, DeserializeOwned, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use socketioxide::adapter::LocalAdapter;
use socketioxide::extract::AckSender;
use socketioxide::handler::{FromMessageParts, Value};
use socketioxide::socket::Socket;
use std::convert::Infallible;
use std::sync::Arc;

use crate::member::Ack;

/// What came. socketioxide's own extractors would also take an array for an object, and forget what else was said.
pub(super) struct Incoming<T> {
    /// As the contract has it, or why it isn't.
    pub(super) request: Result<T, NotAsAgreed>,
    /// How to answer, if an answer is asked for.
    pub(super) ack: Option<Ack>,
    /// How many bytes it had.
    pub(super) bytes: usize,
}

/// A request that the contract doesn't have.
#[derive(Debug)]
pub(super) enum NotAsAgreed {
    /// Not one object with the fields that it must have.
    Json(serde_json::Error),
    /// Bytes and no text.
    Binary,
}

impl<T: DeserializeOwned> FromMessageParts<LocalAdapter> for Incoming<T> {
    type Error = Infallible;

    fn from_message_parts(
        socket: &Arc<Socket<LocalAdapter>>,
        value: &mut Value,
        ack_id: &Option<i64>,
    ) -> Result<Self, Infallible> {
        let ack = match *ack_id {
            Some(id) => Some(Ack { id, sender: AckSender::from_message_parts(socket, value, ack_id)? }),
            None => None,
        };
        let (request, bytes) = match value {
            Value::Str(text, _) => (read(text), text.len()),
            Value::Bytes(bytes) => (Err(NotAsAgreed::Binary), bytes.len()),
        };
        Ok(Self { request, ack, bytes })
    }
}

/// Reads `["name", {…}]`.
fn read<T: DeserializeOwned>(event: &str) -> Result<T, NotAsAgreed> {
    serde_json::from_str(event).map(|OneObject(request)| request).map_err(NotAsAgreed::Json)
}

/// The argument of an event.
struct OneObject<T>(T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for OneObject<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Event<T>(PhantomData<T>);
        impl<'de, T: DeserializeOwned> Visitor<'de> for Event<T> {
            type Value = OneObject<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an event with one argument, an object")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut event: A) -> Result<OneObject<T>, A::Error> {
                event.next_element::<IgnoredAny>()?;
                let Some(Object(request)) = event.next_element()? else {
                    let nothing = std::iter::empty::<(&str, &str)>();
                    return T::deserialize(MapDeserializer::new(nothing)).map(OneObject);
                };
                match event.next_element::<IgnoredAny>()? {
                    Some(_) => Err(de::Error::custom("more than one argument")),
                    None => Ok(OneObject(request)),
                }
            }
        }
        deserializer.deserialize_seq(Event(PhantomData))
    }
}

/// An object, and never an array of its values.
struct Object<T>(T);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields<T>(PhantomData<T>);
        impl<'de, T: DeserializeOwned> Visitor<'de> for Fields<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(fields)).map(Object)
            }
        }
        deserializer.deserialize_map(Fields(PhantomData))
    }
}

impl fmt::Display for NotAsAgreed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(error) => error.fmt(f),
            Self::Binary => f.write_str("bytes and no text"),
        }
    }
}

#[cfg(test)]
mod tests {
    use hubbub_shared::chat::request::{History, JoinRoom, ListRooms, SendMessage, Sync, Typing};

    use super::*;

    #[test]
    fn one_object_is_a_request() {
        let typing: Typing = read(r#"["typing",{"room":"lobby","later":[1,{}]}]"#).unwrap();
        assert_eq!(typing.room, "lobby");
        assert!(read::<Sync>(r#"["sync"]"#).unwrap().rooms.is_empty());
        assert!(read::<Sync>(r#"["sync",{}]"#).unwrap().rooms.is_empty());
        assert_eq!(read::<Sync>(r#"["sync",{"rooms":{"lobby":0}}]"#).unwrap().rooms["lobby"], 0);
        assert_eq!(read::<ListRooms>(r#"["list_rooms",{"limit":5,"query":null}]"#).unwrap().limit, Some(5));
    }

    #[test]
    fn anything_else_is_none() {
        for event in [
            r#"["join_room"]"#,
            r#"["join_room",["lobby"]]"#,
            r#"["join_room","lobby"]"#,
            r#"["join_room",null]"#,
            r#"["join_room",{"room":5}]"#,
            r#"["join_room",{"room":"lobby"},1]"#,
            r#"["join_room",{"room":"lobby","room":"other"}]"#,
            r#"["join_room",{"_placeholder":true,"num":0}]"#,
        ] {
            assert!(read::<JoinRoom>(event).is_err(), "{event}");
        }
        for event in [r#"["sync",[]]"#, r#"["sync",{"rooms":[]}]"#, r#"["sync",{"rooms":{"lobby":-1}}]"#] {
            assert!(read::<Sync>(event).is_err(), "{event}");
        }
        for limit in ["-1", "1.5", "\"1\"", "1e3", "18446744073709551616"] {
            assert!(read::<History>(&format!(r#"["history",{{"room":"lobby","before":1,"limit":{limit}}}]"#)).is_err());
        }
        let message =
            |id: &str| read::<SendMessage>(&format!(r#"["send_message",{{"room":"r","id":"{id}","text":"t"}}]"#));
        assert!(message("01934f5e-8f3a-7c21-9b1d-2f6a4c8e0b57").is_ok());
        assert!(message("01934F5E-8F3A-7C21-9B1D-2F6A4C8E0B57").is_err());
    }
}
