//! Random histories, against the contract in a few lines of memory.

use std::collections::BTreeMap;

use hubbub_shared::chat::request::Sent;
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

const USERS: usize = 3;
/// The last one doesn't exist.
const ROOMS: [&str; 4] = [LOBBY, "one", "two", "nowhere"];

#[derive(Debug, Clone)]
enum Change {
    /// By a guest if it is nobody of the users.
    Append {
        author: usize,
        room: usize,
        id: u128,
        text: u8,
        now: u64,
    },
    Join {
        user: usize,
        room: usize,
    },
    Leave {
        user: usize,
        room: usize,
    },
    Read {
        user: usize,
        room: usize,
        seq: u64,
    },
}

/// Some changes, of which all happen or none.
#[derive(Debug, Clone)]
struct Batch {
    changes: Vec<Change>,
    fails: bool,
}

/// What the store should hold.
#[derive(Debug, Clone, Default)]
struct Model {
    messages: BTreeMap<usize, Vec<Stored>>,
    /// Up to where each member has read.
    members: BTreeMap<(usize, usize), u64>,
}

#[derive(Debug, Clone, PartialEq)]
struct Stored {
    author: usize,
    id: u128,
    text: String,
    at: u64,
}

impl Model {
    fn head(&self, room: usize) -> u64 {
        self.messages.get(&room).map_or(0, Vec::len) as u64
    }

    fn append(&mut self, author: usize, room: usize, id: u128, text: &str, now: u64) -> Result<Appended, ErrorCode> {
        for (&known, messages) in &self.messages {
            for (seq, message) in (1..).zip(messages) {
                if (message.author, message.id) == (author, id) {
                    let is_same = known == room && message.text == text;
                    let answer = Appended { sent: Sent { seq, at: message.at }, fresh: false };
                    return if is_same { Ok(answer) } else { Err(ErrorCode::IdReused) };
                }
            }
        }
        if author < USERS {
            self.membership(author, room)?;
        } else if ROOMS[room] == "nowhere" {
            return Err(ErrorCode::NoSuchRoom);
        }
        let messages = self.messages.entry(room).or_default();
        let at = messages.last().map_or(now, |last| last.at.max(now));
        messages.push(Stored { author, id, text: text.to_owned(), at });
        Ok(Appended { sent: Sent { seq: messages.len() as u64, at }, fresh: true })
    }

    fn membership(&mut self, user: usize, room: usize) -> Result<&mut u64, ErrorCode> {
        if ROOMS[room] == "nowhere" {
            return Err(ErrorCode::NoSuchRoom);
        }
        self.members.get_mut(&(user, room)).ok_or(ErrorCode::NotAMember)
    }

    fn join(&mut self, user: usize, room: usize) -> Result<bool, ErrorCode> {
        let head = self.head(room);
        match self.membership(user, room) {
            Err(ErrorCode::NotAMember) => Ok(self.members.insert((user, room), head).is_none()),
            is_member => is_member.map(|_| false),
        }
    }

    fn leave(&mut self, user: usize, room: usize) -> Result<(), ErrorCode> {
        if ROOMS[room] == LOBBY {
            return Err(ErrorCode::LobbyIsForever);
        }
        self.membership(user, room)?;
        self.members.remove(&(user, room));
        Ok(())
    }

    fn read(&mut self, user: usize, room: usize, seq: u64) -> Result<Option<u64>, ErrorCode> {
        let seq = seq.min(self.head(room));
        let read = self.membership(user, room)?;
        let moved = seq > *read;
        *read = seq.max(*read);
        Ok(moved.then_some(seq))
    }
}

/// Does the same to both, and compares what they answer.
fn change(model: &mut Model, tx: &mut Transaction<'_>, users: &[UserKey], change: &Change) -> Result<(), StoreError> {
    match *change {
        Change::Append { author, room, id: number, text, now } => {
            let text = format!("text {text}");
            let by = match users.get(author) {
                Some(&user) => Author::Member(user),
                None => Author::Guest(tx.guest(guest(0, 1))?.key),
            };
            let message = NewMessage { room: ROOMS[room], author: by, id: id(number), text: &text };
            assert_eq!(tx.append(&message, now)?, model.append(author, room, number, &text, now));
        }
        Change::Join { user, room } => {
            let joined = tx.join(users[user], ROOMS[room])?;
            assert_eq!(joined.map(|(_, fresh)| fresh), model.join(user, room));
        }
        Change::Leave { user, room } => assert_eq!(tx.leave(users[user], ROOMS[room])?, model.leave(user, room)),
        Change::Read { user, room, seq } => {
            assert_eq!(tx.mark_read(users[user], ROOMS[room], seq)?, model.read(user, room, seq));
        }
    }
    Ok(())
}

/// What a user sees of all rooms is what the model has.
fn compare(world: &World, model: &Model, users: &[UserKey]) {
    for (user, &key) in users.iter().enumerate() {
        for state in world.sync(key, &[]) {
            let room = ROOMS.iter().position(|&room| room == state.info.id).unwrap();
            assert_eq!(Some(&state.read), model.members.get(&(user, room)));
            assert_eq!(state.info.members, model.members.keys().filter(|member| member.1 == room).count() as u64);
            let found: Vec<_> = world.all(key, ROOMS[room]).into_iter().map(|found| (found.seq, found.text)).collect();
            let expected = model.messages.get(&room).map_or(&[][..], Vec::as_slice).iter().map(|stored| &stored.text);
            assert_eq!(found, (1..).zip(expected.cloned()).collect::<Vec<_>>());
        }
        assert_eq!(world.sync(key, &[]).len(), model.members.keys().filter(|member| member.0 == user).count());
    }
}

fn any_change() -> impl Strategy<Value = Change> {
    let (user, room) = (0..USERS, 0..ROOMS.len());
    prop_oneof![
        6 => (0..=USERS, room.clone(), 0..12_u128, 0..2_u8, NOW - 5..NOW + 5)
            .prop_map(|(author, room, id, text, now)| Change::Append { author, room, id, text, now }),
        2 => (user.clone(), room.clone()).prop_map(|(user, room)| Change::Join { user, room }),
        1 => (user.clone(), room.clone()).prop_map(|(user, room)| Change::Leave { user, room }),
        1 => (user, room, 0..9_u64).prop_map(|(user, room, seq)| Change::Read { user, room, seq }),
    ]
}

fn any_batch() -> impl Strategy<Value = Batch> {
    (vec(any_change(), 0..12), prop::bool::weighted(0.2)).prop_map(|(changes, fails)| Batch { changes, fails })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_history_is_as_in_the_model(batches in vec(any_batch(), 0..12), reopen in 0..12_usize) {
        for engine in ENGINES {
            let mut world = World::new(engine);
            let users: Vec<_> = ["Ada", "Bob", "Carol"].iter().map(|name| world.user(name)).collect();
            world.room(users[0], "one");
            world.room(users[0], "two");
            let mut model = Model::default();
            model.members.extend([((0, 0), 0), ((1, 0), 0), ((2, 0), 0), ((0, 1), 0), ((0, 2), 0)]);
            for (number, batch) in batches.iter().enumerate() {
                let mut after = model.clone();
                let done = world.writer.transaction(|tx| {
                    batch.changes.iter().try_for_each(|each| change(&mut after, tx, &users, each))?;
                    if batch.fails { Err(StoreError::Full) } else { Ok(()) }
                });
                if done.is_ok() {
                    model = after;
                }
                compare(&world, &model, &users);
                if number == reopen && matches!(engine, Engine::SqliteFile) {
                    world = world.reopened();
                }
            }
        }
    }
}
