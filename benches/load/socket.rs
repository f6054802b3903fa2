//! A console's WebSocket, as small as can be: the load must cost less than the hub.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use switchboard::protocol::{ClientFrame, FeedPosition};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::furnish::token;

/// Bytes after which a console acknowledges; it does so at every beat too.
const ACKNOWLEDGED_BYTES: usize = 64 * 1024;
/// Length field: the next two bytes hold the length.
const TWO_BYTES: u8 = 126;
/// Length field: the next eight bytes hold the length.
const EIGHT_BYTES: u8 = 127;
const MASKED: u8 = 0x80;
const LAST: u8 = 0x80;
const TEXT: u8 = 1;
const CLOSE: u8 = 8;

/// Where a console is in the feeds, by shard.
pub(crate) type Positions = BTreeMap<String, String>;

/// An open console.
pub(crate) struct Socket {
    stream: TcpStream,
    bytes: Vec<u8>,
    taken: usize,
    unacknowledged: usize,
    pub(crate) positions: Positions,
    /// Shards in which it has moved since it last acknowledged.
    moved: BTreeSet<String>,
}

impl Socket {
    /// Opens the console of an operator, who says where he was. None: not now.
    pub(crate) async fn open(
        address: SocketAddr,
        operator: usize,
        positions: Positions,
    ) -> Option<Self> {
        let mut stream = TcpStream::connect(address).await.ok()?;
        stream.set_nodelay(true).ok()?;
        upgrade(&mut stream, address, operator).await?;
        let (bytes, taken, unacknowledged) = (Vec::new(), 0, 0);
        let hello = positions.values().cloned().map(FeedPosition).collect();
        let moved = BTreeSet::new();
        let mut socket = Self { stream, bytes, taken, unacknowledged, positions, moved };
        socket.say(&ClientFrame::Hello { protocol: 1, positions: hello }).await?;
        Some(socket)
    }

    /// The next text. None: the hub has closed the console.
    pub(crate) async fn hear(&mut self) -> Option<String> {
        loop {
            while let Some((opcode, from, to)) = frame(&self.bytes[self.taken..]) {
                let payload = self.bytes[self.taken + from..self.taken + to].to_vec();
                self.taken += to;
                match opcode {
                    TEXT => {
                        let text = String::from_utf8(payload).unwrap();
                        self.follow(&text).await?;
                        return Some(text);
                    }
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

    /// Notes where the feeds are, and acknowledges from time to time.
    async fn follow(&mut self, text: &str) -> Option<()> {
        if text.starts_with("{\"type\":\"snapshot\"") {
            self.positions = positions_of(text)?;
        } else if let Some(to) = text.split("\"to\":\"").nth(1) {
            let to = to.split('"').next()?;
            let shard = to.split(':').next()?;
            self.positions.insert(shard.to_owned(), to.to_owned());
            self.moved.insert(shard.to_owned());
        }
        self.unacknowledged += text.len();
        let beat = text.starts_with("{\"type\":\"beat\"");
        if !self.moved.is_empty() && (beat || self.unacknowledged > ACKNOWLEDGED_BYTES) {
            self.unacknowledged = 0;
            let moved = std::mem::take(&mut self.moved);
            let positions = moved.iter().filter_map(|shard| self.positions.get(shard));
            let positions = positions.cloned().map(FeedPosition).collect();
            self.say(&ClientFrame::Ack { positions }).await?;
        }
        Some(())
    }

    /// Masked with zeros, which change nothing.
    pub(crate) async fn say(&mut self, frame: &ClientFrame) -> Option<()> {
        let text = serde_json::to_string(frame).unwrap();
        let length = u16::try_from(text.len()).unwrap();
        let mut bytes = vec![LAST | TEXT, MASKED | TWO_BYTES];
        bytes.extend(length.to_be_bytes());
        bytes.extend([0; 4]);
        bytes.extend(text.as_bytes());
        self.stream.write_all(&bytes).await.ok()
    }
}

/// Those that a snapshot begins with.
fn positions_of(snapshot: &str) -> Option<Positions> {
    let (_, rest) = snapshot.split_once("\"positions\":[")?;
    let (positions, _) = rest.split_once(']')?;
    let of_shard = |position: &str| {
        let position = position.trim_matches('"');
        Some((position.split(':').next()?.to_owned(), position.to_owned()))
    };
    positions.split(',').filter(|position| !position.is_empty()).map(of_shard).collect()
}

async fn upgrade(stream: &mut TcpStream, address: SocketAddr, operator: usize) -> Option<()> {
    let token = token(operator);
    let request = format!(
        "GET /ws/operator HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\n\
         connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\ncookie: sb={token}\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    head.starts_with(b"HTTP/1.1 101").then_some(())
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
