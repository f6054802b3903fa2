//! A WebSocket as small as can be: the load must cost less than the hub.

use std::net::{Ipv4Addr, SocketAddr};

use serde::Serialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// Length field: the next two bytes hold the length.
const TWO_BYTES: u8 = 126;
/// Length field: the next eight bytes hold the length.
const EIGHT_BYTES: u8 = 127;
const MASKED: u8 = 0x80;
const LAST: u8 = 0x80;
const TEXT: u8 = 1;
const CLOSE: u8 = 8;

/// An open one, of a browser.
pub(crate) struct WebSocket {
    stream: TcpStream,
    bytes: Vec<u8>,
    taken: usize,
}

impl WebSocket {
    /// Opens it, with further lines of the request's head; `from` an address of its own, if one is named: to
    /// find a free port of it takes the kernel ten milliseconds where thousands are taken. None: not now.
    pub(crate) async fn open(
        (from, address): (Option<Ipv4Addr>, SocketAddr),
        path: &str,
        head: &str,
    ) -> Option<Self> {
        let socket = TcpSocket::new_v4().unwrap();
        if let Some(from) = from {
            socket.bind((from, 0).into()).unwrap();
        }
        let mut stream = socket.connect(address).await.ok()?;
        stream.set_nodelay(true).ok()?;
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\n\
             connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
             sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{head}\r\n"
        );
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(stream.read_u8().await.ok()?);
        }
        let is_open = answer.starts_with(b"HTTP/1.1 101");
        is_open.then_some(Self { stream, bytes: Vec::new(), taken: 0 })
    }

    /// The next text. None: the hub has closed it. What was heard in part is kept if this is given up.
    pub(crate) async fn hear(&mut self) -> Option<String> {
        loop {
            while let Some((opcode, from, to)) = frame(&self.bytes[self.taken..]) {
                let payload = self.bytes[self.taken + from..self.taken + to].to_vec();
                self.taken += to;
                match opcode {
                    TEXT => return Some(String::from_utf8(payload).unwrap()),
                    CLOSE => return None,
                    _ => {}
                }
            }
            self.bytes.drain(..self.taken);
            self.taken = 0;
            if self.stream.read_buf(&mut self.bytes).await.ok()? == 0 {
                return None;
            }
        }
    }

    /// Masked with zeros, which change nothing.
    pub(crate) async fn say(&mut self, frame: &impl Serialize) -> Option<()> {
        let text = serde_json::to_string(frame).unwrap();
        let length = u16::try_from(text.len()).unwrap();
        let mut bytes = vec![LAST | TEXT, MASKED | TWO_BYTES];
        bytes.extend(length.to_be_bytes());
        bytes.extend([0; 4]);
        bytes.extend(text.as_bytes());
        self.stream.write_all(&bytes).await.ok()
    }
}

/// The opcode of the first frame, and where its payload begins and ends; none: not all is here.
fn frame(bytes: &[u8]) -> Option<(u8, usize, usize)> {
    let (&first, &second) = (bytes.first()?, bytes.get(1)?);
    let (from, length) = match second {
        TWO_BYTES => (4, u64::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
        EIGHT_BYTES => (10, u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)),
        short => (2, short.into()),
    };
    let to = from + usize::try_from(length).ok()?;
    (bytes.len() >= to).then_some((first & 15, from, to))
}
