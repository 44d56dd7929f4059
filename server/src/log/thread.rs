//! The log's thread.

use std::time::{Duration, Instant};
use std::{io, thread};

use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tracing::{error, info, warn};

use super::entry::{Entry, Manner};
use crate::clock::now_ms;
use crate::metrics;
use crate::rooms::Rooms;
use crate::store::{StoreError, Writer};
use crate::vital::Vital;

/// The most entries of one transaction.
const BATCH: usize = 4_096;

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
    /// In their order: to be written next.
    entries: Vec<Box<dyn Entry>>,
    /// Those who wait for the end.
    closing: Vec<oneshot::Sender<()>>,
    /// Whether the last transaction failed. Each time it begins and ends is told once.
    in_trouble: bool,
}

impl LogThread {
    pub(super) fn start(writer: Writer, rooms: Rooms, commands: mpsc::UnboundedReceiver<Command>) -> io::Result<()> {
        let log = Self { writer, rooms, commands, entries: Vec::new(), closing: Vec::new(), in_trouble: false };
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

    /// Takes what waits, or waits for something: false if nothing will come any more.
    fn receive(&mut self) -> bool {
        let mut commands = Vec::new();
        if self.entries.is_empty() {
            self.commands.blocking_recv_many(&mut commands, BATCH);
            if commands.is_empty() {
                return false;
            }
        } else if !self.closing.is_empty() {
            // What could not be written now is not waited for.
            return false;
        } else {
            thread::sleep(RETRY);
            while self.entries.len() + commands.len() < BATCH
                && let Ok(command) = self.commands.try_recv()
            {
                commands.push(command);
            }
        }
        for command in commands {
            match command {
                Command::Enter(entry) => self.entries.push(entry),
                Command::Close(closed) => {
                    self.commands.close();
                    self.closing.push(closed);
                }
            }
        }
        true
    }

    /// Writes all entries in one transaction and, if that can't be, keeps those that wait.
    fn write(&mut self) {
        match transaction(&mut self.writer, &mut self.entries) {
            Ok(()) => self.committed(),
            Err(error) if error.may_pass() => self.failed(&error),
            Err(error) => {
                // An entry can't be written, now or ever. It must not hold up the others.
                error!(%error, entries = self.entries.len(), "a transaction failed: its entries are written one by one");
                std::mem::take(&mut self.entries).into_iter().for_each(|entry| self.write_alone(entry));
            }
        }
    }

    /// Writes an entry, or gives it up.
    fn write_alone(&mut self, mut entry: Box<dyn Entry>) {
        let written = transaction(&mut self.writer, std::slice::from_mut(&mut entry));
        let mut rooms = self.rooms.open();
        match written {
            Ok(()) => entry.committed(&mut rooms),
            Err(error) => {
                error!(%error, "refused: it can't be written");
                entry.refused(&mut rooms);
            }
        }
    }

    fn committed(&mut self) {
        if std::mem::take(&mut self.in_trouble) {
            info!("the database can be written again");
        }
        let mut rooms = self.rooms.open();
        for entry in self.entries.drain(..) {
            entry.committed(&mut rooms);
        }
    }

    fn failed(&mut self, error: &StoreError) {
        if !std::mem::replace(&mut self.in_trouble, true) {
            warn!(%error, "the database can't be written: it is tried again");
        }
        for entry in std::mem::take(&mut self.entries) {
            match entry.manner() {
                Manner::Waits => self.entries.push(entry),
                Manner::TriesAgain => entry.refused(&mut self.rooms.open()),
                Manner::OnlyReads => self.write_alone(entry),
            }
        }
    }

    fn give_up(&mut self) {
        let mut rooms = self.rooms.open();
        for entry in self.entries.drain(..) {
            entry.refused(&mut rooms);
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
