//! Properties of the codec and of what stands on it: what is written is read back, nothing that comes in makes it panic,
//! and it agrees with socketioxide's parser, an implementation of the same protocol that shares no line with it.

mod pieces;

use std::time::Duration;

use hubbub_client::{
    Config, Encoded, LinkError,
    codec::{
        DecodeError, engine,
        socket::{Body, Packet, is_reserved},
    },
    connection::{Connection, Delivery, Event, Order},
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Value, json};
use socketioxide_core::{
    Str, Value as TheirValue,
    packet::{Packet as TheirPacket, PacketData},
    parser::{Parse, ParseConfig, ParseError, ParserState},
};
use socketioxide_parser_common::CommonParser;

use pieces::PIECES;

/// A packet that owns what it says, so that it can be made at random.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    kind: Kind,
    namespace: String,
    id: Option<u64>,
    attachments: usize,
    /// The payload's JSON; of an event, its name and arguments.
    payload: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Connect,
    Disconnect,
    Event,
    Ack,
    ConnectError,
}

impl Seen {
    fn of(packet: &Packet<'_>) -> Self {
        let array = |elements: &str| serde_json::from_str::<Vec<Value>>(&format!("[{elements}]")).unwrap();
        let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let (kind, id, attachments, payload) = match &packet.body {
            Body::Connect { data } => (Kind::Connect, None, 0, data.map(value)),
            Body::Disconnect => (Kind::Disconnect, None, 0, None),
            Body::Event { name, args, id, attachments } => {
                let mut elements = array(args);
                elements.insert(0, Value::from(&**name));
                (Kind::Event, *id, *attachments, Some(elements.into()))
            }
            Body::Ack { id, args, attachments } => (Kind::Ack, Some(*id), *attachments, Some(array(args).into())),
            Body::ConnectError { data } => (Kind::ConnectError, None, 0, Some(value(data))),
        };
        Self { kind, namespace: packet.namespace.into(), id, attachments, payload }
    }

    /// The packet's text, as our encoder writes it.
    fn encode(&self) -> String {
        let elements = |values: &[Value]| values.iter().map(Value::to_string).collect::<Vec<_>>().join(",");
        let payload = self.payload.clone().unwrap_or_default();
        let text = payload.to_string();
        let no_values = Vec::new();
        let array = payload.as_array().unwrap_or(&no_values);
        let (name, args) = match array.split_first() {
            Some((name, args)) if self.kind == Kind::Event => (name.as_str().unwrap(), elements(args)),
            _ => ("", elements(array)),
        };
        let attachments = self.attachments;
        let body = match self.kind {
            Kind::Connect => Body::Connect { data: self.payload.as_ref().map(|_| &*text) },
            Kind::Disconnect => Body::Disconnect,
            Kind::Event => Body::Event { name: name.into(), args: &args, id: self.id, attachments },
            Kind::Ack => Body::Ack { id: self.id.unwrap(), args: &args, attachments },
            Kind::ConnectError => Body::ConnectError { data: &text },
        };
        let mut out = String::new();
        Packet { namespace: &self.namespace, body }.encode(&mut out);
        out
    }
}

/// Any JSON, a few levels deep. Numbers are whole: how fractions are rounded is not ours to test.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!({"_placeholder": true, "num": 0})),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((any::<String>(), inner), 0..4).prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn any_object() -> impl Strategy<Value = Value> {
    vec((any::<String>(), any_json()), 0..4).prop_map(|entries| Value::Object(entries.into_iter().collect()))
}

/// A comma ends a namespace, so none can have one.
fn any_namespace() -> impl Strategy<Value = String> {
    prop_oneof![Just("/".to_owned()), "/[^,]{0,12}"]
}

