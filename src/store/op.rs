//! Everything that a commit can do, and everything that a store can answer.
//!
//! Read this first: the three stores (the reference model, `SQLite`, Redis) differ in
//! nothing that can be seen through these types.

use std::fmt;
use std::sync::Arc;

use domain::customer::RecordKind;
use domain::id::{ConversationId, LineId, OperatorId, ShardId};
use jiff::Timestamp;

use crate::store::pack::Pack;

/// Most ops in one commit.
pub const OPS_MAX: usize = 4096;
/// Most groups in one commit.
pub const GROUPS_MAX: usize = 64;
/// Most entries waiting in a shard's inbox.
pub const INBOX_MAX: usize = 10_000;

/// One process of the hub: `<node>#<boot random>`, new at every start.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct InstanceId(pub Arc<str>);

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who owns a shard. The pair (owner, epoch) is the fence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lease {
    /// None: the shard is free.
    pub owner: Option<InstanceId>,
    pub epoch: u64,
    /// Raised by every renewal.
    pub beat: u64,
    /// Who asks the owner for the shard. No part of the fence: no claim looks at it.
    pub want: Option<InstanceId>,
}

impl Lease {
    /// Whether owner, epoch and beat are the same: nothing was claimed, renewed or released
    /// between the two.
    pub fn stands_as(&self, other: &Self) -> bool {
        (&self.owner, self.epoch, self.beat) == (&other.owner, other.epoch, other.beat)
    }
}

/// Answer to `renew`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Renewed {
    /// The shard is still ours; `want` asks for it.
    Ours { want: Option<InstanceId> },
    /// It is not ours any more.
    Lost,
}

/// A process that has announced itself a moment ago.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub instance: InstanceId,
    /// What it says of itself.
    pub bytes: Vec<u8>,
}

/// An all-or-nothing write by the owner of a shard.
#[derive(Clone, Debug)]
pub struct Commit {
    pub shard: ShardId,
    pub owner: InstanceId,
    pub epoch: u64,
    /// How many commits the shard has seen before this one. Makes a repeat harmless and notices a
    /// store that went back.
    pub after_commits: u64,
    /// Now, for the life of dedupe keys.
    pub at: Timestamp,
    /// Each group stands for one thing that happened; a refusal names the groups it concerns.
    pub groups: Vec<Vec<Op>>,
}

