//! The permanent thread with a customer on a channel, and what can come in through it.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::conversation::TextsSent;
use crate::customer::Standing;
use crate::entry::Attachment;
use crate::id::{ChatKey, ConversationId, CustomerId, EntryNumber};
use crate::line::RatingScale;
use crate::progress::Progress;

/// A chat, as stored. Its successive conversations are linked through it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chat {
    pub key: ChatKey,
    /// The customer's name as the platform gives it.
    pub customer_name: String,
    /// Whose chat it is, once he is known.
    pub customer: Option<CustomerId>,
    /// The conversation that is not closed, if there is one. It may live in another shard.
    pub open: Option<ConversationId>,
    /// The one before it.
    pub last: Option<ConversationId>,
    /// Until when a rating is taken for the last one.
    pub rating_until: Option<Timestamp>,
    /// When which automatic messages were sent of late.
    pub texts_sent: TextsSent,
    /// When the customer last wrote; none: before this was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard_at: Option<Timestamp>,
    /// Where answers go, as the last message said; none: the channel knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_to: Option<Arc<str>>,
}

/// Something that happened on the platform, in words of ours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inbound {
    /// The platform's id of the chat.
    pub chat: Arc<str>,
    pub customer_name: String,
    pub what: InboundKind,
    /// Where answers go, on platforms that say it with each message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_to: Option<Arc<str>>,
    /// The platform's own JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<Arc<str>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum InboundKind {
    Message(CustomerMessage),
    /// Never opens a conversation nor wakes routing.
    Edited {
        external_id: Arc<str>,
        text: String,
    },
    /// Taken back on the platform. Never opens a conversation nor wakes routing.
    Deleted {
        external_ids: Vec<Arc<str>>,
    },
    /// Signs under a message of either side, instead of those before; empty: none any more. Never
    /// opens a conversation nor wakes routing.
    Reacted {
        external_id: Arc<str>,
        reaction: String,
    },
    /// The platform calls the chat otherwise from now on.
    Migrated {
        to: Arc<str>,
    },
    /// The customer blocked us.
    Blocked,
    Unblocked,
    /// How far messages of ours have got. Never opens a conversation.
    Progress(Progress),
    /// Somebody of ours wrote to the customer on the platform itself. Never opens a conversation.
    Elsewhere(ElsewhereMessage),
    /// What we wrote has got to the customer, as far as his page says. Opens nothing.
    Received {
        conversation: ConversationId,
        entries: Vec<EntryNumber>,
        how: Receipt,
    },
    /// The customer says who he is, or his site says so for him. Opens nothing.
    Introduced(Introduction),
}

/// What one of us wrote in the platform's own inbox or on a phone, as the platform reports it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ElsewhereMessage {
    pub external_id: Option<Arc<str>>,
    pub text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// When the platform says it was written.
    pub sent_at: Option<Timestamp>,
}

/// How far a message of ours has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Receipt {
    Delivered,
    Read,
}

/// Who a customer says to be, beside any message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Introduction {
    /// Empty: he gives none.
    pub name: String,
    /// In E.164.
    pub phone: Option<String>,
    /// In small letters.
    pub email: Option<String>,
    /// `Verified`: his site vouches for it; `Claimed`: he typed it.
    pub standing: Standing,
    /// He agrees to how we use what he writes.
    pub consented: bool,
}

/// The address of a letter's writer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailOfWriter {
    /// In small letters.
    pub address: Arc<str>,
    /// `Verified`: he answers what was sent there; `Claimed`: anybody may write any sender.
    pub standing: Standing,
}

/// A message from the customer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CustomerMessage {
    pub external_id: Option<Arc<str>>,
    pub text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    pub reply_to: Option<Arc<str>>,
    /// Who wrote it, in a chat of several people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub writer: Option<Arc<str>>,
    /// The album that it is a part of: each part comes as a message of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub album: Option<Arc<str>>,
    /// When the platform says it was written.
    pub sent_at: Option<Timestamp>,
    /// The platform says that a machine wrote it (a bot, an automatic answer).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub automatic: bool,
    /// The writer's own number, where the platform vouches for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Arc<str>>,
    /// The address that it came from, where it came by mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailOfWriter>,
    /// The button of a rating request that the customer pressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<u8>,
    /// The request to which that button belongs, where the platform lets it say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Box<AskedRating>>,
}

/// A request for a rating.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedRating {
    pub conversation: ConversationId,
    pub scale: RatingScale,
}
