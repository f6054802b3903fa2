//! What everybody may learn of a commit: the events of the feed.
//!
//! Sockets, lists and searches are fed only from these. An event says who may see it; who that is
//! on a given socket is decided by [`crate::permission`].

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::entry::{DeliveryState, Entry};
use crate::id::{ChannelId, ConversationId, EntryNumber, LineId, OfferId, OperatorId};

/// Characters of the last message shown in lists.
pub const PREVIEW_CHARS: usize = 100;

/// One event of a shard's feed, as stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum FeedEvent {
    /// The conversation as lists show it, after any change.
    Row(Row),
    /// A new entry.
    Entry { conversation: ConversationId, line: LineId, audience: Audience, entry: Entry },
    /// A customer changed an earlier message.
    Edited {
        conversation: ConversationId,
        line: LineId,
        audience: Audience,
        external_id: Arc<str>,
        text: String,
        at: Timestamp,
    },
    /// An outgoing message got further, or failed.
    Delivery {
        conversation: ConversationId,
        line: LineId,
        audience: Audience,
        entry: EntryNumber,
        delivery: DeliveryState,
    },
    /// A shared document changed; for nodes, never for browsers.
    Shared { kind: String, id: String, version: u64, bytes: String },
    /// A conversation began or ceased to take a place of an operator; for nodes.
    Load { operator: OperatorId, conversation: ConversationId, holds: bool },
}

/// Operators that an event of a conversation is meant for, beside those who oversee the line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Audience(pub Vec<OperatorId>);

/// A conversation in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub conversation: ConversationId,
    pub line: LineId,
    pub channel: ChannelId,
    pub customer_name: String,
    pub state: RowState,
    /// Who holds it, or finished it.
    pub operator: Option<OperatorId>,
    /// Open offers; empty unless `state` is `offered`.
    pub offers: Vec<RowOffer>,
    /// All who hold or held it.
    pub held: Vec<OperatorId>,
    /// Its round is exhausted and nobody has taken it yet.
    pub unanswered: bool,
    /// Since when the customer waits for an answer; none: he does not.
    pub waiting_since: Option<Timestamp>,
    pub started_at: Timestamp,
    pub updated_at: Timestamp,
    /// The first characters of the last message; empty if it had no text.
    pub preview: String,
    /// What came instead of text: `contact`, `location`, `sticker`, or the attachment's `what`.
    /// Data and not words, so that each reader says it in his language.
    pub preview_kind: Option<String>,
    /// Number of the last entry.
    pub last_entry: EntryNumber,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowState {
    Waiting,
    Offered,
    Active,
    Closing,
    Closed,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowOffer {
    pub operator: OperatorId,
    pub offer: OfferId,
    pub until: Timestamp,
}