/// One step of a commit. Preconditions of all ops are checked before the first write, against the
/// state before the commit; only `RequireInboxDrained`, `PutInbox` and `Reserve` look at the commit
/// too. An op that names a document, a dedupe key, the cursor, a timer to clear or a job to change
/// may stand once per target in a commit.
///
/// Moments are kept to the nanosecond; those outside 1678 to 2262 as the nearest within.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Op {
    /// Refused with [`Refusal::Duplicate`] while the key is known; remembers it for `seconds`.
    RequireDedupe {
        key: String,
        seconds: u32,
    },
    /// Refused with [`Refusal::Behind`] while the inbox holds entries behind the cursor, which is
    /// the one that this commit sets, if it sets one. What this commit puts there does not count.
    RequireInboxDrained,
    /// Forgets a dedupe key, so that what it stood for may be asked for again.
    ForgetDedupe {
        key: String,
    },
    /// Moves the inbox cursor and drops what is not behind it any more. `to` is malformed before
    /// `from` or beyond the newest entry ever before this commit: it would lose what comes next.
    AdvanceInbox {
        from: InboxPosition,
        to: InboxPosition,
    },
    /// Adds an entry to the inbox of any shard, whoever owns that one; entries come in the order of
    /// the ops. There is no dedupe key, as a commit is made once. [`Refusal::InboxFull`] when
    /// as many as `room` says wait there already, with those that this commit puts there before it, whatever
    /// becomes of their groups, and without those that its cursor passes.
    PutInbox {
        shard: ShardId,
        room: Room,
        bytes: Vec<u8>,
    },
    /// Writes version `expected + 1`; `expected` 0: there is none yet. [`Refusal::Version`].
    PutDocument {
        kind: DocumentKind,
        id: String,
        expected: u64,
        bytes: Vec<u8>,
    },
    /// [`Refusal::Version`] when the version is another.
    DeleteDocument {
        kind: DocumentKind,
        id: String,
        expected: u64,
    },
    /// Adds record `n` (1, 2, ...) to a conversation's history, or replaces it; the numbers
    /// come from its document. 0 is malformed.
    AppendHistory {
        conversation: ConversationId,
        n: u32,
        bytes: Vec<u8>,
    },
    /// Keeps the records of a history up to the last of the pack as this one value, instead of what
    /// is kept of them now. What is read stays the same: whoever packs has read them all, in this
    /// very state of the shard. One that ends before the pack that is kept changes nothing.
    PackHistory {
        conversation: ConversationId,
        pack: Pack,
    },
    /// Forgets all records of a history.
    DeleteHistory {
        conversation: ConversationId,
    },
    AppendFeed {
        bytes: Vec<u8>,
    },
    /// Arms the timer of that key, or moves it.
    SetTimer {
        key: String,
        at: Timestamp,
    },
    /// With `must_exist`, [`Refusal::Timer`] when it is not armed.
    ClearTimer {
        key: String,
        must_exist: bool,
    },
    /// Adds a job, or replaces the one of that id; jobs are listed by `id`, so ids must sort in
    /// the order of the work.
    PutJob {
        id: String,
        ready_at: Timestamp,
        bytes: Vec<u8>,
    },
    /// [`Refusal::Job`] when there is none of that id.
    UpdateJob {
        id: String,
        ready_at: Timestamp,
        bytes: Vec<u8>,
    },
    /// [`Refusal::Job`] when there is none of that id.
    DeleteJob {
        id: String,
    },
    /// Keeps a job or an inbox entry that was given up.
    AppendDead {
        bytes: Vec<u8>,
    },
    /// Counts the conversation against the operator. Idempotent. [`Refusal::Capacity`] when
    /// `limit` (0 = none) others take such a slot already, with what reserves and releases before
    /// it in this commit do, whatever becomes of their groups.
    Reserve {
        slot: Slot,
        operator: OperatorId,
        conversation: ConversationId,
        limit: u32,
    },
    /// Idempotent.
    Release {
        slot: Slot,
        operator: OperatorId,
        conversation: ConversationId,
    },
    /// Adds to what the operator has received from the line. Never refused. Only a positive `by`
    /// moves the time of the last reception.
    AddCounter {
        line: LineId,
        operator: OperatorId,
        by: i64,
        at: Timestamp,
    },
    /// As `PutDocument`, for documents that belong to no shard. A refusal is a lawful race.
    PutShared {
        kind: SharedKind,
        id: String,
        expected: u64,
        bytes: Vec<u8>,
    },
    /// Refused with [`Refusal::SharedVersion`] when the version is another; writes nothing. For what
    /// was only read, but decided what is written.
    RequireShared {
        kind: SharedKind,
        id: String,
        expected: u64,
    },
    /// As `DeleteDocument`, for documents that belong to no shard.
    DeleteShared {
        kind: SharedKind,
        id: String,
        expected: u64,
    },
}

/// What a conversation takes of an operator. Counted over all shards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::EnumIter)]
pub enum Slot {
    /// A place of his capacity.
    Place,
    /// One of the offers that may be open before him at a time.
    Offer,
}

impl Slot {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::Offer => "offer",
        }
    }
}

/// How many entries may wait in an inbox for what is put there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Room {
    /// [`INBOX_MAX`], as for what is submitted.
    #[default]
    Common,
    /// Twice as many, for what comes of an entry of an inbox: so two shards whose inboxes are full of
    /// what goes to one another do not wait for each other.
    Reserved,
}

impl Room {
    pub fn entries_max(self) -> usize {
        match self {
            Self::Common => INBOX_MAX,
            Self::Reserved => 2 * INBOX_MAX,
        }
    }
}

/// Kinds of documents that live in a shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::EnumIter)]
pub enum DocumentKind {
    /// A conversation that is not closed.
    Conversation,
    /// A closed conversation.
    Archive,
    /// A closed conversation whose records are not packed, or not all; beside its `Archive`.
    Unpacked,
    Chat,
    /// How many audit records the shard has; the id is `audit`, the records are the history of
    /// `<shard>-audit`.
    Audit,
    /// How many records of operators coming and going the shard has; the id is `presence`, the
    /// records are the history of `<shard>-presence`.
    Presence,
    /// Up to where a platform was asked for what is new; the id is the channel's.
    Polling,
}

/// Kinds of documents that belong to no shard. Their ids are any text, also from outside.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    strum::EnumIter,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum SharedKind {
    Line,
    Channel,
    Operator,
    /// Login and password hash of an operator; the id is the login.
    Account,
    /// A signed-in browser; the id is the digest of its token.
    SignIn,
    Customer,
    /// Whose customer somebody on a channel is; the id is `<channel>:<external id>`.
    Identity,
    /// Whose customer has a phone number; the id is the number.
    Phone,
    /// Whose customer has an e-mail address; the id is the address.
    Email,
    Lead,
}

