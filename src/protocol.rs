//! The frames between a browser (or any program) and an operator session.
//!
//! Read `docs/PROTOCOL.md` beside this file: it is written for a stranger, this for a colleague.
//! `ClientFrame` comes in, `ServerFrame` goes out; both are JSON text frames with a `type`.
//! Knows the domain's words only. It stands beside the layers because the feed encodes every event
//! once for all sockets, and the edge parses what comes in.

mod outcome;
mod views;
pub mod visitor;

use domain::encoded::Encoded;
use domain::entry::{Correction, CorrectionState, DeliveryState, Entry};
use domain::event::{Alarm, Row};
use domain::file::FileCopy;
use domain::id::{ConversationId, EntryNumber, FileId, LineId, OfferId, OperatorId, ShardId};
use domain::operator::Status;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

pub use crate::protocol::outcome::{CommandRefusal, EdgeRefusal, Outcome, TargetState};
pub use crate::protocol::views::{ChannelView, LineView, Me, OperatorView};

/// Version of this protocol, in `hello` and `welcome`.
pub const PROTOCOL_VERSION: u32 = 1;
/// Most characters of a message or note.
pub const TEXT_CHARS_MAX: usize = 10_000;
/// Most characters of the reason of a decline.
pub const REASON_CHARS_MAX: usize = 200;
/// Most characters of the comment of a transfer or review.
pub const COMMENT_CHARS_MAX: usize = 2_000;
/// Most characters of a draft.
pub const DRAFT_CHARS_MAX: usize = 4_000;
/// Most positions in `hello` and `ack`: one a shard.
pub const POSITIONS_MAX: usize = 1_024;

/// From the browser.
#[derive(
    Clone, Debug, PartialEq, Deserialize, Serialize, strum::EnumCount, strum::IntoStaticStr,
)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[strum(serialize_all = "snake_case")]
pub enum ClientFrame {
    /// The first frame. With positions: go on from there. Without: a snapshot.
    Hello {
        protocol: u32,
        positions: Vec<FeedPosition>,
    },
    /// Events up to here have been taken in.
    Ack {
        positions: Vec<FeedPosition>,
    },
    /// The conversation that is open on the screen (supervisors get its entries); none: closed.
    Watch {
        conversation: Option<ConversationId>,
    },
    Accept {
        cmd_id: Uuid,
        conversation: ConversationId,
        offer: OfferId,
    },
    Decline {
        cmd_id: Uuid,
        conversation: ConversationId,
        offer: OfferId,
        #[serde(default)]
        reason: Option<String>,
    },
    Take {
        cmd_id: Uuid,
        conversation: ConversationId,
    },
    Reply {
        cmd_id: Uuid,
        conversation: ConversationId,
        /// May be empty with files.
        text: String,
        /// Uploaded for this conversation before.
        #[serde(default)]
        files: Vec<FileId>,
    },
    /// Sends a message again that failed, or of which nobody knows whether it arrived.
    SendAgain {
        cmd_id: Uuid,
        conversation: ConversationId,
        entry: EntryNumber,
    },
    /// Changes the text of a message of his own that was sent.
    Edit {
        cmd_id: Uuid,
        conversation: ConversationId,
        entry: EntryNumber,
        text: String,
    },
    /// Takes a message of his own back that was sent.
    Delete {
        cmd_id: Uuid,
        conversation: ConversationId,
        entry: EntryNumber,
    },
    Note {
        cmd_id: Uuid,
        conversation: ConversationId,
        text: String,
    },
    /// Takes it from whoever has it.
    TakeOver {
        cmd_id: Uuid,
        conversation: ConversationId,
    },
    /// Hands it on. Not confirmed, it is refused with `confirm` when the target is absent, full or
    /// closed.
    Transfer {
        cmd_id: Uuid,
        conversation: ConversationId,
        to: TransferTo,
        #[serde(default)]
        comment: Option<String>,
        #[serde(default)]
        confirmed: bool,
    },
    /// Takes back a transfer that nobody has accepted.
    Withdraw {
        cmd_id: Uuid,
        conversation: ConversationId,
    },
    /// Asks a colleague to help.
    Invite {
        cmd_id: Uuid,
        conversation: ConversationId,
        operator: OperatorId,
    },
    /// Takes part without having it: reads along, and may write.
    Join {
        cmd_id: Uuid,
        conversation: ConversationId,
    },
    /// Takes part no longer.
    Leave {
        cmd_id: Uuid,
        conversation: ConversationId,
    },
    /// Puts it aside until then; null: takes it up again.
    Hold {
        cmd_id: Uuid,
        conversation: ConversationId,
        #[serde(default)]
        until: Option<Timestamp>,
    },
    /// One of the line's topics; null: none.
    Topic {
        cmd_id: Uuid,
        conversation: ConversationId,
        #[serde(default)]
        topic: Option<String>,
    },
    /// What he is just writing; empty: nothing.
    Draft {
        cmd_id: Uuid,
        conversation: ConversationId,
        text: String,
    },
    Finish {
        cmd_id: Uuid,
        conversation: ConversationId,
        /// Without a word to the customer.
        #[serde(default)]
        silent: bool,
    },
    Spam {
        cmd_id: Uuid,
        conversation: ConversationId,
        /// Also blocks the customer.
        #[serde(default)]
        block: bool,
    },
    /// Back to the queue.
    Release {
        cmd_id: Uuid,
        conversation: ConversationId,
    },
    /// What a supervisor thinks of it: 1..5 stars.
    Review {
        cmd_id: Uuid,
        conversation: ConversationId,
        stars: u8,
        #[serde(default)]
        comment: Option<String>,
    },
    /// Begins a new conversation after this closed one.
    PickUp {
        cmd_id: Uuid,
        conversation: ConversationId,
    },
    SetStatus {
        cmd_id: Uuid,
        status: Status,
        #[serde(default)]
        reason: Option<String>,
    },
}

