//! The log's thread.

use std::collections::VecDeque;
use std::time::{Duration, Instant};
use std::{io, thread};

use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tracing::{debug, info, warn};

use super::entry::{Entry, Manner};
use crate::clock::now_ms;
use crate::metrics;
use crate::rooms::Rooms;
use crate::store::{StoreError, Writer};
use crate::vital::Vital;

/// The most entries that are taken at a time.
const BATCH: usize = 4_096;

/// So many entries are answered and passed on before others may look into the rooms.
const TURN: usize = 64;

/// While nothing can be written, what waits is tried again so often.
const RETRY: Duration = Duration::from_millis(250);

/// What the thread is told.
pub(super) enum Command {
    Enter(Box<dyn Entry>),
    Close(oneshot::Sender<()>),
}

/// The thread's own.
pub(super) struct LogThread {
    writer: Writer,
    rooms: Rooms,
    commands: mpsc::UnboundedReceiver<Command>,
    /// Just received.
    received: Vec<Command>,
    /// To be written next, in this order.
    entries: Vec<Box<dyn Entry>>,
    /// Those that wait because they could not be written, in their order. [`Places`](crate::places::Places) bounds them.
    waiting: VecDeque<Box<dyn Entry>>,
    /// Those who wait for the end.
    closing: Vec<oneshot::Sender<()>>,
    /// Whether the last transaction failed. Each time it begins and ends is told once.
    in_trouble: bool,
}

impl LogThread {
    pub(super) fn start(writer: Writer, rooms: Rooms, commands: mpsc::UnboundedReceiver<Command>) -> io::Result<()> {
        let log = Self {
            writer,
            rooms,
            commands,
            received: Vec::new(),
            entries: Vec::new(),
            waiting: VecDeque::new(),
            closing: Vec::new(),
            in_trouble: false,
        };
        let runtime = Handle::current();
        thread::Builder::new().name("log".to_owned()).spawn(move || {
            // What it passes on is sent by tasks.
            let _runtime = runtime.enter();
            let _vital = Vital("log");
            log.run();
        })?;
        Ok(())
    }

    fn run(mut self) {
        while self.receive() {
            self.write();
        }
        self.give_up();
        for closed in self.closing {
            let _ = closed.send(());
        }
    }

    /// Takes what came, or waits for something: false if nothing will come any more.
    fn receive(&mut self) -> bool {
        if self.waiting.is_empty() {
            if self.commands.blocking_recv_many(&mut self.received, BATCH) == 0 {
                return false;
            }
        } else {
            if self.in_trouble {
                if !self.closing.is_empty() {
                    // What could not be written now is not waited for.
                    return false;
                }
                thread::sleep(RETRY);
            }
            self.receive_more();
        }
        let waiting = self.waiting.len().min(BATCH);
        self.entries.extend(self.waiting.drain(..waiting));
        for command in self.received.drain(..) {
            match command {
                // Not before those that came before and still wait.
                Command::Enter(entry) if entry.manner() == Manner::Waits && !self.waiting.is_empty() => {
                    self.waiting.push_back(entry);
                }
                Command::Enter(entry) => self.entries.push(entry),
                Command::Close(closed) => {
                    self.commands.close();
                    self.closing.push(closed);
                }
            }
        }
        true
    }

    fn receive_more(&mut self) {
        while self.received.len() < BATCH
            && let Ok(command) = self.commands.try_recv()
        {
            self.received.push(command);
        }
    }

    /// Writes all entries in one transaction and, if that can't be, keeps those that wait.
    fn write(&mut self) {
        match transaction(&mut self.writer, &mut self.entries) {
            Ok(()) => {
                self.trouble_ends();
                self.committed();
            }
            Err(error) => {
                self.trouble_begins(&error);
                let entries = std::mem::take(&mut self.entries);
                let kept: Vec<_> = if error.may_pass() {
                    entries.into_iter().filter_map(|entry| self.failed(entry)).collect()
                } else {
                    // One entry can't be written, now or ever. It must not hold up the others.
                    entries.into_iter().filter_map(|entry| self.write_alone(entry)).collect()
                };
                kept.into_iter().rev().for_each(|entry| self.waiting.push_front(entry));
            }
        }
    }

    /// What becomes of an entry that could not be written this time: given back if it waits.
    fn failed(&mut self, entry: Box<dyn Entry>) -> Option<Box<dyn Entry>> {
        match entry.manner() {
            Manner::Waits => Some(entry),
            Manner::OnlyReads => self.write_alone(entry),
            Manner::TriesAgain => {
                entry.refused(&mut self.rooms.open());
                None
            }
        }
    }

    /// Writes an entry: given back if it waits.
    fn write_alone(&mut self, mut entry: Box<dyn Entry>) -> Option<Box<dyn Entry>> {
        match transaction(&mut self.writer, std::slice::from_mut(&mut entry)) {
            Ok(()) => entry.committed(&mut self.rooms.open()),
            Err(error) if error.may_pass() && entry.manner() == Manner::Waits => return Some(entry),
            Err(error) => {
                debug!(%error, "refused: it can't be written");
                entry.refused(&mut self.rooms.open());
            }
        }
        None
    }

    fn committed(&mut self) {
        let mut entries = self.entries.drain(..).peekable();
        while entries.peek().is_some() {
            let mut rooms = self.rooms.open();
            entries.by_ref().take(TURN).for_each(|entry| entry.committed(&mut rooms));
        }
    }

    fn trouble_begins(&mut self, error: &StoreError) {
        if !std::mem::replace(&mut self.in_trouble, true) {
            warn!(%error, "the database can't be written: it is tried again");
        }
    }

    fn trouble_ends(&mut self) {
        if std::mem::take(&mut self.in_trouble) {
            info!("the database can be written again");
        }
    }

    /// Refuses all that is left.
    fn give_up(&mut self) {
        let mut rooms = self.rooms.open();
        self.waiting.drain(..).for_each(|entry| entry.refused(&mut rooms));
        while let Ok(command) = self.commands.try_recv() {
            match command {
                Command::Enter(entry) => entry.refused(&mut rooms),
                Command::Close(closed) => self.closing.push(closed),
            }
        }
    }
}

/// Writes entries in one transaction.
fn transaction(writer: &mut Writer, entries: &mut [Box<dyn Entry>]) -> Result<(), StoreError> {
    let (now, begun) = (now_ms(), Instant::now());
    let written =
        writer.transaction(|transaction| entries.iter_mut().try_for_each(|entry| entry.write(transaction, now)));
    match written {
        Ok(()) => metrics::committed(entries.len(), begun.elapsed()),
        Err(_) => metrics::transaction_failed(),
    }
    written
}