fn any_packet() -> impl Strategy<Value = Seen> {
    let name = any::<String>().prop_filter("not a name for users", |name| !is_reserved(name));
    let event = (name, vec(any_json(), 0..4)).prop_map(|(name, mut args)| {
        args.insert(0, name.into());
        Value::from(args)
    });
    let refusal = prop_oneof![any_object(), any::<String>().prop_map(Value::from)];
    let kind = prop_oneof![
        option::of(any_object()).prop_map(|data| (Kind::Connect, None, 0, data)),
        Just((Kind::Disconnect, None, 0, None)),
        (event, option::of(any::<u64>()), 0..4usize).prop_map(|(array, id, n)| (Kind::Event, id, n, Some(array))),
        (vec(any_json(), 0..4), any::<u64>(), 0..4usize).prop_map(|(args, id, n)| (
            Kind::Ack,
            Some(id),
            n,
            Some(args.into())
        )),
        refusal.prop_map(|data| (Kind::ConnectError, None, 0, Some(data))),
    ];
    (any_namespace(), kind).prop_map(|(namespace, (kind, id, attachments, payload))| Seen {
        kind,
        namespace,
        id,
        attachments,
        payload,
    })
}

/// Texts that are nearly packets: packets with a few characters changed, and heaps of the protocol's own pieces.
fn nearly_a_packet() -> impl Strategy<Value = String> {
    let heap = vec(select(&PIECES[..]), 0..8).prop_map(|pieces| pieces.concat());
    let changed = (any_packet(), any::<prop::sample::Index>(), select(&PIECES[..]), any::<bool>()).prop_map(
        |(packet, at, piece, keep)| {
            let text: Vec<char> = packet.encode().chars().collect();
            let at = at.index(text.len());
            let after = if keep { at } else { at + 1 };
            text[..at].iter().copied().chain(piece.chars()).chain(text[after..].iter().copied()).collect()
        },
    );
    prop_oneof![heap, changed, any_packet().prop_map(|packet| packet.encode()), any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn what_is_written_is_read_back(packet in any_packet()) {
        let text = packet.encode();
        let read = Packet::decode(&text).map(|packet| Seen::of(&packet));
        prop_assert_eq!(read.as_ref(), Ok(&packet), "{}", text);
    }

    #[test]
    fn no_text_makes_the_codec_panic(text in nearly_a_packet()) {
        let _ = engine::Packet::decode(&text);
        if let Ok(packet) = Packet::decode(&text) {
            // What was accepted survives being written again.
            let mut again = String::new();
            packet.encode(&mut again);
            let reread = Packet::decode(&again);
            prop_assert_eq!(reread.as_ref(), Ok(&packet), "{} became {}", text, again);
        }
    }
}

/// The deliberate differences between our decoder and theirs. Ours reads what a server sends, checks all of it at once, and
/// takes a packet that is not as the protocol says as the end of the connection. Theirs reads what a client sends and looks
/// at the payload when a handler asks for it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Difference {
    /// CONNECT_ERROR only ever comes from a server, so theirs does not read it.
    TheyReadNoConnectError,
    /// Their ids are i64. One that doesn't fit is no id to them, and the event asks for nothing; an ACK is refused. Ours go
    /// to u64, and one beyond that ends the connection: an answer under a wrong id is worse than none.
    LargeId,
    /// White space between id and payload (which no implementation writes): theirs drops the id.
    SpaceAfterId,
    /// Theirs takes anything after DISCONNECT.
    PayloadOfDisconnect,
    /// Theirs takes any JSON in CONNECT. The protocol says an object.
    ConnectWithoutObject,
    /// Theirs delivers events that the protocol keeps for itself.
    ReservedName,
    /// Theirs borrows the event's name from the text, so it can't read one with an escape in it.
    EscapedName,
    /// Theirs has a bound on the number of attachments in the parser, ours has it in the connection.
    ManyAttachments,
}

