//! What clients and servers say to each other.

use anyhow::{Context, Result};
use hubbub_shared::chat::event::Messages;
use hubbub_shared::chat::request::SendMessage;
use hubbub_shared::chat::{Auth, LOBBY, MessageId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::link::Link;
use super::stamp::Stamp;

/// One of three ways to say something to all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// A WebSocket's text.
    Plain,
    /// `chat_message` on the namespace `/`.
    Classic,
    /// `send_message` and `messages` on the namespace `/chat`.
    Chat,
}

/// What a frame is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Frame<'a> {
    Ping,
    /// An acknowledgement, and whether it is a good one.
    Answer(bool),
    /// Something that was said to all, to be [read](Dialect::read_posts).
    Post(&'a [u8]),
}

/// A message as it was delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Post {
    pub(crate) stamp: Stamp,
    /// Its place in the room, where messages have one.
    pub(crate) seq: Option<u64>,
}

impl Dialect {
    /// Where the WebSocket is.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Plain => "/",
            Self::Classic | Self::Chat => "/socket.io/?EIO=4&transport=websocket",
        }
    }

    /// From the upgrade to the namespace.
    pub(crate) async fn enter(self, link: &mut Link, token: Option<&str>) -> Result<()> {
        let connect = match self {
            Self::Plain => return Ok(()),
            Self::Classic => "40".to_owned(),
            Self::Chat => {
                format!("40/chat,{}", serde_json::to_string(&Auth { token: token.map(str::to_owned) })?)
            }
        };
        link.wait_for(b"0{").await?;
        link.send(connect.as_bytes()).await?;
        link.wait_for(if self == Self::Chat { b"40/chat,{" } else { b"40{" }).await?;
        Ok(())
    }

    /// Says something to all; in `room`, where there are rooms.
    pub(crate) fn say(self, room: &str, stamp: Stamp, bytes: usize) -> String {
        let text = stamp.text(bytes);
        match self {
            Self::Plain => text,
            Self::Classic => format!(r#"42["chat_message","{text}"]"#),
            Self::Chat => {
                let id = (stamp.sender as u128) << 64 | u128::from(stamp.number);
                let message = SendMessage { room: room.to_owned(), id: MessageId::from_bytes(id.to_be_bytes()), text };
                request(stamp.number, "send_message", &message)
            }
        }
    }

    /// What a frame is, if it is of any interest.
    pub(crate) fn frame(self, frame: &[u8]) -> Option<Frame<'_>> {
        if self == Self::Plain {
            return Some(Frame::Post(frame));
        }
        match frame {
            b"2" => Some(Frame::Ping),
            [b'4', b'3', ..] => Some(Frame::Answer(!frame.windows(8).take(32).any(|bytes| bytes == br#"{"error""#))),
            [b'4', b'2', ..] => Some(Frame::Post(frame)),
            _ => None,
        }
    }

    /// The messages of a frame of this room; none if it is about something else.
    pub(crate) fn read_posts(self, room: &str, frame: &[u8]) -> Vec<Post> {
        let text = str::from_utf8(frame).unwrap_or_default();
        match self {
            Self::Plain => Stamp::read(text).map(classic).into_iter().collect(),
            Self::Classic => {
                let text = text.strip_prefix(r#"42["chat_message",""#).unwrap_or_default();
                Stamp::read(text).map(classic).into_iter().collect()
            }
            Self::Chat => {
                let messages = text.strip_prefix(r#"42/chat,["messages","#).and_then(|text| text.strip_suffix(']'));
                match messages.and_then(|json| serde_json::from_str::<Messages>(json).ok()) {
                    Some(messages) if messages.room == room => {
                        let posts = messages.messages.iter();
                        posts
                            .filter_map(|post| Some(Post { stamp: Stamp::read(&post.text)?, seq: Some(post.seq) }))
                            .collect()
                    }
                    _ => Vec::new(),
                }
            }
        }
    }
}

fn classic(stamp: Stamp) -> Post {
    Post { stamp, seq: None }
}

/// The room in which everybody is, or all that a classic server has.
pub(crate) const EVERYBODY: &str = LOBBY;

fn request(id: u64, event: &str, payload: &impl Serialize) -> String {
    let payload = serde_json::to_string(payload).unwrap_or_default();
    format!(r#"42/chat,{id}["{event}",{payload}]"#)
}

/// Asks something on `/chat`, and waits for the answer.
pub(crate) async fn ask<T: DeserializeOwned>(link: &mut Link, event: &str, payload: &impl Serialize) -> Result<T> {
    link.send(request(0, event, payload).as_bytes()).await?;
    let answer = link.wait_for(b"43/chat,0[").await?;
    read_answer(&answer)
}

/// What an answer carries, if it is a good one.
pub(crate) fn read_answer<T: DeserializeOwned>(answer: &[u8]) -> Result<T> {
    #[derive(serde::Deserialize)]
    struct Good<'a> {
        #[serde(borrow)]
        ok: &'a RawValue,
    }
    let text = str::from_utf8(answer)?;
    let json = text.split_once('[').and_then(|(_, json)| json.strip_suffix(']')).context("no answer")?;
    let good: Good<'_> = serde_json::from_str(json).with_context(|| format!("refused: {text}"))?;
    Ok(serde_json::from_str(good.ok.get())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAMP: Stamp = Stamp { sender: 7, number: 3, sent: 99 };

    #[test]
    fn what_is_said_is_read() {
        for dialect in [Dialect::Plain, Dialect::Classic] {
            let said = dialect.say(EVERYBODY, STAMP, 64);
            let Some(Frame::Post(frame)) = dialect.frame(said.as_bytes()) else { panic!("{said}") };
            assert_eq!(dialect.read_posts(EVERYBODY, frame), [Post { stamp: STAMP, seq: None }]);
        }
    }

    #[test]
    fn messages_are_read_with_their_places() {
        let id = MessageId::from_bytes([7; 16]);
        let message = |seq| {
            let text = STAMP.text(64);
            format!(r#"{{"seq":{seq},"id":"{id}","room":"r","author":{{"id":"u","name":"n"}},"text":"{text}","at":1}}"#)
        };
        let frame = format!(r#"42/chat,["messages",{{"room":"r","messages":[{},{}]}}]"#, message(4), message(5));
        let post = |seq| Post { stamp: STAMP, seq: Some(seq) };
        assert_eq!(Dialect::Chat.read_posts("r", frame.as_bytes()), [post(4), post(5)]);
        assert_eq!(Dialect::Chat.read_posts("other", frame.as_bytes()), []);
        assert_eq!(Dialect::Chat.read_posts("r", br#"42/chat,["presence",{"room":"r"}]"#), []);
    }

    #[test]
    fn answers_are_good_or_not() {
        let frame = |text: &'static str| Dialect::Chat.frame(text.as_bytes());
        assert_eq!(frame(r#"43/chat,12[{"ok":{"seq":1,"at":2}}]"#), Some(Frame::Answer(true)));
        assert_eq!(frame(r#"43/chat,12[{"error":{"code":"try_again"}}]"#), Some(Frame::Answer(false)));
        assert_eq!(frame("2"), Some(Frame::Ping));
        assert_eq!(frame("6"), None);
        assert_eq!(read_answer::<u64>(br#"43/chat,0[{"ok":5}]"#).unwrap(), 5);
        assert!(read_answer::<u64>(br#"43/chat,0[{"error":{}}]"#).is_err());
    }
}
