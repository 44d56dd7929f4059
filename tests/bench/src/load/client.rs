//! One client: a task that owns its connection.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use tokio::sync::mpsc;

use super::dialect::{Dialect, Frame};
use super::link::Link;
use super::memo::{Bookmark, Memo};
use super::stamp::{self, Stamp};
use super::tally::{Order, Tally};

/// A room, or all that a server without rooms has.
pub(crate) struct Room {
    /// Its id, where it has one.
    pub(crate) id: String,
    /// How many of the crowd are in it.
    pub(crate) members: u64,
    pub(crate) memo: RefCell<Memo>,
}

impl Room {
    pub(crate) fn new(id: &str, members: usize) -> Self {
        Self { id: id.to_owned(), members: members as u64, memo: RefCell::default() }
    }
}

/// What a client is told to do.
pub(crate) enum Command {
    /// Say something of so many bytes, once.
    Say(usize),
    /// Say something of so many bytes, and the next thing on this cue, again and again.
    Repeat(usize, Cue),
    /// Stop repeating.
    Rest,
}

/// When a client that repeats says the next thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cue {
    /// When it has got its own last one back.
    Echo,
    /// When its last one has been acknowledged.
    Answer,
}

/// A client who has entered.
pub(crate) struct Client {
    pub(crate) index: usize,
    pub(crate) dialect: Dialect,
    pub(crate) link: Link,
    pub(crate) room: Rc<Room>,
    pub(crate) tally: Rc<RefCell<Tally>>,
    pub(crate) commands: mpsc::UnboundedReceiver<Command>,
    pub(crate) voice: Voice,
}

/// What a client has said and heard so far.
#[derive(Default)]
pub(crate) struct Voice {
    said: u64,
    repeats: Option<(usize, Cue)>,
    bookmark: Bookmark,
    order: Order,
}

impl Client {
    /// Says what it is told to and hears what is said, until it is told nothing any more or its connection is lost.
    pub(crate) async fn run(mut self) {
        if let Err(error) = self.talk().await {
            let mut tally = self.tally.borrow_mut();
            tally.lost += 1;
            tally.why_lost.get_or_insert_with(|| error.to_string());
        }
    }

    async fn talk(&mut self) -> io::Result<()> {
        loop {
            tokio::select! {
                biased;
                command = self.commands.recv() => match command {
                    Some(Command::Say(bytes)) => self.say(bytes).await?,
                    Some(Command::Repeat(bytes, cue)) => {
                        self.voice.repeats = Some((bytes, cue));
                        self.say(bytes).await?;
                    }
                    Some(Command::Rest) => self.voice.repeats = None,
                    None => return Ok(()),
                },
                readable = self.link.readable() => {
                    readable?;
                    self.hear().await?;
                }
            }
        }
    }

    async fn say(&mut self, bytes: usize) -> io::Result<()> {
        self.voice.said += 1;
        self.tally.borrow_mut().expected += self.room.members;
        let stamp = Stamp { sender: self.index, number: self.voice.said, sent: stamp::now() };
        self.link.send(self.dialect.say(&self.room.id, stamp, bytes).as_bytes()).await
    }

    async fn hear(&mut self) -> io::Result<()> {
        let Self { index, dialect, link, room, tally, voice, .. } = self;
        let now = stamp::now();
        let (mut pings, mut cued) = (0, false);
        link.read(|frame| match dialect.frame(frame) {
            Some(Frame::Ping) => pings += 1,
            Some(Frame::Answer(good)) => {
                let mut tally = tally.borrow_mut();
                *(if good { &mut tally.answered } else { &mut tally.refused }) += 1;
                cued |= matches!(voice.repeats, Some((_, Cue::Answer)));
            }
            Some(Frame::Post(frame)) => {
                let read = |frame: &[u8]| dialect.read_posts(&room.id, frame);
                let posts = room.memo.borrow_mut().posts(&mut voice.bookmark, frame, read);
                tally.borrow_mut().deliver(&posts, &mut voice.order, now);
                if matches!(voice.repeats, Some((_, Cue::Echo))) {
                    cued |= posts.iter().any(|post| post.stamp.sender == *index && post.stamp.number == voice.said);
                }
            }
            None => {}
        })?;
        for _ in 0..pings {
            self.link.send(b"3").await?;
        }
        if let (true, Some((bytes, _))) = (cued, self.voice.repeats) {
            self.say(bytes).await?;
        }
        Ok(())
    }
}
