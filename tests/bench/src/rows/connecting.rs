//! What it costs the server that a client connects: TCP, the upgrade, Engine.IO's handshake and CONNECT.

use anyhow::Result;

use super::Entrant;
use super::figure::{Figure, Figures};
use crate::contender::Server;
use crate::load::crowd::{Crowd, guests};

/// So many connect before, so that the server has seen it once.
const WARM_UP: usize = 200;
const CLIENTS: usize = 1_000;

pub(super) async fn measure(server: &Server, entrant: Entrant) -> Result<Figures> {
    let (address, dialect) = (server.address, entrant.dialect());
    let guests = guests(address, dialect, WARM_UP + CLIENTS).await?;
    let (before, counted) = guests.split_at(WARM_UP);
    let stay = Crowd::gather(address, dialect, before).await?;
    let used = server.cpu()?;
    let come = Crowd::gather(address, dialect, counted).await?;
    let used = server.cpu()?.saturating_sub(used);
    stay.must_be_well()?;
    come.must_be_well()?;
    Ok(vec![(Figure::CpuPerConnection, used.as_secs_f64() * 1_000.0 / CLIENTS as f64)])
}
