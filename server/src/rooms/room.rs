//! One room: a task that knows who is there and gives them what is said.
//!
//! All that waits goes out in one round, as few events as may be. A lone message goes at once. After a round the next begins
//! only when the last one has been paid for: a frame costs the kernel some time for each member, so that under load
//! messages wait a moment and share frames exactly where it pays.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use hubbub_shared::chat::event::{RoomChanged, UserTyping};
use hubbub_shared::chat::{Message, RoomInfo};
use tokio::sync::{mpsc, oneshot};
use tokio::task::yield_now;
use tokio::time::{Instant, sleep_until};
use tracing::warn;

use super::presence::{Here, Told, Turns};
use super::round;
use super::typists::Typists;
use crate::member::{Member, MemberId, SerialisedEvent, Who};
use crate::metrics;
use crate::places::Place;
use crate::store::{Store, UserKey};
use crate::transport::session::Unanswered;
use crate::vital::Vital;

/// After a round, the next one waits so long for each member, and never longer than this in all. In a room where much is said
/// at a time it is longer: there it is the number of frames that costs, and a message waits for others anyway.
const PACE: Duration = Duration::from_micros(25);
const BUSY_PACE: Duration = Duration::from_micros(50);
const MAX_PACE: Duration = Duration::from_millis(100);

/// So many messages in a round are much.
const BUSY: usize = 10;

/// After so many events the room lets other tasks run, the ones that write these events among them.
const EVENTS_PER_TURN: usize = 1_024;

/// The most entries that are taken at a time.
const MAX_RECEIVED: usize = 1_024;

/// Who came and went, and what changed about the room, is told so often at the most, and so long after it happened at
/// the least: a page that is loaded again is gone for a moment only.
const GATHER: Duration = Duration::from_secs(1);
const SETTLE: Duration = Duration::from_millis(200);

/// What a room is told, in order.
pub(super) enum Entry {
    Enter(Arc<Member>),
    Leave(Arc<Member>),
    Said(Said),
    /// Answered when it has been passed on.
    Typing(UserKey, UserTyping, Unanswered),
    /// Its members or its topic are others than before.
    Changed,
    /// What it is like now, as far as that could be read.
    Is(Option<RoomInfo>),
    /// Send out all that waits, and say so.
    Flush(oneshot::Sender<()>),
}

/// A message that is on the disk, and what is free again when it has gone out.
pub(super) struct Said {
    pub(super) message: Message,
    pub(super) committed: Instant,
    pub(super) place: Place,
    pub(super) receipt: Receipt,
}

/// What whoever said a message is told now that it is on the disk. Until the message has gone out the client counts as
/// waiting.
pub(crate) enum Receipt {
    Owed(Box<dyn FnOnce() -> Unanswered + Send>),
    Given(#[expect(dead_code, reason = "it is there to be dropped")] Unanswered),
}

/// The task's own.
pub(super) struct Room {
    id: String,
    store: Store,
    entries: mpsc::UnboundedReceiver<Entry>,
    /// For what the room tells itself later. It doesn't keep the room open.
    later: mpsc::WeakUnboundedSender<Entry>,
    users: HashMap<MemberId, (UserKey, Arc<Member>)>,
    guests: HashMap<MemberId, Arc<Member>>,
    waiting: Vec<Said>,
    here: Here,
    typists: Typists,
    turns: Turns,
    has_changed: bool,
    /// Whether somebody reads what the room is like.
    is_read: bool,
    /// Those who wait until all that waits has gone out.
    flushed: Vec<oneshot::Sender<()>>,
    /// When the next round may begin.
    next_round: Instant,
    /// When presence and changes are told next; set while there are any.
    next_gathering: Option<Instant>,
    last_gathering: Option<Instant>,
}

impl Room {
    /// Opens the room. It closes when nobody has a way to tell it anything.
    pub(super) fn open(id: String, store: Store, told: Told, turns: Turns) -> mpsc::UnboundedSender<Entry> {
        let (sender, entries) = mpsc::unbounded_channel();
        let room = Self {
            id,
            store,
            entries,
            later: sender.downgrade(),
            users: HashMap::new(),
            guests: HashMap::new(),
            waiting: Vec::new(),
            here: Here::new(told),
            typists: Typists::default(),
            turns,
            has_changed: false,
            is_read: false,
            flushed: Vec::new(),
            next_round: Instant::now(),
            next_gathering: None,
            last_gathering: None,
        };
        tokio::spawn(room.run());
        sender
    }

    async fn run(mut self) {
        let _vital = Vital("room");
        let mut entries = Vec::new();
        loop {
            let round = (!self.waiting.is_empty()).then_some(self.next_round);
            tokio::select! {
                received = self.entries.recv_many(&mut entries, MAX_RECEIVED) => {
                    if received == 0 {
                        return self.send_out().await;
                    }
                    entries.drain(..).for_each(|entry| self.take(entry));
                    if self.is_due() || !self.flushed.is_empty() {
                        self.send_out().await;
                    }
                }
                () = until(round) => self.send_out().await,
                () = until(self.next_gathering) => self.gather(),
            }
        }
    }

    /// Whether the next round may begin.
    fn is_due(&self) -> bool {
        self.next_round <= Instant::now()
    }

