//! Whether what was acknowledged, what the history has and what everybody saw are one and the same conversation.
//!
//! It is a pure function of the evidence, so that it can be shown every crime once: see the tests below.

use std::collections::{BTreeMap, HashMap};

use hubbub_shared::chat::{LOBBY, Message, MessageId};
use serde::Serialize;

use crate::outbox::Written;
use crate::timeline::Fault;

/// What is known when all is over.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// The messages of each room, as the server's history has them.
    pub history: BTreeMap<String, Vec<Message>>,
    /// Who wrote on `/chat`: a connection may have several, one for each of its rooms.
    pub senders: Vec<Sender>,
    /// What each member held of each room.
    pub timelines: Vec<Seen>,
    /// Who wrote on `/`.
    pub classic: Vec<ClassicSender>,
    /// What was heard on `/`, connection by connection.
    pub heard: Vec<Vec<String>>,
}

/// What one connection wrote in one room, in this order.
#[derive(Debug, Clone)]
pub struct Sender {
    /// The user's id.
    pub author: String,
    pub room: String,
    pub written: Vec<Written>,
}

/// What a client wrote on `/`, in this order; each text only once.
#[derive(Debug, Clone)]
pub struct ClassicSender {
    /// The texts, and whether they were acknowledged.
    pub written: Vec<(String, bool)>,
}

/// What a member held of a room, and what it saw on the way that must not be.
#[derive(Debug, Clone)]
pub struct Seen {
    pub who: String,
    pub room: String,
    pub held: Vec<Message>,
    pub faults: Vec<Fault>,
}

/// What must not be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Violation {
    /// It was acknowledged, and the history does not have it.
    Lost { room: String, id: MessageId },
    /// A classic text was acknowledged, and the lobby does not have it.
    ClassicLost { text: String },
    /// The same message, or the same classic text, is there more than once.
    Doubled { room: String, text: String, times: usize },
    /// The numbers of a room are not 1, 2, 3 …
    Gap { room: String, after: u64, came: u64 },
    /// The acknowledgement named another place or time than the history has it at.
    AnswerDiffers { room: String, id: MessageId },
    /// What the history has is not what was written.
    Altered { room: String, id: MessageId },
    /// Nobody wrote it.
    Invented { room: String, seq: u64 },
    /// What a connection wrote first is not numbered first.
    Reordered { room: String, author: String, first: String, then: String },
    /// What a member holds is not the history.
    TimelineDiffers { who: String, room: String, at: u64 },
    /// A member saw what must not be.
    Saw { who: String, fault: Fault },
    /// What was heard on one connection to `/` is no part of the lobby.
    HeardDiffers { at: usize, text: String },
}

/// All that is wrong.
#[must_use]
pub fn violations(evidence: &Evidence) -> Vec<Violation> {
    let mut found = Vec::new();
    for (room, history) in &evidence.history {
        found.extend(gaps(room, history));
    }
    found.extend(doubled(evidence));
    found.extend(evidence.senders.iter().flat_map(|sender| sent(sender, evidence)));
    found.extend(invented(evidence));
    found.extend(classic(evidence));
    found.extend(evidence.timelines.iter().flat_map(|seen| seen_differs(seen, evidence)));
    found.extend(evidence.heard.iter().filter_map(|heard| heard_differs(heard, room(evidence, LOBBY))));
    found
}

fn room<'a>(evidence: &'a Evidence, id: &str) -> &'a [Message] {
    evidence.history.get(id).map_or(&[], Vec::as_slice)
}

/// The author of a classic message.
fn is_guest(message: &Message) -> bool {
    message.author.id.starts_with("guest-")
}

fn gaps(room: &str, history: &[Message]) -> Vec<Violation> {
    let before = std::iter::once(0).chain(history.iter().map(|message| message.seq));
    let steps = before.zip(history.iter().map(|message| message.seq));
    let gaps = steps.filter(|(before, seq)| before + 1 != *seq);
    gaps.map(|(after, came)| Violation::Gap { room: room.to_owned(), after, came }).collect()
}

fn doubled(evidence: &Evidence) -> Vec<Violation> {
    // A user's message is known by its id, a guest's by its text: the tests write none twice.
    let mut times = BTreeMap::<(&str, String), Vec<&Message>>::new();
    for message in evidence.history.values().flatten() {
        let key = if is_guest(message) {
            ("guest", message.text.clone())
        } else {
            (&*message.author.id, message.id.to_string())
        };
        times.entry(key).or_default().push(message);
    }
    let more = times.into_values().filter(|messages| messages.len() > 1);
    more.map(|messages| Violation::Doubled {
        room: messages[1].room.clone(),
        text: messages[1].text.clone(),
        times: messages.len(),
    })
    .collect()
}

