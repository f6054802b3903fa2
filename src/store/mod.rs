//! The store port: what is remembered, and the one way to write it.
//!
//! Knows nothing of what the bytes mean. Three implementations, proved equal by the contract suite
//! (`tests/it/contract/`): the reference model (ordered maps, for tests and as the definition),
//! the embedded `SQLite` file, and Redis, which several nodes share.

pub mod op;
pub mod pack;

mod members;
pub mod model;
pub mod redis;
mod rules;
mod signal;
pub mod sqlite;

use std::path::Path;
use std::time::Duration;

use domain::id::{ConversationId, LineId, OperatorId, ShardId};
use jiff::Timestamp;
use tokio::sync::broadcast;

pub use crate::store::signal::Signal;

use crate::store::model::ModelStore;
use crate::store::op::{
    Commit, CommitError, Committed, Counter, Document, DocumentKind, DocumentName, FeedRecord,
    InboxEntry, InboxPosition, InstanceId, Job, Lease, Member, Meta, Position, Renewed, SharedKind,
    Slot, Submitted, Trim,
};
use crate::store::redis::{OpenError as RedisOpenError, RedisSettings, RedisStore};
use crate::store::signal::Signals;
use crate::store::sqlite::{OpenError, SqliteStore};

/// Percents of a store's memory at which somebody should look, and soon.
pub const MEMORY_HIGH: u8 = 60;
pub const MEMORY_VERY_HIGH: u8 = 80;
/// At which no new conversations are taken.
pub const MEMORY_FULL: u8 = 90;

/// A store. Cheap to clone; all clones are the same store.
#[derive(Clone, Debug)]
pub enum Store {
    Model(ModelStore),
    Sqlite(SqliteStore),
    Redis(RedisStore),
}

impl Store {
    /// A store that lives as long as its last clone.
    pub fn model() -> Self {
        Self::Model(ModelStore::default())
    }

    /// The store of a data directory, which is made when it is missing.
    pub fn sqlite(dir: &Path) -> Result<Self, OpenError> {
        SqliteStore::open(dir).map(Self::Sqlite)
    }

    /// The store that a Redis holds; it is made when there is none.
    pub fn redis(settings: &RedisSettings) -> Result<Self, RedisOpenError> {
        RedisStore::open(settings).map(Self::Redis)
    }

    /// What happens from now on, in all shards and whoever did it. A listener that is too slow
    /// misses the oldest.
    pub fn signals(&self) -> broadcast::Receiver<Signal> {
        self.told().listen()
    }

    /// Of all that, the shards that are given back.
    pub fn freed(&self) -> broadcast::Receiver<ShardId> {
        self.told().freed()
    }

    fn told(&self) -> &Signals {
        match self {
            Self::Model(store) => store.signals(),
            Self::Sqlite(store) => store.signals(),
            Self::Redis(store) => store.signals(),
        }
    }

    /// Why nobody should be sent here although the store answers: it is not what it was when this
    /// process started.
    pub fn trouble(&self) -> Option<String> {
        match self {
            Self::Model(_) | Self::Sqlite(_) => None,
            Self::Redis(store) => store.trouble(),
        }
    }

    /// How much of the memory that it may use the store uses, in percent. None: it keeps what it has
    /// elsewhere, or nobody has looked yet.
    pub fn memory_percent(&self) -> Option<u8> {
        match self {
            Self::Model(store) => store.memory_percent(),
            Self::Sqlite(_) => None,
            Self::Redis(store) => store.memory_percent(),
        }
    }

    /// Whether there is room for more than what is under way: at the end of the memory nothing can be
    /// written any more, not even what would make room.
    pub fn has_room(&self) -> bool {
        self.memory_percent().is_none_or(|percent| percent < MEMORY_FULL)
    }

    /// The same store for another thread and runtime, which shares no connection with this one.
    #[must_use]
    pub fn apart(&self) -> Self {
        match self {
            Self::Model(store) => Self::Model(store.clone()),
            // Its calls wait for threads of its own on any runtime.
            Self::Sqlite(store) => Self::Sqlite(store.clone()),
            // The same holds here, and calls about leases have a connection of their own.
            Self::Redis(store) => Self::Redis(store.clone()),
        }
    }
}

/// A read or a submit that got no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("store unavailable: {0}")]
pub struct Unavailable(pub String);

/// Each call of the port, once for every implementation.
macro_rules! port {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $type:ty),*) -> $answer:ty;)*) => {
        impl Store {
            $($(#[$doc])*
            pub async fn $name(&self, $($arg: $type),*) -> $answer {
                match self {
                    Self::Model(store) => store.$name($($arg),*).await,
                    Self::Sqlite(store) => store.$name($($arg),*).await,
                    Self::Redis(store) => store.$name($($arg),*).await,
                }
            })*
        }
    };
}