impl From<RecordKind> for SharedKind {
    fn from(kind: RecordKind) -> Self {
        match kind {
            RecordKind::Customer => Self::Customer,
            RecordKind::Identity => Self::Identity,
            RecordKind::Phone => Self::Phone,
            RecordKind::Email => Self::Email,
            RecordKind::Lead => Self::Lead,
        }
    }
}

impl DocumentKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Conversation => "conversation",
            Self::Archive => "archive",
            Self::Unpacked => "unpacked",
            Self::Chat => "chat",
            Self::Audit => "audit",
            Self::Presence => "presence",
            Self::Polling => "polling",
        }
    }
}

impl SharedKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Channel => "channel",
            Self::Operator => "operator",
            Self::Account => "account",
            Self::SignIn => "sign_in",
            Self::Customer => "customer",
            Self::Identity => "identity",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Lead => "lead",
        }
    }
}

/// Place in a shard's inbox; 0 is before the first entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct InboxPosition(pub u64);

/// Place in a shard's feed. `n` begins anew at 1 with every epoch; (0, 0) is before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub epoch: u64,
    pub n: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.epoch, self.n)
    }
}

/// What is kept of a feed when what is old is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trim {
    pub shard: ShardId,
    /// Where the feed ended: whatever came later stays. If that was under another claim, nothing goes.
    pub end: Position,
    /// So many of the newest up to there stay too.
    pub keep: usize,
}

/// What the store says to a commit that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Number of commits of the shard, this one included.
    pub commits: u64,
    /// End of the feed before this commit.
    pub feed_before: Position,
    /// Position of each appended event, in order.
    pub appended: Vec<Position>,
}

/// What the store says to a commit that was not made, or perhaps not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// Somebody else owns the shard: stop its actors.
    #[error("shard is owned by {owner:?} in epoch {epoch}")]
    Fenced { owner: Option<InstanceId>, epoch: u64 },
    /// Memory and store differ (number of commits, inbox cursor or feed): claim anew and reload.
    #[error("the store went back or memory is ahead of it: {0}")]
    WentBack(&'static str),
    /// Nothing was written; all refused groups with their reasons.
    #[error("refused: {0:?}")]
    Refused(Vec<(usize, Refusal)>),
    /// A bug of ours (too many ops, one target twice).
    #[error("malformed commit: {0}")]
    Malformed(&'static str),
    /// The outcome may be unknown: never repeat, reload.
    #[error("store unavailable: {0}")]
    Unavailable(String),
}

/// Why a group was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    Duplicate,
    Behind,
    /// A document of the shard is of another version: memory differs.
    Version {
        kind: DocumentKind,
        id: String,
        found: u64,
    },
    Timer,
    Job,
    /// The true number of the conversations that take such a slot of the operator.
    Capacity {
        slot: Slot,
        operator: OperatorId,
        load: u32,
    },
    /// A lawful race about a shared document.
    SharedVersion {
        kind: SharedKind,
        id: String,
        found: u64,
    },
    /// A lawful one: the owner of that shard has not worked off enough.
    InboxFull {
        shard: ShardId,
    },
}

/// A document with its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    pub id: String,
    pub version: u64,
    pub bytes: Vec<u8>,
}

/// By what a document is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentName {
    Of(ShardId, DocumentKind, String),
    Shared(SharedKind, String),
}

/// One event of the feed as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedRecord {
    pub position: Position,
    pub previous: Position,
    /// The instance that wrote it.
    pub by: InstanceId,
    pub bytes: Vec<u8>,
}

/// Numbers of a shard that its owner goes on from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Meta {
    pub commits: u64,
    pub inbox_at: InboxPosition,
    pub feed_end: Position,
}

/// One entry of the inbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxEntry {
    pub position: InboxPosition,
    pub bytes: Vec<u8>,
}

/// Answer to `submit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submitted {
    Accepted(InboxPosition),
    /// Known already; nothing was written.
    Duplicate,
    /// The inbox is full; nothing was written.
    Full,
}

/// A job of the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    pub id: String,
    pub ready_at: Timestamp,
    pub bytes: Vec<u8>,
}

/// What an operator has received from a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counter {
    pub operator: OperatorId,
    pub received: i64,
    /// When it was last raised.
    pub last: Option<Timestamp>,
}
