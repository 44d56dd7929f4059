//! The original sample's contract by socketioxide, in as few lines as it takes.

use axum::Router;
use socketioxide::SocketIo;
use socketioxide::extract::{Data, SocketRef};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let (layer, io) = SocketIo::new_layer();
    io.ns("/", async |socket: SocketRef| {
        socket.on("chat_message", async |io: SocketIo, Data(text): Data<String>| {
            // A client whose channel is full misses it.
            let _ = io.emit("chat_message", &text).await;
        });
        socket.on("server_message", async |socket: SocketRef, Data(text): Data<String>| {
            let _ = socket.emit("server_message", &text);
        });
    });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("listens on http://{}", listener.local_addr()?);
    axum::serve(listener, Router::new().layer(layer)).await
}
