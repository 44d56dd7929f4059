//! Many clients of one server, and what they are made to do together.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use hdrhistogram::Histogram;
use hubbub_shared::chat::RoomState;
use hubbub_shared::chat::request::{CreateRoom, JoinRoom};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::client::{Client, Command, Cue, Room, Voice};
use super::dialect::{Dialect, EVERYBODY, ask};
use super::link::Link;
use super::session;
use super::stamp;
use super::tally::Tally;
use crate::contender::{Server, own_cpu};

/// So many connect at a time.
const AT_A_TIME: usize = 32;

/// When nothing has arrived for so long, nothing more will.
const STALLED: Duration = Duration::from_secs(2);

/// How often somebody looks whether all has arrived.
const LOOK: Duration = Duration::from_millis(2);

/// How long a client may take to connect.
const CONNECT: Duration = Duration::from_secs(20);

/// What the clients are made to do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Load {
    /// The first so many clients say something, and the next thing when the cue comes.
    Closed { senders: usize, bytes: usize, cue: Cue },
    /// The first so many clients say so much a second altogether, in turns: no two at the same time, as it would be in a
    /// real crowd.
    Open { senders: usize, bytes: usize, per_second: u32 },
}

/// Clients who have entered. They leave when this is dropped.
pub(crate) struct Crowd {
    clients: Vec<mpsc::UnboundedSender<Command>>,
    tally: Rc<RefCell<Tally>>,
    tasks: JoinSet<()>,
}

/// What came of a load, from its beginning until all had arrived.
pub(crate) struct Window {
    pub(crate) wall: Duration,
    pub(crate) server_cpu: Duration,
    pub(crate) own_cpu: Duration,
    pub(crate) deliveries: u64,
    pub(crate) answers: u64,
    pub(crate) latency: Histogram<u64>,
    /// Since the crowd was there.
    pub(crate) drops: u64,
    pub(crate) out_of_order: u64,
}

impl Crowd {
    /// Enters all of these, into one room or a server that has none.
    pub(crate) async fn gather(server: SocketAddr, dialect: Dialect, guests: &[Guest]) -> Result<Self> {
        let mut crowd = Self::new()?;
        let room = Rc::new(Room::new(EVERYBODY, guests.len()));
        let mut links = pin!(enter_all(server, dialect, guests));
        while let Some(link) = links.try_next().await? {
            crowd.seat(dialect, link, &room);
        }
        Ok(crowd)
    }

    /// Enters all of these users, into rooms of so many members.
    pub(crate) async fn in_rooms(server: SocketAddr, guests: &[Guest], members: usize) -> Result<Self> {
        let mut crowd = Self::new()?;
        let mut room = Rc::new(Room::new(EVERYBODY, 0));
        let mut links = pin!(enter_all(server, Dialect::Chat, guests));
        while let Some(mut link) = links.try_next().await? {
            let seated = crowd.clients.len();
            if seated.is_multiple_of(members) {
                let request = CreateRoom { name: format!("room {seated}"), topic: None };
                let made: RoomState = ask(&mut link, "create_room", &request).await?;
                room = Rc::new(Room::new(&made.info.id, members));
            } else {
                let _: RoomState = ask(&mut link, "join_room", &JoinRoom { room: room.id.clone() }).await?;
            }
            crowd.seat(Dialect::Chat, link, &room);
        }
        Ok(crowd)
    }

    fn new() -> Result<Self> {
        Ok(Self { clients: Vec::new(), tally: Rc::new(RefCell::new(Tally::new()?)), tasks: JoinSet::new() })
    }

    fn seat(&mut self, dialect: Dialect, link: Link, room: &Rc<Room>) {
        let (commander, commands) = mpsc::unbounded_channel();
        let (index, room, tally) = (self.clients.len(), Rc::clone(room), Rc::clone(&self.tally));
        let client = Client { index, dialect, link, room, tally, commands, voice: Voice::default() };
        self.tasks.spawn_local(client.run());
        self.clients.push(commander);
    }

