//! The rooms in which somebody is, and who is there: what is in memory, and gone when the process is.
//!
//! A [`room`] is a task of its own. What the [log](crate::log) has written it passes on here, in its order; nothing here
//! ever waits for a room.

mod presence;
mod room;
pub(crate) mod round;
mod typists;

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hubbub_shared::chat::event::{self, HaveRead, Joined, Left, RoomChanged, UserTyping};
use hubbub_shared::chat::{LOBBY, MAX_ONLINE_BYTES, Message, RoomInfo, RoomState};
use hubbub_shared::classic::{self, ClosingCode};
use socketioxide::socket::DisconnectReason;
use tokio::sync::{mpsc, oneshot};
use tokio::task::yield_now;
use tokio::time::Instant;

use self::presence::{Told, Turns};
pub(crate) use self::room::Receipt;
use self::room::{Entry, Room, Said};
use crate::member::{Member, MemberId, Seat, SerialisedEvent, Who};
use crate::places::Place;
use crate::store::{EndedSession, Session, SessionId, Store, UserKey};
use crate::transport::session::Unanswered;

/// Everybody who tells everybody something is given so many at a time.
const MEMBERS_PER_TURN: usize = 1_024;

/// Who is where. Its clones are one and the same.
#[derive(Clone)]
pub(crate) struct Rooms(Arc<Mutex<Open>>);

/// Who is where, while nobody else changes it. Nothing that is done with it waits.
pub(crate) struct Open {
    store: Store,
    turns: Turns,
    rooms: HashMap<String, OpenRoom>,
    users: HashMap<UserKey, OnlineUser>,
    guests: HashMap<MemberId, Arc<Member>>,
}

/// A room in which somebody is.
struct OpenRoom {
    entries: mpsc::UnboundedSender<Entry>,
    told: Told,
    members: usize,
}

/// A user who is there.
#[derive(Default)]
struct OnlineUser {
    members: Vec<Arc<Member>>,
    /// Those that the user is a member of.
    rooms: BTreeSet<String>,
}

impl Rooms {
    pub(crate) fn new(store: Store) -> Self {
        let (rooms, users, guests) = (HashMap::new(), HashMap::new(), HashMap::new());
        Self(Arc::new(Mutex::new(Open { store, turns: Turns::default(), rooms, users, guests })))
    }

    pub(crate) fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// As [`Open::answer`], for who has entered the rooms already. Others may do what they want with the rooms meanwhile.
    pub(crate) fn answer(&self, session: &Session, mut states: Vec<RoomState>, answer: impl FnOnce(Vec<RoomState>)) {
        let (told, turns) = {
            let open = self.open();
            (open.told(&states), open.turns.clone())
        };
        let _turn = turns.to_answer();
        fill(session, &mut states, &told);
        answer(states);
    }

    /// Sends out what waits, and says farewell to everybody.
    pub(crate) async fn close(&self) {
        let flushed: Vec<_> = self.open().rooms.values().filter_map(OpenRoom::flush).collect();
        for flushed in flushed {
            let _ = flushed.await;
        }
        let (code, message) = (ClosingCode::ServerClosing, "The server is closing.");
        let to_users = [SerialisedEvent::of(&event::Closing { code, message: message.to_owned() })];
        let to_guests = [SerialisedEvent::of(&classic::Closing { code, message: message.to_owned() })];
        let (users, guests) = self.open().empty();
        give(&users, &to_users).await;
        give(&guests, &to_guests).await;
        // socketioxide runs no disconnect handler when it closes.
        users.iter().chain(&guests).for_each(|member| member.log_end(&DisconnectReason::ClosingServer));
    }
}

impl Open {
    /// A client of the classic contract comes: into the lobby.
    pub(crate) fn enter_guest(&mut self, seat: &Seat, guest: &Arc<Member>) {
        if seat.take(guest) {
            guest.log_start();
            self.guests.insert(guest.id, Arc::clone(guest));
            self.enter(LOBBY, guest);
        }
    }

    /// A socket of a user comes, who is a member of these rooms.
    pub(crate) fn enter_user(&mut self, seat: &Seat, key: UserKey, member: &Arc<Member>, rooms: Vec<String>) {
        if seat.take(member) {
            member.log_start();
            for room in &rooms {
                self.enter(room, member);
            }
            let user = self.users.entry(key).or_default();
            user.members.push(Arc::clone(member));
            user.rooms.extend(rooms);
        }
    }

