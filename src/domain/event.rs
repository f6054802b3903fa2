//! What everybody may learn of a commit: the events of the feed.
//!
//! Sockets, lists and searches are fed only from these. An event says who may see it; who that is
//! on a given socket is decided by [`crate::permission`].

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::customer::RecordKind;
use crate::encoded::Encoded;
use crate::entry::{CloseReason, Correction, CorrectionState, DeliveryState, Entry};
use crate::file::FileCopy;
use crate::id::{
    ChannelId, ChatKey, ConversationId, CustomerId, EntryNumber, LineId, OfferId, OperatorId,
};
use crate::line::RatingScale;
use crate::routing::Via;

/// Characters of the last message shown in lists.
pub const PREVIEW_CHARS: usize = 100;

/// In [`Row::preview_kind`]: the last message was deleted.
pub const PREVIEW_OF_DELETED: &str = "deleted";

/// One event of a shard's feed, as stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum FeedEvent {
    /// The conversation as lists show it, after any change.
    Row { row: Encoded<Row> },
    /// A new entry.
    Entry { conversation: ConversationId, line: LineId, audience: Audience, entry: Encoded<Entry> },
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
    /// A file of an entry was fetched, or given up.
    Copied {
        conversation: ConversationId,
        line: LineId,
        audience: Audience,
        entry: EntryNumber,
        attachment: u16,
        copy: FileCopy,
    },
    /// Messages were taken back on the platform.
    Deleted {
        conversation: ConversationId,
        line: LineId,
        audience: Audience,
        external_ids: Vec<Arc<str>>,
        at: Timestamp,
    },
    /// The customer put signs under a message, or took them back.
    Reacted {
        conversation: ConversationId,
        line: LineId,
        audience: Audience,
        external_id: Arc<str>,
        /// Empty: none any more.
        reaction: String,
    },
    /// Its author corrects a message of ours, or what came of that.
    Corrected {
        conversation: ConversationId,
        line: LineId,
        audience: Audience,
        entry: EntryNumber,
        correction: Correction,
        state: CorrectionState,
        at: Timestamp,
    },
    /// A shared document changed; for nodes, never for browsers.
    Shared { kind: String, id: String, version: u64, bytes: String },
    /// Documents of customers are of another version now: kind, id and version of each. There are too
    /// many for every node to have them in memory, so that it is not told what they say; for nodes.
    Records { changed: Vec<(RecordKind, String, u64)> },
    /// A conversation began or ceased to take a place of an operator; for nodes.
    Load { operator: OperatorId, conversation: ConversationId, holds: bool },
    /// Those before whom a conversation is put now, instead of those before; for nodes.
    Offered { conversation: ConversationId, operators: Vec<OperatorId> },
    /// An operator answered an offer, or let one run out; for nodes.
    Attention { operator: OperatorId, missed: bool, at: Timestamp },
    /// Something changed that the customer of this chat may read himself; for his own page. The number of
    /// the conversation's last record tells it whether it knows all of them.
    Chat { chat: ChatKey, conversation: ConversationId, last_record: u32 },
    /// What became of something that another node has asked for by the inbox; for that node alone.
    Answered { request: String, answer: String },
    /// A conversation whose time was over was deleted, with all that was its own; for nodes.
    Forgotten { conversation: ConversationId },
    /// Something that those who oversee the line are to see and hear at once.
    Alarm { line: LineId, alarm: Alarm, at: Timestamp },
}

/// What is wrong in a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Alarm {
    /// The last available operator has gone, in open hours.
    NobodyAvailable,
    /// A customer has waited for an answer longer than the line allows.
    AnswerLate { conversation: ConversationId, operator: OperatorId },
}

impl Alarm {
    /// The operator whom it concerns beside those who oversee the line.
    pub fn operator(&self) -> Option<&OperatorId> {
        match self {
            Self::AnswerLate { operator, .. } => Some(operator),
            Self::NobodyAvailable => None,
        }
    }
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
    /// Whose card it is; none: no customer of ours, yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<CustomerId>,
    pub customer_name: String,
    pub state: RowState,
    /// Who holds it, or finished it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<OperatorId>,
    /// Open offers; empty unless `state` is `offered`.
    pub offers: Vec<RowOffer>,
    /// Who hands it to a colleague and may take that back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handed_by: Option<OperatorId>,
    /// Whose customer it is: he could not be asked, and may take it all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listed_for: Option<OperatorId>,
    /// All who hold or held it.
    pub held: Vec<OperatorId>,
    /// Who takes part beside the operator.
    pub joined: Vec<OperatorId>,
    /// Its round is exhausted and nobody has taken it yet.
    pub unanswered: bool,
    /// Since when the customer waits for an answer; none: he does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_since: Option<Timestamp>,
    /// He has waited longer than the line allows.
    pub late: bool,
    /// The operator has put it aside until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold_until: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    /// What the customer thinks of it, on the scale that he was asked on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<RowRating>,
    /// What a supervisor thinks of it, 1..5.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<u8>,
    /// Why it is closed, or is about to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<CloseReason>,
    /// The conversation before this one, or the part of this one in another line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continues: Option<ConversationId>,
    pub started_at: Timestamp,
    pub updated_at: Timestamp,
    /// The first characters of the last message; empty if it had no text.
    pub preview: String,
    /// What came instead of text: `contact`, `location`, `sticker`, or the attachment's `what`;
    /// `deleted`: it was taken back.
    /// Data and not words, so that each reader says it in his language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview_kind: Option<String>,
    /// Number of the last entry.
    pub last_entry: EntryNumber,
}

impl Row {
    /// Everybody who may read it for its own sake, some more than once: who holds or held it, is
    /// asked, takes part, hands it on, or may take it because the customer is his.
    pub fn people(&self) -> impl Iterator<Item = &OperatorId> {
        let offered = self.offers.iter().map(|offer| &offer.operator);
        let held = self.operator.iter().chain(&self.held);
        held.chain(offered).chain(&self.joined).chain(&self.handed_by).chain(&self.listed_for)
    }
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
    pub via: Via,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowRating {
    pub scale: RatingScale,
    pub value: u8,
}
