//! What has been said in the open room since it was told last: for those who listen to the page and don't look at it.

use std::sync::Arc;

use hubbub_shared::chat::{Message, User};

/// How many characters of a message are told. Whoever wants more goes there.
const MOST_CHARS: usize = 200;

/// How far the open room was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    room: String,
    told: u64,
}

impl News {
    /// A room was opened: what was said up to `head` is no news.
    #[must_use]
    pub fn of(room: &str, head: u64) -> Self {
        Self { room: room.to_owned(), told: head }
    }

    /// Whether they are of this room.
    #[must_use]
    pub fn are_of(&self, room: &str) -> bool {
        self.room == room
    }

    /// The last message that was told.
    #[must_use]
    pub fn told(&self) -> u64 {
        self.told
    }

    /// What to tell of those `messages` that are new, if there is anything: one in its words, several by their number. What
    /// I say myself is no news to me.
    pub fn tell<'a>(&mut self, messages: impl Iterator<Item = &'a Arc<Message>>, me: &User) -> Option<String> {
        let mut last = None;
        let mut count = 0_usize;
        let mut told = self.told;
        for message in messages.filter(|message| message.seq > self.told) {
            told = told.max(message.seq);
            if message.author.id != me.id {
                count += 1;
                last = Some(message);
            }
        }
        self.told = told;
        match count {
            0 => None,
            1 => last.map(|message| format!("{}: {}", message.author.name, shortened(&message.text))),
            _ => Some(format!("{count} new messages")),
        }
    }
}

/// The begin of a long text.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use hubbub_shared::chat::MessageId;

    use super::*;

    fn user(name: &str) -> User {
        User { id: name.to_lowercase(), name: name.to_owned() }
    }

    fn said(seq: u64, author: &str, text: &str) -> Arc<Message> {
        let id = MessageId::from_bytes(u128::from(seq).to_be_bytes());
        Arc::new(Message { seq, id, room: "lobby".into(), author: user(author), text: text.into(), at: 0 })
    }

    #[test]
    fn what_was_there_is_no_news() {
        let mut news = News::of("lobby", 2);
        assert!(news.are_of("lobby") && !news.are_of("garden"));
        let messages = [said(1, "Ada", "one"), said(2, "Ada", "two"), said(3, "Ada", "three")];
        assert_eq!(news.tell(messages[..2].iter(), &user("Me")), None);
        assert_eq!(news.tell(messages.iter(), &user("Me")).as_deref(), Some("Ada: three"));
        assert_eq!(news.tell(messages.iter(), &user("Me")), None, "told once");
        assert_eq!(news.told(), 3);
    }

    #[test]
    fn several_are_counted_and_mine_are_not() {
        let mut news = News::of("lobby", 0);
        let messages = [said(1, "Me", "mine"), said(2, "Ada", "a"), said(3, "Bob", "b"), said(4, "Me", "mine")];
        assert_eq!(news.tell(messages[..1].iter(), &user("Me")), None);
        assert_eq!(news.tell(messages.iter(), &user("Me")).as_deref(), Some("2 new messages"));
        assert_eq!(news.told(), 4);
    }

    #[test]
    fn a_long_one_is_told_in_part() {
        let mut news = News::of("lobby", 0);
        let long = "é".repeat(MOST_CHARS + 1);
        let told = news.tell([said(1, "Ada", &long)].iter(), &user("Me")).unwrap();
        assert_eq!(told, format!("Ada: {}…", "é".repeat(MOST_CHARS)));
        let edge = "é".repeat(MOST_CHARS);
        assert_eq!(news.tell([said(2, "Ada", &edge)].iter(), &user("Me")).unwrap(), format!("Ada: {edge}"));
    }
}
