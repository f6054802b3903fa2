//! What a conversation's log holds: messages, notes and facts, and what happened to them later.

mod correction;

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::encoded::Encoded;
use crate::file::FileCopy;
use crate::id::{ConversationId, EntryNumber, LineId, OfferId, OperatorId};
use crate::line::RatingScale;
use crate::routing::{Explanation, Via};
use crate::texts::Kind;

pub use crate::entry::correction::{Correction, CorrectionState, NotCorrectable, OpenCorrection};

/// One item of a conversation's log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub n: EntryNumber,
    /// When it was stored here; the order of entries is the order of `n`.
    pub at: Timestamp,
    pub author: Author,
    pub body: Body,
}

/// Who wrote an entry. Nobody has to derive it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Author {
    Customer,
    Operator {
        id: OperatorId,
    },
    /// Somebody of ours, on the platform itself: it does not say who.
    Elsewhere,
    /// The line itself: automatic texts and facts.
    Line,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Body {
    Message(Message),
    /// Written by staff for staff; never sent to the customer.
    Note {
        text: String,
    },
    Fact(Fact),
}

/// A message between us and the customer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Message {
    pub text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// The platform's id of the message, for edits, replies and delivery states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<Arc<str>>,
    /// The platform's id of the message that this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Arc<str>>,
    /// When the platform says it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform_at: Option<Timestamp>,
    /// State on its way to the customer; none for messages from the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<DeliveryState>,
    /// Set by a later edit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Timestamp>,
    /// What it said before its edits, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<Earlier>,
    /// It was taken back on the platform; what it said is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
    /// What its author makes of it, while that has not come about; none: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<OpenCorrection>,
    /// What kind of automatic message the line sent here; none: a person wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automatic: Option<Kind>,
    /// What the customer thinks of it, in signs such as 👍.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reaction: Option<String>,
    /// Who wrote it, in a chat of several people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub writer: Option<Arc<str>>,
    /// What the platform shows together with it, as one, has the same word here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub album: Option<Arc<str>>,
    /// Why a message of the customer's opens nothing and moves nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unheard: Option<Unheard>,
}

/// Earlier texts of a message that are shown: of more the first and the newest.
const EARLIER_MAX: usize = 20;

/// What a message said until it was edited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    pub text: String,
    pub until: Timestamp,
}

impl Message {
    /// An edit also brings back what was deleted.
    fn edited(&mut self, text: String, at: Timestamp) {
        let before = std::mem::replace(&mut self.text, text);
        if before != self.text {
            if self.earlier.len() >= EARLIER_MAX {
                self.earlier.remove(1);
            }
            self.earlier.push(Earlier { text: before, until: at });
        }
        self.edited_at = Some(at);
        self.deleted_at = None;
    }

    fn copied(&mut self, attachment: u16, state: FileCopy) {
        if let Some(Attachment::File { copy, .. }) =
            self.attachments.get_mut(usize::from(attachment))
        {
            *copy = Some(state);
        }
    }
}

/// Why what came in is only stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unheard {
    /// A machine wrote it.
    Automatic,
    /// The customer is blocked.
    Blocked,
    /// The button of a rating request that is over: nobody has written a word.
    UnaskedRating,
}

/// What a message carries beside its text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Attachment {
    Contact {
        name: String,
        phone: String,
        /// The platform vouches that it is the sender's own number.
        own: bool,
    },
    Location {
        latitude: f64,
        longitude: f64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<String>,
    },
    Sticker {
        emoji: String,
    },
    /// A file: what is known about it, and our copy.
    File {
        /// `photo`, `video`, `voice`, `document`, ...
        what: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        size_bytes: Option<u64>,
        /// The platform's handle of the file.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        external_id: Option<String>,
        /// None: it stayed where it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        copy: Option<FileCopy>,
    },
    /// Content that has no form of its own here; shown as "sent a poll" and the like.
    Other {
        what: String,
    },
}

/// The way of an outgoing message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum DeliveryState {
    /// Stored, with a job that will send it.
    Pending,
    /// The platform took it.
    Sent,
    Delivered,
    Read,
    /// Given up; `reason` is for the operator.
    Failed {
        reason: String,
    },
    /// It may or may not have arrived, and the platform cannot tell.
    Unconfirmed,
}

