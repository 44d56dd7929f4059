//! From messages that enter the log to the answer after their commit: `cargo bench --bench log`.
//!
//! The log is the server's, with its thread and a file, and `fsync` as always. Each time all messages become one
//! transaction, as they do when they have come while another was on its way to the disk.

use std::error::Error;
use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput};
use hubbub::bench::Log;
use hubbub_shared::chat::{LOBBY, Message, MessageId};

fn main() -> Result<(), Box<dyn Error>> {
    let mut criterion = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(4))
        .configure_from_args();
    for count in [1, 64, 1_024] {
        append(&mut criterion, count)?;
    }
    criterion.final_summary();
    Ok(())
}

fn append(criterion: &mut Criterion, count: u64) -> Result<(), Box<dyn Error>> {
    // Not where temporary files are, which may be in memory.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let log = Log::open(&folder.path().join("hubbub.db"))?;
    let mut said = 0;
    let mut group = criterion.benchmark_group("log");
    group.throughput(Throughput::Elements(count));
    group.bench_function(format!("{count} to a transaction"), |bencher| {
        let setup = || {
            let messages = (said + 1..=said + count).map(|number| message(&log, number)).collect();
            said += count;
            (log.hold_up(), messages, said)
        };
        bencher.iter_batched(
            setup,
            |(held_up, messages, said)| assert_eq!(log.append(held_up, messages), Some(said)),
            BatchSize::PerIteration,
        );
    });
    Ok(())
}

/// The ids go up, as those of pages do.
fn message(log: &Log, number: u64) -> Message {
    let id = MessageId::from_bytes(u128::from(number).to_be_bytes());
    Message { seq: 0, id, room: LOBBY.to_owned(), author: log.author().clone(), text: "t".repeat(64), at: 0 }
}