    /// Bears a load for a moment, and then for so long while it is measured.
    pub(crate) async fn measure(
        &self,
        server: &Server,
        load: Load,
        warm_up: Duration,
        time: Duration,
    ) -> Result<Window> {
        self.bear(load, warm_up).await?;
        self.tally.borrow_mut().open_window(stamp::now());
        let (delivered, answered) = self.so_far();
        let (begin, server_cpu, generator_cpu) = (Instant::now(), server.cpu()?, own_cpu()?);
        self.bear(load, time).await?;
        let (wall, own_cpu, server_cpu) =
            (begin.elapsed(), own_cpu()?.saturating_sub(generator_cpu), server.cpu()?.saturating_sub(server_cpu));
        let (delivered_then, answered_then) = self.so_far();
        let tally = self.tally.borrow();
        if delivered_then == delivered {
            bail!("nothing was delivered");
        }
        Ok(Window {
            wall,
            server_cpu,
            own_cpu,
            deliveries: delivered_then - delivered,
            answers: answered_then - answered,
            latency: tally.latency.clone(),
            drops: tally.expected.saturating_sub(tally.delivered),
            out_of_order: tally.out_of_order,
        })
    }

    fn so_far(&self) -> (u64, u64) {
        let tally = self.tally.borrow();
        (tally.delivered, tally.answered)
    }

    /// Does so for so long, and waits until all has arrived, or nothing more does.
    async fn bear(&self, load: Load, time: Duration) -> Result<()> {
        match load {
            Load::Closed { senders, bytes, cue } => {
                let senders = &self.clients[..senders];
                for (sender, at) in senders.iter().zip(0u32..) {
                    tell(sender, Command::Repeat(bytes, cue));
                    // Not all at once.
                    if at % 8 == 7 {
                        sleep(LOOK).await;
                    }
                }
                sleep(time).await;
                senders.iter().for_each(|sender| tell(sender, Command::Rest));
            }
            Load::Open { senders, bytes, per_second } => {
                let begin = Instant::now();
                let messages = u32::try_from(time.as_millis() * u128::from(per_second) / 1_000)?;
                for (message, sender) in (0..messages).zip(self.clients[..senders].iter().cycle()) {
                    sleep_until(begin + time * message / messages).await;
                    tell(sender, Command::Say(bytes));
                }
            }
        }
        self.drain().await
    }

    /// An error if a client has lost its connection, or was refused something.
    pub(crate) fn must_be_well(&self) -> Result<()> {
        let tally = self.tally.borrow();
        if tally.lost > 0 {
            let why = tally.why_lost.as_deref().unwrap_or_default();
            bail!("{} of {} clients have lost their connection: {why}", tally.lost, self.clients.len());
        }
        if tally.refused > 0 {
            bail!("{} messages were refused", tally.refused);
        }
        Ok(())
    }

    async fn drain(&self) -> Result<()> {
        let (mut delivered, mut since) = (self.so_far().0, Instant::now());
        loop {
            // What was told last may not have been said yet.
            sleep(LOOK).await;
            self.must_be_well()?;
            let tally = self.tally.borrow();
            if tally.delivered >= tally.expected || since.elapsed() > STALLED {
                return Ok(());
            }
            if tally.delivered > delivered {
                (delivered, since) = (tally.delivered, Instant::now());
            }
        }
    }
}

/// A client that is gone is counted as lost.
fn tell(client: &mpsc::UnboundedSender<Command>, command: Command) {
    let _ = client.send(command);
}

/// Who comes: the token of a user, where there are users.
pub(crate) type Guest = Option<String>;

/// So many of them. Users are new, and have signed in.
pub(crate) async fn guests(server: SocketAddr, dialect: Dialect, count: usize) -> Result<Vec<Guest>> {
    match dialect {
        Dialect::Plain | Dialect::Classic => Ok(vec![None; count]),
        Dialect::Chat => Ok(session::sign_in(server, count).await?.into_iter().map(Some).collect()),
    }
}

fn enter_all(server: SocketAddr, dialect: Dialect, guests: &[Guest]) -> impl Stream<Item = Result<Link>> {
    stream::iter(guests.iter().map(move |guest| enter(server, dialect, guest.as_deref()))).buffered(AT_A_TIME)
}

/// A connection that has entered.
pub(crate) async fn enter(server: SocketAddr, dialect: Dialect, token: Option<&str>) -> Result<Link> {
    let entering = async {
        let mut link = Link::open(server, dialect.path()).await?;
        dialect.enter(&mut link, token).await?;
        anyhow::Ok(link)
    };
    timeout(CONNECT, entering).await.context("a client waited too long for its connection")?.context("no connection")
}