impl DeliveryState {
    /// Nothing more is done by itself, and the customer has it not, or perhaps not.
    pub fn is_given_up(&self) -> bool {
        match self {
            Self::Failed { .. } | Self::Unconfirmed => true,
            Self::Pending | Self::Sent | Self::Delivered | Self::Read => false,
        }
    }

    /// Whether `next` is further on the way than this. What arrived has not failed.
    pub fn is_before(&self, next: &Self) -> bool {
        let step = |state: &Self| match state {
            Self::Pending => 0,
            Self::Failed { .. } | Self::Unconfirmed => 1,
            Self::Sent => 2,
            Self::Delivered => 3,
            Self::Read => 4,
        };
        match next {
            Self::Failed { .. } => matches!(self, Self::Pending | Self::Unconfirmed | Self::Sent),
            Self::Pending | Self::Unconfirmed | Self::Sent | Self::Delivered | Self::Read => {
                step(self) < step(next)
            }
        }
    }
}

/// Something that happened to the conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// A decision of the queue: who was chosen and why, or why nobody was.
    Routed {
        round: u32,
        via: Via,
        /// None: nobody was eligible.
        offer: Option<OfferId>,
        operators: Vec<OperatorId>,
        /// The responsible who is not here, or has enough to answer, and may take it all the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        listed_for: Option<OperatorId>,
        until: Option<Timestamp>,
        explanation: Explanation,
    },
    Accepted {
        operator: OperatorId,
    },
    Declined {
        operator: OperatorId,
        reason: Option<String>,
    },
    /// Their offers ran out, all at that moment.
    Missed {
        operators: Vec<OperatorId>,
    },
    /// The offer ended because the operator went away.
    Left {
        operator: OperatorId,
    },
    /// Taken by hand from the list.
    Taken {
        operator: OperatorId,
    },
    /// A supervisor took it from whoever had it.
    TakenOver {
        operator: OperatorId,
        from: OperatorId,
    },
    /// Opened by an operator, after a closed one.
    PickedUp {
        operator: OperatorId,
    },
    RoundExhausted {
        round: u32,
    },
    /// Put before a colleague.
    Transferred {
        operator: OperatorId,
        to: OperatorId,
        offer: OfferId,
        until: Timestamp,
        comment: Option<String>,
    },
    /// The colleague did not take it, or it was taken back.
    TransferEnded {
        operator: OperatorId,
        to: OperatorId,
        how: TransferEnd,
        reason: Option<String>,
    },
    /// Handed to another line; this part is over.
    Moved {
        operator: OperatorId,
        line: LineId,
        next: ConversationId,
        comment: Option<String>,
    },
    /// It comes from another line.
    CameFrom {
        operator: OperatorId,
        line: LineId,
        comment: Option<String>,
    },
    /// Whoever had it loses it, and it is routed again.
    RoutedAgain {
        from: OperatorId,
        why: RoutedAgainWhy,
        /// The supervisor who did it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<OperatorId>,
    },
    /// He is back before anybody else took it.
    Returned {
        operator: OperatorId,
    },
    /// The customer has waited longer than the line allows.
    AnswerLate {
        operator: OperatorId,
    },
    PutOnHold {
        operator: OperatorId,
        until: Timestamp,
    },
    HoldEnded {
        operator: OperatorId,
    },
    TopicChosen {
        operator: OperatorId,
        topic: Option<String>,
    },
    Invited {
        operator: OperatorId,
        colleague: OperatorId,
    },
    Joined {
        operator: OperatorId,
    },
    LeftAgain {
        operator: OperatorId,
    },
    Finished {
        operator: OperatorId,
        silent: bool,
    },
    /// The customer was silent for as long as the line allows.
    SilentTooLong,
    RatingRequested {
        scale: RatingScale,
    },
    Rated {
        scale: RatingScale,
        value: u8,
    },
    Reviewed {
        operator: OperatorId,
        stars: u8,
        comment: Option<String>,
    },
    MarkedSpam {
        operator: OperatorId,
        blocked: bool,
    },
    /// The customer wrote again inside the reopening window.
    Reopened {
        operator: OperatorId,
    },
    Closed {
        reason: CloseReason,
    },
    /// The chat has had this kind of automatic message too often of late.
    TextSuppressed {
        text: Kind,
    },
    /// The customer blocked us or left; what we write cannot reach him.
    CustomerUnreachable {
        reason: String,
    },
    CustomerReachable,
}

