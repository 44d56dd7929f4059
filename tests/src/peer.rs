//! The official JavaScript implementation, in Node.

use nix::sys::signal::Signal;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::process::{ChildStdin, Command};

use crate::process::{Lines, Process, workspace};
use crate::wait::wait_for;

/// A script of `tests/peers` that runs in Node: it says what happens, and does what it is asked to, by lines of JSON. It
/// ends when this is dropped.
pub struct Peer {
    process: Process,
    asking: ChildStdin,
    said: Lines,
    errors: Lines,
}

impl Peer {
    /// The official client, told by `options` as its own documentation has them how to connect.
    #[must_use]
    pub fn client(url: &str, mut options: Value) -> Self {
        options["url"] = url.into();
        Self::run("client.mjs", &options)
    }

    /// A user of `/chat` by the official client; `options` say who, and how to connect.
    #[must_use]
    pub fn user(url: &str, mut options: Value) -> Self {
        options["url"] = url.into();
        Self::run("chat.mjs", &options)
    }

    /// A crowd of users of `/chat` by the official client; `options` say how many.
    #[must_use]
    pub fn crowd(url: &str, mut options: Value) -> Self {
        options["url"] = url.into();
        Self::run("crowd.mjs", &options)
    }

    /// The official server on this port (0: a free one), and the port it is on.
    pub async fn server(port: u16, mut options: Value) -> (Self, u16) {
        options["port"] = port.into();
        let peer = Self::run("server.mjs", &options);
        let listening = peer.wait_for(&json!({"is": "listening"})).await;
        let port = listening["port"].as_u64().and_then(|port| u16::try_from(port).ok());
        (peer, port.expect("a port is a number"))
    }

    fn run(script: &str, options: &Value) -> Self {
        let peers = workspace().join("tests/peers");
        assert!(
            peers.join("node_modules").is_dir(),
            "the JavaScript peers are not installed: type `npm ci` in tests/peers, or `cargo xtask test`"
        );
        let mut command = Command::new("node");
        command.arg(peers.join(script)).arg(options.to_string());
        let mut process = Process::start(&mut command, "Install Node (`apt-get install nodejs npm`).");
        let (said, errors) = (process.stdout(), process.stderr());
        let asking = process.child.stdin.take().expect("asked for once");
        Self { process, asking, said, errors }
    }

    /// Asks it to do something.
    pub async fn ask(&mut self, action: Value) {
        let line = format!("{action}\n");
        self.asking.write_all(line.as_bytes()).await.unwrap_or_else(|error| panic!("{error}: {}", self.last_words()));
    }

    /// All it said that has these fields, in order.
    #[must_use]
    pub fn said(&self, fields: &Value) -> Vec<Value> {
        let parsed = |line: &String| serde_json::from_str::<Value>(line).unwrap_or_else(|_| panic!("not JSON: {line}"));
        self.said.get().iter().map(parsed).filter(|said| has(said, fields)).collect()
    }

    /// Waits until it has said something that has these fields.
    pub async fn wait_for(&self, fields: &Value) -> Value {
        self.wait_for_count(fields, 1).await.remove(0)
    }

    /// Waits until it has said something that has these fields so many times.
    pub async fn wait_for_count(&self, fields: &Value, count: usize) -> Vec<Value> {
        wait_for(&format!("{count} times {fields}"), async || {
            // Parsing is for when it can be enough.
            let said = if self.said.get().len() < count { Vec::new() } else { self.said(fields) };
            if said.len() < count { Err(self.last_words()) } else { Ok(said) }
        })
        .await
    }

    /// The texts of all `chat_message` that it got.
    #[must_use]
    pub fn chat(&self) -> Vec<String> {
        let said = self.said(&json!({"is": "event", "name": "chat_message"}));
        said.iter().map(|event| event["args"][0].as_str().expect("a text").to_owned()).collect()
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        self.process.signal(signal);
    }

    /// Ends it as a power failure would.
    pub async fn kill(&mut self) {
        self.signal(Signal::SIGKILL);
        self.process.exit().await;
    }

    fn last_words(&self) -> String {
        format!("{}\nOn standard error: {}", self.said.last_lines(), self.errors.last_lines())
    }
}

/// Whether `value` has all of these fields, with these values.
fn has(value: &Value, fields: &Value) -> bool {
    let Value::Object(fields) = fields else { panic!("{fields} are no fields") };
    fields.iter().all(|(name, expected)| value.get(name) == Some(expected))
}
