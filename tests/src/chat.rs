//! A user on `/chat`, by our own client, with a memory.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use hubbub_client::{Ack, AckError, ArgsWriter, Builder, Client, Reconnection, Status, ToArgs};
use hubbub_shared::api::SignedIn;
use hubbub_shared::chat::event::Messages;
use hubbub_shared::chat::request::{Done, History, JoinRoom, LeaveRoom, SendMessage, Sent, Sync, Synced};
use hubbub_shared::chat::{Auth, Chat, LOBBY, Message, MessageId, RoomState, User};
use hubbub_shared::client::TypedSocket;
use hubbub_shared::{ApiError, Event, Reply, Request};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::native::{Memory, statuses};
use crate::session;
use crate::wait::within_limit;

/// One connection of a user who has signed in, and all that it was told.
pub struct Device {
    pub user: User,
    pub token: String,
    pub chat: TypedSocket<Chat>,
    pub statuses: Memory<Status>,
    pub told: Memory<Told>,
}

/// An event, and its one argument.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    pub event: String,
    pub payload: Value,
}

impl Device {
    /// A new user of this name, connected.
    pub async fn sign_in(server: &str, name: &str) -> Self {
        Self::connect(server, &session::sign_in(server, name).await).await
    }

    /// One more device of the same user, with a session of its own, connected.
    pub async fn another(&self, server: &str) -> Self {
        Self::connect(server, &session::sign_in_again(server, &self.token).await).await
    }

    /// One more connection in the same session, as a second tab is.
    pub async fn tab(&self, server: &str) -> Self {
        Self::connect(server, &SignedIn { user: self.user.clone(), token: self.token.clone() }).await
    }

    /// Connected in this session.
    pub async fn connect(server: &str, session: &SignedIn) -> Self {
        let device = Self::of(&quick(server).build().expect("a good URL"), session);
        device.chat.socket().connect();
        device.wait_until_connected(1).await;
        device
    }

    /// Not connected yet.
    #[must_use]
    pub fn of(client: &Client, session: &SignedIn) -> Self {
        let chat = TypedSocket::<Chat>::of(client);
        chat.socket().set_auth(&Auth { token: Some(session.token.clone()) }).expect("an object");
        let told = Memory::default();
        let telling = told.clone();
        chat.socket().on_any(move |event| {
            let payload = event.read::<(Value,)>().map_or_else(|error| json!(error.to_string()), |(payload,)| payload);
            telling.add(Told { event: event.name().to_owned(), payload });
        });
        let statuses = statuses(chat.socket());
        Self { user: session.user.clone(), token: session.token.clone(), chat, statuses, told }
    }

    /// Waits until it has been connected so many times.
    pub async fn wait_until_connected(&self, times: usize) {
        self.statuses.wait_for_count(times, |status| matches!(status, Status::Connected { .. })).await;
    }

    /// Asks, and gives what comes of it.
    ///
    /// # Panics
    /// When no answer comes.
    pub async fn ask<R, T>(&self, request: &R) -> Result<T, ApiError>
    where
        R: Request<Answer = (Reply<T>,)> + Event<Namespace = Chat>,
        T: DeserializeOwned,
    {
        self.try_ask(request).await.unwrap_or_else(|error| panic!("{}: {error}", R::NAME))
    }

    /// Asks, and gives what comes of it, if an answer comes.
    ///
    /// # Errors
    /// Why no answer came.
    pub async fn try_ask<R, T>(&self, request: &R) -> Result<Result<T, ApiError>, AckError>
    where
        R: Request<Answer = (Reply<T>,)> + Event<Namespace = Chat>,
        T: DeserializeOwned,
    {
        try_ask(&self.chat, request).await
    }

    /// Asks with whatever arguments, and gives the answer as it came.
    ///
    /// # Panics
    /// When no answer comes, or one of another number of arguments than one.
    pub async fn ask_with(&self, event: &str, args: &[Value]) -> Value {
        let answer: Result<Ack<(Value,)>, _> = self.chat.socket().at_once().emit_with_ack(event, Arguments(args));
        let answer = within_limit(event, answer.expect("connected")).await;
        answer.unwrap_or_else(|error| panic!("{event} {args:?}: {error}")).0
    }

    /// The code of the refusal that comes of this, which has a sentence for a person with it; or `ok`.
    pub async fn code_of(&self, event: &str, args: &[Value]) -> String {
        let answer = self.ask_with(event, args).await;
        let fields = answer.as_object().unwrap_or_else(|| panic!("{event} {args:?}: {answer}"));
        assert_eq!(fields.len(), 1, "one of ok and error: {answer}");
        if fields.contains_key("ok") {
            return "ok".to_owned();
        }
        let error = &answer["error"];
        assert!(error["message"].as_str().is_some_and(|message| !message.is_empty()), "no sentence: {answer}");
        error["code"].as_str().unwrap_or_else(|| panic!("no code: {answer}")).to_owned()
    }

