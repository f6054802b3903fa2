//! One request, one answer, over a connection of its own.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// The status of the answer; none: there was none in time.
pub(crate) async fn status(address: &str, request: &str, within: Duration) -> Option<u16> {
    timeout(within, answer(address, request)).await.ok().flatten()
}

pub(crate) fn get(address: &str, path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n")
}

async fn answer(address: &str, request: &str) -> Option<u16> {
    let mut socket = TcpStream::connect(address).await.ok()?;
    socket.write_all(request.as_bytes()).await.ok()?;
    let mut head = Vec::new();
    while !head.windows(2).any(|pair| pair == b"\r\n") {
        if socket.read_buf(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    String::from_utf8_lossy(&head).split(' ').nth(1)?.parse().ok()
}
