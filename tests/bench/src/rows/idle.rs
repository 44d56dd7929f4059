//! How much memory a client takes that says nothing.

use std::time::Duration;

use anyhow::Result;
use tokio::time::sleep;

use super::Entrant;
use super::figure::{Figure, Figures};
use crate::contender::Server;
use crate::load::crowd::{Crowd, guests};
use crate::options::Scale;

/// What follows a connection has been done after so long: who is there has been told, and a collector has had its turn.
const SETTLED: Duration = Duration::from_secs(3);

pub(super) async fn measure(server: &Server, entrant: Entrant, scale: &Scale) -> Result<Figures> {
    let (address, dialect) = (server.address, entrant.dialect());
    let guests = guests(address, dialect, scale.idle_clients).await?;
    let before = server.resident_bytes()?;
    let crowd = Crowd::gather(address, dialect, &guests).await?;
    sleep(SETTLED).await;
    let grown = server.resident_bytes()?.saturating_sub(before);
    crowd.must_be_well()?;
    Ok(vec![(Figure::MemoryPerClient, grown as f64 / 1_024.0 / guests.len() as f64)])
}
