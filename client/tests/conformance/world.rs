//! What each test stands on: the peer, ways to steer it, and a socket whose changes of status are waited for.

#[cfg_attr(target_family = "wasm", path = "world_browser.rs")]
#[cfg_attr(not(target_family = "wasm"), path = "world_native.rs")]
mod platform;

use std::{
    ops::Deref,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use futures_util::{
    StreamExt,
    future::{Either, select},
};
use hubbub_client::{Builder, Client, Event, FromArgs, Items, Reconnection, Socket, Status, ToArgs};
use serde::Deserialize;
use serde_json::{Value, json};

pub(crate) use platform::{conformance, give_way};

/// Long enough for a busy machine. Nobody waits so long but for a test that fails.
const LIMIT: Duration = Duration::from_secs(30);

/// For what must not end by its time-out.
pub(crate) const HOUR: Duration = Duration::from_secs(3_600);

/// For what must end by its time-out.
pub(crate) const MOMENT: Duration = Duration::from_millis(50);

/// Where the peer listens.
#[derive(Debug, Deserialize)]
pub(crate) struct Peer {
    /// The official server, under several paths.
    pub(crate) official: u16,
    /// Servers that no client should have to meet, each under its path.
    pub(crate) odd: u16,
    /// The official server again, if the machine has IPv6.
    pub(crate) ipv6: Option<u16>,
}

pub(crate) fn peer() -> Peer {
    let line = platform::peer();
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line:?} from the peer: {error}"))
}

/// What a test's clients are known by at the peer.
pub(crate) fn tag() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("tag-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// A client of the official server, quick to try again.
pub(crate) fn official(tag: &str) -> Builder {
    quick(peer().official).query("tag", tag)
}

/// A client of the odd server under `path`.
pub(crate) fn odd(path: &str, tag: &str) -> Builder {
    quick(peer().odd).path(path).query("tag", tag)
}

fn quick(port: u16) -> Builder {
    let delay = Duration::from_millis(20);
    let reconnection = Reconnection::default().delay(delay).delay_max(delay);
    Client::builder(&format!("http://127.0.0.1:{port}")).reconnection(reconnection)
}

/// The result of something that should not take long.
pub(crate) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    let limit = std::pin::pin!(platform::sleep(LIMIT));
    match select(std::pin::pin!(future), limit).await {
        Either::Left((done, _)) => done,
        Either::Right(_) => panic!("{what} took longer than {LIMIT:?}"),
    }
}

/// The next item of a stream that is read in time.
pub(crate) async fn next<T>(what: &str, items: &mut Items<T>) -> T {
    let item = within(what, items.next()).await;
    item.expect("a stream doesn't end").expect("nothing was missed")
}

/// The arguments, as JSON, of the next events.
pub(crate) async fn next_args(events: &mut Items<Event>, count: usize) -> Vec<String> {
    let mut args = Vec::new();
    for number in 1..=count {
        let event = next(&format!("event {number} of {count}"), events).await;
        args.push(event.args().as_json().to_owned());
    }
    args
}

/// A socket, and what its status becomes.
pub(crate) struct Watched {
    socket: Socket,
    statuses: Items<Status>,
}

impl Deref for Watched {
    type Target = Socket;

    fn deref(&self) -> &Socket {
        &self.socket
    }
}

impl Watched {
    pub(crate) fn new(socket: Socket) -> Self {
        let statuses = socket.statuses();
        Self { socket, statuses }
    }

    /// One of this client that is connected.
    pub(crate) async fn joined(client: &Client, namespace: &str) -> Self {
        let mut watched = Self::new(client.socket(namespace));
        watched.socket.connect();
        watched.connected().await;
        watched
    }

    pub(crate) async fn next_status(&mut self) -> Status {
        next("a change of status", &mut self.statuses).await
    }

    /// Waits for a status that fits, and gives all up to it.
    pub(crate) async fn until(&mut self, fits: impl Fn(&Status) -> bool) -> Vec<Status> {
        let mut all = Vec::new();
        let found = within("the status", async {
            while !all.last().is_some_and(&fits) {
                all.push(self.statuses.next().await.expect("a stream doesn't end").expect("nothing was missed"));
            }
        });
        found.await;
        all
    }

    /// Waits for the next connection, and gives its id and whether it continues the one before.
    pub(crate) async fn connected(&mut self) -> (Box<str>, bool) {
        match self.until(|status| matches!(status, Status::Connected { .. })).await.pop() {
            Some(Status::Connected { id, recovered }) => (id, recovered),
            other => panic!("{other:?}"),
        }
    }

    /// The server's acknowledgement.
    pub(crate) async fn ask<T: FromArgs>(&self, event: &str, args: impl ToArgs) -> T {
        let ack = self.socket.at_once().emit_with_ack(event, args).expect("connected");
        within(event, ack).await.unwrap_or_else(|error| panic!("{event}: {error}"))
    }
}

/// A connected socket of the official server's main namespace.
pub(crate) async fn joined(builder: Builder) -> Watched {
    Watched::joined(&builder.build().expect("a good URL"), "/").await
}

/// All of a kind (`engines`, `closed`, `connections`, `events`, `disconnects`) that the peer knows of a tag, as soon as
/// there are so many.
pub(crate) async fn told(tag: &str, kind: &str, count: usize) -> Vec<Value> {
    let control = Watched::joined(&quick(peer().official).build().expect("a good URL"), "/control").await;
    let ack = control.timeout(None).emit_with_ack("told", (tag, kind, count)).expect("connected");
    let (told,) = within(&format!("{count} {kind} of {tag}"), ack).await.expect("the peer knows");
    told
}

/// The names and arguments of all events that the peer got from a tag, as soon as there are so many.
pub(crate) async fn got(tag: &str, count: usize) -> Vec<(String, Value)> {
    let events = told(tag, "events", count).await;
    events.iter().map(|event| (event["name"].as_str().expect("a name").to_owned(), event["args"].clone())).collect()
}

/// Has the peer do something to all of a tag's connections.
pub(crate) async fn peer_does(tag: &str, what: &str, args: Value) {
    let control = Watched::joined(&quick(peer().official).build().expect("a good URL"), "/control").await;
    control.ask::<()>("do", (tag, what, args)).await;
}

/// Has the peer emit an event to a tag's sockets in `/`.
pub(crate) async fn peer_emits(tag: &str, name: &str) {
    peer_does(tag, "emit", json!(["/", name])).await;
}