/// What their parser makes of a text; the attachments that it asks for are given to it, one byte each.
fn theirs(text: &str) -> Option<Seen> {
    let (config, state) = (ParseConfig::default(), ParserState::default());
    let mut attachments = 0;
    let mut read = CommonParser.decode_str(&config, &state, Str::from(text.to_owned()));
    while let Err(ParseError::NeedsMoreBinaryData) = read {
        attachments += 1;
        read = CommonParser.decode_bin(&config, &state, vec![0].into());
    }
    let TheirPacket { inner, ns } = read.ok()?;
    let json = |value: &TheirValue| serde_json::from_str::<Value>(value.as_str()?).ok();
    let array = |value: &TheirValue| json(value).filter(Value::is_array);
    let (kind, id, payload) = match &inner {
        PacketData::Connect(None) => (Kind::Connect, None, None),
        PacketData::Connect(Some(data)) => (Kind::Connect, None, Some(json(data)?)),
        PacketData::Disconnect => (Kind::Disconnect, None, None),
        PacketData::Event(data, id) | PacketData::BinaryEvent(data, id) => {
            let array = array(data)?;
            assert_eq!(CommonParser.read_event(data).ok()?, array[0]);
            (Kind::Event, *id, Some(array))
        }
        PacketData::EventAck(data, id) | PacketData::BinaryAck(data, id) => (Kind::Ack, Some(*id), Some(array(data)?)),
        PacketData::ConnectError(_) => unreachable!("they read none"),
    };
    let id = id.map(|id| u64::try_from(id).unwrap());
    Some(Seen { kind, namespace: ns.to_string(), id, attachments, payload })
}

fn ours(text: &str) -> Result<Seen, DecodeError> {
    Packet::decode(text).map(|packet| Seen::of(&packet))
}

/// The id's digits in a packet's text, with the white space after them.
fn id_in(text: &str) -> (&str, bool) {
    let rest = text.get(1..).unwrap_or_default();
    let rest = if text.starts_with(['5', '6']) { rest.split_once('-').map_or("", |(_, rest)| rest) } else { rest };
    let rest = if rest.starts_with('/') { rest.split_once(',').map_or("", |(_, rest)| rest) } else { rest };
    let id = &rest[..rest.bytes().take_while(u8::is_ascii_digit).count()];
    (id, rest[id.len()..].starts_with([' ', '\t', '\n', '\r']))
}

