//! A WebSocket that sends what a test likes, and reads only when it likes.

use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, Utf8Bytes, client::IntoClientRequest},
};

use crate::wait::within_limit;

/// A WebSocket to the Socket.IO endpoint of a server.
pub struct Raw {
    /// The socket's id, once it has joined.
    pub id: String,
    socket: WebSocketStream<TcpStream>,
}

impl Raw {
    /// Opens one, and reads the handshake. The kernel holds little for it, so that the server soon notices when it
    /// doesn't read.
    pub async fn open(address: &str) -> Self {
        Self::open_with(address, &[]).await
    }

    /// As [`open`](Self::open), with these headers in its request.
    pub async fn open_with(address: &str, headers: &[(&'static str, &str)]) -> Self {
        let tcp = TcpSocket::new_v4().expect("a socket");
        tcp.set_recv_buffer_size(4096).expect("a size");
        tcp.set_send_buffer_size(16 * 1024).expect("a size");
        let tcp = tcp.connect(address.parse().expect("an address")).await.expect("the server is there");
        let mut request = url(address).into_client_request().expect("a good request");
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().expect("a header is text"));
        }
        let (socket, _) = within_limit("a WebSocket handshake", client_async(request, tcp)).await.expect("a WebSocket");
        let mut raw = Self { id: String::new(), socket };
        let open = raw.text().await;
        assert!(open.starts_with("0{"), "{open:?} is no Engine.IO handshake");
        raw
    }

    /// Asks for one as a page of this origin would, and gives the status of the answer: 101 if it was opened.
    pub async fn knock(address: &str, origin: Option<&str>) -> u16 {
        let mut request = url(address).into_client_request().expect("a good request");
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().expect("an origin is text"));
        }
        let tcp = TcpStream::connect(address).await.expect("the server is there");
        match within_limit("a WebSocket handshake", client_async(request, tcp)).await {
            Ok((_, response)) => response.status().as_u16(),
            Err(Error::Http(response)) => response.status().as_u16(),
            Err(error) => panic!("{error}"),
        }
    }

    /// Opens one and joins the namespace `/`.
    pub async fn join(address: &str) -> Self {
        let mut raw = Self::open(address).await;
        raw.send("40").await;
        raw.id = joined(&raw.text().await);
        raw
    }

    /// Opens one and joins the namespace `/chat` in this session.
    pub async fn join_chat(address: &str, token: &str) -> Self {
        let mut raw = Self::open(address).await;
        raw.send(&format!(r#"40/chat,{{"token":"{token}"}}"#)).await;
        let connect = raw.text().await;
        raw.id = joined(&connect.replacen("40/chat,", "40", 1));
        raw
    }

    /// Sends a text frame.
    pub async fn send(&mut self, text: &str) {
        within_limit("sending", self.try_send(Message::text(text))).await.expect("the connection is open");
    }

    /// Sends a binary frame.
    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        within_limit("sending", self.try_send(Message::binary(bytes.to_vec()))).await.expect("the connection is open");
    }

    /// Sends for as long as the other end takes it.
    pub async fn try_send(&mut self, message: Message) -> Result<(), Error> {
        self.socket.send(message).await
    }

    /// The next text frame that is no ping. Pings are answered.
    pub async fn text(&mut self) -> Utf8Bytes {
        match self.maybe_text().await {
            Some(text) => text,
            None => panic!("the connection has ended"),
        }
    }

    /// The next text frame that is no ping, unless the connection ends before it comes.
    pub async fn maybe_text(&mut self) -> Option<Utf8Bytes> {
        within_limit("a frame", self.next()).await
    }

    /// Reads to the connection's end, and gives the text frames that came before, but for pings.
    pub async fn rest(&mut self) -> Vec<Utf8Bytes> {
        let mut texts = Vec::new();
        within_limit("the connection's end", async {
            while let Some(text) = self.next().await {
                texts.push(text);
            }
        })
        .await;
        texts
    }

    /// Reads to this text or to the connection's end, and gives the text frames that came before, but for pings.
    pub async fn rest_until(&mut self, last: &str) -> Vec<Utf8Bytes> {
        let mut texts = Vec::new();
        within_limit(&format!("{last}, or the connection's end"), async {
            while let Some(text) = self.next().await.filter(|text| *text != last) {
                texts.push(text);
            }
        })
        .await;
        texts
    }

    async fn next(&mut self) -> Option<Utf8Bytes> {
        loop {
            match self.socket.next().await? {
                // The connection may end before it has taken the pong; the next frame, or none, will tell.
                Ok(Message::Text(text)) if text == "2" => drop(self.try_send(Message::text("3")).await),
                Ok(Message::Text(text)) => return Some(text),
                Ok(_) => {}
                Err(_) => return None,
            }
        }
    }
}

/// The id of the socket that this CONNECT packet tells.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn joined(connect: &str) -> String {
    let id = connect.strip_prefix(r#"40{"sid":""#).and_then(|rest| rest.strip_suffix(r#""}"#));
    id.unwrap_or_else(|| panic!("{connect:?} is no CONNECT")).to_owned()
}

fn url(address: &str) -> String {
    format!("ws://{address}/socket.io/?EIO=4&transport=websocket")
}
