//! What a conversation's log holds: messages, notes and facts, and what happened to them later.

mod correction;
mod fact;
mod record;

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::file::FileCopy;
use crate::id::{EntryNumber, OperatorId};
use crate::texts::Kind;

pub use crate::entry::correction::{Correction, CorrectionState, NotCorrectable, OpenCorrection};
pub use crate::entry::fact::{CloseReason, Fact, RoutedAgainWhy, TransferEnd};
pub use crate::entry::record::{Record, fold};

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
