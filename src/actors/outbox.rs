//! Jobs of the outbox, as stored.

use domain::id::{ChatKey, ConversationId, EntryNumber};
use domain::line::RatingScale;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One message on its way to a customer. Ids sort in the order of the work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OutboxJob {
    pub(crate) id: String,
    pub(crate) chat: ChatKey,
    pub(crate) conversation: ConversationId,
    pub(crate) entry: EntryNumber,
    pub(crate) text: String,
    /// The name that the customer may see; none for automatic texts.
    pub(crate) author: Option<String>,
    /// It asks for a rating on this scale: with buttons, where the channel has them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rating: Option<RatingScale>,
    pub(crate) created_at: Timestamp,
    /// Parts that the platform has taken; a long text is sent in several.
    pub(crate) parts_sent: usize,
    /// Attempts at the next part.
    pub(crate) attempts: u32,
    pub(crate) sending: bool,
}

impl OutboxJob {
    /// The id of an entry's job. Conversations of a chat follow one another, wherever they live, and
    /// their ids sort by time behind the shard: so ids of a chat's jobs sort in the order in which
    /// the messages were written.
    pub(crate) fn id_of(conversation: &ConversationId, entry: EntryNumber) -> String {
        let id = conversation.as_str();
        let unique = id.split_once('-').map_or(id, |(_shard, unique)| unique);
        format!("{unique}-{:08}", entry.0)
    }
}
