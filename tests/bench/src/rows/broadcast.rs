//! One says something, and all get it: on `/` beside the others, and on `/chat`.

use std::time::Duration;

use anyhow::Result;

use super::figure::{Figure, Figures};
use super::{Entrant, Row};
use crate::contender::Server;
use crate::load::client::Cue;
use crate::load::crowd::{Crowd, Load, Window, guests};
use crate::load::dialect::Dialect;
use crate::options::Scale;
use crate::report::numbers::thousands;

/// So many say something in turns where the pace is fixed, and so many where each waits for its own.
const SENDERS: usize = 50;
const CLOSED_SENDERS: usize = 5;

/// One way to say things to a crowd.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Broadcast {
    pub(crate) clients: usize,
    /// In so many rooms, of equally many members; in the one that all are in, if it is 1.
    pub(crate) rooms: usize,
    pub(crate) pace: Pace,
    pub(crate) bytes: usize,
    pub(crate) field: Field,
}

/// How quickly things are said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Each sender says the next thing when it has got its own last one back.
    Closed,
    /// So many messages a second, all senders together.
    Fixed(u32),
}

/// Who takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    /// Everyone, by the classic contract.
    Classic,
    /// `/chat` alone: nobody else could keep up, or has rooms.
    Chat,
    /// `/chat`, and the dozen lines at the same pace.
    ChatBesideADozenLines,
}

/// The row that others are measured by: what a chat is when it is busy.
pub(crate) const CLASSIC: Broadcast =
    Broadcast { clients: 1_000, rooms: 1, pace: Pace::Closed, bytes: 64, field: Field::Classic };
pub(crate) const HALL: Broadcast =
    Broadcast { clients: 500, rooms: 1, pace: Pace::Fixed(50), bytes: 64, field: Field::Classic };
pub(crate) const BUSY_CHAT: Broadcast =
    Broadcast { clients: 1_000, rooms: 1, pace: Pace::Fixed(1_000), bytes: 64, field: Field::Chat };
pub(crate) const QUIET_CHAT: Broadcast =
    Broadcast { pace: Pace::Fixed(10), field: Field::ChatBesideADozenLines, ..BUSY_CHAT };

pub(super) fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    for (clients, per_second) in [(200, 100), (1_000, 25)] {
        for pace in [Pace::Closed, Pace::Fixed(per_second)] {
            rows.extend([64, 1_024].map(|bytes| Broadcast { clients, pace, bytes, ..CLASSIC }));
        }
    }
    rows.extend([HALL, QUIET_CHAT, Broadcast { pace: Pace::Fixed(100), ..BUSY_CHAT }, BUSY_CHAT]);
    rows.push(Broadcast { rooms: 200, ..BUSY_CHAT });
    rows.into_iter().map(Row::Broadcast).collect()
}

impl Broadcast {
    pub(crate) fn is_chat(&self) -> bool {
        self.field != Field::Classic
    }

    pub(super) fn name(&self) -> String {
        let clients = thousands(self.clients as f64, 0);
        let rooms = match (self.is_chat(), self.rooms) {
            (false, _) => String::new(),
            (true, 1) => " in one room".to_owned(),
            (true, rooms) => format!(" in {rooms} rooms"),
        };
        let pace = match self.pace {
            Pace::Closed => "closed loop".to_owned(),
            Pace::Fixed(per_second) => format!("{} messages a second", thousands(per_second.into(), 0)),
        };
        format!("{clients} clients{rooms}, {pace}, {} bytes", thousands(self.bytes as f64, 0))
    }

    pub(super) fn entrants(&self) -> Vec<Entrant> {
        match self.field {
            Field::Classic => Entrant::CLASSIC.to_vec(),
            Field::Chat => vec![Entrant::Chat],
            Field::ChatBesideADozenLines => vec![Entrant::Chat, Entrant::SOCKETIOXIDE],
        }
    }

    pub(super) async fn measure(&self, server: &Server, entrant: Entrant, scale: &Scale) -> Result<Figures> {
        let dialect = entrant.dialect();
        let guests = guests(server.address, dialect, self.clients).await?;
        let crowd = match self.rooms {
            1 => Crowd::gather(server.address, dialect, &guests).await?,
            rooms => Crowd::in_rooms(server.address, &guests, self.clients / rooms).await?,
        };
        if dialect == Dialect::Chat {
            server.rest().await?;
        }
        let window = crowd.measure(server, self.load(dialect), scale.warm_up, self.time(scale)).await?;
        Ok(figures(&window))
    }

    fn load(&self, dialect: Dialect) -> Load {
        let bytes = self.bytes;
        match (self.pace, dialect) {
            (Pace::Closed, _) => Load::Closed { senders: CLOSED_SENDERS, bytes, cue: Cue::Echo },
            // Users may only be so quick each.
            (Pace::Fixed(per_second), Dialect::Chat) => Load::Open { senders: self.clients, bytes, per_second },
            (Pace::Fixed(per_second), _) => Load::Open { senders: SENDERS, bytes, per_second },
        }
    }

    fn time(&self, scale: &Scale) -> Duration {
        match self.pace {
            Pace::Fixed(..=50) => scale.long_window,
            _ => scale.window,
        }
    }
}

fn figures(window: &Window) -> Figures {
    let deliveries = window.deliveries as f64;
    let millis = |quantile| window.latency.value_at_quantile(quantile) as f64 / 1_000.0;
    let share = |used: Duration| 100.0 * used.as_secs_f64() / window.wall.as_secs_f64();
    vec![
        (Figure::DeliveriesPerCpuSecond, deliveries / window.server_cpu.as_secs_f64()),
        (Figure::DeliveriesPerSecond, deliveries / window.wall.as_secs_f64()),
        (Figure::MedianLatency, millis(0.5)),
        (Figure::Latency99, millis(0.99)),
        (Figure::Drops, window.drops as f64),
        (Figure::OutOfOrder, window.out_of_order as f64),
        (Figure::ServerShare, share(window.server_cpu)),
        (Figure::GeneratorShare, share(window.own_cpu)),
    ]
}
