//! What the store promises, on every engine that it runs on. What only one engine can do wrong stands in [`files`].

mod backup;
mod files;
mod messages;
mod model;
mod pages;
mod rooms;
mod sessions;
mod sync;

use std::future::Future;

use hubbub_shared::ErrorCode;
use hubbub_shared::chat::request::Page;
use hubbub_shared::chat::{LOBBY, Message, MessageId, RoomInfo, RoomState, User};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

use super::*;
use crate::name::Name;
use crate::token::{CodeHash, TokenHash};

/// What the store can run on.
#[derive(Debug, Clone, Copy)]
enum Engine {
    SqliteFile,
    SqliteMemory,
}

const ENGINES: [Engine; 2] = [Engine::SqliteFile, Engine::SqliteMemory];

/// When everything happens, unless a test says otherwise.
const NOW: u64 = 1_700_000_000_000;

/// An open store with nothing in it yet, that is gone when this is dropped.
struct World {
    store: Store,
    writer: Writer,
    runtime: Runtime,
    /// Counts up, so that each token and each message id is another.
    fresh: u128,
    database: Database,
    _folder: TempDir,
}

fn on_every_engine(test: impl Fn(World)) {
    for engine in ENGINES {
        // Seen only if the test fails.
        println!("on {engine:?}");
        test(World::new(engine));
    }
}

impl World {
    fn new(engine: Engine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = match engine {
            Engine::SqliteFile => Database::File(folder.path().join("hubbub.db")),
            Engine::SqliteMemory => Database::Memory,
        };
        let (store, writer) = Store::open(&database).unwrap();
        let runtime = Builder::new_current_thread().build().unwrap();
        Self { store, writer, runtime, fresh: 0, database, _folder: folder }
    }

    /// Does `work` in a transaction of its own.
    fn write<R>(&mut self, work: impl FnOnce(&mut Transaction<'_>) -> Result<R, StoreError>) -> R {
        self.writer.transaction(work).unwrap()
    }

    fn read<R>(&self, question: impl Future<Output = Result<R, StoreError>>) -> R {
        self.runtime.block_on(question).unwrap()
    }

    fn fresh(&mut self) -> u128 {
        self.fresh += 1;
        self.fresh
    }

    fn session(&mut self, name: &str) -> Session {
        let token = token(self.fresh());
        self.write(|tx| tx.sign_up(&user_name(name), token, NOW)).unwrap()
    }

    fn user(&mut self, name: &str) -> UserKey {
        self.session(name).key
    }

    /// Makes a room.
    fn room(&mut self, user: UserKey, name: &str) -> String {
        self.room_about(user, name, "")
    }

    fn room_about(&mut self, user: UserKey, name: &str, topic: &str) -> String {
        self.write(|tx| tx.create_room(user, &room_name(name), topic)).unwrap().info.id
    }

    fn join(&mut self, user: UserKey, room: &str) -> RoomState {
        self.write(|tx| tx.join(user, room)).unwrap().0
    }

    /// Sends one more message.
    fn send(&mut self, user: UserKey, room: &str, text: &str) -> u64 {
        let message = NewMessage { room, author: Author::Member(user), id: id(self.fresh()), text };
        let appended = self.write(|tx| tx.append(&message, NOW)).unwrap();
        assert!(appended.fresh);
        appended.sent.seq
    }

    /// Sends so many messages, all in one transaction.
    fn fill(&mut self, user: UserKey, room: &str, count: u64) {
        let first = self.fresh;
        self.fresh += u128::from(count);
        self.write(|tx| {
            for number in 1..=u128::from(count) {
                let text = format!("message {number}");
                let message = NewMessage { room, author: Author::Member(user), id: id(first + number), text: &text };
                tx.append(&message, NOW)?.unwrap();
            }
            Ok(())
        });
    }

    fn append(&mut self, user: UserKey, room: &str, id: MessageId, text: &str) -> Result<Appended, ErrorCode> {
        let message = NewMessage { room, author: Author::Member(user), id, text };
        self.write(|tx| tx.append(&message, NOW))
    }

    fn history(&self, user: UserKey, room: &str, cursor: Cursor, limit: u64) -> Result<Page, ErrorCode> {
        self.read(self.store.history(user, room.to_owned(), cursor, limit))
    }

    /// All messages of a room, page by page.
    fn all(&self, user: UserKey, room: &str) -> Vec<Message> {
        let mut messages: Vec<Message> = Vec::new();
        loop {
            let held = messages.last().map_or(0, |message| message.seq);
            let page = self.history(user, room, Cursor::After(held), 200).unwrap();
            messages.extend(page.messages);
            if !page.more {
                return messages;
            }
        }
    }

    fn info(&self, room: &str) -> RoomInfo {
        self.read(self.store.room(room.to_owned())).unwrap()
    }

    fn sync(&self, user: UserKey, held: &[(&str, u64)]) -> Vec<RoomState> {
        let held = held.iter().map(|&(room, seq)| (room.to_owned(), seq)).collect();
        self.read(self.store.sync(user, held))
    }

    /// Closes the store and opens it again.
    fn reopened(mut self) -> Self {
        let Self { store, writer, ref database, .. } = self;
        drop((store, writer));
        (self.store, self.writer) = Store::open(database).unwrap();
        self
    }
}

fn id(number: u128) -> MessageId {
    MessageId::from_bytes(number.to_be_bytes())
}

fn token(number: u128) -> TokenHash {
    TokenHash(hash(number))
}

fn code(number: u128) -> CodeHash {
    CodeHash(hash(number))
}

fn hash(number: u128) -> [u8; 32] {
    let mut bytes = [7; 32];
    bytes[..16].copy_from_slice(&number.to_be_bytes());
    bytes
}

fn user_name(name: &str) -> Name {
    Name::of_user(name).unwrap()
}

fn room_name(name: &str) -> Name {
    Name::of_room(name).unwrap()
}

/// Another one for each `number`, who wants to be called by these eight digits.
fn guest(digits: u32, number: u128) -> GuestId {
    GuestId(Uuid::from_u128(u128::from(digits) << 96 | number))
}

fn seqs(messages: &[Message]) -> Vec<u64> {
    messages.iter().map(|message| message.seq).collect()
}

#[test]
fn a_database_is_named_by_its_engine() {
    assert_eq!("sqlite:hubbub.db".parse(), Ok(Database::File("hubbub.db".into())));
    assert_eq!("sqlite:/var/lib/a b.db".parse(), Ok(Database::File("/var/lib/a b.db".into())));
    assert_eq!("sqlite::memory:".parse(), Ok(Database::Memory));
    for bad in ["", "hubbub.db", "sqlite:", "postgres://localhost", "SQLITE:x"] {
        assert!(bad.parse::<Database>().is_err(), "{bad}");
    }
    for text in ["sqlite:hubbub.db", "sqlite::memory:"] {
        assert_eq!(text.parse::<Database>().unwrap().to_string(), text);
    }
}
