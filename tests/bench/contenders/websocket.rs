//! A broadcast by axum's WebSocket and tokio's broadcast channel, without Socket.IO: the wall.

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::IntoResponse;
use axum::routing::get;
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpListener;
use tokio::sync::broadcast;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let app = Router::new().route("/", get(upgrade)).with_state(broadcast::Sender::new(1_024));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listens on http://{}", listener.local_addr()?);
    axum::serve(listener, app).await
}

async fn upgrade(socket: WebSocketUpgrade, State(said): State<broadcast::Sender<Message>>) -> impl IntoResponse {
    // Before the client can know that it is connected.
    let hears = said.subscribe();
    socket.on_upgrade(|socket| talk(socket, said, hears))
}

async fn talk(socket: WebSocket, said: broadcast::Sender<Message>, mut hears: broadcast::Receiver<Message>) {
    let (mut to_client, mut from_client) = socket.split();
    let hearing = tokio::spawn(async move {
        // Ends with the client, or when it has fallen behind.
        while let Ok(text) = hears.recv().await {
            if to_client.send(text).await.is_err() {
                return;
            }
        }
    });
    while let Some(Ok(text @ Message::Text(_))) = from_client.next().await {
        let _ = said.send(text);
    }
    hearing.abort();
}
