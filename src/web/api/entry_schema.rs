//! Forms of a conversation's entries for the `OpenAPI` document, word for word those of the socket.
//! The domain knows nothing of documents; the tests keep these forms and the domain's the
//! same.

mod facts;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use self::facts::{Explanation, Fact};

/// One item of a conversation's log.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// 1, 2, 3 and so on within the conversation.
    pub n: u32,
    /// When it was stored here.
    pub at: String,
    pub author: Author,
    pub body: Body,
}

/// Who wrote an entry.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Author {
    Customer,
    Operator {
        id: String,
    },
    /// Somebody of ours, on the platform itself.
    Elsewhere,
    /// Automatic texts and facts.
    Line,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Body {
    Message(Message),
    /// Written by staff for staff.
    Note {
        text: String,
    },
    Fact(Fact),
}

/// A message between us and the customer.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Message {
    pub text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// The platform's id of the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The platform's id of the message that this one answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// When the platform says it was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform_at: Option<String>,
    /// Only of messages to the customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<String>,
    /// What it said before its edits, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<Earlier>,
    /// It was taken back on the platform; what it said is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<String>,
    /// What its author makes of it, while that has not come about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction: Option<OpenCorrection>,
    /// What kind of automatic message the line sent; left out: a person wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automatic: Option<TextKind>,
    /// What the customer thinks of it, in signs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reaction: Option<String>,
    /// Who wrote it, in a chat of several people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub writer: Option<String>,
    /// Messages with the same word are shown as one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub album: Option<String>,
    /// Why a message of the customer opened nothing and moved nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unheard: Option<Unheard>,
}

/// A correction that has not come about: the message stands as before.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub struct OpenCorrection {
    pub what: CorrectionKind,
    /// Of an edit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Why the platform refused it; left out: it is on its way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CorrectionKind {
    Edit,
    Delete,
}

/// What a message said until it was edited.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
pub struct Earlier {
    pub text: String,
    pub until: String,
}

/// A kind of automatic message.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TextKind {
    Welcome,
    Consent,
    OffHours,
    Unanswered,
    Closing,
    AutoClose,
    RateLike,
    RateStars,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unheard {
    /// A machine wrote it.
    Automatic,
    /// The customer is blocked.
    Blocked,
    /// The button of a rating request that is over.
    UnaskedRating,
}

/// What a message carries beside its text.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
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
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<String>,
    },
    Sticker {
        emoji: String,
    },
    /// A file, and our copy of it.
    File {
        /// `photo`, `video`, `voice`, `document`, ...
        what: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        size_bytes: Option<u64>,
        /// The platform's handle of the file; of our own webhook, its address.
        #[serde(skip_serializing_if = "Option::is_none")]
        external_id: Option<String>,
        /// Left out: it stayed where it is.
        #[serde(skip_serializing_if = "Option::is_none")]
        copy: Option<FileCopy>,
    },
    /// Content that has no form of its own here.
    Other {
        what: String,
    },
}

/// Our copy of a file.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum FileCopy {
    Loading,
    Stored { file: StoredFile },
    Missing { why: FileProblem },
}

/// A file that is kept: at `/files/{conversation}/{id}`, its picture below that at `/picture`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StoredFile {
    pub id: String,
    pub name: String,
    /// By its content.
    pub media_type: String,
    pub size_bytes: u64,
    /// Left out: there is no picture of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<PictureSize>,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PictureSize {
    pub width: u32,
    pub height: u32,
}

/// Why a file is not kept.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileProblem {
    TooLarge,
    /// The conversation or the message has as many as it may have.
    TooMany,
    Empty,
    NotAllowed,
    /// The platform does not give it.
    Gone,
    Unreachable,
}

/// The way of an outgoing message.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Delivery {
    Pending,
    Sent,
    Delivered,
    Read,
    /// Given up.
    Failed {
        reason: String,
    },
    /// It may or may not have arrived.
    Unconfirmed,
}

#[cfg(test)]
mod tests;
