//! Rooms: found, made, joined and left.

use hubbub_shared::chat::RoomState;
use hubbub_shared::chat::request::{CreateRoom, Done, JoinRoom, LeaveRoom, ListRooms, RoomList};
use hubbub_shared::{ApiError, ErrorCode, name, text};

use super::answer::Answer;
use super::{Asked, Asker, page_limit};
use crate::log::refusal;
use crate::name::Name;
use crate::rooms::Open;
use crate::store::Session;

impl Asked for ListRooms {
    type Ok = RoomList;

    fn asked(self, asker: &Asker, answer: Answer<RoomList>) {
        match page_limit(self.limit) {
            Err(code) => answer.refuse(code),
            Ok(limit) => {
                let store = asker.services.store.clone();
                asker.read(answer, async move { store.rooms(self.query, self.after, limit).await });
            }
        }
    }
}

impl Asked for CreateRoom {
    type Ok = RoomState;
    const COUNTS_AS_SEND: bool = true;

    fn asked(self, asker: &Asker, answer: Answer<RoomState>) {
        let name = match Name::of_room(&self.name) {
            Ok(name) => name,
            Err(why) => {
                let error = ApiError { message: why.to_string(), ..ErrorCode::InvalidName.into() };
                return drop(answer.give(Err(error)));
            }
        };
        let topic: String = text::tidied(self.topic.as_deref().unwrap_or_default()).collect();
        if topic.chars().count() > name::MAX_TOPIC {
            return answer.refuse(ErrorCode::BadRequest);
        }
        let session = asker.session.clone();
        let key = session.key;
        asker.services.log.enter(
            (name, topic),
            move |(name, topic), transaction, _| transaction.create_room(key, name, topic),
            move |_, written, rooms| {
                let made = refusal(written).inspect(|state| rooms.made(state.info.clone()));
                joins(&session, made, rooms, answer);
            },
        );
    }
}

impl Asked for JoinRoom {
    type Ok = RoomState;

    fn asked(self, asker: &Asker, answer: Answer<RoomState>) {
        let session = asker.session.clone();
        let key = session.key;
        asker.services.log.enter(
            self.room,
            move |room, transaction, _| transaction.join(key, room),
            move |_, written, rooms| {
                let joined = refusal(written).map(|(state, fresh)| {
                    if fresh {
                        rooms.changed(&state.info.id);
                    }
                    state
                });
                joins(&session, joined, rooms, answer);
            },
        );
    }
}

impl Asked for LeaveRoom {
    type Ok = Done;

    fn asked(self, asker: &Asker, answer: Answer<Done>) {
        let key = asker.session.key;
        asker.services.log.enter(
            self.room,
            move |room, transaction, _| transaction.leave(key, room),
            move |room, written, rooms| {
                let result = refusal(written).map(|()| {
                    rooms.left(&answer.by, key, &room);
                    Done {}
                });
                answer.give(result);
            },
        );
    }
}

/// The user is a member now, if not before: all its sockets enter the room.
fn joins(session: &Session, state: Result<RoomState, ApiError>, rooms: &mut Open, answer: Answer<RoomState>) {
    match state {
        Ok(state) => rooms.answer(session, state, |rooms, state| {
            rooms.joined(&answer.by, session.key, &state);
            answer.give(Ok(state));
        }),
        Err(error) => drop(answer.give(Err(error))),
    }
}
