//! The page's connection: it tells the model what the client hears and what the person does, asks what the model wants
//! asked, and shows what changed as signals.
//!
//! It lives as long as the page: whoever signs in as somebody else gets a new one. `turn` is its heart; `rows` is the
//! open room as a view takes it, `tabs` what the tabs of a browser say to each other, [`memory`] what a later visit begins
//! with, `ending` what is done when the session is over.

mod browser;
mod ending;
pub mod memory;
mod rooms;
mod rows;
mod tabs;
mod turn;

use std::ops::Deref;

use hubbub_client::{Client, LinkError, Listener, Status};
use hubbub_shared::chat::event::{Closing, HaveRead, Joined, Left, Messages, Presence, RoomChanged, UserTyping};
use hubbub_shared::chat::{Chat, MessageId, User};
use hubbub_shared::classic::ClosingCode;
use hubbub_shared::client::TypedSocket;
use hubbub_shared::{Event, ServerEvent};
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;

pub use self::browser::now;
pub use self::rows::{RowHandle, Rows};
use crate::listen;
use crate::model::Refusal;
use crate::model::link::Link;
use crate::model::outbox::Outbox;
use crate::model::rooms::Rooms as RoomList;
use crate::model::session::{Heard, Session};
use crate::model::timeline::{Gap, Look, Side, Timeline};
use crate::wire_tap::WireTap;

/// What the page knows of one user's conversation, as signals, and what the user can do. A cheap handle; copies are the same
/// connection. There is one for the life of the page, so nobody has to free it.
#[derive(Clone, Copy)]
pub struct Connection(&'static Parts);

/// What the handles share. Its fields are nobody else's.
pub struct Parts {
    session: StoredValue<Session, LocalStorage>,
    /// `None` on a page that has no server, one opened from a file. It stays disconnected.
    wire: StoredValue<Option<Wire>, LocalStorage>,
    tap: WireTap,
    link: RwSignal<Link>,
    /// What the server said of why it ends the connection, as long as there is none.
    closing: RwSignal<Option<Closing>>,
    is_synced: RwSignal<bool>,
    /// A room that is joined as soon as the server has said which are mine.
    to_join: StoredValue<Option<String>>,
    /// The person has said something.
    said: Trigger,
    rooms_changed: Trigger,
    outbox_changed: Trigger,
    rows: Rows,
    /// What was told isn't shown yet, and will be.
    shown_soon: StoredValue<bool>,
    /// When there will be something to do though nothing happens.
    timer: StoredValue<Option<TimeoutHandle>>,
}

/// What leads to the server.
struct Wire {
    client: Client,
    chat: TypedSocket<Chat>,
    /// Kept, so that they go on.
    _listeners: Vec<Listener>,
}

impl Deref for Connection {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        self.0
    }
}

impl Connection {
    /// Connects as `me` to the server that the page came from, by the session of this browser.
    pub fn open(me: User) -> Self {
        let client = Client::new("/");
        let link = match &client {
            Ok(_) => Link::Connecting,
            Err(error) => Link::Stopped { why: format!("There is no server: {error}.") },
        };
        let connection = Self(Box::leak(Box::new(Parts {
            session: StoredValue::new_local(memory::session(me)),
            wire: StoredValue::new_local(None),
            tap: WireTap::new(),
            link: RwSignal::new(link),
            closing: RwSignal::new(None),
            is_synced: RwSignal::new(false),
            to_join: StoredValue::new(None),
            said: Trigger::new(),
            rooms_changed: Trigger::new(),
            outbox_changed: Trigger::new(),
            rows: Rows::default(),
            shown_soon: StoredValue::new(false),
            timer: StoredValue::new(None),
        })));
        if let Ok(client) = client {
            connection.tap.listen(&client);
            connection.listen(client);
        }
        connection.follow_tabs();
        connection.remember_at_the_end();
        connection.turn();
        connection
    }

    /// How the connection is.
    #[must_use]
    pub fn link(self) -> ReadSignal<Link> {
        self.link.read_only()
    }

    /// Why the server ends the connection, or ended it: until there is another one.
    #[must_use]
    pub fn closing(self) -> ReadSignal<Option<Closing>> {
        self.closing.read_only()
    }

    /// Whether what is here follows what is there.
    #[must_use]
    pub fn is_synced(self) -> ReadSignal<bool> {
        self.is_synced.read_only()
    }

    /// Who I am.
    #[must_use]
    pub fn me(self) -> User {
        self.session.with_value(|session| session.me().clone())
    }

    /// My rooms, as they are from now on.
    pub fn with_rooms<R>(self, see: impl FnOnce(&RoomList) -> R) -> R {
        self.rooms_changed.track();
        self.session.with_value(|session| see(session.rooms()))
    }

    /// What the server hasn't acknowledged, as it is from now on.
    pub fn with_outbox<R>(self, see: impl FnOnce(&Outbox) -> R) -> R {
        self.outbox_changed.track();
        self.session.with_value(|session| see(session.outbox()))
    }

