//! Natively: tokio, and a peer of our own.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::OnceLock,
};

pub(crate) use tokio::{task::yield_now as give_way, test as conformance, time::sleep};

/// The line that the peer says, one process for all tests. It ends with its standard input, and so with us.
pub(super) fn peer() -> String {
    static PEER: OnceLock<(Child, String)> = OnceLock::new();
    PEER.get_or_init(|| {
        let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/peers");
        assert!(
            peers.join("node_modules/ws").is_dir(),
            "the JavaScript peers are not installed: type `npm ci` in tests/peers, or `cargo xtask test`"
        );
        let mut node = Command::new("node");
        node.arg(peers.join("conformance.mjs")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut node = node.spawn().expect("Node runs (`apt-get install nodejs npm`)");
        let mut line = String::new();
        let stdout = node.stdout.take().expect("asked for once");
        BufReader::new(stdout).read_line(&mut line).expect("the peer says where it is");
        (node, line)
    })
    .1
    .clone()
}
