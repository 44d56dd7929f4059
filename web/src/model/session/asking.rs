//! What is to be asked, when, and what becomes of the answers.

use hubbub_shared::Reply;
use hubbub_shared::chat::request::{Read, Typing};

use super::{Answer, Link, Request, Session, Ticket};
use crate::model::outbox::{Attempt, Outcome};

/// What an answer is to.
#[derive(Debug)]
pub(super) enum Asked {
    Sync,
    History(String),
    Send(Attempt),
    Read(Read),
}

impl Session {
    /// What to ask now. Ask for it until there is nothing, whenever the session was told something and at its deadline.
    pub fn next(&mut self, now: u64) -> Option<(Ticket, Request)> {
        self.rooms.expire(now);
        if let Some(sync) = self.next_sync(now) {
            return Some((self.ticket(Asked::Sync), Request::Sync(sync)));
        }
        if !self.is_synced() {
            return None;
        }
        if let Some(parcel) = self.outbox.next(now) {
            return Some((self.ticket(Asked::Send(parcel.attempt)), Request::Send(parcel.message)));
        }
        if let Some(history) = self.open_room_of_mine().and_then(|timeline| timeline.ask(now)) {
            return Some((self.ticket(Asked::History(history.room.clone())), Request::History(history)));
        }
        if let Some(read) = self.reads.next(now) {
            return Some((self.ticket(Asked::Read(read.clone())), Request::Read(read)));
        }
        let room = self.types_in.take()?;
        self.tickets += 1;
        Some((Ticket(self.tickets), Request::Typing(Typing { room })))
    }

    /// When there will be something to ask, or something changes by itself, though nothing happens. It may be over already.
    pub fn deadline(&mut self) -> Option<u64> {
        let expires = self.rooms.expires_at();
        let asks = match &self.link {
            Link::ToSync(pause) => Some(pause.until()),
            Link::Synced => {
                let history = self.open_room_of_mine().and_then(|timeline| timeline.asks_at());
                [self.outbox.next_at(), history, self.reads.next_at()].into_iter().flatten().min()
            }
            Link::Down | Link::Syncing(_) | Link::Over(_) => None,
        };
        [expires, asks].into_iter().flatten().min()
    }

    /// A request was answered. What was asked on another connection counts no more.
    pub fn answered(&mut self, ticket: Ticket, answer: Answer, now: u64) {
        let Some(asked) = self.asked.remove(&ticket) else { return };
        match (asked, answer) {
            (Asked::Sync, Answer::Sync(Reply::Ok(synced))) => self.synced(synced),
            (Asked::Sync, answer) => self.not_synced(now, answer.retry_after_ms()),
            (Asked::History(room), Answer::History(Reply::Ok(page))) => {
                self.said(&room, &page.messages);
                if let Some(timeline) = self.timelines.get_mut(&room) {
                    timeline.page(page, now);
                }
            }
            (Asked::History(room), answer) => {
                if let Some(timeline) = self.timelines.get_mut(&room) {
                    timeline.no_page(now, answer.retry_after_ms());
                }
            }
            (Asked::Send(attempt), Answer::Send(reply)) => match self.outbox.answered(attempt, reply, now) {
                Some(Outcome::Delivered { letter, sent }) => self.timeline_mut(&letter.room).sent(letter.id, sent),
                Some(Outcome::Failed { letter, why }) => self.timeline_mut(&letter.room).failed(letter.id, why),
                None => {}
            },
            (Asked::Send(attempt), _) => self.outbox.unanswered(attempt, now),
            (Asked::Read(read), answer) => self.reads.answered(&read, &answer, now),
        }
    }

    fn ticket(&mut self, asked: Asked) -> Ticket {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        self.asked.insert(ticket, asked);
        ticket
    }

    /// The timeline whose gaps are filled.
    fn open_room_of_mine(&mut self) -> Option<&mut super::Timeline> {
        self.rooms.get(self.open.as_ref()?)?;
        self.open_timeline()
    }
}

impl Answer {
    /// When whoever refused said to come back.
    fn retry_after_ms(&self) -> Option<u64> {
        match self {
            Self::Sync(Reply::Error(error))
            | Self::History(Reply::Error(error))
            | Self::Send(Reply::Error(error))
            | Self::Read(Reply::Error(error)) => error.retry_after_ms,
            _ => None,
        }
    }
}
