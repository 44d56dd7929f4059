//! A bad network: it passes on what goes between clients and a server, and cuts, holds and half-closes links as a seed says.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::Serialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// A proxy on a port of its own, in front of one server. It ends, and its links with it, when this is dropped.
pub struct Proxy {
    /// Where clients find it, such as `http://127.0.0.1:1234`.
    pub url: String,
    network: Arc<Network>,
    accepting: JoinHandle<()>,
}

/// How often it did what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Faults {
    pub links: u64,
    /// Clients that came while there was no server.
    pub refused: u64,
    pub cuts: u64,
    /// Of these, in the middle of what went through.
    pub cuts_amid_bytes: u64,
    pub delays: u64,
    pub half_closes: u64,
}

/// What all links have in common.
struct Network {
    server: SocketAddr,
    seed: u64,
    calm: watch::Sender<bool>,
    links: AtomicU64,
    refused: AtomicU64,
    cuts: AtomicU64,
    cuts_amid_bytes: AtomicU64,
    delays: AtomicU64,
    half_closes: AtomicU64,
}

impl Proxy {
    /// Starts one in front of the server at this address, with all its faults in this seed: the number of a link decides
    /// what happens to it, and when.
    pub async fn start(server: &str, seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let server = server.parse().expect("the address of a server");
        let network = Arc::new(Network::new(server, seed));
        let accepting = tokio::spawn(accept(listener, Arc::clone(&network)));
        Self { url, network, accepting }
    }

    /// No fault any more; what is held goes on.
    pub fn calm_down(&self) {
        self.network.calm.send_replace(true);
    }

    /// What it did so far.
    #[must_use]
    pub fn faults(&self) -> Faults {
        self.network.faults()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, network: Arc<Network>) {
    // Dropped with this, the links end.
    let mut links = tokio::task::JoinSet::new();
    while let Ok((client, _)) = listener.accept().await {
        let number = network.links.fetch_add(1, Ordering::Relaxed);
        links.spawn(Arc::clone(&network).link(number, client));
        while links.try_join_next().is_some() {}
    }
}

/// What happens to a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Cut,
    /// Cut after so many more bytes in this direction: in the middle of a frame, mostly.
    CutAmidBytes(Way, usize),
    Delay(Way, Duration),
    /// One direction ends, the other goes on.
    HalfClose(Way),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    ToServer,
    ToClient,
}

/// What one direction of a link lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gate {
    Open,
    Held,
    /// So many bytes, and then the link is cut.
    Budget(usize),
    Closed,
}

impl Network {
    fn new(server: SocketAddr, seed: u64) -> Self {
        let none = AtomicU64::default;
        Self {
            server,
            seed,
            calm: watch::Sender::new(false),
            links: none(),
            refused: none(),
            cuts: none(),
            cuts_amid_bytes: none(),
            delays: none(),
            half_closes: none(),
        }
    }

    fn faults(&self) -> Faults {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Faults {
            links: count(&self.links),
            refused: count(&self.refused),
            cuts: count(&self.cuts),
            cuts_amid_bytes: count(&self.cuts_amid_bytes),
            delays: count(&self.delays),
            half_closes: count(&self.half_closes),
        }
    }

    /// One link, from its beginning to its end.
    async fn link(self: Arc<Self>, number: u64, client: TcpStream) {
        let Ok(server) = TcpStream::connect(self.server).await else {
            self.refused.fetch_add(1, Ordering::Relaxed);
            return;
        };
        let _ = client.set_nodelay(true).and_then(|()| server.set_nodelay(true));
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        let (up, down) = (watch::Sender::new(Gate::Open), watch::Sender::new(Gate::Open));
        let both = async {
            tokio::try_join!(
                pass(from_client, to_server, up.subscribe()),
                pass(from_server, to_client, down.subscribe())
            )
        };
        tokio::select! {
            // It has ended by itself, or its budget is used up; what is dropped here is closed.
            _ = both => {}
            () = self.misfortunes(number, &up, &down) => {}
        }
    }