fn sent(sender: &Sender, evidence: &Evidence) -> Vec<Violation> {
    let mut found = Vec::new();
    let own = room(evidence, &sender.room).iter().filter(|message| message.author.id == sender.author);
    let by_id: HashMap<MessageId, &Message> = own.map(|message| (message.id, message)).collect();
    let mut last: Option<&Message> = None;
    for written in &sender.written {
        let (room, id) = (sender.room.clone(), written.id);
        let Some(message) = by_id.get(&id) else {
            found.extend(written.answer.map(|_| Violation::Lost { room, id }));
            continue;
        };
        if message.text != written.text {
            found.push(Violation::Altered { room: room.clone(), id });
        }
        if written.answer.is_some_and(|answer| (answer.seq, answer.at) != (message.seq, message.at)) {
            found.push(Violation::AnswerDiffers { room: room.clone(), id });
        }
        if let Some(last) = last.filter(|last| last.seq > message.seq) {
            found.push(reordered(last, message));
        }
        last = Some(message);
    }
    found
}

fn reordered(first: &Message, then: &Message) -> Violation {
    Violation::Reordered {
        room: then.room.clone(),
        author: then.author.id.clone(),
        first: first.text.clone(),
        then: then.text.clone(),
    }
}

fn invented(evidence: &Evidence) -> Vec<Violation> {
    let ids = evidence
        .senders
        .iter()
        .flat_map(|sender| sender.written.iter().map(|written| ((&*sender.author, &*sender.room, written.id), ())));
    let ids: HashMap<_, ()> = ids.collect();
    let texts = evidence.classic.iter().flat_map(|sender| sender.written.iter().map(|(text, _)| (&**text, ())));
    let texts: HashMap<_, ()> = texts.collect();
    let nobodys = evidence.history.iter().flat_map(|(room, history)| {
        let (ids, texts) = (&ids, &texts);
        history.iter().filter(move |message| match is_guest(message) {
            true => !texts.contains_key(&*message.text) || room != LOBBY,
            false => !ids.contains_key(&(&*message.author.id, &**room, message.id)),
        })
    });
    nobodys.map(|message| Violation::Invented { room: message.room.clone(), seq: message.seq }).collect()
}

fn classic(evidence: &Evidence) -> Vec<Violation> {
    let mut found = Vec::new();
    let guests = room(evidence, LOBBY).iter().filter(|message| is_guest(message));
    let by_text: HashMap<&str, &Message> = guests.map(|message| (&*message.text, message)).collect();
    for sender in &evidence.classic {
        // A connection is an author of its own. What two of them said may overtake each other.
        let mut last = HashMap::<&str, &Message>::new();
        for (text, acknowledged) in &sender.written {
            let Some(message) = by_text.get(&**text) else {
                found.extend(acknowledged.then(|| Violation::ClassicLost { text: text.clone() }));
                continue;
            };
            let before = last.insert(&message.author.id, message);
            found.extend(before.filter(|before| before.seq > message.seq).map(|before| reordered(before, message)));
        }
    }
    found
}

fn seen_differs(seen: &Seen, evidence: &Evidence) -> Vec<Violation> {
    let history = room(evidence, &seen.room);
    let saw = seen.faults.iter().map(|fault| Violation::Saw { who: seen.who.clone(), fault: fault.clone() });
    let mut found: Vec<Violation> = saw.collect();
    if seen.held != history {
        let same = seen.held.iter().zip(history).take_while(|(held, message)| held == message).count();
        let (who, room) = (seen.who.clone(), seen.room.clone());
        found.push(Violation::TimelineDiffers { who, room, at: same as u64 + 1 });
    }
    found
}

/// On `/` a user's message has its author's name in front.
fn heard_differs(heard: &[String], lobby: &[Message]) -> Option<Violation> {
    let shown = |message: &Message| match is_guest(message) {
        true => message.text.clone(),
        false => format!("{}: {}", message.author.name, message.text),
    };
    let first = heard.first()?;
    let Some(from) = lobby.iter().position(|message| shown(message) == *first) else {
        return Some(Violation::HeardDiffers { at: 0, text: first.clone() });
    };
    let mut lobby = lobby[from..].iter().map(shown);
    let differs = heard.iter().enumerate().find(|(_, text)| lobby.next().as_ref() != Some(text));
    differs.map(|(at, text)| Violation::HeardDiffers { at, text: text.clone() })
}

#[cfg(test)]
mod tests;
