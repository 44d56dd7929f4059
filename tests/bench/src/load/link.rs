//! One end of a WebSocket, as lean as it gets: frames are seen where they were read, and nothing is allocated for them.

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;

use anyhow::{Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// More than the largest frame.
const BUFFER: usize = 1 << 20;

thread_local! {
    /// All links of a thread read into this, one after the other, so that it stays in the processor's cache.
    static READ: RefCell<Box<[u8]>> = RefCell::new(vec![0; BUFFER].into());
}

/// A connection that has been upgraded.
pub(crate) struct Link {
    stream: TcpStream,
    /// The beginning of a frame of which the rest has not come yet.
    rest: Vec<u8>,
}

impl Link {
    /// Connects, and asks for the upgrade.
    pub(crate) async fn open(address: SocketAddr, path: &str) -> Result<Self> {
        let mut stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::with_capacity(512);
        loop {
            if stream.read_buf(&mut answer).await? == 0 {
                bail!("closed before it was upgraded");
            }
            if let Some(end) = answer.windows(4).position(|end| end == b"\r\n\r\n") {
                if !answer.starts_with(b"HTTP/1.1 101 ") {
                    bail!("not upgraded: {:?}", String::from_utf8_lossy(&answer));
                }
                return Ok(Self { stream, rest: answer.split_off(end + 4) });
            }
        }
    }

    /// Waits until there is something to read.
    pub(crate) async fn readable(&self) -> io::Result<()> {
        self.stream.readable().await
    }

    /// Gives each frame that has come, without waiting for more.
    pub(crate) fn read(&mut self, mut each: impl FnMut(&[u8])) -> io::Result<()> {
        READ.with_borrow_mut(|buffer| {
            let kept = self.rest.len();
            buffer[..kept].copy_from_slice(&self.rest);
            let read = match self.stream.try_read(&mut buffer[kept..]) {
                Ok(0) => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed it")),
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => 0,
                Err(error) => return Err(error),
            };
            let mut bytes = &buffer[..kept + read];
            while let Some((text, after)) = frame(bytes)? {
                each(text);
                bytes = after;
            }
            if bytes.len() == BUFFER {
                return Err(io::Error::other("a frame of more than 1 MB"));
            }
            self.rest.clear();
            self.rest.extend_from_slice(bytes);
            Ok(())
        })
    }

    /// Waits for a frame that begins with this. What else comes is passed over, but for pings: the first one comes with the
    /// handshake, and who doesn't answer it is gone when the next is due.
    pub(crate) async fn wait_for(&mut self, beginning: &[u8]) -> Result<Vec<u8>> {
        let mut found = None;
        let mut refused = None;
        let mut pings = 0;
        loop {
            self.read(|text| {
                if found.is_none() && text.starts_with(beginning) {
                    found = Some(text.to_vec());
                } else if text.starts_with(b"44") {
                    refused = Some(String::from_utf8_lossy(text).into_owned());
                } else if text == b"2" {
                    pings += 1;
                }
            })?;
            for _ in 0..std::mem::take(&mut pings) {
                self.send(b"3").await?;
            }
            if let Some(found) = found {
                return Ok(found);
            }
            if let Some(refused) = &refused {
                bail!("refused: {refused}");
            }
            self.readable().await?;
        }
    }

    /// Sends a text. The mask is of zeros: the server takes as long to take it off as any other.
    pub(crate) async fn send(&mut self, text: &[u8]) -> io::Result<()> {
        let mut frame = Vec::with_capacity(text.len() + 14);
        frame.push(0x81);
        match (u8::try_from(text.len()), u16::try_from(text.len())) {
            (Ok(len @ ..126), _) => frame.push(0x80 | len),
            (_, Ok(len)) => {
                frame.push(0x80 | 126);
                frame.extend(len.to_be_bytes());
            }
            _ => return Err(io::Error::other("a text of more than 64 KB")),
        }
        frame.extend([0; 4]);
        frame.extend(text);
        self.stream.write_all(&frame).await
    }
}

/// The text of the first frame, and what comes after it; none while it isn't whole.
fn frame(bytes: &[u8]) -> io::Result<Option<(&[u8], &[u8])>> {
    let [kind, len, ..] = *bytes else { return Ok(None) };
    match kind {
        0x81 => {}
        0x88 => return Err(io::Error::new(io::ErrorKind::ConnectionAborted, "the server closed it by a frame")),
        other => return Err(io::Error::other(format!("a frame that begins with {other:#x}"))),
    }
    let (header, len) = match (len, bytes) {
        (len @ ..126, _) => (2, usize::from(len)),
        (126, [_, _, a, b, ..]) => (4, usize::from(u16::from_be_bytes([*a, *b]))),
        (127, [_, _, 0, 0, 0, 0, a, b, c, d, ..]) => (10, u32::from_be_bytes([*a, *b, *c, *d]) as usize),
        (126 | 127, _) if bytes.len() < 10 => return Ok(None),
        _ => return Err(io::Error::other("a frame of a length that can't be")),
    };
    Ok(bytes.get(header..).and_then(|payload| payload.split_at_checked(len)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_found_whole_or_not_at_all() {
        let mut bytes = vec![0x81, 2, b'h', b'i', 0x81, 126, 0, 200];
        bytes.extend([b'x'; 200]);
        let (first, after) = frame(&bytes).unwrap().unwrap();
        assert_eq!(first, b"hi");
        let (second, after) = frame(after).unwrap().unwrap();
        assert_eq!((second.len(), after.len()), (200, 0));
        for cut in 0..4 {
            assert!(frame(&bytes[..cut]).unwrap().is_none());
        }
        for cut in 4..bytes.len() {
            assert!(frame(&bytes[4..cut]).unwrap().is_none(), "{cut}");
        }
        let mut long = vec![0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0];
        assert!(frame(&long).unwrap().is_none());
        long.extend(vec![b'y'; 65_536]);
        assert_eq!(frame(&long).unwrap().unwrap().0.len(), 65_536);
        assert!(frame(&[0x88, 0]).is_err() && frame(&[0x01, 0]).is_err() && frame(&[0x81, 0x80]).is_err());
    }
}
