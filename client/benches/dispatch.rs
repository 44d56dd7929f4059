//! Receiving and dispatching natively, beside rust_socketio 0.6: `cargo bench --bench dispatch`.
//!
//! One server feeds both the same 100,000 events of 64 bytes, in turns. Each client is a process of its own, which reads every
//! event's text in a listener, and says what CPU and what time it took from the first to the last.

use std::{
    env,
    process::Stdio,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use futures_util::FutureExt;
use hubbub_client::Client;
use hubbub_client_benches::{
    feeder::{self, EVENTS, NAME, TEXT},
    median,
};
use nix::sys::resource::{UsageWho, getrusage};
use rust_socketio::{Payload, TransportType, asynchronous::ClientBuilder};
use tokio::{process::Command, sync::Notify, time::timeout};

const ROUNDS: usize = 5;

/// The most time that a client may take.
const LIMIT: Duration = Duration::from_secs(60);

fn main() -> Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["ours", url] => fed(ours(url)),
        ["theirs", url] => fed(theirs(url)),
        _ => compare(),
    }
}

#[tokio::main]
async fn compare() -> Result<()> {
    let url = format!("http://{}", feeder::start().await?);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(Took::by("ours", &url).await?);
        theirs.push(Took::by("theirs", &url).await?);
    }
    let (ours, theirs) = (Took::median(&ours), Took::median(&theirs));
    println!("{EVENTS} events of 64 bytes, medians of {ROUNDS}:");
    for (name, took) in [("ours", ours), ("rust_socketio", theirs)] {
        println!("{name:>15}: {:.3} s of CPU, {:.3} s", took.cpu, took.wall);
    }
    println!("{:>15}: {:.1} in CPU, {:.1} in time", "ratio", theirs.cpu / ours.cpu, theirs.wall / ours.wall);
    Ok(())
}

/// What a client took, in seconds.
#[derive(Clone, Copy)]
struct Took {
    cpu: f64,
    wall: f64,
}

impl Took {
    /// Runs a client in a process of its own.
    async fn by(client: &str, url: &str) -> Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        let running = command.args([client, url]).stderr(Stdio::inherit()).kill_on_drop(true).output();
        let output = timeout(LIMIT, running).await.with_context(|| format!("{client} hears too little"))??;
        let said = String::from_utf8_lossy(&output.stdout);
        let (cpu, wall) = said.trim().split_once(' ').with_context(|| format!("{client} says {said:?}"))?;
        Ok(Self { cpu: cpu.parse()?, wall: wall.parse()? })
    }

    fn median(of: &[Self]) -> Self {
        let median = |part: fn(&Self) -> f64| median(of.iter().map(part).collect());
        Self { cpu: median(|took| took.cpu), wall: median(|took| took.wall) }
    }
}

/// The client's end: runs it, on one thread.
fn fed(client: impl Future<Output = Result<()>>) -> Result<()> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(client)
}

async fn ours(url: &str) -> Result<()> {
    let socket = Client::new(url)?.socket("/");
    let tally = Arc::new(Tally::default());
    let hears = tally.clone();
    socket.on(NAME, move |event| {
        if let Ok((text,)) = event.read::<(String,)>() {
            hears.add(&text);
        }
    });
    socket.connect();
    tally.say().await
}

async fn theirs(url: &str) -> Result<()> {
    let tally = Arc::new(Tally::default());
    let hears = tally.clone();
    let builder = ClientBuilder::new(url).transport_type(TransportType::Websocket).on(NAME, move |payload, _| {
        let hears = hears.clone();
        async move {
            if let Payload::Text(values) = payload
                && let [serde_json::Value::String(text)] = &values[..]
            {
                hears.add(text);
            }
        }
        .boxed()
    });
    let _client = builder.connect().await?;
    tally.say().await
}

/// Counts what a listener hears.
#[derive(Default)]
struct Tally {
    heard: AtomicUsize,
    /// The CPU and the time at the first event.
    begun: Mutex<Option<(f64, Instant)>>,
    all: Notify,
}

impl Tally {
    fn add(&self, text: &str) {
        assert_eq!(text.len(), TEXT);
        match self.heard.fetch_add(1, Ordering::Relaxed) + 1 {
            1 => *self.begun.lock().expect("nobody panics") = Some((cpu_seconds(), Instant::now())),
            EVENTS => self.all.notify_one(),
            _ => {}
        }
    }

    /// Waits for the last event, and says what it took to hear them all.
    async fn say(&self) -> Result<()> {
        self.all.notified().await;
        let Some((cpu, time)) = *self.begun.lock().expect("nobody panics") else { bail!("nothing was heard") };
        println!("{} {}", cpu_seconds() - cpu, time.elapsed().as_secs_f64());
        Ok(())
    }
}

/// What this process has used so far.
fn cpu_seconds() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_SELF).expect("a process may ask for its own");
    [usage.user_time(), usage.system_time()].iter().map(|time| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6).sum()
}
