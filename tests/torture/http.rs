//! One request, one answer, over a connection of its own.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Status(u16),
    /// Nobody listens there.
    Refused,
    /// The connection broke before an answer had come.
    Broken,
    /// There was no answer in time.
    Late,
}

impl Answer {
    pub(crate) fn is(self, status: u16) -> bool {
        self == Self::Status(status)
    }
}

pub(crate) async fn ask(address: &str, request: &str, within: Duration) -> Answer {
    let answer = async {
        let Ok(socket) = TcpStream::connect(address).await else { return Answer::Refused };
        status(socket, request).await.map_or(Answer::Broken, Answer::Status)
    };
    timeout(within, answer).await.unwrap_or(Answer::Late)
}

pub(crate) fn get(address: &str, path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")
}

/// The whole answer to a request of whoever may see it; empty: there was none in time.
pub(crate) async fn read(address: &str, path: &str, within: Duration) -> String {
    let answer = async {
        let mut socket = TcpStream::connect(address).await.ok()?;
        socket.write_all(get(address, path).as_bytes()).await.ok()?;
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.ok()?;
        Some(answer)
    };
    timeout(within, answer).await.ok().flatten().unwrap_or_default()
}

async fn status(mut socket: TcpStream, request: &str) -> Option<u16> {
    socket.write_all(request.as_bytes()).await.ok()?;
    let mut head = Vec::new();
    while !head.windows(2).any(|pair| pair == b"\r\n") {
        if socket.read_buf(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    String::from_utf8_lossy(&head).split(' ').nth(1)?.parse().ok()
}
