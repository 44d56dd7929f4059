//! What waits in a room, made into events.

use hubbub_shared::chat::Message;
use hubbub_shared::chat::event::Messages;
use hubbub_shared::classic::ChatMessage;
use hubbub_shared::name::GUEST;

use crate::member::SerialisedEvent;

/// The most bytes of an event of messages, unless it has only one. A WebSocket keeps memory for the largest that it sent.
const FRAME: usize = 32 << 10;

/// The messages as events of `/chat`: as few as may be.
pub(super) fn for_users(messages: &[Message]) -> Vec<SerialisedEvent> {
    let Some(first) = messages.first() else { return Vec::new() };
    let start = format!(r#"{{"room":"{}","messages":["#, first.room);
    let mut events = Vec::new();
    let mut frame = start.clone();
    for message in messages {
        let json = serde_json::to_string(message).expect("a message is JSON");
        if frame.len() > start.len() {
            if frame.len() + json.len() + ",]}".len() > FRAME {
                events.push(end(std::mem::replace(&mut frame, start.clone())));
            } else {
                frame.push(',');
            }
        }
        frame.push_str(&json);
    }
    events.push(end(frame));
    events
}

fn end(mut frame: String) -> SerialisedEvent {
    frame.push_str("]}");
    SerialisedEvent::of_json::<Messages>(frame)
}

/// The messages as classic clients hear them: what a guest said word for word, what others said with their name.
pub(super) fn for_guests(messages: &[Message]) -> Vec<SerialisedEvent> {
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
            for event in for_users(&messages) {
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