    /// A client has left its seat.
    pub(crate) fn leave(&mut self, member: &Arc<Member>, reason: &DisconnectReason) {
        let rooms = match &member.who {
            Who::Guest(_) => self.guests.remove(&member.id).map(|_| vec![LOBBY.to_owned()]),
            Who::User(session) => self.leave_user(session.key, member.id),
        };
        if let Some(rooms) = rooms {
            member.log_end(reason);
            rooms.iter().for_each(|room| self.exit(room, member));
        }
    }

    /// The rooms that the socket was in, if it was here.
    fn leave_user(&mut self, key: UserKey, id: MemberId) -> Option<Vec<String>> {
        let user = self.users.get_mut(&key)?;
        let at = user.members.iter().position(|member| member.id == id)?;
        user.members.swap_remove(at);
        let rooms = user.rooms.iter().cloned().collect();
        if user.members.is_empty() {
            self.users.remove(&key);
        }
        Some(rooms)
    }

    /// Passes on a message that is on the disk. Its author is given the receipt with it, or before.
    pub(crate) fn said(&self, message: Message, place: Place, receipt: Receipt) {
        match self.rooms.get(&message.room) {
            Some(room) => room.tell(Entry::Said(Said { message, committed: Instant::now(), place, receipt })),
            None => drop(receipt.given()),
        }
    }

    pub(crate) fn typing(&self, key: UserKey, typing: UserTyping, unanswered: Unanswered) {
        if let Some(room) = self.rooms.get(&typing.room) {
            room.tell(Entry::Typing(key, typing, unanswered));
        }
    }

    /// Whether a user who is here is a member of the room.
    pub(crate) fn is_member(&self, key: UserKey, room: &str) -> bool {
        self.users.get(&key).is_some_and(|user| user.rooms.contains(room))
    }

    /// The room's members or its topic are others than before.
    pub(crate) fn changed(&self, room: &str) {
        if let Some(room) = self.rooms.get(room) {
            room.tell(Entry::Changed);
        }
    }

    /// A room was made.
    pub(crate) fn made(&self, room: RoomInfo) {
        let event = [SerialisedEvent::of(&RoomChanged(room))];
        let users = self.all_users();
        tokio::spawn(async move { give(&users, &event).await });
    }

    /// A user has become a member of a room, from this socket.
    pub(crate) fn joined(&mut self, by: &Member, key: UserKey, state: &RoomState) {
        let room = &state.info.id;
        let Some(user) = self.users.get_mut(&key) else { return };
        if user.rooms.insert(room.clone()) {
            let members = user.members.clone();
            for member in &members {
                self.enter(room, member);
            }
            give_others(by, &members, || SerialisedEvent::of(&Joined(state.clone())));
        }
    }

    /// A user is no member of a room any more, from this socket.
    pub(crate) fn left(&mut self, by: &Member, key: UserKey, room: &str) {
        let members = self.remove_from(key, room);
        give_others(by, &members, || SerialisedEvent::of(&Left { room: room.to_owned() }));
        self.changed(room);
    }

    /// A user has read a room up to here, from this socket.
    pub(crate) fn read(&self, by: &Member, key: UserKey, room: &str, seq: u64) {
        if let Some(user) = self.users.get(&key) {
            give_others(by, &user.members, || SerialisedEvent::of(&HaveRead { room: room.to_owned(), seq }));
        }
    }

    /// A session has ended, and with it perhaps the user.
    pub(crate) fn ended(&mut self, ended: &EndedSession) {
        let members = self.users.get(&ended.user).map(|user| user.members.clone()).unwrap_or_default();
        for room in &ended.left {
            self.remove_from(ended.user, room);
            self.changed(room);
        }
        let message = "You have signed out.".to_owned();
        let farewell = SerialisedEvent::of(&event::Closing { code: ClosingCode::SignedOut, message });
        let its = |member: &Arc<Member>| matches!(&member.who, Who::User(of) if of.id == ended.session);
        let its: Vec<_> = members.into_iter().filter(its).collect();
        its.iter().for_each(|member| member.sign_out(&farewell));
        // Not here and now: whoever is disconnected leaves, and finds this locked.
        tokio::spawn(async move { its.iter().for_each(|member| member.disconnect()) });
    }

