//! From a round of messages to the events that everybody in the room is given: `cargo bench --bench fan_out`.
//!
//! This is done once in a round, however many are there. What each of them costs on top `cargo xtask bench` measures.

use std::{hint::black_box, time::Duration};

use criterion::{Criterion, Throughput};
use hubbub::bench::{for_guests, for_users};
use hubbub_shared::chat::{LOBBY, Message, MessageId, User};

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args();
    for bytes in [64, 1_024] {
        for count in [1, 50, 1_000] {
            round(&mut criterion, count, bytes);
        }
    }
    criterion.final_summary();
}

fn round(criterion: &mut Criterion, count: u64, bytes: usize) {
    let messages: Vec<_> = (1..=count).map(|seq| message(seq, bytes)).collect();
    let what = format!("{count} of {bytes} bytes");
    let mut group = criterion.benchmark_group("fan-out");
    group.throughput(Throughput::Elements(count));
    group.bench_function(format!("{what}, for users"), |bencher| {
        bencher.iter(|| for_users(LOBBY, black_box(&messages)));
    });
    group.bench_function(format!("{what}, for guests"), |bencher| {
        bencher.iter(|| for_guests(black_box(&messages)));
    });
}

/// A user's: guests hear it with the name.
fn message(seq: u64, bytes: usize) -> Message {
    let id = MessageId::from_bytes(u128::from(seq).to_be_bytes());
    let author = User { id: "0123456789abcdef".to_owned(), name: "Ada".to_owned() };
    Message { seq, id, room: LOBBY.to_owned(), author, text: "t".repeat(bytes), at: 1_790_000_000_000 + seq }
}