/// How a transfer ended that nobody accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferEnd {
    Declined,
    Missed,
    /// The colleague went away.
    Left,
    Withdrawn,
}

/// Why a conversation is taken from whoever has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoutedAgainWhy {
    /// The customer waits, and he did not come back in time.
    Absent,
    Disabled,
    /// He has not written a word within the answer limit.
    AnswerLimit,
    /// A supervisor gave it back to the queue.
    Supervisor,
    /// A transfer came back, and the sender is gone.
    SenderAbsent,
}

/// Why a conversation is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum CloseReason {
    Finished,
    /// The customer was silent.
    Silence,
    Spam,
    /// It goes on there.
    Moved {
        line: LineId,
        next: ConversationId,
    },
    /// It holds what is only stored, and was never open.
    Unheard,
}

/// One record of a conversation's history, in the order of what happened.
///
/// The history is append-only: what happens to an entry later is a record of its own, and
/// [`fold`] makes the entries as they stand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum Record {
    Entry {
        entry: Encoded<Entry>,
        /// The platform's own JSON, kept for what we do not understand yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        original: Option<Arc<str>>,
    },
    Edited {
        external_id: Arc<str>,
        text: String,
        at: Timestamp,
    },
    Delivery {
        entry: EntryNumber,
        delivery: DeliveryState,
        /// The platform's id of the sent message, once known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        external_id: Option<Arc<str>>,
        at: Timestamp,
    },
    /// A file of an entry was fetched, or given up.
    Copied {
        entry: EntryNumber,
        /// Counts the attachments of the message from 0.
        attachment: u16,
        copy: FileCopy,
        at: Timestamp,
    },
    /// Messages were taken back on the platform.
    Deleted {
        external_ids: Vec<Arc<str>>,
        at: Timestamp,
    },
    /// The customer put signs under a message, instead of those before.
    Reacted {
        external_id: Arc<str>,
        /// Empty: he took them back.
        reaction: String,
        at: Timestamp,
    },
    /// Its author corrects a message of ours, or what came of that.
    Corrected {
        entry: EntryNumber,
        correction: Correction,
        state: CorrectionState,
        at: Timestamp,
    },
}

/// The entries as they stand after all records, in the order of their numbers.
pub fn fold(records: impl IntoIterator<Item = Record>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for record in records {
        match record {
            Record::Entry { entry, original: _ } => entries.push(entry.into_inner()),
            Record::Edited { external_id, text, at } => {
                if let Some(message) = message_by_external_id(&mut entries, &external_id) {
                    message.edited(text, at);
                }
            }
            Record::Corrected { entry, correction, state, at } => {
                if let Some(message) = message_by_number(&mut entries, entry) {
                    message.corrected(correction, state, at);
                }
            }
            Record::Delivery { entry, delivery, external_id, at: _ } => {
                if let Some(message) = message_by_number(&mut entries, entry) {
                    message.delivery = Some(delivery);
                    message.external_id = external_id.or(message.external_id.take());
                }
            }
            Record::Copied { entry, attachment, copy, at: _ } => {
                if let Some(message) = message_by_number(&mut entries, entry) {
                    message.copied(attachment, copy);
                }
            }
            Record::Deleted { external_ids, at } => {
                for id in external_ids {
                    if let Some(message) = message_by_external_id(&mut entries, &id) {
                        message.deleted_at = Some(at);
                    }
                }
            }
            Record::Reacted { external_id, reaction, at: _ } => {
                if let Some(message) = message_by_external_id(&mut entries, &external_id) {
                    message.reaction = Some(reaction).filter(|signs| !signs.is_empty());
                }
            }
        }
    }
    entries
}

fn message_by_number(entries: &mut [Entry], n: EntryNumber) -> Option<&mut Message> {
    let found = entries.iter_mut().find(|entry| entry.n == n)?;
    match &mut found.body {
        Body::Message(message) => Some(message),
        Body::Note { .. } | Body::Fact(_) => None,
    }
}

fn message_by_external_id<'a>(entries: &'a mut [Entry], id: &str) -> Option<&'a mut Message> {
    entries.iter_mut().rev().find_map(|entry| match &mut entry.body {
        Body::Message(message) if message.external_id.as_deref() == Some(id) => Some(message),
        Body::Message(_) | Body::Note { .. } | Body::Fact(_) => None,
    })
}
