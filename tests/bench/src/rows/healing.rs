//! After an outage all come back at once, and each asks `sync` for what it has missed.

use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use hubbub_shared::chat::request::{SendMessage, Sent, Sync, Synced};
use hubbub_shared::chat::{LOBBY, MessageId};
use tokio::time::Instant;

use super::figure::{Figure, Figures};
use crate::contender::Server;
use crate::load::crowd::{Guest, enter, guests};
use crate::load::dialect::{Dialect, ask};

pub(super) const CLIENTS: usize = 1_000;
pub(super) const MISSED: u64 = 50;

/// What they have got before the outage.
const HELD: u64 = 10;

pub(super) async fn measure(server: &Server) -> Result<Figures> {
    let guests = guests(server.address, Dialect::Chat, CLIENTS).await?;
    fill(server, &guests[0]).await?;
    let (begin, used) = (Instant::now(), server.cpu()?);
    try_join_all(guests.iter().map(|guest| heal(server, guest))).await?;
    let (wall, used) = (begin.elapsed(), server.cpu()?.saturating_sub(used));
    let millis = 1_000.0;
    Ok(vec![
        (Figure::Healed, wall.as_secs_f64() * millis),
        (Figure::CpuPerHealed, used.as_secs_f64() * millis / CLIENTS as f64),
    ])
}

/// Says in the lobby what is held, and what is missed.
async fn fill(server: &Server, guest: &Guest) -> Result<()> {
    let mut link = enter(server.address, Dialect::Chat, guest.as_deref()).await?;
    for number in 1..=HELD + MISSED {
        let id = MessageId::from_bytes(u128::from(number).to_be_bytes());
        let message = SendMessage { room: LOBBY.to_owned(), id, text: format!("{number:<64}.") };
        let Sent { seq, .. } = ask(&mut link, "send_message", &message).await?;
        ensure!(seq == number, "message {number} got the seq {seq}");
    }
    Ok(())
}

/// From the first packet until it has all that it missed, in order.
async fn heal(server: &Server, guest: &Guest) -> Result<()> {
    let mut link = enter(server.address, Dialect::Chat, guest.as_deref()).await?;
    let held = Sync { rooms: [(LOBBY.to_owned(), HELD)].into() };
    let synced: Synced = ask(&mut link, "sync", &held).await?;
    let got = synced.rooms.iter().flat_map(|room| &room.messages).map(|message| message.seq);
    ensure!(got.eq(HELD + 1..=HELD + MISSED), "sync did not bring what was missed");
    Ok(())
}