/// Why the two may disagree about this text, if they may.
fn difference(text: &str, ours: &Result<Seen, DecodeError>, theirs: Option<&Seen>) -> Option<Difference> {
    let (id, space) = id_in(text);
    match (ours, theirs) {
        (Ok(Seen { kind: Kind::ConnectError, .. }), None) => Some(Difference::TheyReadNoConnectError),
        (Ok(_), Some(Seen { id: None, .. }) | None) if !id.is_empty() && space => Some(Difference::SpaceAfterId),
        (_, Some(Seen { id: None, .. }) | None) if !id.is_empty() && id.parse::<i64>().is_err() => {
            Some(Difference::LargeId)
        }
        (Ok(Seen { kind: Kind::Event, .. }), None) if text.contains('\\') => Some(Difference::EscapedName),
        (Ok(Seen { attachments: 10_001.., .. }), None) => Some(Difference::ManyAttachments),
        (Err(DecodeError::BadPayload { packet: "DISCONNECT", .. }), Some(_)) => Some(Difference::PayloadOfDisconnect),
        (Err(DecodeError::BadPayload { packet: "CONNECT", .. }), Some(_)) => Some(Difference::ConnectWithoutObject),
        (Err(DecodeError::ReservedName(_)), Some(_)) => Some(Difference::ReservedName),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5_000))]

    #[test]
    fn both_read_the_same_but_for_what_is_listed(text in nearly_a_packet()) {
        let (ours, theirs) = (ours(&text), theirs(&text));
        if ours.as_ref().ok() != theirs.as_ref() {
            let listed = difference(&text, &ours, theirs.as_ref());
            prop_assert!(listed.is_some(), "{:?}:\n  ours   {:?}\n  theirs {:?}", text, ours, theirs);
        }
    }

    #[test]
    fn what_ours_writes_theirs_reads(packet in any_packet()) {
        let text = packet.encode();
        let theirs = theirs(&text);
        if theirs.as_ref() != Some(&packet) {
            let listed = difference(&text, &Ok(packet), theirs.as_ref());
            let protocol = [Difference::TheyReadNoConnectError, Difference::LargeId, Difference::EscapedName];
            prop_assert!(listed.is_some_and(|d| protocol.contains(&d)), "{}: {:?} {:?}", text, listed, theirs);
        }
    }

    #[test]
    fn what_theirs_writes_ours_reads(
        namespace in any_namespace(),
        name in any::<String>().prop_filter("not a name for users", |name| !is_reserved(name)),
        args in vec(any_json(), 0..4),
        id in option::of(0..=i64::MAX),
        is_ack: bool,
    ) {
        let event = (!is_ack).then_some(&*name);
        // Theirs spreads a tuple over the arguments, and takes anything else as one.
        let value = match &args[..] {
            [] => CommonParser.encode_value(&[(); 0], event),
            [a] => CommonParser.encode_value(&(a,), event),
            [a, b] => CommonParser.encode_value(&(a, b), event),
            [a, b, c, ..] => CommonParser.encode_value(&(a, b, c), event),
        }
        .unwrap();
        let mut packet = match (is_ack, id) {
            (true, id) => TheirPacket::ack(namespace.clone(), value, id.unwrap_or(0)),
            (false, _) => TheirPacket::event(namespace.clone(), value),
        };
        if let (false, Some(id)) = (is_ack, id) {
            packet.inner.set_ack_id(id);
        }
        let text = CommonParser.encode(packet).as_str().unwrap().to_string();

        let payload = if is_ack { args } else { [vec![name.into()], args].concat() };
        let expected = Seen {
            kind: if is_ack { Kind::Ack } else { Kind::Event },
            namespace,
            id: if is_ack { Some(id.unwrap_or(0).unsigned_abs()) } else { id.map(i64::unsigned_abs) },
            attachments: 0,
            payload: Some(payload.into()),
        };
        prop_assert_eq!(ours(&text), Ok(expected), "{}", text);
    }
}

