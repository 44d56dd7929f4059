//! A server that knows just enough Socket.IO to be joined. Whoever joins is sent the same events, as fast as it takes them.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{accept_async, tungstenite::Message};

/// How many events each client gets.
pub const EVENTS: usize = 100_000;

/// Their name.
pub const NAME: &str = "chat_message";

/// The length of an event's one argument, so that its frame has 64 bytes.
pub const TEXT: usize = 64 - r#"42["chat_message",""]"#.len();

const OPEN: &str = r#"0{"sid":"feeder","upgrades":[],"pingInterval":600000,"pingTimeout":600000,"maxPayload":1000000}"#;
const CONNECT: &str = r#"40{"sid":"fed"}"#;

/// The frame of an event.
#[must_use]
pub fn frame(number: usize) -> String {
    format!(r#"42["{NAME}","{number:0TEXT$}"]"#)
}

/// Starts it on a free port, on the runtime of the caller.
///
/// # Errors
/// If there is no free port.
pub async fn start() -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                if let Err(error) = feed(stream).await {
                    eprintln!("a client could not be fed: {error:#}");
                }
            });
        }
    });
    Ok(address)
}

async fn feed(stream: TcpStream) -> Result<()> {
    let mut socket = accept_async(stream).await?;
    socket.send(Message::text(OPEN)).await?;
    // rust_socketio begins with a pong.
    while !socket.next().await.context("it hung up before it joined")??.to_text()?.starts_with("40") {}
    socket.send(Message::text(CONNECT)).await?;
    for number in 0..EVENTS {
        socket.feed(Message::text(frame(number))).await?;
    }
    socket.flush().await?;
    // It hangs up when it has had enough; how is of no interest here.
    while let Some(Ok(_)) = socket.next().await {}
    Ok(())
}
