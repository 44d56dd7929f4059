//! Acknowledged durable sends: each writer sends the next message when the last one is on the disk and acknowledged. Each has a
//! room of its own, so that this is about writing and not about telling.

use std::fs::OpenOptions;
use std::os::unix::fs::FileExt;
use std::time::Instant;

use anyhow::Result;
use nix::unistd::fdatasync;

use super::figure::{Figure, Figures};
use crate::contender::{Server, scratch};
use crate::load::client::Cue;
use crate::load::crowd::{Crowd, Load, guests};
use crate::load::dialect::Dialect;
use crate::options::Scale;

/// What SQLite's log grows by for each page that it writes.
const PAGE: usize = 4_096 + 24;

/// The log begins anew after so many of them.
const PAGES: u64 = 1_000;

pub(super) async fn measure(server: &Server, writers: usize, scale: &Scale) -> Result<Figures> {
    let guests = guests(server.address, Dialect::Chat, writers).await?;
    let crowd = Crowd::in_rooms(server.address, &guests, 1).await?;
    let load = Load::Closed { senders: writers, bytes: 64, cue: Cue::Answer };
    let window = crowd.measure(server, load, scale.warm_up, scale.window).await?;
    let (sends, share) = (window.answers as f64, 100.0 / window.wall.as_secs_f64());
    Ok(vec![
        (Figure::SendsPerSecond, sends / window.wall.as_secs_f64()),
        (Figure::SendsPerCpuSecond, sends / window.server_cpu.as_secs_f64()),
        (Figure::Drops, window.drops as f64),
        (Figure::OutOfOrder, window.out_of_order as f64),
        (Figure::ServerShare, share * window.server_cpu.as_secs_f64()),
        (Figure::GeneratorShare, share * window.own_cpu.as_secs_f64()),
    ])
}

/// How often a page can be written and made durable, one after the other: what one writer could have at the most.
pub(super) fn disk(scale: &Scale) -> Result<Figures> {
    let folder = scratch()?;
    let file = OpenOptions::new().write(true).create_new(true).open(folder.path().join("disk"))?;
    let page = [7; PAGE];
    let write = |at: u64| file.write_all_at(&page, at % PAGES * PAGE as u64);
    (0..PAGES).try_for_each(write)?;
    file.sync_all()?;
    let (begin, mut syncs) = (Instant::now(), 0);
    while begin.elapsed() < scale.window {
        write(syncs)?;
        fdatasync(&file)?;
        syncs += 1;
    }
    Ok(vec![(Figure::SendsPerSecond, syncs as f64 / begin.elapsed().as_secs_f64())])
}
