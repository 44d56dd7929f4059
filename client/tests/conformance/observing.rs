//! Every packet, as it passes.

use std::time::Duration;

use futures_channel::mpsc;
use futures_util::StreamExt;
use hubbub_client::{Direction, Frame, Observed};
use serde_bytes::ByteBuf;

use crate::world::{Watched, conformance, official, tag, within};

fn shown(observed: &Observed) -> String {
    let way = if observed.direction == Direction::In { "<" } else { ">" };
    match &observed.frame {
        Frame::Text(text) if text.starts_with("0{") => format!("{way} 0{{…}}"),
        Frame::Text(text) if text.starts_with("40{") => format!("{way} 40{{…}}"),
        Frame::Text(text) => format!("{way} {text}"),
        Frame::Binary(bytes) => format!("{way} {bytes:?}"),
    }
}

fn is_heartbeat(observed: &Observed) -> bool {
    matches!(&observed.frame, Frame::Text(text) if text == "2" || text == "3")
}

fn watch(socket: &Watched) -> mpsc::UnboundedReceiver<Observed> {
    let (told, observed) = mpsc::unbounded();
    socket.client().observe(move |packet| drop(told.unbounded_send(packet.clone())));
    observed
}

#[conformance]
async fn every_packet_is_seen_both_ways() {
    let mut socket = Watched::new(official(&tag()).socket().expect("a good URL"));
    let mut observed = watch(&socket);
    socket.connect();
    socket.connected().await;
    socket.ask::<(ByteBuf,)>("ask", (ByteBuf::from([1, 2]),)).await;
    socket.disconnect();
    let mut packets: Vec<Observed> = Vec::new();
    within("the last packet", async {
        while packets.last().is_none_or(|packet| shown(packet) != "> 41") {
            packets.push(observed.next().await.expect("the client lives"));
        }
    })
    .await;
    assert!(packets.is_sorted_by_key(|packet| packet.at), "time never goes back");
    assert!(packets.iter().all(|packet| packet.at < Duration::from_secs(3_600)));
    let seen: Vec<String> = packets.iter().filter(|packet| !is_heartbeat(packet)).map(shown).collect();
    let expected = [
        "< 0{…}",
        "> 40",
        "< 40{…}",
        r#"> 451-0["ask",{"_placeholder":true,"num":0}]"#,
        "> [1, 2]",
        r#"< 461-0[{"_placeholder":true,"num":0}]"#,
        "< [1, 2]",
        "> 41",
    ];
    assert_eq!(seen, expected);
}

/// The official client's event `ping`.
#[conformance]
async fn heartbeats_are_answered_and_seen() {
    let mut socket = Watched::new(official(&tag()).socket().expect("a good URL"));
    let observed = watch(&socket);
    socket.connect();
    socket.connected().await;
    let beats = observed.filter(|packet| std::future::ready(is_heartbeat(packet))).take(6).map(|packet| shown(&packet));
    let beats: Vec<String> = within("three heartbeats", beats.collect()).await;
    assert_eq!(beats, ["< 2", "> 3", "< 2", "> 3", "< 2", "> 3"]);
}

#[conformance]
async fn an_observer_can_be_removed() {
    let mut socket = Watched::new(official(&tag()).socket().expect("a good URL"));
    let (told, mut observed) = mpsc::unbounded();
    let observer = socket.client().observe(move |_| drop(told.unbounded_send(())));
    socket.connect();
    socket.connected().await;
    observer.remove();
    while observed.try_recv().is_ok() {}
    socket.ask::<()>("ask", ()).await;
    assert!(observed.try_recv().is_err());
}
