//! Our packets and the official parser's: `vectors.json` has what it writes and what it reads back, from
//! `tests/peers/vectors.mjs`. Ours reads the same, and writes it byte for byte.

use std::{iter::from_fn, time::Duration};

use hubbub_client::{
    Args, ArgsWriter, Config, Encoded, Frame, ToArgs,
    codec::socket::{Body, Packet},
    connection::{Auth, Connection, Delivery, Event, ReplyTo},
};
use serde::{Deserialize, Serialize, Serializer, ser::Error};
use serde_bytes::Bytes;
use serde_json::{Value, json};

const NOW: Duration = Duration::ZERO;

#[derive(Deserialize)]
struct Vector {
    about: String,
    packet: Given,
    /// The packet's text frame.
    text: String,
    /// The binary frames behind it.
    attachments: Vec<Vec<u8>>,
    /// The payload, as the official parser reads it back.
    read: Option<Value>,
}

/// A packet as the official parser was given it.
#[derive(Deserialize)]
struct Given {
    r#type: String,
    nsp: String,
    id: Option<u64>,
    data: Option<Value>,
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str(include_str!("vectors.json")).unwrap()
}

fn text_frame(text: &str) -> Frame {
    Frame::Text(format!("4{text}"))
}

#[test]
fn ours_reads_what_theirs_writes() {
    for Vector { about, packet: given, text, attachments: frames, read } in vectors() {
        let Packet { namespace, body } = Packet::decode(&text).unwrap_or_else(|error| panic!("{about}: {error}"));
        assert_eq!(namespace, given.nsp, "{about}");
        let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let (kind, id, count, payload) = match &body {
            Body::Connect { data } => ("CONNECT", None, 0, data.map(json)),
            Body::Disconnect => ("DISCONNECT", None, 0, None),
            Body::ConnectError { data } => ("CONNECT_ERROR", None, 0, Some(json(data))),
            Body::Event { name, args, id, attachments } => {
                let Value::Array(mut array) = json(&format!("[{args}]")) else { unreachable!("it has brackets") };
                array.insert(0, Value::from(&**name));
                ("EVENT", *id, *attachments, Some(array.into()))
            }
            Body::Ack { id, args, attachments } => ("ACK", Some(*id), *attachments, Some(json(&format!("[{args}]")))),
        };
        assert_eq!((kind, id, count), (&*given.r#type, given.id, frames.len()), "{about}");
        assert_eq!(payload.map(|payload| filled(payload, &frames)), read, "{about}");
        // What was read is written again as it came.
        let mut again = String::new();
        Packet { namespace, body }.encode(&mut again);
        assert_eq!(again, text, "{about}");
    }
}

#[test]
fn ours_writes_what_theirs_writes() {
    for Vector { about, packet: given, text, attachments, .. } in vectors() {
        // A client sends no refusal, and chooses its ids by itself, from 0.
        if given.r#type == "CONNECT_ERROR" || given.r#type == "EVENT" && given.id.is_some_and(|id| id > 0) {
            continue;
        }
        let frames = written(&given);
        assert_eq!(frames[0], text_frame(&text), "{about}");
        let expected: Vec<_> = attachments.into_iter().map(Frame::Binary).collect();
        assert_eq!(frames[1..], expected, "{about}");
    }
}

#[test]
fn attachments_come_with_their_arguments() {
    for Vector { about, packet: given, text, attachments, read } in vectors() {
        if given.r#type != "EVENT" {
            continue;
        }
        let mut connection = joined(&given.nsp);
        let (args, _) = received(&mut connection, &text, &attachments);
        assert_eq!(args.attachments(), attachments, "{about}");
        let array = filled(serde_json::from_str(args.as_json()).unwrap(), args.attachments());
        assert_eq!(array.as_array().unwrap(), &read.unwrap().as_array().unwrap()[1..], "{about}");
    }
}

