//! What is said in rooms: sent, read again, and marked as read.

use hubbub_shared::ErrorCode;
use hubbub_shared::chat::request::{Done, History, Page, Read, SendMessage, Sent, Typing};
use hubbub_shared::chat::{Message, event::UserTyping};
use hubbub_shared::text::{self, TextError};

use super::answer::Answer;
use super::{Asked, Asker, page_limit};
use crate::log::{NotWritten, refusal};
use crate::metrics;
use crate::rooms::Receipt;
use crate::store::{Appended, Author, Cursor, NewMessage};

impl Asked for SendMessage {
    type Ok = Sent;
    const COUNTS_AS_SEND: bool = true;

    fn asked(self, asker: &Asker, answer: Answer<Sent>) {
        match text::check(&self.text) {
            Ok(()) => {}
            Err(TextError::Empty) => return answer.refuse(ErrorCode::TextEmpty),
            Err(TextError::TooLong) => return answer.refuse(ErrorCode::TextTooLong),
        }
        let places = &asker.services.log.places;
        if places.are_taken() {
            return drop(answer.give(Err(NotWritten.into())));
        }
        let text: String = text::tidied(&self.text).collect();
        metrics::received_chat();
        let place = places.take(text.len());
        let author = asker.session.key;
        let subject = Message { seq: 0, id: self.id, room: self.room, author: asker.session.user.clone(), text, at: 0 };
        asker.services.log.enter(
            subject,
            move |message, transaction, now| {
                let Message { room, id, text, .. } = message;
                transaction.append(&NewMessage { room, author: Author::Member(author), id: *id, text }, now)
            },
            move |message, written, rooms| match refusal(written) {
                Ok(Appended { sent, fresh: false }) => drop(answer.give(Ok(sent))),
                Ok(Appended { sent, fresh: true }) => {
                    let Sent { seq, at } = sent;
                    rooms.said(Message { seq, at, ..message }, place, Receipt::new(move || answer.give(Ok(sent))));
                }
                Err(error) => drop(answer.give(Err(error))),
            },
        );
    }
}

impl Asked for History {
    type Ok = Page;

    fn asked(self, asker: &Asker, answer: Answer<Page>) {
        let cursor = match (self.before, self.after) {
            (Some(seq), None) => Cursor::Before(seq),
            (None, Some(seq)) => Cursor::After(seq),
            _ => return answer.refuse(ErrorCode::BadRequest),
        };
        match page_limit(self.limit) {
            Err(code) => answer.refuse(code),
            Ok(limit) => {
                let (store, user) = (asker.services.store.clone(), asker.session.key);
                asker.read(answer, async move { store.history(user, self.room, cursor, limit).await });
            }
        }
    }
}

impl Asked for Read {
    type Ok = Done;

    fn asked(self, asker: &Asker, answer: Answer<Done>) {
        let key = asker.session.key;
        asker.services.log.enter(
            self,
            move |read, transaction, _| transaction.mark_read(key, &read.room, read.seq),
            move |read, written, rooms| {
                let result = refusal(written).map(|moved_to| {
                    if let Some(seq) = moved_to {
                        rooms.read(&answer.by, key, &read.room, seq);
                    }
                    Done {}
                });
                answer.give(result);
            },
        );
    }
}

impl Asked for Typing {
    type Ok = Done;

    fn asked(self, asker: &Asker, answer: Answer<Done>) {
        let rooms = asker.services.rooms.open();
        if rooms.is_member(asker.session.key, &self.room) {
            let unanswered = answer.give(Ok(Done {}));
            let typing = UserTyping { room: self.room, user: asker.session.user.clone() };
            return rooms.typing(asker.session.key, typing, unanswered);
        }
        drop(rooms);
        let store = asker.services.store.clone();
        asker.read(answer, async move {
            Ok(Err(match store.room(self.room).await? {
                Some(_) => ErrorCode::NotAMember,
                None => ErrorCode::NoSuchRoom,
            }))
        });
    }
}
