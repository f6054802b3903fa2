//! How the edge talks to the actors: everything that `web` may ask of a node.

use std::fmt;
use std::sync::Arc;

use actix::{Message, Recipient};
use bytestring::ByteString;
use domain::account::{Account, SignIn};
use domain::channel::Channel;
use domain::chat::Inbound;
use domain::entry::Entry;
use domain::event::{Row, RowState};
use domain::id::{ChannelId, ConversationId, LineId, OperatorId, ShardId};
use domain::line::Line;
use domain::operator::Operator;
use jiff::Timestamp;

use crate::actors::directory::Directory;
use crate::protocol::FeedPosition;

/// One thing that arrived on a channel and was verified.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub channel: ChannelId,
    /// What makes a repeated delivery recognisable, within the channel.
    pub dedupe: String,
    pub dedupe_seconds: u32,
    pub inbound: Inbound,
}

/// An arrival that is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    Created,
    /// It had arrived before; nothing was written.
    Duplicate,
}

/// An arrival or a change that is not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotStored {
    /// Too much is waiting: come back in 2 seconds.
    #[error("too much is waiting")]
    Full,
    /// The store did not answer; whether it was stored is unknown. Repeat it.
    #[error("the store did not answer")]
    Unavailable,
    /// A shared document is of another version by now.
    #[error("changed meanwhile by somebody else")]
    Stale,
}

/// A change of shared documents by a person. `version` is the one that was read; 0: it is new.
#[derive(Clone, Debug)]
pub enum Change {
    Line { version: u64, line: Line },
    Channel { version: u64, channel: Channel },
    Operator { version: u64, operator: Operator },
    Account { version: u64, login: String, account: Account },
    SignIn { version: u64, digest: String, sign_in: SignIn },
    EndSignIn { version: u64, digest: String },
}

/// Which conversations a list shows, newest change first.
#[derive(Clone, Debug, Default)]
pub struct ListFilter {
    pub line: Option<LineId>,
    /// Empty: all.
    pub states: Vec<RowState>,
    /// Only those with a change before this one's: the last row of the page before.
    pub before: Option<(Timestamp, ConversationId)>,
    pub limit: usize,
}

/// A conversation with its entries as they stand, and the position of the feed at which that is
/// true at least.
#[derive(Clone, Debug)]
pub struct Transcript {
    pub row: Row,
    pub entries: Vec<Entry>,
    pub position: FeedPosition,
}

/// Frames for a socket, in order. The pipe sends each as one text frame.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub struct Deliver(pub Vec<ByteString>);

/// The session ends the socket.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub struct CloseSocket {
    pub code: u16,
    pub reason: &'static str,
}

/// A text frame from the browser.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub struct Received(pub ByteString);

/// The browser's socket is gone.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub struct SocketClosed;

/// The session's side of a socket. The pipe keeps it and sends only through it.
#[derive(Clone, Debug)]
pub struct SessionLink {
    pub received: Recipient<Received>,
    pub closed: Recipient<SocketClosed>,
}

/// The socket's side of a session.
#[derive(Clone, Debug)]
pub struct SocketLink {
    pub deliver: Recipient<Deliver>,
    /// Asks for a last frame and the end. A pipe whose peer does not read does not hear it.
    pub close: Recipient<CloseSocket>,
    pub cut: Cut,
}

/// Ends the connection under a socket at once and without a last frame, whatever its peer does.
/// Harmless when it has ended already. The default cuts nothing.
#[derive(Clone, Default)]
pub struct Cut(Option<Arc<dyn Fn() + Send + Sync>>);

impl Cut {
    pub fn new(cut: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(cut)))
    }

    pub fn cut(&self) {
        if let Some(cut) = &self.0 {
            cut();
        }
    }
}

impl fmt::Debug for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cut")
    }
}

/// A node, as the edge sees it. Cheap to clone; usable from any thread.
#[derive(Clone, Debug)]
pub struct NodeHandle {}

impl NodeHandle {
    /// Lines, channels, operators, accounts and sign-ins as of now.
    pub fn directory(&self) -> Arc<Directory> {
        Arc::default()
    }

    /// Whether all shards of this node are owned and running.
    pub fn is_ready(&self) -> bool {
        false
    }

    /// How many shards a new line or channel can choose from.
    pub fn shards(&self) -> u16 {
        0
    }

    /// Stores an arrival. Durable when it returns `Ok`.
    pub async fn arrive(&self, _arrival: Arrival) -> Result<Accepted, NotStored> {
        Err(NotStored::Unavailable)
    }

    /// Changes shared documents, all or none. When it returns `Ok`, `directory()` shows them.
    pub async fn change(&self, _changes: Vec<Change>) -> Result<(), NotStored> {
        Err(NotStored::Unavailable)
    }

    /// Conversations that `who` may see in a list.
    pub async fn conversations(
        &self,
        _who: &Operator,
        _filter: ListFilter,
    ) -> Result<Vec<Row>, NotStored> {
        Err(NotStored::Unavailable)
    }

    /// A conversation with its entries. Whether somebody may read it is the caller's question to
    /// `domain::permission`.
    pub async fn transcript(&self, _id: &ConversationId) -> Result<Option<Transcript>, NotStored> {
        Err(NotStored::Unavailable)
    }

    /// Starts an operator session on this thread for a socket that was just opened by the sign-in
    /// of that digest. None: the operator has too many sockets.
    pub fn open_session(
        &self,
        _operator: &OperatorId,
        _sign_in: &str,
        _socket: SocketLink,
    ) -> Option<SessionLink> {
        None
    }

    /// The shard of a new line: the one with the fewest.
    pub fn shard_for_new_line(&self) -> ShardId {
        ShardId(0)
    }
}