/// The frames by which a client says this.
fn written(given: &Given) -> Vec<Frame> {
    let mut connection = joined(&given.nsp);
    let data = given.data.clone();
    match (&*given.r#type, data) {
        ("CONNECT", data) => {
            connection.disconnect(NOW, &given.nsp);
            connection = Connection::new(Config::default(), 0);
            let auth = data.map_or(Auth::None, |data| Auth::Value(data.to_string()));
            connection.set_auth(&given.nsp, auth);
            open(&mut connection, &given.nsp);
        }
        ("DISCONNECT", _) => {
            // Another namespace keeps the link.
            connection.connect(NOW, "/other");
            frames(&mut connection);
            connection.disconnect(NOW, &given.nsp);
        }
        ("EVENT", Some(Value::Array(mut array))) => {
            let name = array.remove(0);
            let (name, args) = (name.as_str().unwrap(), Encoded::of(&Dynamic(array)).unwrap());
            match given.id {
                None => connection.emit(NOW, &given.nsp, name, args, Delivery::AtOnce).unwrap(),
                Some(_) => drop(connection.emit_with_ack(NOW, &given.nsp, name, args, Delivery::AtOnce, None).unwrap()),
            }
        }
        ("ACK", Some(Value::Array(array))) => {
            let asked = Packet {
                namespace: &given.nsp,
                body: Body::Event { name: "ask".into(), args: "", id: given.id, attachments: 0 },
            };
            let (_, reply) = received(&mut connection, &asked.frame()[1..], &[]);
            connection.answer(NOW, &reply.unwrap(), Encoded::of(&Dynamic(array)).unwrap()).unwrap();
        }
        (kind, data) => panic!("{kind} with {data:?}"),
    }
    frames(&mut connection)
}

/// A connection that has joined a namespace.
fn joined(namespace: &str) -> Connection {
    let mut connection = Connection::new(Config::default(), 0);
    open(&mut connection, namespace);
    frames(&mut connection);
    let welcome = Packet { namespace, body: Body::Connect { data: Some(r#"{"sid":"s"}"#) } };
    connection.handle_frame(NOW, &welcome.frame());
    while connection.poll_event().is_some() {}
    connection
}

fn open(connection: &mut Connection, namespace: &str) {
    connection.connect(NOW, namespace);
    while connection.poll_order().is_some() {}
    connection.handle_frame(NOW, r#"0{"sid":"e","pingInterval":1000,"pingTimeout":1000}"#);
}

fn frames(connection: &mut Connection) -> Vec<Frame> {
    from_fn(|| connection.poll_frame()).collect()
}

/// The event that a connection makes of a packet.
fn received(connection: &mut Connection, text: &str, attachments: &[Vec<u8>]) -> (Args, Option<ReplyTo>) {
    connection.handle_frame(NOW, &format!("4{text}"));
    for attachment in attachments {
        connection.handle_binary(NOW, attachment.clone());
    }
    match connection.poll_event() {
        Some(Event::Received { args, reply, .. }) => (args, reply),
        other => panic!("{text}: {other:?}"),
    }
}

/// The payload with the attachments in the place of their placeholders, as `vectors.json` writes them.
fn filled(value: Value, attachments: &[Vec<u8>]) -> Value {
    match value {
        Value::Object(object) if object.get("_placeholder") == Some(&json!(true)) && !attachments.is_empty() => {
            json!({ "$bytes": attachments[object["num"].as_u64().unwrap() as usize] })
        }
        Value::Object(object) => object.into_iter().map(|(key, value)| (key, filled(value, attachments))).collect(),
        Value::Array(array) => array.into_iter().map(|value| filled(value, attachments)).collect(),
        value => value,
    }
}

/// Arguments whose number is known at run time, with bytes as `vectors.json` writes them.
struct Dynamic(Vec<Value>);

impl ToArgs for Dynamic {
    fn write(&self, out: &mut ArgsWriter) -> serde_json::Result<()> {
        self.0.iter().try_for_each(|value| out.push(&Payload(value)))
    }
}

struct Payload<'a>(&'a Value);

impl Serialize for Payload<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(object) => match object.get("$bytes") {
                Some(bytes) => {
                    Bytes::new(&Vec::<u8>::deserialize(bytes).map_err(S::Error::custom)?).serialize(serializer)
                }
                None => serializer.collect_map(object.iter().map(|(key, value)| (key, Payload(value)))),
            },
            Value::Array(array) => serializer.collect_seq(array.iter().map(Payload)),
            value => value.serialize(serializer),
        }
    }
}
