//! One room, as far as its members see it from outside: how much is unread, who is here, who types.

use std::sync::Arc;

use hubbub_shared::chat::event::Presence;
use hubbub_shared::chat::{Message, RoomInfo, RoomState, User};
use hubbub_shared::name::GUEST;

use super::typists::Typists;
use crate::model::sorted::{SortedMap, SortedSet};

/// How many unread mentions are counted. Nobody counts further.
const MOST_MENTIONS: usize = 1_000;

/// How many people are known of a room besides those who are here.
const MOST_KNOWN: usize = 200;

/// A room of which I'm a member.
#[derive(Debug, Clone)]
pub struct Room {
    pub(super) info: RoomInfo,
    pub(super) read: u64,
    pub(super) online: SortedMap<String, User>,
    pub(super) online_count: u64,
    /// Who spoke, the latest at the end, and at the beginning who was here. The server doesn't list members.
    known: Vec<User>,
    pub(super) typists: Typists,
    /// The unread messages that mention me, as far as they were heard.
    pub(super) mentions: SortedSet<u64>,
    pub(super) last: Option<Arc<Message>>,
}

impl Room {
    pub(super) fn new(info: RoomInfo) -> Self {
        Self {
            info,
            read: 0,
            online: SortedMap::default(),
            online_count: 0,
            known: Vec::new(),
            typists: Typists::default(),
            mentions: SortedSet::default(),
            last: None,
        }
    }

    /// What everybody may know of it, as of the last time that somebody said.
    #[must_use]
    pub fn info(&self) -> &RoomInfo {
        &self.info
    }

    /// The seq of the last message that I have read.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.read
    }

    /// How many messages I haven't read.
    #[must_use]
    pub fn unread(&self) -> u64 {
        self.info.head.saturating_sub(self.read)
    }

    /// How many of them mention me, as far as they are known.
    #[must_use]
    pub fn mentions(&self) -> usize {
        self.mentions.len()
    }

    /// The last of those, if there is one.
    #[must_use]
    pub fn last_mention(&self) -> Option<u64> {
        self.mentions.keys().next_back().copied()
    }

    /// The last message, if it was heard.
    #[must_use]
    pub fn last(&self) -> Option<&Arc<Message>> {
        self.last.as_ref()
    }

    /// Who is here, by id; perhaps not all.
    pub fn online(&self) -> impl Iterator<Item = &User> {
        self.online.values()
    }

    /// Who may be spoken to: who spoke, the latest first, and who is here or was.
    pub fn people(&self) -> impl Iterator<Item = &User> {
        let is_known = |user: &User| self.known.iter().any(|known| known.id == user.id);
        self.known.iter().rev().chain(self.online().filter(move |user| !is_known(user)))
    }

    /// Whether this user is here, as far as is known.
    #[must_use]
    pub fn is_online(&self, user: &str) -> bool {
        self.online.contains(user)
    }

    /// How many are here.
    #[must_use]
    pub fn online_count(&self) -> u64 {
        self.online_count
    }

    /// Who types, in the order in which they began.
    pub fn typing(&self) -> impl Iterator<Item = &User> {
        self.typists.users()
    }

    /// The room as the server saw it. What was heard since may be later.
    pub(super) fn state(&mut self, state: &RoomState) {
        let head = self.info.head.max(state.info.head);
        self.info = RoomInfo { head, ..state.info.clone() };
        self.read_to(state.read);
        self.online = state.online.iter().map(|user| (user.id.clone(), user.clone())).collect();
        self.online_count = state.online_count;
    }

    pub(super) fn changed(&mut self, info: RoomInfo) {
        let head = self.info.head.max(info.head);
        self.info = RoomInfo { head, ..info };
    }

    pub(super) fn presence(&mut self, presence: Presence) {
        for id in &presence.offline {
            if let Some(gone) = self.online.remove(id) {
                self.know(&gone, false);
            }
            self.typists.stopped(id);
        }
        for user in presence.online {
            self.online.insert(user.id.clone(), user);
        }
        self.online_count = presence.online_count;
    }

    /// Something was said, perhaps long ago.
    pub(super) fn said(&mut self, message: &Message, is_mention: bool) {
        self.info.head = self.info.head.max(message.seq);
        let is_last = self.last.as_ref().is_none_or(|last| last.seq < message.seq);
        self.know(&message.author, is_last);
        if is_last {
            self.typists.stopped(&message.author.id);
            self.last = Some(Arc::new(message.clone()));
        }
        if is_mention && message.seq > self.read {
            self.mentions.add(message.seq);
            if self.mentions.len() > MOST_MENTIONS {
                self.mentions.remove_first();
            }
        }
    }

    /// Somebody was here, or has just spoken. Those of the classic namespace are nobody whom one could find again.
    fn know(&mut self, user: &User, has_just_spoken: bool) {
        if user.id.starts_with(GUEST) {
            return;
        }
        match self.known.iter().rposition(|known| known.id == user.id) {
            Some(at) if has_just_spoken => {
                let user = self.known.remove(at);
                self.known.push(user);
            }
            None if has_just_spoken => {
                if self.known.len() == MOST_KNOWN {
                    self.known.remove(0);
                }
                self.known.push(user.clone());
            }
            None if self.known.len() < MOST_KNOWN => self.known.insert(0, user.clone()),
            _ => {}
        }
    }

    /// I have read up to here. Tells whether I hadn't.
    pub(super) fn read_to(&mut self, seq: u64) -> bool {
        let seq = seq.min(self.info.head);
        let moves = seq > self.read;
        if moves {
            self.read = seq;
            self.mentions.retain(|mention| *mention > seq);
        }
        moves
    }
}
