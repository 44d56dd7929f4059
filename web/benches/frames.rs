//! From a frame of `/chat` to typed messages, and from a typed request to its frame: `cargo bench --bench frames`.
//!
//! It is the client's codec with the words of the namespace, as the page has them, compiled natively. The codec by itself,
//! beside others, is measured in `client/benches`.

use std::{hint::black_box, time::Duration};

use criterion::{Criterion, Throughput};
use hubbub_client::connection::{Connection, Delivery, Event as Told};
use hubbub_client::{Config, Encoded};
use hubbub_shared::Event;
use hubbub_shared::chat::event::Messages;
use hubbub_shared::chat::request::SendMessage;
use hubbub_shared::chat::{Message, MessageId, User};

const CHAT: &str = "/chat";
/// The clock stands: nothing is ever due.
const NOW: Duration = Duration::ZERO;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    for count in [1, 50] {
        hear(&mut criterion, count);
    }
    send(&mut criterion);
    criterion.final_summary();
}

fn hear(criterion: &mut Criterion, count: u64) {
    let said = Messages { room: "lobby".to_owned(), messages: (1..=count).map(message).collect() };
    let args = serde_json::to_string(&said).expect("messages are JSON");
    let frame = format!(r#"42{CHAT},["{}",{args}]"#, Messages::NAME);
    let mut connection = joined();
    let mut group = criterion.benchmark_group("hear");
    group.throughput(Throughput::Elements(count));
    group.bench_function(format!("messages of {count}"), |bencher| {
        bencher.iter(|| {
            connection.handle_frame(NOW, black_box(&frame));
            let Some(Told::Received { args, .. }) = connection.poll_event() else { panic!("an event") };
            let (heard,) = args.read::<(Messages,)>().expect("messages");
            assert_eq!(heard.messages.len(), said.messages.len());
            heard
        });
    });
}

fn send(criterion: &mut Criterion) {
    let Message { room, id, text, .. } = message(1);
    let request = SendMessage { room, id, text };
    let mut connection = joined();
    criterion.bench_function("send a message", |bencher| {
        bencher.iter(|| {
            let args = Encoded::of(&(black_box(&request),)).expect("a request is JSON");
            connection.emit(NOW, CHAT, SendMessage::NAME, args, Delivery::AtOnce).expect("it is connected");
            connection.poll_frame().expect("a frame")
        });
    });
}

/// A connection that has joined `/chat`, and has nothing else to say or to send.
fn joined() -> Connection {
    let mut connection = Connection::new(Config::default(), 0);
    connection.connect(NOW, CHAT);
    while connection.poll_order().is_some() {}
    connection.handle_frame(NOW, r#"0{"sid":"e","pingInterval":1000,"pingTimeout":1000}"#);
    connection.handle_frame(NOW, &format!(r#"40{CHAT},{{"sid":"s"}}"#));
    while connection.poll_frame().is_some() {}
    while connection.poll_event().is_some() {}
    connection
}

fn message(seq: u64) -> Message {
    let id = MessageId::from_bytes(u128::from(seq).to_be_bytes());
    let author = User { id: "0123456789abcdef".to_owned(), name: "Ada".to_owned() };
    Message { seq, id, room: "lobby".to_owned(), author, text: "t".repeat(64), at: 1_790_000_000_000 + seq }
}
