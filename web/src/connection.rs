//! The page's connection: it tells the model what the client hears, and the client what the user wants.

use std::{sync::Arc, time::Duration};

use hubbub_client::{AckError, Client, Status};
use hubbub_shared::{
    classic::{ChatMessage, Classic, ServerMessage},
    client::TypedSocket,
};
use leptos::{prelude::*, task::spawn_local};
use web_time::Instant;

use crate::model::{ConnectionState, Doubt, Draft, Echoes, EntryId, Refusal, Timeline};

/// How long received messages wait for others to be shown with: about a frame, so nobody sees it.
const FRAME: Duration = Duration::from_millis(16);

/// What the page knows, as signals, and what it can do. A cheap handle; copies are the same connection.
#[derive(Clone, Copy)]
pub struct Connection {
    state: RwSignal<ConnectionState>,
    timeline: RwSignal<Timeline>,
    /// The timeline holds what is not shown yet, and will be.
    shown_soon: StoredValue<bool>,
    echoes: RwSignal<Echoes>,
    /// Round trips are counted from here.
    epoch: Instant,
    /// `None` on a page that has no server, one opened from a file. It stays disconnected.
    socket: StoredValue<Option<TypedSocket<Classic>>, LocalStorage>,
}

impl Connection {
    /// Connects to the server that the page came from.
    pub fn open() -> Self {
        let client = Client::new("/");
        let state = match &client {
            Ok(_) => ConnectionState::Connecting,
            Err(error) => ConnectionState::Disconnected { why: format!("There is no server: {error}.") },
        };
        let connection = Self {
            state: RwSignal::new(state),
            timeline: RwSignal::default(),
            shown_soon: StoredValue::new(false),
            echoes: RwSignal::default(),
            epoch: Instant::now(),
            socket: StoredValue::new_local(client.ok().map(|client| TypedSocket::of(&client))),
        };
        connection.listen();
        connection.connect();
        connection
    }

    /// How the connection is.
    pub fn state(self) -> ReadSignal<ConnectionState> {
        self.state.read_only()
    }

    /// What was said.
    pub fn timeline(self) -> ReadSignal<Timeline> {
        self.timeline.read_only()
    }

    /// What was echoed.
    pub fn echoes(self) -> ReadSignal<Echoes> {
        self.echoes.read_only()
    }

    /// Connects. Without effect if it is connected, or about to be.
    pub fn connect(self) {
        self.with_socket(|socket| socket.socket().connect());
    }

    /// Says `text` to everyone.
    ///
    /// # Errors
    /// [`Refusal`]: it was not even tried.
    pub fn say(self, text: &str) -> Result<(), Refusal> {
        let text: Arc<str> = Draft(text).checked()?.into();
        let id = self.timeline.write().send(text.clone())?;
        self.request(id, &text);
        Ok(())
    }

    /// Sends a message again that may not have arrived.
    pub fn say_again(self, id: EntryId) {
        let text = self.timeline.write().send_again(id);
        if let Some(text) = text {
            self.request(id, &text);
        }
    }

    /// Drops a message that may not have arrived.
    pub fn discard(self, id: EntryId) {
        self.timeline.write().discard(id);
    }

    /// Asks the server to echo `text`.
    ///
    /// # Errors
    /// [`Refusal`]: it was not even tried.
    pub fn ask_echo(self, text: &str) -> Result<(), Refusal> {
        let text = Draft(text).checked()?;
        let id = self.echoes.write().send(text.as_str().into(), self.now());
        let sent = self.with_socket(|socket| socket.send(&ServerMessage(text)));
        if !matches!(sent, Some(Ok(()))) {
            self.echoes.write().not_sent(id);
        }
        Ok(())
    }

    fn listen(self) {
        self.with_socket(|socket| {
            socket.on(move |ChatMessage(text)| self.receive(text));
            socket.on(move |ServerMessage(text)| {
                let now = self.now();
                self.echoes.write().receive(&text, now);
            });
            socket.socket().on_status(move |status| self.follow(status));
        });
    }

    /// Takes a message in at once, and shows it with those that come in the same frame: so a burst costs the list one
    /// change a frame, and not one a message.
    fn receive(self, text: String) {
        self.timeline.update_untracked(|timeline| timeline.receive(text.into()));
        if !self.shown_soon.get_value() {
            self.shown_soon.set_value(true);
            let show = move || {
                self.shown_soon.set_value(false);
                self.timeline.notify();
            };
            set_timeout(show, FRAME);
        }
    }

    fn follow(self, status: &Status) {
        if !matches!(status, Status::Connected { .. }) {
            self.timeline.write().link_lost();
            self.echoes.write().link_lost();
        }
        self.state.update(|state| *state = state.followed_by(status));
    }

    /// Sends an own message, and tells the timeline what became of it.
    fn request(self, id: EntryId, text: &str) {
        let Some(Ok(answer)) = self.with_socket(|socket| socket.request(&ChatMessage(text.into()))) else {
            return self.timeline.write().unacknowledged(id, Doubt::NotSent);
        };
        spawn_local(async move {
            let answer = answer.await;
            let mut timeline = self.timeline.write();
            match answer {
                // Whatever it says, the server has answered.
                Ok(()) | Err(AckError::Unreadable(_)) => timeline.acknowledged(id),
                Err(_) => timeline.unacknowledged(id, Doubt::NoAnswer),
            }
        });
    }

    fn with_socket<R>(self, act: impl FnOnce(&TypedSocket<Classic>) -> R) -> Option<R> {
        self.socket.with_value(|socket| socket.as_ref().map(act))
    }

    fn now(self) -> Duration {
        self.epoch.elapsed()
    }
}
