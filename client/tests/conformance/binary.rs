//! Bytes inside payloads.

use hubbub_client::{LinkError, Status};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use serde_json::{Value, json};

use crate::world::{Watched, conformance, joined, next, official, tag, within};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct File {
    name: String,
    #[serde(with = "serde_bytes")]
    content: Vec<u8>,
    parts: Vec<ByteBuf>,
}

fn file() -> File {
    File {
        name: r#"{"_placeholder":true,"num":0}"#.into(),
        content: (0..=255).collect(),
        parts: vec![ByteBuf::new(), ByteBuf::from(*b"\"}{\\")],
    }
}

#[conformance]
async fn bytes_are_bytes_at_the_server() {
    let socket = joined(official(&tag())).await;
    let (seen, number) = socket.ask::<(Value, u8)>("kinds", (file(), 7)).await;
    let all: Vec<u8> = (0..=255).collect();
    let parts = json!([{"bytes": []}, {"bytes": b"\"}{\\"}]);
    assert_eq!(seen, json!({"name": file().name, "content": {"bytes": all}, "parts": parts}));
    assert_eq!(number, 7);
}

#[conformance]
async fn bytes_go_both_ways() {
    let client = official(&tag()).build().expect("a good URL");
    for namespace in ["/", "/other"] {
        let socket = Watched::joined(&client, namespace).await;
        let mut echoes = socket.events("echo");
        socket.emit("echo", (file(), "between", ByteBuf::from(*b"last"))).unwrap();
        let echo = next("the echo", &mut echoes).await;
        assert_eq!(echo.args().attachments().len(), 4);
        let read = echo.read::<(File, String, ByteBuf)>().unwrap();
        assert_eq!(read, (file(), "between".into(), ByteBuf::from(*b"last")), "{namespace}");
    }
}

#[conformance]
async fn bytes_in_acknowledgements_both_ways() {
    let socket = joined(official(&tag())).await;
    assert_eq!(socket.ask::<(File,)>("ask", (file(),)).await, (file(),));
    // The server asks, is answered with bytes, and acknowledges with what it was answered.
    socket.on("question", |event| {
        let (asked,) = event.read::<(File,)>().expect("a file");
        event.responder().expect("it asks").answer((asked, ByteBuf::from(*b"more"))).expect("connected");
    });
    let answer = socket.ask::<(File, ByteBuf)>("question", ("question", file())).await;
    assert_eq!(answer, (file(), ByteBuf::from(*b"more")));
}

#[conformance]
async fn bytes_and_text_keep_their_order() {
    const ROUNDS: u32 = 200;
    let socket = joined(official(&tag())).await;
    let mut echoes = socket.events("echo");
    for round in 0..ROUNDS {
        socket.emit("echo", (round,)).unwrap();
        socket.emit("echo", (ByteBuf::from(round.to_be_bytes()), ByteBuf::from(*b"second"))).unwrap();
    }
    for round in 0..ROUNDS {
        assert_eq!(next("the text", &mut echoes).await.read::<(u32,)>().unwrap(), (round,));
        let bytes = next("the bytes", &mut echoes).await.read::<(ByteBuf, ByteBuf)>().unwrap();
        assert_eq!(bytes, (ByteBuf::from(round.to_be_bytes()), ByteBuf::from(*b"second")));
    }
}

#[conformance]
async fn bytes_wait_for_a_connection_too() {
    let mut socket = Watched::new(official(&tag()).socket().expect("a good URL"));
    let ack = socket.emit_with_ack::<(File,)>("ask", (file(),)).unwrap();
    socket.connect();
    socket.connected().await;
    assert_eq!(within("the answer", ack).await, Ok((file(),)));
}

/// The reason why the link was lost, and the proof that it is replaced.
async fn lost(socket: &mut Watched) -> String {
    let status = socket.next_status().await;
    let Status::Reconnecting { reason, .. } = status else { panic!("{status:?}") };
    assert!(matches!(reason, LinkError::Protocol(_)), "{reason:?}");
    socket.connected().await;
    reason.to_string()
}

#[conformance]
async fn too_many_attachments_end_the_link() {
    let mut socket = joined(official(&tag()).max_packet(1_000_000, 2)).await;
    let bytes = ByteBuf::from(*b"x");
    assert_eq!(socket.ask::<(ByteBuf, ByteBuf)>("ask", (&bytes, &bytes)).await, (bytes.clone(), bytes.clone()));
    socket.emit("echo", (&bytes, &bytes, &bytes)).unwrap();
    assert_eq!(lost(&mut socket).await, "the server broke the protocol: 3 binary attachments are too many");
}

/// In one frame, and in several that are too large together.
#[conformance]
async fn too_large_a_packet_ends_the_link() {
    let mut socket = joined(official(&tag()).max_packet(10_000, 64)).await;
    socket.emit("echo", (ByteBuf::from([0; 6_000]), ByteBuf::from([0; 6_000]))).unwrap();
    assert_eq!(lost(&mut socket).await, "the server broke the protocol: a packet of 12071 bytes is too large");
    socket.emit("echo", ("x".repeat(20_000),)).unwrap();
    assert_eq!(lost(&mut socket).await, "the server broke the protocol: a packet of 20013 bytes is too large");
}
