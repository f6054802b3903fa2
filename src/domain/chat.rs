//! The permanent thread with a customer on a channel, and what can come in through it.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::entry::Attachment;
use crate::id::{ChatKey, ConversationId};

/// A chat, as stored. Its successive conversations are linked through it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chat {
    pub key: ChatKey,
    /// The customer's name as the platform gives it.
    pub customer_name: String,
    /// The conversation that is not closed, if there is one.
    pub open: Option<ConversationId>,
    /// The one before it.
    pub last: Option<ConversationId>,
}

/// Something that happened on the platform, in words of ours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inbound {
    /// The platform's id of the chat.
    pub chat: Arc<str>,
    pub customer_name: String,
    pub what: InboundKind,
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
    /// The customer blocked us.
    Blocked,
    Unblocked,
}

/// A message from the customer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CustomerMessage {
    pub external_id: Option<Arc<str>>,
    pub text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    pub reply_to: Option<Arc<str>>,
    /// When the platform says it was written.
    pub sent_at: Option<Timestamp>,
}