    /// The sessions of those who are there.
    pub(crate) fn sessions(&self) -> Vec<SessionId> {
        let members = self.users.values().flat_map(|user| &user.members);
        let sessions = members.filter_map(|member| match &member.who {
            Who::User(session) => Some(session.id),
            Who::Guest(_) => None,
        });
        sessions.collect()
    }

    /// Says of a room who is there, and lets `answer` do so, before anybody is told what changes then.
    pub(crate) fn answer(
        &mut self,
        session: &Session,
        mut state: RoomState,
        answer: impl FnOnce(&mut Self, RoomState),
    ) {
        let (told, turns) = (self.told(std::slice::from_ref(&state)), self.turns.clone());
        let _turn = turns.to_answer();
        fill(session, std::slice::from_mut(&mut state), &told);
        answer(self, state);
    }

    fn told(&self, states: &[RoomState]) -> Vec<Told> {
        let told = |state: &RoomState| self.rooms.get(&state.info.id).map(|room| room.told.clone());
        states.iter().map(|state| told(state).unwrap_or_default()).collect()
    }

    /// Everybody, the users and the guests, who are nowhere from now on.
    fn empty(&mut self) -> (Vec<Arc<Member>>, Vec<Arc<Member>>) {
        let users = self.all_users();
        self.users.clear();
        self.rooms.clear();
        (users, self.guests.drain().map(|(_, guest)| guest).collect())
    }

    /// How many sockets there are: of guests, and of users.
    pub(crate) fn sockets(&self) -> (usize, usize) {
        (self.guests.len(), self.users.values().map(|user| user.members.len()).sum())
    }

    fn all_users(&self) -> Vec<Arc<Member>> {
        self.users.values().flat_map(|user| user.members.iter().cloned()).collect()
    }

    /// The user's sockets, out of the room.
    fn remove_from(&mut self, key: UserKey, room: &str) -> Vec<Arc<Member>> {
        let Some(user) = self.users.get_mut(&key) else { return Vec::new() };
        if !user.rooms.remove(room) {
            return Vec::new();
        }
        let members = user.members.clone();
        for member in &members {
            self.exit(room, member);
        }
        members
    }

    fn enter(&mut self, room: &str, member: &Arc<Member>) {
        let (store, turns) = (&self.store, &self.turns);
        let open = |id: &String| OpenRoom::new(id.clone(), store.clone(), turns.clone());
        let room = self.rooms.entry(room.to_owned()).or_insert_with_key(open);
        room.members += 1;
        room.tell(Entry::Enter(Arc::clone(member)));
    }

    fn exit(&mut self, id: &str, member: &Arc<Member>) {
        if let Some(room) = self.rooms.get_mut(id) {
            room.members -= 1;
            room.tell(Entry::Leave(Arc::clone(member)));
            if room.members == 0 {
                self.rooms.remove(id);
            }
        }
    }
}

impl OpenRoom {
    fn new(id: String, store: Store, turns: Turns) -> Self {
        let told = Told::default();
        Self { entries: Room::open(id, store, told.clone(), turns), told, members: 0 }
    }

    fn tell(&self, entry: Entry) {
        // It is there until this is gone.
        let _ = self.entries.send(entry);
    }

    fn flush(&self) -> Option<oneshot::Receiver<()>> {
        let (flushed, when_flushed) = oneshot::channel();
        self.entries.send(Entry::Flush(flushed)).ok().map(|()| when_flushed)
    }
}

async fn give(members: &[Arc<Member>], events: &[SerialisedEvent]) {
    for members in members.chunks(MEMBERS_PER_TURN) {
        members.iter().for_each(|member| member.give(events));
        yield_now().await;
    }
}

/// Gives an event to all but one, who may be gone.
fn give_others(one: &Member, members: &[Arc<Member>], event: impl FnOnce() -> SerialisedEvent) {
    let mut others = members.iter().filter(|member| member.id != one.id).peekable();
    if others.peek().is_some() {
        let event = [event()];
        others.for_each(|member| member.give(&event));
    }
}

/// Says of each room who is there.
fn fill(session: &Session, states: &mut [RoomState], told: &[Told]) {
    let fair_share = MAX_ONLINE_BYTES / states.len().max(1);
    for (state, told) in states.iter_mut().zip(told) {
        (state.online, state.online_count) = told.online(session.key, &session.user, fair_share);
    }
}