    /// Says something new, and waits until it is acknowledged.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn say(&self, room: &str, text: &str) -> Sent {
        self.ask(&message(room, text)).await.unwrap_or_else(|error| panic!("{error:?}"))
    }

    /// Says all of this, one after the other without waiting in between, and then waits until all is acknowledged. The
    /// server must have no rate limit.
    ///
    /// # Panics
    /// When one is refused.
    pub async fn say_all(&self, room: &str, texts: impl IntoIterator<Item = String>) {
        // As many as may be unanswered.
        let mut said = stream::iter(texts).map(async |text| self.say(room, &text).await).buffered(500);
        while said.next().await.is_some() {}
    }

    /// The texts of all messages of a room, from the first on.
    pub async fn history(&self, room: &str) -> Vec<String> {
        let mut texts = Vec::new();
        let mut after = 0;
        loop {
            let page = History { room: room.to_owned(), before: None, after: Some(after), limit: Some(200) };
            let page = self.ask(&page).await.expect("members may");
            after = page.messages.last().map_or(after, |message| message.seq);
            texts.extend(page.messages.into_iter().map(|message| message.text));
            if !page.more {
                return texts;
            }
        }
    }

    /// Brings itself up to date, holding this.
    pub async fn sync(&self, held: &[(&str, u64)]) -> Synced {
        let rooms = held.iter().map(|(room, seq)| ((*room).to_owned(), *seq)).collect();
        self.ask(&Sync { rooms }).await.expect("everybody may")
    }

    /// Joins a room.
    pub async fn join(&self, room: &str) -> RoomState {
        self.ask(&JoinRoom { room: room.to_owned() }).await.expect("everybody may")
    }

    /// Leaves a room.
    pub async fn leave(&self, room: &str) {
        let Done {} = self.ask(&LeaveRoom { room: room.to_owned() }).await.expect("members may");
    }

    /// Makes a room of this name, and gives its id.
    pub async fn make_room(&self, name: &str) -> String {
        let answer = self.ask_with("create_room", &[json!({"name": name})]).await;
        answer["ok"]["id"].as_str().unwrap_or_else(|| panic!("{name}: {answer}")).to_owned()
    }

    /// What it was told so far under this name.
    #[must_use]
    pub fn told(&self, event: &str) -> Vec<Value> {
        let all = self.told.all().into_iter();
        all.filter(|told| told.event == event).map(|told| told.payload).collect()
    }

    /// Waits for an event that fits.
    pub async fn wait_for(&self, event: &str, fits: impl Fn(&Value) -> bool) -> Value {
        self.told.wait_for(|told| told.event == event && fits(&told.payload)).await.payload
    }

    /// The messages of a room that it was told so far.
    #[must_use]
    pub fn messages(&self, room: &str) -> Vec<Message> {
        let all = self.told("messages").into_iter().map(|payload| {
            serde_json::from_value::<Messages>(payload.clone()).unwrap_or_else(|error| panic!("{error}: {payload}"))
        });
        all.filter(|told| told.room == room).flat_map(|told| told.messages).collect()
    }

    /// Waits for the message of this text.
    pub async fn wait_for_text(&self, room: &str, text: &str) -> Message {
        crate::wait::wait_for(&format!("{text:?} in {room}"), async || {
            let messages = self.messages(room);
            let last = messages.last().cloned();
            messages.into_iter().find(|message| message.text == text).ok_or_else(|| format!("last {last:?}"))
        })
        .await
    }

    /// Says something in the lobby, and waits until the others have heard it. What they should have been told before that
    /// they have been told then.
    pub async fn so_that_all_have_heard(&self, others: &[&Device]) {
        let text = format!("heard? {}", new_id());
        self.say(LOBBY, &text).await;
        for other in others {
            other.wait_for_text(LOBBY, &text).await;
        }
    }
}

/// Asks, and gives what comes of it, if an answer comes.
///
/// # Errors
/// Why no answer came.
pub async fn try_ask<R, T>(chat: &TypedSocket<Chat>, request: &R) -> Result<Result<T, ApiError>, AckError>
where
    R: Request<Answer = (Reply<T>,)> + Event<Namespace = Chat>,
    T: DeserializeOwned,
{
    let (reply,) = within_limit(R::NAME, chat.request(request)?).await?;
    Ok(reply.into_result())
}

/// A client that is quick to try again.
pub fn quick(server: &str) -> Builder {
    let quick = Reconnection::default().delay(Duration::from_millis(50)).delay_max(Duration::from_millis(500));
    Client::builder(server).reconnection(quick)
}

/// A message with an id that nobody had before.
#[must_use]
pub fn message(room: &str, text: &str) -> SendMessage {
    SendMessage { room: room.to_owned(), id: new_id(), text: text.to_owned() }
}

/// An id that nobody had before.
#[must_use]
pub fn new_id() -> MessageId {
    random_id(&mut fastrand::Rng::new())
}

/// A UUID of version 4.
pub fn random_id(random: &mut fastrand::Rng) -> MessageId {
    let mut bytes: [u8; 16] = std::array::from_fn(|_| random.u8(..));
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    MessageId::from_bytes(bytes)
}

/// Any number of arguments.
struct Arguments<'a>(&'a [Value]);

impl ToArgs for Arguments<'_> {
    fn write(&self, out: &mut ArgsWriter) -> serde_json::Result<()> {
        self.0.iter().try_for_each(|arg| out.push(arg))
    }
}
