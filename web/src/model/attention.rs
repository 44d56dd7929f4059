//! What is said of the rooms to whoever doesn't look at the page: in its title, on its icon, and by a notification.

use std::collections::BTreeMap;

use super::rooms::{Rooms, Unread};

/// What the icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Badge {
    /// Everything is read.
    Nothing,
    /// Something isn't.
    Unread,
    /// Something isn't that mentions me.
    Mention,
}

impl From<Unread> for Badge {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread { mentions: 1.., .. } => Self::Mention,
            Unread { messages: 1.., .. } => Self::Unread,
            Unread { .. } => Self::Nothing,
        }
    }
}

/// The title of the page while this room is open; empty is the name of one that nobody knows yet. The count comes first: of a
/// tab's title mostly the beginning is seen.
#[must_use]
pub fn title(room: &str, unread: Unread) -> String {
    let count = match unread.messages {
        0 => String::new(),
        1..100 => format!("({}) ", unread.messages),
        _ => "(99+) ".to_owned(),
    };
    let separator = if room.is_empty() { "" } else { " · " };
    [&count, room, separator, "Hubbub"].concat()
}

/// Tells mentions that have just come, over whatever connection, from those that were known when the page was opened, and
/// from old ones that somebody scrolls up to.
#[derive(Debug)]
pub struct NewMentions {
    /// The seq up to which nothing in a room is new.
    known: BTreeMap<String, u64>,
}

/// A message that mentions me.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// The room's id.
    pub room: String,
    /// Its place there.
    pub seq: u64,
}

impl NewMentions {
    /// Nothing that is in the rooms now is new.
    #[must_use]
    pub fn after(rooms: &Rooms) -> Self {
        let mut mentions = Self { known: BTreeMap::new() };
        mentions.take(rooms);
        mentions
    }

    /// What mentions me since this was asked last: of each room the last message, since one is enough to draw attention to it.
    pub fn take(&mut self, rooms: &Rooms) -> Vec<Mention> {
        self.known.retain(|id, _| rooms.get(id).is_some());
        let mut new = vec![];
        for id in rooms.ids() {
            let Some(room) = rooms.get(id) else { continue };
            let head = room.info().head;
            // Of a room that I have just entered nothing is new.
            let known = self.known.entry(id.clone()).or_insert(head);
            // The server has another store, with other messages.
            *known = head.min(*known);
            if let Some(seq) = room.last_mention().filter(|seq| seq > known) {
                *known = seq;
                new.push(Mention { room: id.clone(), seq });
            }
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use hubbub_shared::chat::{Message, MessageId, RoomInfo, RoomState, User};

    use super::*;

    fn user(name: &str) -> User {
        User { id: name.to_lowercase(), name: name.into() }
    }

    fn said(seq: u64, text: &str) -> Message {
        let id = MessageId::from_bytes(u128::from(seq).to_be_bytes());
        Message { seq, id, room: "lobby".into(), author: user("Bob"), text: text.into(), at: seq }
    }

    /// The lobby, in which this was said last.
    fn lobby(messages: Vec<Message>) -> RoomState {
        let head = messages.last().map_or(0, |message| message.seq);
        let info = RoomInfo { id: "lobby".into(), name: "Lobby".into(), topic: String::new(), members: 2, head };
        RoomState { info, read: 0, online: vec![], online_count: 0, messages, more: false }
    }

    fn seqs(new: &[Mention]) -> Vec<u64> {
        new.iter().map(|mention| mention.seq).collect()
    }

    #[test]
    fn the_history_is_not_new() {
        let mut rooms = Rooms::new(user("Ada"));
        rooms.state(&lobby(vec![said(8, "@ada, old"), said(9, "old")]), false);
        let mut new = NewMentions::after(&rooms);
        assert_eq!(new.take(&rooms), []);
        // Somebody scrolls up.
        rooms.said("lobby", &[said(2, "@ada, older")]);
        assert_eq!(new.take(&rooms), []);
        rooms.said("lobby", &[said(10, "not meant"), said(11, "@ada?"), said(12, "@ada!"), said(13, "bye")]);
        assert_eq!(seqs(&new.take(&rooms)), [12]);
        assert_eq!(new.take(&rooms), [], "each is told once");
        rooms.said("lobby", &[said(12, "@ada!")]);
        assert_eq!(new.take(&rooms), [], "it came again");
    }

    #[test]
    fn what_was_missed_while_disconnected_is_new() {
        let mut rooms = Rooms::new(user("Ada"));
        rooms.state(&lobby(vec![said(1, "hello")]), false);
        let mut new = NewMentions::after(&rooms);
        rooms.state(&lobby(vec![said(2, "@ada"), said(3, "nobody there?")]), false);
        assert_eq!(seqs(&new.take(&rooms)), [2]);
    }

    #[test]
    fn what_is_known_to_be_there_before_it_comes_is_new_when_it_comes() {
        let mut rooms = Rooms::new(user("Ada"));
        rooms.state(&lobby(vec![said(1, "hello")]), false);
        let mut new = NewMentions::after(&rooms);
        rooms.changed(RoomInfo { head: 2, ..lobby(vec![]).info });
        assert_eq!(new.take(&rooms), []);
        rooms.said("lobby", &[said(2, "@ada")]);
        assert_eq!(seqs(&new.take(&rooms)), [2]);
    }

    #[test]
    fn rooms_come_go_and_begin_anew() {
        let mut rooms = Rooms::new(user("Ada"));
        let mut new = NewMentions::after(&rooms);
        rooms.state(&lobby(vec![said(5, "@ada")]), false);
        assert_eq!(new.take(&rooms), [], "the history of a room that was joined");
        rooms.remove("lobby");
        assert_eq!(new.take(&rooms), []);
        rooms.state(&lobby(vec![said(7, "@ada")]), false);
        assert_eq!(new.take(&rooms), [], "and joined again");
        // Another store, whose numbers begin again.
        rooms.state(&lobby(vec![said(2, "@ada")]), true);
        assert_eq!(new.take(&rooms), []);
        rooms.said("lobby", &[said(3, "@ada")]);
        assert_eq!(seqs(&new.take(&rooms)), [3]);
    }

    #[test]
    fn the_title_and_the_icon_say_what_waits() {
        let unread = |messages, mentions| Unread { messages, mentions };
        for (unread, expected, badge) in [
            (unread(0, 0), "Lobby · Hubbub", Badge::Nothing),
            (unread(3, 0), "(3) Lobby · Hubbub", Badge::Unread),
            (unread(99, 1), "(99) Lobby · Hubbub", Badge::Mention),
            (unread(100, 1), "(99+) Lobby · Hubbub", Badge::Mention),
        ] {
            assert_eq!(title("Lobby", unread), expected);
            assert_eq!(title("", unread), expected.replace("Lobby · ", ""));
            assert_eq!(Badge::from(unread), badge, "{unread:?}");
        }
    }
}