#[test]
fn every_listed_difference_is_one() {
    for (text, listed) in [
        (r#"4{"message":"no"}"#, Difference::TheyReadNoConnectError),
        (r#"29223372036854775808["a"]"#, Difference::LargeId),
        (r#"299999999999999999999["a"]"#, Difference::LargeId),
        ("39223372036854775808[]", Difference::LargeId),
        (r#"21 ["a"]"#, Difference::SpaceAfterId),
        ("1{}", Difference::PayloadOfDisconnect),
        ("0[1]", Difference::ConnectWithoutObject),
        (r#"2["disconnect"]"#, Difference::ReservedName),
        (r#"2["a\nb"]"#, Difference::EscapedName),
        (r#"510001-["a"]"#, Difference::ManyAttachments),
    ] {
        let (ours, theirs) = (ours(text), theirs(text));
        assert_ne!(ours.as_ref().ok(), theirs.as_ref(), "{text}: both read the same");
        assert_eq!(difference(text, &ours, theirs.as_ref()), Some(listed), "{text}");
    }
}

/// One thing that happens to a connection.
#[derive(Debug, Clone)]
enum Happening {
    Frame(String),
    Binary(Vec<u8>),
    Closed,
    Sleep(Duration),
    /// Sleeps to the deadline that the connection asked for.
    Wake,
    Connect(&'static str),
    Disconnect(&'static str),
    Emit(&'static str),
    Ask(&'static str),
    /// Carries out its orders, or leaves them for later.
    Drain,
}

fn any_happening() -> impl Strategy<Value = Happening> {
    const FRAMES: [&str; 16] = [
        r#"0{"sid":"a","upgrades":[],"pingInterval":300,"pingTimeout":200,"maxPayload":100}"#,
        r#"0{"sid":"a","upgrades":[],"pingInterval":0,"pingTimeout":0}"#,
        "1",
        "2",
        "2probe",
        "6",
        r#"40{"sid":"x"}"#,
        r#"40/chat,{"sid":"y"}"#,
        "41",
        "41/chat,",
        r#"42["e",1]"#,
        r#"42/chat,7["e"]"#,
        r#"44{"message":"no"}"#,
        r#"430["yes"]"#,
        r#"451-["e",{"_placeholder":true,"num":0}]"#,
        r#"462-1[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#,
    ];
    let namespace = || select(&["/", "/chat"][..]);
    prop_oneof![
        6 => select(&FRAMES[..]).prop_map(|frame| Happening::Frame(frame.to_owned())),
        1 => nearly_a_packet().prop_map(|text| Happening::Frame(format!("4{text}"))),
        1 => any::<String>().prop_map(Happening::Frame),
        1 => vec(any::<u8>(), 0..4).prop_map(Happening::Binary),
        1 => Just(Happening::Closed),
        1 => (0..1_000u64).prop_map(|ms| Happening::Sleep(Duration::from_millis(ms))),
        2 => Just(Happening::Wake),
        3 => namespace().prop_map(Happening::Connect),
        1 => namespace().prop_map(Happening::Disconnect),
        1 => namespace().prop_map(Happening::Emit),
        2 => namespace().prop_map(Happening::Ask),
        4 => Just(Happening::Drain),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn no_history_breaks_a_connection(history in vec(any_happening(), 0..60), seed: u64) {
        let mut connection = Connection::new(Config::default(), seed);
        let mut now = Duration::ZERO;
        let (mut asked, mut ended) = (Vec::new(), Vec::new());
        for happening in history {
            match happening {
                Happening::Frame(frame) => connection.handle_frame(now, &frame),
                Happening::Binary(bytes) => connection.handle_binary(now, bytes),
                Happening::Closed => connection.handle_closed(now, LinkError::Closed),
                Happening::Sleep(time) => now += time,
                Happening::Wake => now = connection.poll_timeout().map_or(now, |deadline| deadline.max(now)),
                Happening::Connect(namespace) => connection.connect(now, namespace),
                Happening::Disconnect(namespace) => connection.disconnect(now, namespace),
                Happening::Emit(namespace) => drop(connection.emit(now, namespace, "e", Encoded::of(&("x",)).unwrap(), Delivery::Buffered)),
                Happening::Ask(namespace) => {
                    asked.extend(connection.emit_with_ack(now, namespace, "e", Encoded::of(&()).unwrap(), Delivery::AtOnce, Some(Duration::from_millis(400))));
                }
                Happening::Drain => {
                    while connection.poll_order().is_some() {}
                    while connection.poll_frame().is_some() {}
                }
            }
            connection.handle_timeout(now);
            if let Some(deadline) = connection.poll_timeout() {
                prop_assert!(deadline > now, "due at {:?}, and not done at {:?}: {:?}", deadline, now, connection);
            }
            ended.extend(std::iter::from_fn(|| connection.poll_event()).filter_map(acked));
        }
        // When it is closed, all has ended that was begun, and each thing once.
        connection.close(now);
        ended.extend(std::iter::from_fn(|| connection.poll_event()).filter_map(acked));
        ended.sort_unstable();
        prop_assert_eq!(asked, ended);
        prop_assert_eq!(connection.poll_timeout(), None);
        let last = std::iter::from_fn(|| connection.poll_order()).last();
        prop_assert!(!matches!(last, Some(Order::Dial)), "closed, and dials");
    }
}

fn acked(event: Event) -> Option<hubbub_client::connection::AckId> {
    match event {
        Event::Acked { id, .. } => Some(id),
        _ => None,
    }
}
