//! What `benches/` measure: the log, and what is made of a room's messages for those who hear them. It is there for them
//! alone, so that these parts need not be anybody else's.

use std::error::Error;
use std::path::Path;
use std::sync::mpsc;

use hubbub_shared::ApiError;
use hubbub_shared::chat::{Message, User};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use crate::log::{self, refusal};
use crate::name::Name;
use crate::rooms::{Rooms, round};
use crate::store::{Appended, Author, Database, NewMessage, Session, Store};
use crate::token::Token;

/// The log with its thread on a database of its own, and somebody who may speak in the lobby. Nobody is there to hear it.
pub struct Log {
    log: log::Log,
    author: Session,
    /// Kept, as the thread holds on to it. It has nothing to do.
    _runtime: Runtime,
}

/// The thread waits as long as there is this.
pub struct HeldUp(#[expect(dead_code, reason = "it is there to be dropped")] mpsc::Sender<()>);

impl Log {
    /// Makes the file and starts the thread.
    ///
    /// # Errors
    /// The file can't be made, or was there before.
    pub fn open(file: &Path) -> Result<Self, Box<dyn Error>> {
        let (store, mut writer) = Store::open(&Database::File(file.to_owned()))?;
        let (name, token) = (Name::of_user("Ada")?, Token::random()?.hash());
        let author = writer.transaction(|transaction| transaction.sign_up(&name, token, 0))?.map_err(ApiError::from)?;
        let runtime = Builder::new_current_thread().build()?;
        let entered = runtime.enter();
        let log = log::Log::start(writer, Rooms::new(store))?;
        drop(entered);
        Ok(Self { log, author, _runtime: runtime })
    }

    /// Who speaks.
    pub fn author(&self) -> &User {
        &self.author.user
    }

    /// Holds up the thread. What is entered meanwhile it will write in one transaction.
    pub fn hold_up(&self) -> HeldUp {
        let (held_up, until) = mpsc::channel();
        let (waits, it_waits) = mpsc::channel();
        self.log.enter_reader(
            (waits, until),
            |(waits, until), _| {
                let _ = waits.send(());
                // Nothing is ever sent.
                let _ = until.recv();
                Ok(())
            },
            |_, _, _| {},
        );
        let _ = it_waits.recv();
        HeldUp(held_up)
    }

    /// Enters these messages, lets the thread go on, and waits for the answer to the last: its number, if all are stored.
    pub fn append(&self, held_up: HeldUp, mut messages: Vec<Message>) -> Option<u64> {
        let last = messages.pop()?;
        messages.into_iter().for_each(|message| self.enter(message, drop));
        let (answer, answered) = oneshot::channel();
        self.enter(last, |appended| drop(answer.send(appended)));
        drop(held_up);
        let appended = answered.blocking_recv().ok()?.ok()?;
        Some(appended.sent.seq)
    }

    fn enter(&self, message: Message, answer: impl FnOnce(Result<Appended, ApiError>) + Send + 'static) {
        let author = Author::Member(self.author.key);
        self.log.enter(
            message,
            move |Message { room, id, text, .. }, transaction, now| {
                transaction.append(&NewMessage { room, author, id: *id, text }, now)
            },
            |_, written, _| answer(refusal(written)),
        );
    }
}

/// A room's messages as the events that its users get.
pub fn for_users(room: &str, messages: &[Message]) -> Vec<impl Sized + use<>> {
    round::for_users(room, messages)
}

/// Messages as the events that guests get.
pub fn for_guests(messages: &[Message]) -> Vec<impl Sized + use<>> {
    round::for_guests(messages)
}
