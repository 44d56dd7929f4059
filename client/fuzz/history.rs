//! Frames from a server that may be anything, and what must hold whatever they are. What is fuzzed (`frames.rs`) and what
//! `tests/fuzz_corpus.rs` runs is this.
//!
//! A history is a text of one frame a line. A line that begins with `b` is a binary frame; no packet's type is `b`.

use std::{iter::from_fn, time::Duration};

use hubbub_client::{
    Args, Config, Encoded,
    codec::{engine, socket},
    connection::{Connection, Delivery, Event},
};
use serde_bytes::ByteBuf;
use serde_json::{Value, value::RawValue};

/// Joins both namespaces.
const JOINED: [&str; 3] =
    [r#"0{"sid":"a","pingInterval":300,"pingTimeout":200}"#, r#"40{"sid":"b","pid":"c"}"#, r#"40/chat,{"sid":"d"}"#];

/// Runs a history twice: on a link that begins with it, and on one whose namespaces are joined.
pub(crate) fn run(bytes: &[u8]) {
    let frames: Vec<Frame<'_>> = bytes.split(|byte| *byte == b'\n').filter_map(Frame::of).collect();
    for frame in &frames {
        if let Frame::Text(text) = frame {
            decode(text);
        }
    }
    hear(&frames);
    hear(&JOINED.map(Frame::Text).into_iter().chain(frames).collect::<Vec<_>>());
}

enum Frame<'a> {
    Text(&'a str),
    Binary(&'a [u8]),
}

impl<'a> Frame<'a> {
    /// A WebSocket has no text frames that are not UTF-8.
    fn of(line: &'a [u8]) -> Option<Self> {
        match line.strip_prefix(b"b") {
            Some(bytes) => Some(Self::Binary(bytes)),
            None => str::from_utf8(line).ok().map(Self::Text),
        }
    }
}

/// Both layers of the codec: what was accepted survives being written again.
fn decode(frame: &str) {
    let Ok(engine::Packet::Message(text)) = engine::Packet::decode(frame) else { return };
    let Ok(packet) = socket::Packet::decode(text) else { return };
    let again = packet.frame();
    assert_eq!(socket::Packet::decode(&again[1..]), Ok(packet), "{text:?} became {again:?}");
}

/// Lets a connection hear the frames, one every 10 ms, and asks it for everything after each.
fn hear(frames: &[Frame<'_>]) {
    let mut connection = Connection::new(Config::default(), 0);
    let nothing = Encoded::of(&()).expect("there is nothing to encode");
    let mut asked = Vec::new();
    let mut ended = Vec::new();
    for namespace in ["/", "/chat"] {
        connection.connect(Duration::ZERO, namespace);
    }
    for (frame, now) in frames.iter().zip((0..).map(|number| Duration::from_millis(10 * number))) {
        while connection.poll_order().is_some() {}
        match frame {
            Frame::Text(text) => connection.handle_frame(now, text),
            Frame::Binary(bytes) => connection.handle_binary(now, bytes.to_vec()),
        }
        // Acknowledgements in a history find somebody who awaits them.
        let timeout = Some(Duration::from_millis(50));
        asked.extend(connection.emit_with_ack(now, "/", "ask", nothing.clone(), Delivery::AtOnce, timeout));
        while connection.poll_frame().is_some() {}
        for event in from_fn(|| connection.poll_event()).collect::<Vec<_>>() {
            match event {
                Event::Received { args, reply, .. } => {
                    read(&args);
                    // It may have left the namespace already.
                    reply.map(|to| connection.answer(now, &to, nothing.clone()));
                }
                Event::Acked { id, result } => {
                    result.iter().for_each(read);
                    ended.push(id);
                }
                _ => {}
            }
        }
        assert!(connection.poll_timeout().is_none_or(|deadline| deadline > now), "what was due is not done");
    }
    connection.close(Duration::from_secs(3_600));
    ended.extend(from_fn(|| connection.poll_event()).filter_map(|event| match event {
        Event::Acked { id, .. } => Some(id),
        _ => None,
    }));
    ended.sort_unstable();
    assert_eq!(asked, ended, "an acknowledgement didn't end, or ended twice");
    assert_eq!(connection.poll_timeout(), None, "it is closed, and waits for something");
}

/// Arguments are a JSON array, whatever the frame was, and can be asked for as anything.
fn read(args: &Args) {
    serde_json::from_str::<Vec<&RawValue>>(args.as_json()).expect("arguments are checked when they come");
    // They may be of another shape.
    let _ = args.read::<()>();
    let _ = args.read::<(Value,)>();
    let _ = args.read::<(ByteBuf,)>();
    let _ = args.read::<(String, Vec<ByteBuf>)>();
}