    /// Whether of all tabs of this browser this is the one that sends.
    #[must_use]
    pub fn is_the_sending_tab(self) -> bool {
        self.session.with_value(|session| session.outbox().has_lock())
    }

    /// What was said in the room that is open.
    #[must_use]
    pub fn rows(self) -> Rows {
        self.rows
    }

    /// What was said in a room, as it is now.
    pub fn with_timeline<R>(self, room: &str, see: impl FnOnce(&Timeline) -> R) -> Option<R> {
        self.session.with_value(|session| session.timeline(room).map(see))
    }

    /// What leads to the server, if there is one.
    #[must_use]
    pub fn client(self) -> Option<Client> {
        self.wire.with_value(|wire| wire.as_ref().map(|wire| wire.client.clone()))
    }

    /// What has passed between here and the server.
    #[must_use]
    pub fn tap(self) -> WireTap {
        self.tap
    }

    /// Connects now. Without effect if it is connected, or about to be.
    pub fn connect(self) {
        self.wire.with_value(|wire| {
            if let Some(wire) = wire {
                wire.chat.socket().connect();
                wire.client.retry_now();
            }
        });
    }

    /// The person opens a room, and leaves the one that was open.
    pub fn open_room(self, room: &str) {
        let rows = self.tell(|session, _| session.open(room));
        self.rows.reset(rows);
    }

    /// No room is open any more.
    pub fn close_room(self) {
        self.tell(|session, _| session.close());
        self.rows.reset(vec![]);
    }

    /// The person turned to something else: what comes from now on is new when they return.
    pub fn look_away(self) {
        self.tell(|session, _| session.look_away());
    }

    /// The person looks there in the open room; at its end, if nowhere.
    pub fn look_at(self, look: Option<Look>) {
        self.session.update_value(|session| {
            if let Some(timeline) = session.open_timeline() {
                timeline.look_at(look);
            }
        });
    }

    /// The person has seen a room up to this message.
    pub fn seen(self, room: &str, seq: u64) {
        self.tell(|session, now| session.seen(room, seq, now));
    }

    /// The person sees a gap of the room that is open.
    pub fn gap_in_sight(self, gap: Gap, side: Side) {
        self.tell(|session, _| session.gap_in_sight(gap, side));
    }

    /// The person types in a room.
    pub fn typing(self, room: &str) {
        self.tell(|session, now| session.typing(room, now));
    }

    /// The person says something.
    ///
    /// # Errors
    /// [`Refusal`]: it stays where it was typed.
    pub fn say(self, room: &str, text: &str) -> Result<(), Refusal> {
        let said = self.tell(|session, now| session.say(room, text, browser::new_id(now), now));
        // Whoever has pressed Enter sees it at once.
        self.show();
        if said.is_ok() {
            self.said.notify();
        }
        said
    }

    /// Follows when the person says something.
    pub fn track_said(self) {
        self.said.track();
    }

    /// The person wants a message sent again that failed.
    pub fn retry(self, id: MessageId) {
        self.tell(|session, _| session.retry(id));
    }

    /// The person doesn't want a message sent any more.
    pub fn discard(self, id: MessageId) {
        self.tell(|session, _| session.discard(id));
    }

    fn listen(self, client: Client) {
        let chat = TypedSocket::<Chat>::of(&client);
        let listeners = vec![
            self.hear::<Messages>(&chat),
            self.hear::<Presence>(&chat),
            self.hear::<UserTyping>(&chat),
            self.hear::<RoomChanged>(&chat),
            self.hear::<Joined>(&chat),
            self.hear::<Left>(&chat),
            self.hear::<HaveRead>(&chat),
            self.hear::<Closing>(&chat),
            chat.socket().on_status(move |status| self.follow(status)),
        ];
        chat.socket().connect();
        self.wire.set_value(Some(Wire { client, chat, _listeners: listeners }));
        // The browser knows it long before the silence is noticed.
        listen::to(&window(), leptos::ev::offline, move |_| {
            self.client().inspect(Client::cut_link);
        });
    }

    fn hear<E>(self, chat: &TypedSocket<Chat>) -> Listener
    where
        E: ServerEvent + Event<Namespace = Chat> + Into<Heard>,
    {
        chat.on(move |event: E| self.tell(|session, now| session.hear(event, now)))
    }

    fn follow(self, status: &Status) {
        let now = browser::now();
        self.tell(|session, _| match status {
            Status::Connected { .. } => session.connected(),
            _ => session.disconnected(),
        });
        // What the server said last is no reason any more when it can't even be reached.
        let is_gone = matches!(status, Status::Reconnecting { reason: LinkError::Unreachable(_), .. });
        let closing = self.session.with_value(|session| session.closing().filter(|_| !is_gone).cloned());
        let is_signed_out = closing.as_ref().is_some_and(|closing| closing.code == ClosingCode::SignedOut);
        self.closing.set(closing);
        self.link.update(|link| {
            *link = if is_signed_out { Link::SignedOut } else { link.followed_by(status, now) };
        });
    }
}
