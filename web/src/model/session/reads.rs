//! Up to where I have read: told to the server a moment later, so that scrolling costs a request now and then and not one
//! a message; and told again until it knows.

use hubbub_shared::ErrorCode;
use hubbub_shared::chat::request::{Done, Read};

use super::Answer;
use crate::model::backoff::Backoff;
use crate::model::sorted::SortedMap;

/// How long a mark waits for a later one, in milliseconds.
const DELAY: u64 = 1_000;

/// The marks that the server hasn't acknowledged, a room each.
#[derive(Debug, Default)]
pub(super) struct Reads {
    marks: SortedMap<String, Mark>,
    pause: Backoff,
}

#[derive(Debug)]
struct Mark {
    seq: u64,
    due: u64,
    is_under_way: bool,
}

impl Reads {
    /// I have read up to here.
    pub(super) fn read(&mut self, room: &str, seq: u64, now: u64) {
        match self.marks.get_mut(room) {
            Some(mark) => mark.seq = mark.seq.max(seq),
            None => {
                let due = now.saturating_add(DELAY);
                self.marks.insert(room.to_owned(), Mark { seq, due, is_under_way: false });
            }
        }
    }

    pub(super) fn next(&mut self, now: u64) -> Option<Read> {
        if !self.pause.is_over(now) {
            return None;
        }
        let (room, mark) = self.marks.iter_mut().find(|(_, mark)| !mark.is_under_way && mark.due <= now)?;
        mark.is_under_way = true;
        Some(Read { room: room.clone(), seq: mark.seq })
    }

    pub(super) fn next_at(&self) -> Option<u64> {
        let due = self.marks.values().filter(|mark| !mark.is_under_way).map(|mark| mark.due).min()?;
        Some(due.max(self.pause.until()))
    }

    pub(super) fn answered(&mut self, read: &Read, answer: &Answer, now: u64) {
        let Some(mark) = self.marks.get_mut(&read.room) else { return };
        mark.is_under_way = false;
        mark.due = now.saturating_add(DELAY);
        let is_settled = match answer {
            Answer::Read(hubbub_shared::Reply::Ok(Done {})) => {
                self.pause.reset();
                mark.seq <= read.seq
            }
            Answer::Read(hubbub_shared::Reply::Error(error)) => {
                let is_for_now = matches!(error.code, ErrorCode::RateLimited | ErrorCode::TryAgain);
                if is_for_now {
                    self.pause.failed(now, error.retry_after_ms);
                }
                !is_for_now
            }
            _ => {
                self.pause.failed(now, None);
                false
            }
        };
        if is_settled {
            self.marks.remove(&read.room);
        }
    }

    pub(super) fn disconnected(&mut self) {
        self.pause.reset();
        for mark in self.marks.values_mut() {
            mark.is_under_way = false;
        }
    }

    pub(super) fn forget(&mut self, room: &str) {
        self.marks.remove(room);
    }

    pub(super) fn forget_all(&mut self) {
        self.marks.clear();
    }
}