port! {
    /// The lease of every shard that was ever claimed.
    leases() -> Result<Vec<(ShardId, Lease)>, Unavailable>;

    /// Takes a shard if its lease still [stands as](Lease::stands_as) `seen` (the default lease:
    /// never claimed). The new epoch is above the stored one and above `floor`, and nobody asks for
    /// the shard any more. `Err(lease)`: it moved.
    claim(shard: ShardId, me: InstanceId, seen: Lease, floor: u64)
        -> Result<Result<Lease, Lease>, Unavailable>;

    /// Raises the beats of shards, each owned at that epoch: what came of each, in their order.
    renew(me: InstanceId, held: Vec<(ShardId, u64)>) -> Result<Vec<Renewed>, Unavailable>;

    /// Gives a shard back; the epoch stays. `false`: it was not ours any more.
    release(shard: ShardId, me: InstanceId, epoch: u64) -> Result<bool, Unavailable>;

    /// Asks the owner of a shard for it, instead of whoever asked before. `false`: it is owned
    /// otherwise than `(owner, epoch)`, or asked for by another than `before`. Nothing rests on it:
    /// a store may forget it when it is opened anew.
    ask(shard: ShardId, me: InstanceId, owner: InstanceId, epoch: u64, before: Option<InstanceId>)
        -> Result<bool, Unavailable>;

    /// A process says that it is there, and what it has to say of itself, for as long as `ttl` by
    /// the store's own clock. Nothing rests on it but the choice of who should own what, and
    /// whether operators are present. Zero: it is gone.
    announce(me: InstanceId, bytes: Vec<u8>, ttl: Duration) -> Result<(), Unavailable>;

    /// Who is there, in the order of instances.
    members() -> Result<Vec<Member>, Unavailable>;

    /// Dedupes and appends to the inbox in one step; durable when it returns. From any node.
    submit(shard: ShardId, dedupe: String, seconds: u32, at: Timestamp, bytes: Vec<u8>)
        -> Result<Submitted, Unavailable>;

    /// Whether a dedupe key is known at that moment: what it stands for has been done.
    knows(shard: ShardId, dedupe: String, at: Timestamp) -> Result<bool, Unavailable>;

    /// Entries behind `after`, oldest first.
    inbox(shard: ShardId, after: InboxPosition, limit: usize)
        -> Result<Vec<InboxEntry>, Unavailable>;

    /// The shards in whose inbox something lies behind the cursor, in order.
    inboxes() -> Result<Vec<ShardId>, Unavailable>;

    /// The one write path: all groups or none. Durable when it returns.
    commit(commit: Commit) -> Result<Committed, CommitError>;

    meta(shard: ShardId) -> Result<Meta, Unavailable>;

    document(shard: ShardId, kind: DocumentKind, id: String)
        -> Result<Option<Document>, Unavailable>;

    /// Documents of a kind with ids above `after`, in the order of ids.
    documents(shard: ShardId, kind: DocumentKind, after: Option<String>, limit: usize)
        -> Result<Vec<Document>, Unavailable>;

    /// Records with numbers above `after`, in order.
    history(shard: ShardId, conversation: ConversationId, after: u32, limit: usize)
        -> Result<Vec<(u32, Vec<u8>)>, Unavailable>;

    /// All armed timers, earliest first, with keys in order at the same moment.
    timers(shard: ShardId) -> Result<Vec<(String, Timestamp)>, Unavailable>;

    /// All jobs, in the order of ids.
    jobs(shard: ShardId) -> Result<Vec<Job>, Unavailable>;

    /// Jobs and inbox entries that were given up, oldest first.
    dead(shard: ShardId, limit: usize) -> Result<Vec<Vec<u8>>, Unavailable>;

    /// Events behind `after`, in order. None: that very position is not in the feed (trimmed,
    /// or never written); (0, 0) stands before the first event ever and is found until a trim.
    feed(shard: ShardId, after: Position, limit: usize)
        -> Result<Option<Vec<FeedRecord>>, Unavailable>;

    /// Where the feeds end that have begun, in the order of shards.
    feed_ends() -> Result<Vec<(ShardId, Position)>, Unavailable>;

    /// The event at that very position.
    feed_at(shard: ShardId, position: Position) -> Result<Option<FeedRecord>, Unavailable>;

    shared(kind: SharedKind, id: String) -> Result<Option<Document>, Unavailable>;

    /// Shared documents of a kind with ids above `after`, in the order of ids.
    shared_all(kind: SharedKind, after: Option<String>, limit: usize)
        -> Result<Vec<Document>, Unavailable>;

    /// Documents of both sorts in one look, in the order in which they are named. None: there is none.
    look_up(names: Vec<DocumentName>) -> Result<Vec<Option<Document>>, Unavailable>;

    /// What operators have received from a line, in the order of operators.
    counters(line: LineId) -> Result<Vec<Counter>, Unavailable>;

    /// The conversations that take such a slot of each operator, in order.
    loads(slot: Slot) -> Result<Vec<(OperatorId, ConversationId)>, Unavailable>;

    /// Drops some of the dedupe keys that have run out. Answers whether there may be more: nobody waits
    /// long for one call.
    tidy(at: Timestamp) -> Result<bool, Unavailable>;

    /// Drops some of the old events of these feeds, and answers what is left of that: nobody waits long for
    /// one call. What was committed together with one that is kept, or under an earlier claim, may stay.
    trim(feeds: Vec<Trim>) -> Result<Vec<Trim>, Unavailable>;
}
