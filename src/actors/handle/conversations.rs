//! Reading conversations: lists of them from the read model, one with its entries from the store.

use domain::conversation::{Conversation, Draft};
use domain::entry::Entry;
use domain::event::{Row, RowState};
use domain::id::{ChatKey, ConversationId, LineId};
use domain::operator::{Operator, Role};
use jiff::Timestamp;

use crate::actors::encode;
use crate::actors::handle::{NodeHandle, NotStored};
use crate::actors::visitor::chat::chat;
use crate::protocol::FeedPosition;
use crate::readmodel::conversations::{ListQuery, Oversees, Visibility};

/// Which conversations a list shows, newest change first.
#[derive(Clone, Debug, Default)]
pub struct ListFilter {
    pub line: Option<LineId>,
    /// Empty: all.
    pub states: Vec<RowState>,
    /// Only those with a change before this one's: the last row of the page before.
    pub before: Option<(Timestamp, ConversationId)>,
    pub limit: usize,
}

/// A conversation with its entries as they stand, and the position of the feed at which that is
/// true at least.
#[derive(Clone, Debug)]
pub struct Transcript {
    pub row: Row,
    pub entries: Vec<Entry>,
    /// What whoever has it was just writing.
    pub draft: Option<Draft>,
    /// When the customer last wrote, where that decides for how long he may be written to.
    pub heard_at: Option<Timestamp>,
    pub position: FeedPosition,
}

impl NodeHandle {
    /// Conversations that `who` may see in a list.
    pub async fn conversations(
        &self,
        who: &Operator,
        filter: ListFilter,
    ) -> Result<Vec<Row>, NotStored> {
        let query = ListQuery {
            visibility: self.visibility(who),
            line: filter.line,
            states: filter.states,
            before: filter.before,
            limit: filter.limit,
        };
        self.parts.read_model.list(query).await.map_err(|_| NotStored::Unavailable)
    }

    /// Whose lists show what.
    pub(crate) fn visibility(&self, who: &Operator) -> Visibility {
        let oversees = match who.role {
            Role::Administrator => Oversees::Everything,
            Role::Supervisor => Oversees::Lines(who.supervises.clone()),
            Role::Operator => Oversees::Lines(Vec::new()),
        };
        let queues = self.directory().queues_of(&who.id).to_vec();
        Visibility { operator: who.id.clone(), queues, oversees }
    }

    /// A conversation with its entries. Whether somebody may read it is the caller's question to
    /// `domain::permission`.
    pub async fn transcript(&self, id: &ConversationId) -> Result<Option<Transcript>, NotStored> {
        let Some(shard) = id.shard().filter(|shard| shard.0 < self.shards()) else {
            return Ok(None);
        };
        // The position is read first: entries that come meanwhile are there twice, never missing.
        let ends = self.ends().await.map_err(|_| NotStored::Unavailable)?;
        let Some(conversation) = self.conversation(id).await else { return Ok(None) };
        let entries = self.entries(id).await?;
        let place = ends.0.get(&shard).copied().unwrap_or_default();
        let position = encode::feed_position(shard, place);
        let heard_at = self.heard_at(&conversation.chat).await?;
        let (row, draft) = (conversation.row(), conversation.draft);
        Ok(Some(Transcript { row, entries, draft, heard_at, position }))
    }

    async fn heard_at(&self, key: &ChatKey) -> Result<Option<Timestamp>, NotStored> {
        let directory = self.directory();
        let channel = directory.channels.get(&key.channel);
        if channel.is_none_or(|channel| channel.value.settings.reply_window().is_none()) {
            return Ok(None);
        }
        Ok(chat(self, key).await?.and_then(|chat| chat.heard_at))
    }

    /// All entries of a conversation as they stand.
    pub(super) async fn entries(&self, id: &ConversationId) -> Result<Vec<Entry>, NotStored> {
        self.parts.entries(id, 0).await.map_err(|_| NotStored::Unavailable)
    }

    /// The conversation as lists show it, as stored.
    pub(crate) async fn row(&self, id: &ConversationId) -> Option<Row> {
        self.conversation(id).await.map(|conversation| conversation.row())
    }

    /// The chat of a conversation.
    pub async fn chat_of(&self, id: &ConversationId) -> Option<ChatKey> {
        self.conversation(id).await.map(|conversation| conversation.chat)
    }

    async fn conversation(&self, id: &ConversationId) -> Option<Conversation> {
        self.stored_conversation(id).await.ok()?
    }

    /// A conversation as it is stored, open or not.
    pub(crate) async fn stored_conversation(
        &self,
        id: &ConversationId,
    ) -> Result<Option<Conversation>, NotStored> {
        self.parts.stored_conversation(id).await.map_err(|_| NotStored::Unavailable)
    }
}
