//! One connection of a user: it writes in all rooms, and holds all that is said there.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hubbub_client::Status;
use hubbub_shared::api::SignedIn;
use hubbub_shared::chat::request::{History, Sync};
use hubbub_shared::chat::{Auth, Chat, MAX_PAGE};
use hubbub_shared::client::TypedSocket;
use hubbub_tests::chat::{quick, try_ask};
use hubbub_tests::outbox::Outbox;
use hubbub_tests::timeline::{Ask, Timeline};
use hubbub_tests::verdict::{Seen, Sender};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};

use crate::plan::Line;

/// Shorter than a page's, since links that swallow acknowledgements are common here.
const ACK_TIMEOUT: Duration = Duration::from_secs(3);

pub(crate) struct Member {
    name: String,
    author: String,
    chat: TypedSocket<Chat>,
    timeline: Arc<Shared>,
    keeping_up: JoinHandle<()>,
}

/// The timeline, and the news that it may have something to ask.
struct Shared {
    timeline: Mutex<Timeline>,
    changed: Notify,
}

/// What came of writing in one room.
pub(crate) struct Outcome {
    author: String,
    pub(crate) outbox: Outbox,
}

impl Member {
    /// Begins to connect.
    pub(crate) fn start(url: &str, name: &str, session: &SignedIn, rooms: &[String]) -> Self {
        let client = quick(url).ack_timeout(ACK_TIMEOUT).build().expect("a good URL");
        let chat = TypedSocket::<Chat>::of(&client);
        chat.socket().set_auth(&Auth { token: Some(session.token.clone()) }).expect("an object");
        let timeline = Arc::new(Shared { timeline: Mutex::default(), changed: Notify::new() });
        rooms.iter().for_each(|room| timeline.get().follow(room));

        let shared = Arc::clone(&timeline);
        chat.socket().on_status(move |status| {
            if let Status::Connected { .. } = status {
                shared.change(Timeline::connected);
            }
        });
        let shared = Arc::clone(&timeline);
        chat.on(move |event| shared.change(|timeline| timeline.told(&event)));
        chat.socket().connect();
        let keeping_up = tokio::spawn(keep_up(chat.clone(), Arc::clone(&timeline)));
        Self { name: name.to_owned(), author: session.user.id.clone(), chat, timeline, keeping_up }
    }

    /// Writes in a room until the time is over, and then waits for the last acknowledgement.
    pub(crate) fn write<I>(&self, room: &str, lines: I, end: Instant) -> impl Future<Output = Outcome> + Send + use<I>
    where
        I: Iterator<Item = Line> + Send + 'static,
    {
        let (chat, author, mut outbox) = (self.chat.clone(), self.author.clone(), Outbox::new(room));
        async move {
            for Line { pause, id, text } in lines {
                sleep(pause).await;
                if Instant::now() >= end {
                    break;
                }
                let room = outbox.room.clone();
                let said = outbox.say(&chat, id, text).await;
                said.unwrap_or_else(|code| panic!("{code:?} is no answer to a member of {room}"));
            }
            Outcome { author, outbox }
        }
    }

    pub(crate) fn timeline(&self) -> MutexGuard<'_, Timeline> {
        self.timeline.get()
    }

    /// What it holds.
    pub(crate) fn seen<'a>(&'a self, rooms: &'a [String]) -> impl Iterator<Item = Seen> + 'a {
        rooms.iter().enumerate().map(move |(number, room)| {
            let timeline = self.timeline();
            // They are told once, not for each room.
            let faults = if number == 0 { timeline.faults.clone() } else { Vec::new() };
            Seen { who: self.name.clone(), room: room.clone(), held: timeline.held(room).to_vec(), faults }
        })
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        self.keeping_up.abort();
    }
}

impl Shared {
    fn get(&self) -> MutexGuard<'_, Timeline> {
        self.timeline.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Timeline)) {
        change(&mut self.get());
        self.changed.notify_one();
    }
}

impl Outcome {
    /// As evidence.
    pub(crate) fn sender(&self) -> Sender {
        let Outbox { room, written, .. } = &self.outbox;
        Sender { author: self.author.clone(), room: room.clone(), written: written.clone() }
    }
}

/// Asks for what the timeline needs, for ever.
async fn keep_up(chat: TypedSocket<Chat>, shared: Arc<Shared>) {
    loop {
        let ask = shared.get().ask();
        let answered = match ask {
            None => {
                shared.changed.notified().await;
                continue;
            }
            Some(Ask::Sync { connection, held }) => match try_ask(&chat, &Sync { rooms: held.clone() }).await {
                Ok(Ok(synced)) => {
                    shared.change(|timeline| timeline.synced(connection, &held, &synced));
                    Ok(())
                }
                Ok(Err(refusal)) => Err(refusal.retry_after_ms),
                Err(_) => Err(None),
            },
            Some(Ask::History { room, after }) => {
                let page = History { room: room.clone(), before: None, after: Some(after), limit: Some(MAX_PAGE) };
                match try_ask(&chat, &page).await {
                    Ok(Ok(page)) => {
                        shared.change(|timeline| timeline.history(&room, after, &page));
                        Ok(())
                    }
                    Ok(Err(refusal)) => Err(refusal.retry_after_ms),
                    Err(_) => Err(None),
                }
            }
        };
        if let Err(retry_after_ms) = answered {
            // Refused, or not connected: in a moment it may be otherwise.
            sleep(Duration::from_millis(retry_after_ms.unwrap_or(20))).await;
        }
    }
}
