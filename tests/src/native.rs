//! Our own client, with a memory.

use std::sync::{Arc, Mutex, PoisonError};

use hubbub_client::{Ack, Client, Socket, Status};

use crate::wait::wait_for;

/// A native client on the namespace `/` of some server, and the chat that it heard.
pub struct Chatter {
    pub socket: Socket,
    pub heard: Memory<String>,
    pub statuses: Memory<Status>,
}

impl Chatter {
    /// One that is connected.
    pub async fn join(url: &str) -> Self {
        let chatter = Self::of(&Client::new(url).expect("a good URL"));
        chatter.socket.connect();
        chatter.wait_until_connected(1).await;
        chatter
    }

    /// One that isn't connected yet.
    #[must_use]
    pub fn of(client: &Client) -> Self {
        let socket = client.socket("/");
        let heard = Memory::default();
        let hearing = heard.clone();
        socket.on("chat_message", move |event| hearing.add(event.read::<(String,)>().expect("one text").0));
        let statuses = statuses(&socket);
        Self { socket, heard, statuses }
    }

    /// Waits until it has been connected so many times.
    pub async fn wait_until_connected(&self, times: usize) {
        self.statuses.wait_for_count(times, |status| matches!(status, Status::Connected { .. })).await;
    }

    /// Says something, and gives the future of its acknowledgement.
    ///
    /// # Panics
    /// If it can't be sent at once.
    pub fn say(&self, text: &str) -> Ack<()> {
        self.socket.at_once().emit_with_ack("chat_message", (text,)).expect("connected")
    }
}

/// What a socket's status becomes, from now on.
#[must_use]
pub fn statuses(socket: &Socket) -> Memory<Status> {
    let statuses = Memory::default();
    let remembering = statuses.clone();
    socket.on_status(move |status: &Status| remembering.add(status.clone()));
    statuses
}

/// What a listener was told, in order. Its clones are the same.
#[derive(Debug)]
pub struct Memory<T>(Arc<Mutex<Vec<T>>>);

impl<T> Default for Memory<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> Clone for Memory<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: Clone + std::fmt::Debug> Memory<T> {
    /// Adds the newest.
    pub fn add(&self, told: T) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(told);
    }

    /// All of it so far.
    #[must_use]
    pub fn all(&self) -> Vec<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits for one that fits.
    pub async fn wait_for(&self, fits: impl Fn(&T) -> bool) -> T {
        self.wait_for_count(1, fits).await.remove(0)
    }

    /// Waits for so many that fit.
    pub async fn wait_for_count(&self, count: usize, fits: impl Fn(&T) -> bool) -> Vec<T> {
        wait_for(&format!("{count} that fit"), async || {
            let all = self.all();
            let fitting: Vec<T> = all.iter().filter(|told| fits(told)).cloned().collect();
            let last = &all[all.len().saturating_sub(10)..];
            if fitting.len() < count {
                Err(format!("{} of {}, last {last:?}", fitting.len(), all.len()))
            } else {
                Ok(fitting)
            }
        })
        .await
    }
}
