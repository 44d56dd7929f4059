//! What waits in a room, made into events.

use hubbub_shared::chat::Message;
use hubbub_shared::chat::event::Messages;
use hubbub_shared::classic::ChatMessage;
use hubbub_shared::name::GUEST;
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use crate::member::SerialisedEvent;

/// The most bytes of an event of messages, unless it has only one. A WebSocket keeps memory for the largest that it sent.
const FRAME: usize = 32 << 10;

/// [`Messages`], of messages that are JSON already.
#[derive(Serialize)]
struct Frame<'a> {
    room: &'a str,
    messages: &'a [Box<RawValue>],
}

/// The messages of a room as events of `/chat`: as few as may be.
pub(crate) fn for_users(room: &str, messages: &[Message]) -> Vec<SerialisedEvent> {
    let messages: Vec<_> = messages.iter().map(json).collect();
    let around = r#"{"room":"","messages":[]}"#.len() + room.len();
    let (mut events, mut begin, mut len) = (Vec::new(), 0, around);
    for (at, message) in messages.iter().enumerate() {
        let more = message.get().len() + 1;
        if at > begin && len + more > FRAME {
            events.push(event(room, &messages[begin..at]));
            (begin, len) = (at, around);
        }
        len += more;
    }
    if begin < messages.len() {
        events.push(event(room, &messages[begin..]));
    }
    events
}

fn event(room: &str, messages: &[Box<RawValue>]) -> SerialisedEvent {
    SerialisedEvent::of_json::<Messages>(json(&Frame { room, messages }))
}

fn json(value: &impl Serialize) -> Box<RawValue> {
    to_raw_value(value).expect("a message is JSON")
}

/// The messages as classic clients hear them: what a guest said word for word, what others said with their name.
pub(crate) fn for_guests(messages: &[Message]) -> Vec<SerialisedEvent> {
    let texts = messages.iter().map(|message| match message.author.id.starts_with(GUEST) {
        true => message.text.clone(),
        false => format!("{}: {}", message.author.name, message.text),
    });
    texts.map(|text| SerialisedEvent::of(&ChatMessage(text))).collect()
}

#[cfg(test)]
mod tests {
    use hubbub_shared::chat::{MessageId, User};
    use proptest::prelude::*;

    use super::*;

    fn message(seq: u64, author: &str, text: String) -> Message {
        let author = User { id: author.into(), name: "Ada \"L\"".into() };
        Message { seq, id: MessageId::from_bytes([7; 16]), room: "lobby".into(), author, text, at: 1 }
    }

    proptest! {
        #[test]
        fn all_messages_go_out_in_order_in_frames_of_a_bounded_size(lens in prop::collection::vec(0usize..20_000, 0..20)) {
            let messages: Vec<_> =
                (1..).zip(&lens).map(|(seq, &len)| message(seq, "u", "\"".repeat(len))).collect();
            let mut back = Vec::new();
            for event in for_users("lobby", &messages) {
                let read: Messages = serde_json::from_str(event.json.get()).unwrap();
                prop_assert!(event.json.get().len() <= FRAME || read.messages.len() == 1);
                prop_assert_eq!(read.room, "lobby");
                back.extend(read.messages);
            }
            prop_assert_eq!(back, messages);
        }
    }

    #[test]
    fn guests_hear_guests_verbatim_and_users_by_name() {
        let messages = [message(1, "guest-00c0ffee", " hi ".into()), message(2, "u", "hello".into())];
        let texts: Vec<_> = for_guests(&messages).iter().map(|event| event.json.get().to_owned()).collect();
        assert_eq!(texts, [r#"" hi ""#, r#""Ada \"L\": hello""#]);
    }
}
