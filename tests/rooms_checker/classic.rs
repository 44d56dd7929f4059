//! A client on `/`: it writes with acknowledgements, each text once, and remembers what it heard on which connection.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hubbub_client::{EmitError, Socket, Status};
use hubbub_tests::chat::quick;
use hubbub_tests::verdict::ClassicSender;
use hubbub_tests::wait::within_limit;
use tokio::time::{Instant, sleep};

use crate::plan::Line;

pub(crate) struct ClassicClient {
    socket: Socket,
    heard: Arc<Mutex<Vec<Vec<String>>>>,
}

impl ClassicClient {
    /// Begins to connect.
    pub(crate) fn start(url: &str) -> Self {
        let client = quick(url).ack_timeout(Duration::from_secs(3)).build().expect("a good URL");
        let socket = client.socket("/");
        let heard = Arc::<Mutex<Vec<Vec<String>>>>::default();
        let connections = Arc::clone(&heard);
        socket.on_status(move |status| {
            if let Status::Connected { .. } = status {
                connections.lock().unwrap_or_else(PoisonError::into_inner).push(Vec::new());
            }
        });
        let hearing = Arc::clone(&heard);
        socket.on("chat_message", move |event| {
            let (text,) = event.read().expect("one text");
            let mut heard = hearing.lock().unwrap_or_else(PoisonError::into_inner);
            heard.last_mut().expect("nothing is heard before the first connection").push(text);
        });
        socket.connect();
        Self { socket, heard }
    }

    /// Writes until the time is over. What is not acknowledged is not sent again: nobody would know it from a second one.
    pub(crate) fn write<I>(&self, lines: I, end: Instant) -> impl Future<Output = ClassicSender> + Send + use<I>
    where
        I: Iterator<Item = Line> + Send + 'static,
    {
        let socket = self.socket.clone();
        async move {
            // Nobody waits for an answer before the next text, so the server has several of one client at a time.
            let mut awaited = Vec::new();
            for Line { pause, text, .. } in lines {
                sleep(pause).await;
                if Instant::now() >= end {
                    break;
                }
                match socket.at_once().emit_with_ack::<()>("chat_message", (&text,)) {
                    Ok(ack) => awaited.push((text, tokio::spawn(ack))),
                    Err(EmitError::NotConnected) => {}
                    Err(error) => panic!("{error}"),
                }
            }
            let mut written = Vec::new();
            for (text, ack) in awaited {
                let answer = within_limit("an acknowledgement", ack).await.expect("no panic");
                written.push((text, answer.is_ok()));
            }
            ClassicSender { written }
        }
    }

    /// What it heard, connection by connection.
    pub(crate) fn heard(&self) -> Vec<Vec<String>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
