//! Jobs of the outbox, as stored.

use domain::id::{ChatKey, ConversationId, EntryNumber};
use domain::line::{RatingScale, Shown};
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
    /// Who wrote it, as the customer may see him; none for automatic texts.
    pub(crate) author: Option<Writer>,
    /// A person wrote it, whoever customers see.
    #[serde(default)]
    pub(crate) by_operator: bool,
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

/// Who wrote a message, as he was shown when he wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Writer {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    picture: Option<String>,
}

impl From<Shown<'_>> for Writer {
    fn from(shown: Shown<'_>) -> Self {
        Self { name: shown.name.to_owned(), picture: shown.picture.map(str::to_owned) }
    }
}

impl Writer {
    pub(crate) fn shown(&self) -> Shown<'_> {
        Shown { name: &self.name, picture: self.picture.as_deref() }
    }
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