    fn take(&mut self, entry: Entry) {
        match entry {
            Entry::Enter(member) => self.enter(member),
            Entry::Leave(member) => self.leave(&member),
            // With its own message the client gets it in one write, if that goes out now.
            Entry::Said(said) if self.is_due() => self.waiting.push(said),
            Entry::Said(said) => self.waiting.push(said.with_receipt()),
            Entry::Typing(key, typing, _unanswered) => self.typing(key, &typing),
            Entry::Changed => {
                self.has_changed = true;
                self.gather_soon();
            }
            Entry::Is(info) => {
                self.is_read = false;
                info.into_iter().for_each(|info| self.tell(&[SerialisedEvent::of(&RoomChanged(info))]));
                if self.has_changed {
                    self.gather_soon();
                }
            }
            Entry::Flush(flushed) => self.flushed.push(flushed),
        }
    }

    fn enter(&mut self, member: Arc<Member>) {
        match &member.who {
            Who::Guest(_) => {
                self.guests.insert(member.id, member);
            }
            Who::User(session) => {
                let key = session.key;
                self.here.enter(key, &session.user);
                self.users.insert(member.id, (key, member));
                self.gather_soon();
            }
        }
    }

    fn leave(&mut self, member: &Member) {
        self.guests.remove(&member.id);
        if let Some((key, _)) = self.users.remove(&member.id) {
            self.here.leave(key);
            self.gather_soon();
        }
    }

    /// Gives all that waits to every member: each gets all of it before the next gets any, so the task that writes to a
    /// member is woken once.
    async fn send_out(&mut self) {
        if let Some(first) = self.waiting.first() {
            let committed = first.committed;
            let members = self.users.len() + self.guests.len();
            let pace = if self.waiting.len() < BUSY { PACE } else { BUSY_PACE };
            let pace = pace.saturating_mul(u32::try_from(members).unwrap_or(u32::MAX));
            self.next_round = Instant::now() + pace.min(MAX_PACE);

            let (messages, kept): (Vec<_>, Vec<_>) =
                self.waiting.drain(..).map(|said| (said.message, (said.receipt, said.place))).unzip();
            // After a burst, not for as long as the room is open.
            self.waiting.shrink_to(MAX_RECEIVED);
            let to_users = if self.users.is_empty() { Vec::new() } else { round::for_users(&self.id, &messages) };
            let to_guests = if self.guests.is_empty() { Vec::new() } else { round::for_guests(&messages) };
            // Right before the messages: the tasks that write to their authors find both.
            let kept: Vec<_> = kept.into_iter().map(|(receipt, place)| (receipt.given(), place)).collect();
            give(self.users.values().map(|(_, member)| member), &to_users).await;
            give(self.guests.values(), &to_guests).await;
            drop(kept);
            metrics::sent_out(messages.len(), members, committed.elapsed());
        }
        for flushed in self.flushed.drain(..) {
            let _ = flushed.send(());
        }
    }

    /// Tells the others that somebody is typing, unless they know.
    fn typing(&mut self, key: UserKey, typing: &UserTyping) {
        if self.typists.begins(key, Instant::now()) {
            let event = [SerialisedEvent::of(typing)];
            self.users.values().filter(|(other, _)| *other != key).for_each(|(_, member)| member.give(&event));
        }
    }

    fn gather_soon(&mut self) {
        if self.next_gathering.is_none() {
            let settled = Instant::now() + SETTLE;
            self.next_gathering = Some(self.last_gathering.map_or(settled, |last| settled.max(last + GATHER)));
        }
    }

    /// Tells what has changed since the last time.
    fn gather(&mut self) {
        self.next_gathering = None;
        self.last_gathering = Some(Instant::now());
        self.tell_presence();
        if self.here.has_changed() {
            self.gather_soon();
        }
        if self.has_changed && !self.is_read {
            (self.has_changed, self.is_read) = (false, true);
            tokio::spawn(read(self.store.clone(), self.id.clone(), self.later.clone()));
        }
    }

    fn tell_presence(&mut self) {
        let turns = self.turns.clone();
        let _turn = turns.to_tell();
        // Those who have been answered who is there must hear what is told from now on.
        while let Ok(entry) = self.entries.try_recv() {
            self.take(entry);
        }
        if let Some(presence) = self.here.tell(&self.id) {
            self.tell(&[SerialisedEvent::of(&presence)]);
        }
    }

    fn tell(&self, events: &[SerialisedEvent]) {
        self.users.values().for_each(|(_, member)| member.give(events));
    }
}

impl Said {
    fn with_receipt(self) -> Self {
        Self { receipt: self.receipt.given(), ..self }
    }
}

impl Receipt {
    /// `give` tells the client, and says what counts as waiting.
    pub(crate) fn new(give: impl FnOnce() -> Unanswered + Send + 'static) -> Self {
        Self::Owed(Box::new(give))
    }

    /// Gives it, unless that is done.
    pub(super) fn given(self) -> Self {
        match self {
            Self::Owed(give) => Self::Given(give()),
            Self::Given(_) => self,
        }
    }
}

/// Reads what the room is like now. One at a time for each room, so that what is older isn't told later.
async fn read(store: Store, room: String, entries: mpsc::WeakUnboundedSender<Entry>) {
    let info = store.room(room.clone()).await.unwrap_or_else(|error| {
        warn!(%error, room, "its members aren't told what has changed");
        None
    });
    if let Some(entries) = entries.upgrade() {
        let _ = entries.send(Entry::Is(info));
    }
}

async fn give(members: impl Iterator<Item = &Arc<Member>>, events: &[SerialisedEvent]) {
    let mut given = 0;
    for member in members {
        member.give(events);
        given += events.len();
        if given >= EVENTS_PER_TURN {
            given = 0;
            yield_now().await;
        }
    }
}

/// Waits until then; for ever, if there is no such time.
async fn until(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}