    /// Does to a link what is in its stars. Returns when it is to be cut.
    async fn misfortunes(&self, number: u64, up: &watch::Sender<Gate>, down: &watch::Sender<Gate>) {
        let mut random = fastrand::Rng::with_seed(self.seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let mut calm = self.calm.subscribe();
        let gate = |way| if way == Way::ToServer { up } else { down };
        loop {
            let (pause, fault) = (pause(&mut random), fault(&mut random));
            if !stormy(&mut calm, pause).await {
                break;
            }
            match fault {
                Fault::Cut => {
                    self.cuts.fetch_add(1, Ordering::Relaxed);
                    return;
                }
                Fault::CutAmidBytes(way, bytes) => {
                    self.cuts.fetch_add(1, Ordering::Relaxed);
                    self.cuts_amid_bytes.fetch_add(1, Ordering::Relaxed);
                    gate(way).send_replace(Gate::Budget(bytes));
                    // It ends with the budget.
                    return std::future::pending().await;
                }
                Fault::Delay(way, time) => {
                    self.delays.fetch_add(1, Ordering::Relaxed);
                    gate(way).send_if_modified(|gate| swap(gate, Gate::Open, Gate::Held));
                    stormy(&mut calm, time).await;
                    gate(way).send_if_modified(|gate| swap(gate, Gate::Held, Gate::Open));
                }
                Fault::HalfClose(way) => {
                    self.half_closes.fetch_add(1, Ordering::Relaxed);
                    gate(way).send_replace(Gate::Closed);
                }
            }
        }
        std::future::pending().await
    }
}

fn pause(random: &mut fastrand::Rng) -> Duration {
    Duration::from_millis(random.u64(100..3_000))
}

fn fault(random: &mut fastrand::Rng) -> Fault {
    let way = if random.bool() { Way::ToServer } else { Way::ToClient };
    match random.u8(0..20) {
        0..4 => Fault::Cut,
        4..9 => Fault::CutAmidBytes(way, random.usize(1..2_000)),
        9..16 => Fault::Delay(way, Duration::from_millis(random.u64(20..1_200))),
        _ => Fault::HalfClose(way),
    }
}

fn swap(gate: &mut Gate, from: Gate, to: Gate) -> bool {
    let is_from = *gate == from;
    if is_from {
        *gate = to;
    }
    is_from
}

/// Waits for this time, or until it is calm. Whether it is still not.
async fn stormy(calm: &mut watch::Receiver<bool>, time: Duration) -> bool {
    tokio::select! {
        biased;
        _ = calm.wait_for(|calm| *calm) => false,
        () = sleep(time) => true,
    }
}

/// The link is to be cut.
pub(crate) struct Cut;

/// Passes bytes on in one direction, for as long as its gate lets it.
pub(crate) async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut gate: watch::Receiver<Gate>,
) -> Result<(), Cut> {
    let mut buffer = vec![0; 16 << 10];
    let mut spent = 0;
    loop {
        let read = tokio::select! {
            biased;
            _ = gate.wait_for(|gate| *gate == Gate::Closed) => 0,
            read = from.read(&mut buffer) => read.map_err(|_| Cut)?,
        };
        let now = *gate.wait_for(|gate| *gate != Gate::Held).await.map_err(|_| Cut)?;
        if read == 0 || now == Gate::Closed {
            // The other direction may go on. The link is done when both are.
            return to.shutdown().await.map_err(|_| Cut);
        }
        let left = if let Gate::Budget(bytes) = now { bytes - spent } else { usize::MAX };
        to.write_all(&buffer[..read.min(left)]).await.map_err(|_| Cut)?;
        if read >= left {
            return Err(Cut);
        }
        if let Gate::Budget(_) = now {
            spent += read;
        }
    }
}
