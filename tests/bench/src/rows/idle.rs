//! How much memory a client takes that says nothing.

use anyhow::Result;

use super::Entrant;
use super::figure::{Figure, Figures};
use crate::contender::Server;
use crate::load::crowd::{Crowd, guests};
use crate::options::Scale;

pub(super) async fn measure(server: &Server, entrant: Entrant, scale: &Scale) -> Result<Figures> {
    let (address, dialect) = (server.address, entrant.dialect());
    let guests = guests(address, dialect, scale.idle_clients).await?;
    let before = server.resident_bytes()?;
    let crowd = Crowd::gather(address, dialect, &guests).await?;
    server.rest().await?;
    let grown = server.resident_bytes()?.saturating_sub(before);
    crowd.must_be_well()?;
    Ok(vec![(Figure::MemoryPerClient, grown as f64 / 1_024.0 / guests.len() as f64)])
}
