//! What the server says of its own accord.

use hubbub_shared::chat::event::{Closing, HaveRead, Joined, Left, Messages, RoomChanged};
use hubbub_shared::chat::{Message, RoomState};
use hubbub_shared::classic::ClosingCode;

use super::{Ended, Heard, Link, Session};

impl Session {
    /// The server says something.
    pub fn hear(&mut self, heard: impl Into<Heard>, now: u64) {
        match heard.into() {
            Heard::Messages(Messages { room, messages }) => self.hear_messages(&room, messages, now),
            Heard::Presence(presence) => self.rooms.presence(presence),
            Heard::Typing(typing) => self.rooms.typing(typing, now),
            Heard::Room(RoomChanged(info)) => self.rooms.changed(info),
            Heard::Joined(Joined(state)) => self.joined(state),
            Heard::Left(Left { room }) => self.left(&room),
            Heard::Read(HaveRead { room, seq }) => drop(self.rooms.read(&room, seq)),
            Heard::Closing(closing) => self.hear_closing(closing),
        }
    }

    fn hear_messages(&mut self, room: &str, messages: Vec<Message>, now: u64) {
        self.mark_unread_elsewhere(room);
        self.said(room, &messages);
        // What I say I have read, if I have read what was said before.
        for message in &messages {
            let is_next = self.rooms.get(room).is_some_and(|room| room.read().saturating_add(1) == message.seq);
            if is_next && message.author.id == self.me.id {
                self.seen(room, message.seq, now);
            }
        }
        self.timeline_mut(room).live(messages);
    }

    /// Mine among these need not be sent any more; and the list of rooms shows the last one.
    pub(super) fn said(&mut self, room: &str, messages: &[Message]) {
        for message in messages.iter().filter(|message| message.author.id == self.me.id) {
            self.outbox.heard(message.id);
        }
        self.rooms.said(room, messages);
    }

    fn joined(&mut self, state: RoomState) {
        if let Link::Syncing(meanwhile) = &mut self.link {
            meanwhile.left.remove(&state.info.id);
            meanwhile.joined.add(state.info.id.clone());
        }
        self.take_state(state, None, false);
    }

    fn left(&mut self, room: &str) {
        if let Link::Syncing(meanwhile) = &mut self.link {
            meanwhile.joined.remove(room);
            meanwhile.left.add(room.to_owned());
        }
        self.drop_room(room);
    }

    fn hear_closing(&mut self, closing: Closing) {
        if closing.code == ClosingCode::SignedOut {
            self.disconnected();
            self.link = Link::Over(Ended::SignedOut);
        }
        self.closing = Some(closing);
    }
}
