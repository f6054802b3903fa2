//! An operator's console: accepts what it is offered, notes each message, acknowledges.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use domain::event::Row;
use domain::id::OperatorId;
use switchboard::clock;
use switchboard::protocol::{ClientFrame, Event, FeedPosition, Outcome, ServerFrame};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::CHATS;
use crate::hub::{operator, token};
use crate::stamp::Stamp;
use crate::tally::Book;

/// Bytes after which a console acknowledges; it does so at every beat too.
const ACKNOWLEDGED_BYTES: usize = 64 * 1024;
/// Length field: the next two bytes hold the length.
const TWO_BYTES: u8 = 126;
const MASKED: u8 = 0x80;
const LAST: u8 = 0x80;
const TEXT: u8 = 1;
const CLOSE: u8 = 8;

/// How far the run is, as seen from the consoles.
#[derive(Clone, Default)]
pub(crate) struct Readiness {
    pub(crate) caught_up: Arc<AtomicUsize>,
    /// Conversations that were accepted.
    pub(crate) accepted: Arc<AtomicUsize>,
}

struct Desk {
    me: OperatorId,
    socket: TcpStream,
    /// By shard.
    positions: BTreeMap<String, String>,
    unacknowledged: usize,
    readiness: Readiness,
    book: Book,
}

/// Opens the console of an operator and never closes it.
pub(crate) async fn open(address: SocketAddr, n: usize, readiness: Readiness, book: Book) {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.set_nodelay(true).unwrap();
    upgrade(&mut socket, address, n).await;
    let (me, positions) = (operator(n), BTreeMap::new());
    let mut desk = Desk { me, socket, positions, unacknowledged: 0, readiness, book };
    desk.say(&ClientFrame::Hello { protocol: 1, positions: Vec::new() }).await;
    let mut bytes = Vec::new();
    loop {
        let read = desk.socket.read_buf(&mut bytes).await.unwrap();
        assert!(read > 0, "the hub closed a console");
        let mut taken = 0;
        while let Some((opcode, from, to)) = frame(&bytes[taken..]) {
            let payload = &bytes[taken + from..taken + to];
            match opcode {
                TEXT => desk.hear(std::str::from_utf8(payload).unwrap()).await,
                CLOSE => panic!("the hub closed a console: {payload:?}"),
                _ => {}
            }
            taken += to;
        }
        bytes.drain(..taken);
    }
}

async fn upgrade(socket: &mut TcpStream, address: SocketAddr, n: usize) {
    let token = token(n);
    let request = format!(
        "GET /ws/operator HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\n\
         connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\ncookie: sb={token}\r\n\r\n"
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(socket.read_u8().await.unwrap());
    }
    assert!(head.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&head));
}

/// The opcode of the first frame, and where its payload begins and ends; none: not all is here.
fn frame(bytes: &[u8]) -> Option<(u8, usize, usize)> {
    let (&first, &second) = (bytes.first()?, bytes.get(1)?);
    let (from, length) = match second {
        TWO_BYTES => (4, u64::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
        127 => (10, u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)),
        short => (2, short.into()),
    };
    let to = from + usize::try_from(length).ok()?;
    (bytes.len() >= to).then_some((first & 15, from, to))
}

impl Desk {
    async fn hear(&mut self, text: &str) {
        if self.readiness.accepted.load(Ordering::Relaxed) < CHATS {
            self.prepare(text).await;
        }
        for stamp in Stamp::found_in(text) {
            self.book.delivered(stamp);
        }
        if let Some(to) = text.split("\"to\":\"").nth(1) {
            let to = to.split('"').next().unwrap();
            let shard = to.split(':').next().unwrap();
            self.positions.insert(shard.to_owned(), to.to_owned());
        }
        self.unacknowledged += text.len();
        let beat = text.starts_with("{\"type\":\"beat\"");
        if beat || self.unacknowledged > ACKNOWLEDGED_BYTES {
            self.unacknowledged = 0;
            let positions = self.positions.values().cloned().map(FeedPosition).collect();
            self.say(&ClientFrame::Ack { positions }).await;
        }
    }

    /// Accepts what is offered before the load begins.
    async fn prepare(&mut self, text: &str) {
        match serde_json::from_str(text).unwrap() {
            ServerFrame::CaughtUp {} => {
                self.readiness.caught_up.fetch_add(1, Ordering::Relaxed);
            }
            ServerFrame::Result { outcome: Outcome::Done {}, .. } => {
                self.readiness.accepted.fetch_add(1, Ordering::Relaxed);
            }
            ServerFrame::Result { outcome, .. } => panic!("not accepted: {outcome:?}"),
            ServerFrame::Events { events, .. } => {
                for event in events {
                    if let Event::Row { row } = event {
                        self.accept(row).await;
                    }
                }
            }
            ServerFrame::Welcome { .. }
            | ServerFrame::Snapshot { .. }
            | ServerFrame::Beat { .. }
            | ServerFrame::Typing { .. }
            | ServerFrame::Reconnect { .. }
            | ServerFrame::Error { .. } => {}
        }
    }

    async fn accept(&mut self, row: Row) {
        let own = row.offers.iter().find(|offer| offer.operator == self.me);
        if let Some(offer) = own {
            let (cmd_id, offer) = (clock::new_uuid().parse().unwrap(), offer.offer);
            let conversation = row.conversation;
            self.say(&ClientFrame::Accept { cmd_id, conversation, offer }).await;
        }
    }

    /// Masked with zeros, which change nothing.
    async fn say(&mut self, frame: &ClientFrame) {
        let text = serde_json::to_string(frame).unwrap();
        let length = u16::try_from(text.len()).unwrap();
        let mut bytes = vec![LAST | TEXT, MASKED | TWO_BYTES];
        bytes.extend(length.to_be_bytes());
        bytes.extend([0; 4]);
        bytes.extend(text.as_bytes());
        self.socket.write_all(&bytes).await.unwrap();
    }
}
