//! From starting the process to the first byte of an answer over HTTP. Hubbub makes a new database meanwhile.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::Entrant;
use super::figure::{Figure, Figures};
use crate::contender::Server;
use crate::load::dialect::Dialect;
use crate::options::Scale;
use crate::report::numbers::median;

const ANSWER: Duration = Duration::from_secs(10);

/// The median of some starts.
pub(super) async fn measure(entrant: Entrant, scale: &Scale) -> Result<Figures> {
    let mut millis = Vec::new();
    for _ in 0..scale.starts {
        millis.push(start(entrant).await?.as_secs_f64() * 1_000.0);
    }
    Ok(vec![(Figure::Start, median(&millis).context("never started")?)])
}

async fn start(entrant: Entrant) -> Result<Duration> {
    let begin = Instant::now();
    let mut server = Server::start(entrant.contender()).await?;
    let answered = timeout(ANSWER, first_byte(&server, entrant)).await.context("no answer").flatten();
    let took = begin.elapsed();
    if let Err(error) = answered {
        return Err(server.explain(error).await);
    }
    server.stop().await?;
    Ok(took)
}

async fn first_byte(server: &Server, entrant: Entrant) -> Result<()> {
    // The first question of a client by long polling, which all but the plain WebSocket answer.
    let path = if entrant.dialect() == Dialect::Plain { "/" } else { "/socket.io/?EIO=4&transport=polling" };
    let mut stream = TcpStream::connect(server.address).await?;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", server.address).as_bytes()).await?;
    if stream.read(&mut [0; 64]).await? == 0 {
        bail!("closed without an answer");
    }
    Ok(())
}