/// To whom a conversation is handed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum TransferTo {
    Operator { id: OperatorId },
    Line { id: LineId },
}

/// To the browser.
#[derive(
    Clone, Debug, PartialEq, Serialize, Deserialize, strum::EnumCount, strum::IntoStaticStr,
)]
#[serde(tag = "type", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ServerFrame {
    /// The customer of that conversation is writing; shown for a few seconds. May be lost.
    Typing { conversation: ConversationId },
    /// The answer to `hello`; either `events` or a `snapshot` follow, then `caught_up`.
    Welcome { protocol: u32, me: Me, beat_seconds: u32, now: Timestamp },
    /// Everything this operator may see, as of these positions. Replaces what the browser has.
    Snapshot {
        positions: Vec<FeedPosition>,
        lines: Vec<LineView>,
        channels: Vec<ChannelView>,
        operators: Vec<OperatorView>,
        rows: Vec<Row>,
    },
    /// What happened in one shard. `from` is the position of the frame before (or of `hello`, or
    /// of the snapshot); if it is not where the browser is, something is missing: say hello again.
    Events { shard: ShardId, from: FeedPosition, to: FeedPosition, events: Vec<Event> },
    /// Nothing is missing: what is on the screen is what is.
    CaughtUp {},
    /// The answer to a command.
    Result {
        cmd_id: Uuid,
        #[serde(flatten)]
        outcome: Outcome,
    },
    /// Every `beat_seconds`: where the feeds stand. A browser that is elsewhere missed something.
    /// `memory_percent`: how much of its memory the store uses, for administrators, while they
    /// should know.
    Beat {
        positions: Vec<FeedPosition>,
        now: Timestamp,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        memory_percent: Option<u8>,
    },
    /// Come back after so many milliseconds: the node goes down.
    Reconnect { after_ms: u32 },
    /// A frame was not understood; nothing was done.
    Error { code: ErrorCode, message: String },
}

/// `<shard>:<epoch>-<n>.<tag>`: a place in a feed. Opaque to the browser.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FeedPosition(pub String);

/// One event, as this browser may see it.
#[derive(
    Clone, Debug, PartialEq, Serialize, Deserialize, strum::EnumCount, strum::IntoStaticStr,
)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Event {
    Row {
        row: Encoded<Row>,
    },
    /// The conversation is no longer in this operator's lists.
    Gone {
        conversation: ConversationId,
    },
    Entry {
        conversation: ConversationId,
        entry: Encoded<Entry>,
    },
    Edited {
        conversation: ConversationId,
        external_id: Arc<str>,
        text: String,
        at: Timestamp,
    },
    Delivery {
        conversation: ConversationId,
        entry: EntryNumber,
        delivery: DeliveryState,
    },
    /// A file of an entry was fetched, or given up.
    File {
        conversation: ConversationId,
        entry: EntryNumber,
        /// Counts the attachments of the message from 0.
        attachment: u16,
        copy: FileCopy,
    },
    /// Messages were taken back on the platform; what they said is kept.
    Deleted {
        conversation: ConversationId,
        external_ids: Vec<Arc<str>>,
        at: Timestamp,
    },
    /// The customer put signs under a message instead of those before; empty: none any more.
    Reacted {
        conversation: ConversationId,
        external_id: Arc<str>,
        reaction: String,
    },
    /// An operator edits or deletes a message of his, or what came of that. It stands as before until
    /// `done`.
    Corrected {
        conversation: ConversationId,
        entry: EntryNumber,
        correction: Correction,
        #[serde(flatten)]
        state: CorrectionState,
        at: Timestamp,
    },
    Line {
        line: LineView,
    },
    Channel {
        channel: ChannelView,
    },
    Operator {
        operator: OperatorView,
    },
    /// To be seen and heard at once by those who oversee the line, and by the operator that it
    /// names.
    Alarm {
        line: LineId,
        alarm: Alarm,
        at: Timestamp,
    },
}

/// Why a frame was not understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// No JSON, or fields of wrong types.
    BadFrame,
    /// A `type` that this server does not know.
    UnknownType,
    /// Something before `hello`, or a second `hello` with another protocol.
    HelloExpected,
    ProtocolVersion,
}

/// Close codes of the socket beyond those of RFC 6455.
pub mod close {
    /// The sign-in ended: sign in again.
    pub const SIGNED_OUT: u16 = 4401;
    /// Too far behind: come back.
    pub const SLOW: u16 = 4008;
    /// Too many sockets of one operator.
    pub const TOO_MANY: u16 = 4029;
}
