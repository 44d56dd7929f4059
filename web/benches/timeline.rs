//! A room's messages into its timeline, 50 at a time: `cargo bench --bench timeline`.
//!
//! The timeline is watched, and its changes are taken, as by a view. It keeps 3,000 of the 10,000 messages and forgets
//! the others on the way, as on the page.

use std::{hint::black_box, time::Duration};

use criterion::{BatchSize, Criterion, Throughput};
use hubbub_shared::chat::{Message, MessageId, PAGE, User};
use hubbub_web::model::timeline::{Look, Timeline};

const MESSAGES: u64 = 10_000;

/// It has no divisor in common with [`MESSAGES`], so its multiples pass all of them, each far from the one before.
const STRIDE: u64 = 7_919;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(4))
        .configure_from_args();
    // As they are said.
    insert(&mut criterion, "in order", |i| i, None);
    // As one reads upwards.
    insert(&mut criterion, "from the last to the first", |i| MESSAGES - 1 - i, Some(looks_at_top));
    // As nobody hears them: each new one has gaps around it.
    insert(&mut criterion, "scattered", |i| i * STRIDE % MESSAGES, None);
    criterion.final_summary();
}

fn insert(criterion: &mut Criterion, what: &str, nth: impl Fn(u64) -> u64, look: Option<fn(&[Message]) -> Look>) {
    let messages: Vec<_> = (0..MESSAGES).map(|i| message(nth(i) + 1)).collect();
    let pages: Vec<_> = messages.chunks(PAGE as usize).map(<[Message]>::to_vec).collect();
    let mut group = criterion.benchmark_group("timeline");
    group.throughput(Throughput::Elements(MESSAGES));
    group.bench_function(what, |bencher| {
        let setup = || (watched(), pages.clone());
        bencher.iter_batched(
            setup,
            |(mut timeline, pages)| {
                for page in pages {
                    timeline.look_at(look.map(|look| look(&page)));
                    timeline.live(page);
                    black_box(timeline.take_changes());
                }
                timeline
            },
            BatchSize::PerIteration,
        );
    });
}

fn watched() -> Timeline {
    let mut timeline = Timeline::new("lobby".to_owned(), user("me"), |_| 0);
    timeline.watch();
    timeline
}

fn looks_at_top(page: &[Message]) -> Look {
    Look { seq: page.iter().map(|message| message.seq).min().unwrap_or(0), top: 0.0 }
}

/// Somebody else's, a second after the one before it.
fn message(seq: u64) -> Message {
    let id = MessageId::from_bytes(u128::from(seq).to_be_bytes());
    Message { seq, id, room: "lobby".to_owned(), author: user("ada"), text: "t".repeat(64), at: seq * 1_000 }
}

fn user(name: &str) -> User {
    User { id: name.to_owned(), name: name.to_owned() }
}
