//! What follows whenever the model was told something: what it wants kept is kept, what it wants asked is asked, and what
//! changed is shown.

use std::time::Duration;

use hubbub_client::{AckError, FromArgs};
use hubbub_shared::chat::Chat;
use hubbub_shared::{Event, Reply, Request as Asks};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Connection, browser};
use crate::model::outbox::Keep;
use crate::model::session::{Answer, Request, Session, Ticket};
use crate::storage;

/// How long what was told waits for more to be shown with: about a frame, so nobody sees it.
const FRAME: Duration = Duration::from_millis(16);

/// The longest that a browser's timer can wait.
const LONGEST: u64 = i32::MAX as u64;

impl Connection {
    /// Tells the model something, and does what follows.
    pub(super) fn tell<R>(self, what: impl FnOnce(&mut Session, u64) -> R) -> R {
        let mut told = None;
        self.session.update_value(|session| told = Some(what(session, browser::now())));
        self.turn();
        told.expect("the page's session is there as long as the page")
    }

    /// Does what the model wants done.
    pub(super) fn turn(self) {
        let now = browser::now();
        let mut requests = vec![];
        let mut deadline = None;
        let mut outbox_changed = false;
        self.session.update_value(|session| {
            while let Some(request) = session.next(now) {
                requests.push(request);
            }
            // Kept before it is asked: what was sent has to be found again by the next page.
            outbox_changed = keep(session);
            deadline = session.deadline();
        });
        if outbox_changed {
            self.outbox_changed.notify();
        }
        for (ticket, request) in requests {
            self.ask(ticket, request);
        }
        self.wake_at(deadline, now);
        self.show_soon();
    }

    fn wake_at(self, deadline: Option<u64>, now: u64) {
        if let Some(timer) = self.timer.get_value() {
            timer.clear();
        }
        let wait = deadline.map(|deadline| Duration::from_millis(deadline.saturating_sub(now).clamp(1, LONGEST)));
        let timer = wait.and_then(|wait| set_timeout_with_handle(move || self.turn(), wait).ok());
        self.timer.set_value(timer);
    }

    /// Shows what was told with what is told in the same frame: so a burst costs the page one change a frame, and not one a
    /// message.
    fn show_soon(self) {
        if !self.shown_soon.get_value() {
            self.shown_soon.set_value(true);
            set_timeout(move || self.show(), FRAME);
        }
    }

    /// Shows what was told since it was shown last.
    pub(super) fn show(self) {
        self.shown_soon.set_value(false);
        let mut changes = vec![];
        let mut rooms_changed = false;
        let mut is_synced = false;
        self.session.update_value(|session| {
            changes = session.open_timeline().map(|timeline| timeline.take_changes()).unwrap_or_default();
            rooms_changed = !session.rooms_mut().take_changed().is_empty();
            is_synced = session.is_synced();
        });
        self.rows.apply(changes);
        if rooms_changed {
            self.rooms_changed.notify();
        }
        if *self.is_synced.read_untracked() != is_synced {
            self.is_synced.set(is_synced);
        }
        if is_synced {
            self.join_waiting();
        }
        self.give_way();
    }

    fn ask(self, ticket: Ticket, request: Request) {
        match request {
            Request::Sync(sync) => self.request(ticket, &sync, Answer::Sync),
            Request::History(history) => self.request(ticket, &history, Answer::History),
            Request::Send(message) => self.request(ticket, &message, Answer::Send),
            Request::Read(read) => self.request(ticket, &read, Answer::Read),
            Request::Typing(typing) => {
                // Nobody misses one that doesn't go.
                let _ = self.wire.with_value(|wire| wire.as_ref().map(|wire| wire.chat.send(&typing)));
            }
        }
    }

    fn request<E, T>(self, ticket: Ticket, request: &E, answer: fn(Reply<T>) -> Answer)
    where
        E: Asks<Answer = (Reply<T>,)> + Event<Namespace = Chat>,
        (Reply<T>,): FromArgs + 'static,
    {
        let asked = self.asked(request);
        spawn_local(async move {
            let answer = asked.await.map_or(Answer::Nothing, answer);
            self.tell(|session, now| session.answered(ticket, answer, now));
        });
    }

    /// Asks the server something.
    pub(super) fn asked<E, T>(self, request: &E) -> impl Future<Output = Result<Reply<T>, AckError>> + use<E, T>
    where
        E: Asks<Answer = (Reply<T>,)> + Event<Namespace = Chat>,
        (Reply<T>,): FromArgs + 'static,
    {
        let sent = self.wire.with_value(|wire| wire.as_ref().and_then(|wire| wire.chat.request(request).ok()));
        async move {
            match sent {
                Some(answer) => answer.await.map(|(reply,)| reply),
                None => Err(AckError::Disconnected),
            }
        }
    }
}

/// Does what the model wants done in the storage. Tells whether there was something.
fn keep(session: &mut Session) -> bool {
    let keeps = session.take_keeps();
    for keep in &keeps {
        match keep {
            Keep::Set(key, value) => storage::set(key, value),
            Keep::Remove(key) => storage::remove(key),
        }
    }
    !keeps.is_empty()
}
