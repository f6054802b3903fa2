//! The operators' end of a socket: just what the hub speaks, no more.

use switchboard::protocol::{ClientFrame, FeedPosition};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::setup::token;

/// Length field: the next two bytes hold the length.
const TWO_BYTES: u8 = 126;
const MASKED: u8 = 0x80;
const LAST: u8 = 0x80;
pub(crate) const TEXT: u8 = 1;
pub(crate) const CLOSE: u8 = 8;

/// The shard of a position, and all of it.
pub(crate) fn of_shard(position: &FeedPosition) -> (String, String) {
    let shard = position.0.split(':').next().unwrap();
    (shard.to_owned(), position.0.clone())
}

/// As the operator of that number.
pub(crate) async fn connect(hub: &str, n: usize) -> Option<TcpStream> {
    let mut socket = TcpStream::connect(hub).await.ok()?;
    let token = token(n);
    let request = format!(
        "GET /ws/operator HTTP/1.1\r\nhost: {hub}\r\norigin: http://{hub}\r\n\
         connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\ncookie: sb={token}\r\n\r\n"
    );
    socket.write_all(request.as_bytes()).await.ok()?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await.ok()?);
    }
    head.starts_with(b"HTTP/1.1 101").then_some(socket)
}

/// The opcode of the first frame, and where its payload begins and ends; none: not all is here.
pub(crate) fn frame(bytes: &[u8]) -> Option<(u8, usize, usize)> {
    let (&first, &second) = (bytes.first()?, bytes.get(1)?);
    let (from, length) = match second {
        TWO_BYTES => (4, u64::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
        127 => (10, u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)),
        short => (2, short.into()),
    };
    let to = from + usize::try_from(length).ok()?;
    (bytes.len() >= to).then_some((first & 15, from, to))
}

/// Masked with zeros, which change nothing.
pub(crate) async fn say(socket: &mut TcpStream, frame: &ClientFrame) -> Option<()> {
    let text = serde_json::to_string(frame).unwrap();
    let length = u16::try_from(text.len()).unwrap();
    let mut bytes = vec![LAST | TEXT, MASKED | TWO_BYTES];
    bytes.extend(length.to_be_bytes());
    bytes.extend([0; 4]);
    bytes.extend(text.as_bytes());
    socket.write_all(&bytes).await.ok()
}
