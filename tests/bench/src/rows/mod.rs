//! What is measured: a row for each thing, with everyone who can do it.

pub(crate) mod broadcast;
pub(crate) mod connecting;
pub(crate) mod figure;
pub(crate) mod healing;
pub(crate) mod idle;
pub(crate) mod sends;
pub(crate) mod size;
pub(crate) mod start;

use anyhow::Result;
use clap::ValueEnum;
use serde::Serialize;

use self::broadcast::Broadcast;
use self::figure::Figures;
use crate::contender::{Contender, Server};
use crate::load::dialect::Dialect;
use crate::options::Scale;

/// Rows of one kind, which a table shows together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Family {
    /// One says something to all, by the original sample's contract
    Classic,
    /// The same on `/chat`
    Chat,
    /// Acknowledged durable sends
    Sends,
    /// What a connection costs
    Connect,
    /// What an idle client costs
    Idle,
    /// After an outage
    Sync,
    /// From nothing to an answer
    Start,
    /// What is shipped
    Size,
}

/// Who is measured in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Entrant {
    /// By the classic contract, or what it has in its place.
    Classic(Contender),
    /// Hubbub on `/chat`.
    Chat,
    /// The disk, and no server.
    Disk,
    /// React with its DOM and socket.io-client, and no page.
    React,
}

/// One thing that is measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Row {
    Broadcast(Broadcast),
    /// So many writers.
    Sends(usize),
    Connecting,
    Idle,
    Healing,
    Start,
    BinarySize,
    DoorSize,
    PageSize,
}

impl Entrant {
    pub(crate) const HUBBUB: Self = Self::Classic(Contender::Hubbub);
    pub(crate) const NODE: Self = Self::Classic(Contender::Node);
    pub(crate) const SOCKETIOXIDE: Self = Self::Classic(Contender::Socketioxide);
    pub(crate) const WEBSOCKET: Self = Self::Classic(Contender::WebSocket);
    const CLASSIC: [Self; 4] = [Self::HUBBUB, Self::NODE, Self::SOCKETIOXIDE, Self::WEBSOCKET];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::HUBBUB => "Hubbub",
            Self::NODE => "socket.io on Node",
            Self::SOCKETIOXIDE => "socketioxide, a dozen lines",
            Self::WEBSOCKET => "axum's WebSocket alone",
            Self::Chat => "Hubbub, `/chat`",
            Self::Disk => "the disk alone",
            Self::React => "React with socket.io-client",
        }
    }

    fn dialect(self) -> Dialect {
        match self {
            Self::WEBSOCKET => Dialect::Plain,
            Self::Classic(_) => Dialect::Classic,
            Self::Chat | Self::Disk | Self::React => Dialect::Chat,
        }
    }

    fn contender(self) -> Contender {
        match self {
            Self::Classic(contender) => contender,
            Self::Chat | Self::Disk | Self::React => Contender::Hubbub,
        }
    }
}

impl Row {
    pub(crate) fn all() -> Vec<Self> {
        let mut rows = broadcast::rows();
        rows.extend([1, 16, 256].map(Self::Sends));
        rows.extend([Self::Connecting, Self::Idle, Self::Healing, Self::Start]);
        rows.extend([Self::BinarySize, Self::DoorSize, Self::PageSize]);
        rows
    }

    pub(crate) fn family(&self) -> Family {
        match self {
            Self::Broadcast(broadcast) if broadcast.is_chat() => Family::Chat,
            Self::Broadcast(_) => Family::Classic,
            Self::Sends(_) => Family::Sends,
            Self::Connecting => Family::Connect,
            Self::Idle => Family::Idle,
            Self::Healing => Family::Sync,
            Self::Start => Family::Start,
            Self::BinarySize | Self::DoorSize | Self::PageSize => Family::Size,
        }
    }

    pub(crate) fn name(&self) -> String {
        match self {
            Self::Broadcast(broadcast) => broadcast.name(),
            Self::Sends(1) => "1 writer".to_owned(),
            Self::Sends(writers) => format!("{writers} writers"),
            Self::Connecting => "a client connects".to_owned(),
            Self::Idle => "a client is idle".to_owned(),
            Self::Healing => format!("{} clients at once, each {} messages behind", healing::CLIENTS, healing::MISSED),
            Self::Start => "start, to the first byte over HTTP".to_owned(),
            Self::BinarySize => "binary".to_owned(),
            Self::DoorSize => "page, until one can write a name, after brotli".to_owned(),
            Self::PageSize => "page, first load, after brotli".to_owned(),
        }
    }

    pub(crate) fn entrants(&self) -> Vec<Entrant> {
        match self {
            Self::Broadcast(broadcast) => broadcast.entrants(),
            Self::Sends(_) => vec![Entrant::Chat, Entrant::Disk],
            Self::Connecting | Self::Idle => [&[Entrant::Chat], &Entrant::CLASSIC[..]].concat(),
            Self::Healing => vec![Entrant::Chat],
            Self::Start => Entrant::CLASSIC.to_vec(),
            Self::BinarySize => vec![Entrant::HUBBUB, Entrant::SOCKETIOXIDE, Entrant::WEBSOCKET],
            Self::DoorSize => vec![Entrant::HUBBUB],
            Self::PageSize => vec![Entrant::HUBBUB, Entrant::React],
        }
    }

    /// Measures one of its entrants.
    pub(crate) async fn measure(&self, entrant: Entrant, scale: &Scale) -> Result<Figures> {
        match (self, entrant) {
            (Self::Broadcast(broadcast), _) => {
                with_server(entrant, async |server| broadcast.measure(server, entrant, scale).await).await
            }
            (Self::Sends(_), Entrant::Disk) => sends::disk(scale),
            (Self::Sends(writers), _) => {
                with_server(entrant, async |server| sends::measure(server, *writers, scale).await).await
            }
            (Self::Connecting, _) => {
                with_server(entrant, async |server| connecting::measure(server, entrant).await).await
            }
            (Self::Idle, _) => with_server(entrant, async |server| idle::measure(server, entrant, scale).await).await,
            (Self::Healing, _) => with_server(entrant, healing::measure).await,
            (Self::Start, _) => start::measure(entrant, scale).await,
            (Self::BinarySize, _) => size::binary(entrant.contender()),
            (Self::PageSize, Entrant::React) => size::react().await,
            (Self::PageSize, _) => with_server(entrant, size::page).await,
            (Self::DoorSize, _) => with_server(entrant, size::door).await,
        }
    }
}

/// Measures a process that is started for this and ended after it.
async fn with_server(entrant: Entrant, measure: impl AsyncFnOnce(&Server) -> Result<Figures>) -> Result<Figures> {
    let mut server = Server::start(entrant.contender()).await?;
    let measured = match measure(&server).await {
        Ok(figures) => Ok(figures),
        Err(error) => Err(server.explain(error).await),
    };
    server.stop().await?;
    measured
}
