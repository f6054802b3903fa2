//! A console's socket: it follows the feeds, and acknowledges.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use switchboard::protocol::{ClientFrame, FeedPosition};

use crate::furnish::token;
use crate::websocket::WebSocket;

/// Bytes after which a console acknowledges; it does so at every beat too.
const ACKNOWLEDGED_BYTES: usize = 64 * 1024;

/// Where a console is in the feeds, by shard.
pub(crate) type Positions = BTreeMap<String, String>;

/// An open console.
pub(crate) struct Socket {
    connection: WebSocket,
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
        let cookie = format!("cookie: sb={}\r\n", token(operator));
        let connection = WebSocket::open((None, address), "/ws/operator", &cookie).await?;
        let hello = positions.values().cloned().map(FeedPosition).collect();
        let moved = BTreeSet::new();
        let mut socket = Self { connection, unacknowledged: 0, positions, moved };
        socket.say(&ClientFrame::Hello { protocol: 1, positions: hello }).await?;
        Some(socket)
    }

    /// The next text. None: the hub has closed the console.
    pub(crate) async fn hear(&mut self) -> Option<String> {
        let text = self.connection.hear().await?;
        self.follow(&text).await?;
        Some(text)
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

    pub(crate) async fn say(&mut self, frame: &ClientFrame) -> Option<()> {
        self.connection.say(frame).await
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
