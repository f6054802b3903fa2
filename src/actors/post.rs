//! What lies in a shard's inbox: arrivals, what shards tell each other, and what other nodes ask.
//!
//! A chat stays where its channel was connected; its conversations live with their lines. What one
//! of them does to the other goes by post: an entry in the other's inbox, put there by the very
//! commit that causes it.

use domain::chat::Inbound;
use domain::conversation::{Continuation, Opening, TextsSent};
use domain::file::StoredFile;
use domain::id::{ChannelId, ChatKey, ConversationId, OperatorId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::actors::handle::Change;
use crate::protocol::ClientFrame;

/// An entry of an inbox.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "post", rename_all = "snake_case")]
pub(crate) enum Post {
    /// Something arrived on a channel whose chats live here.
    Arrival { channel: ChannelId, inbound: Inbound },
    /// The same, known to be for none of the conversations that the chat has had; the last one,
    /// `after`, is over.
    ForNext { after: ConversationId, channel: ChannelId, inbound: Inbound },
    /// The same, for a conversation that lives here.
    Forwarded { conversation: ConversationId, channel: ChannelId, inbound: Inbound },
    /// A chat's next conversation begins here.
    Open { opening: Opening, first: First },
    /// A conversation goes on here.
    Continue { part: Box<Continuation> },
    /// A chat's conversation is over.
    ChatFree {
        chat: ChatKey,
        conversation: ConversationId,
        rating_until: Option<Timestamp>,
        texts_sent: TextsSent,
    },
    /// A chat's conversation goes on elsewhere.
    ChatMoved { chat: ChatKey, from: ConversationId, to: ConversationId },
    /// An operator's command, given on another node.
    Command {
        operator: OperatorId,
        frame: ClientFrame,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<StoredFile>,
    },
    /// Changes by a person, made on another node (shard 0 only).
    Change { request: String, by: OperatorId, changes: Vec<Change> },
    /// What became of one of these is settled, and only to be told.
    Answer { request: String, answer: String },
}

/// What a conversation begins with.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "first", rename_all = "snake_case")]
pub(crate) enum First {
    Message { inbound: Box<Inbound> },
    PickUp { operator: OperatorId },
}
