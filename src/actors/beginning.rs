//! Conversations that begin: with a message, as a part that another line handed over, or because an
//! operator picks a chat up again.

use domain::chat::{Inbound, InboundKind};
use domain::conversation::{Continuation, Conversation, Opening};
use domain::effect::{Input, Refusal};
use domain::id::{ChatKey, ConversationId, LineId};
use domain::permission::{Action, may};

use crate::actors::bench::{Bench, Broken, Refused};
use crate::actors::conversation::Who;
use crate::actors::group::Group;
use crate::actors::post::{First, Post};
use crate::clock;
use crate::protocol::{CommandRefusal, EdgeRefusal};

impl Bench {
    /// Begins the chat's next conversation, here or where its line lives.
    pub(super) async fn open_next(
        &mut self,
        group: &mut Group,
        line: &LineId,
        chat: ChatKey,
        first: First,
    ) -> Result<ConversationId, Broken> {
        let directory = self.parts.directory.get();
        let shard = directory.lines.get(line).map_or(self.shard, |line| line.value.shard);
        let id = ConversationId::in_shard(shard, &clock::new_uuid());
        let store = self.parts.store.clone();
        let stored = self.chats.touch(&store, self.shard, &chat).await?;
        stored.open = Some(id.clone());
        let opening = Opening {
            id: id.clone(),
            line: line.clone(),
            customer: stored.customer.clone(),
            customer_name: stored.customer_name.clone(),
            continues: stored.last.clone(),
            texts_sent: stored.texts_sent.clone(),
            chat,
        };
        if shard == self.shard {
            self.begin(group, opening, first).await?;
        } else {
            group.post(shard, &Post::Open { opening, first });
        }
        Ok(id)
    }

    pub(super) async fn begin(
        &mut self,
        group: &mut Group,
        opening: Opening,
        first: First,
    ) -> Result<(), Broken> {
        let id = opening.id.clone();
        self.enter_new(Conversation::open(opening, self.parts.clock.now()));
        let input = match first {
            First::Message { inbound } => {
                let Inbound { what, original, .. } = *inbound;
                let InboundKind::Message(message) = what else { return Ok(()) };
                Input::CustomerWrote { message, original }
            }
            First::PickUp { operator } => Input::PickUp { operator },
        };
        if let Err(refusal) = self.feed(group, &id, input, None).await? {
            tracing::error!(conversation = %id, ?refusal, "a first input was refused");
        }
        Ok(())
    }

    pub(super) async fn go_on_here(
        &mut self,
        group: &mut Group,
        part: Continuation,
    ) -> Result<(), Broken> {
        let (id, sender, line) = (part.id.clone(), part.sender.clone(), part.from_line.clone());
        let comment = part.comment.clone();
        self.enter_new(Conversation::resume(part, self.parts.clock.now()));
        let input = Input::Continue { operator: sender, line, comment };
        if let Err(refusal) = self.feed(group, &id, input, None).await? {
            tracing::error!(conversation = %id, ?refusal, "a part could not begin");
        }
        Ok(())
    }

    /// An operator begins the next conversation of a chat that lives here, after a closed one, which
    /// may live elsewhere. Answers why not.
    pub(crate) async fn pick_up(
        &mut self,
        group: &mut Group,
        id: &ConversationId,
        who: Who,
    ) -> Result<Result<(), Refused>, Broken> {
        let unknown = Err(CommandRefusal::Edge(EdgeRefusal::UnknownConversation {}));
        let Some(conversation) = self.look_anywhere(id).await? else { return Ok(unknown) };
        let row = conversation.row();
        if !may(&who.operator, &who.queues, Action::PickUp(&row)) {
            let sees = may(&who.operator, &who.queues, Action::SeeRow(&row));
            let forbidden = Err(CommandRefusal::Edge(EdgeRefusal::Forbidden {}));
            return Ok(if sees { forbidden } else { unknown });
        }
        if !conversation.is_closed() {
            let rule = Refusal::NotNow;
            return Ok(Err(CommandRefusal::Conversation(rule)));
        }
        let (key, operator) = (&conversation.chat, who.operator.id.clone());
        let store = self.parts.store.clone();
        let chat = self.chats.touch(&store, self.shard, key).await?;
        if chat.open.as_ref() == Some(id) {
            // It is over, and the news of that lies in the inbox.
            self.inbox_drained = false;
            let rule = Refusal::NotNow;
            return Ok(Err(CommandRefusal::Conversation(rule)));
        }
        if let Some(conversation) = chat.open.clone() {
            let why = EdgeRefusal::InProgress { conversation };
            return Ok(Err(CommandRefusal::Edge(why)));
        }
        let directory = self.parts.directory.get();
        let Some(channel) = directory.channels.get(&key.channel) else {
            return Ok(Err(CommandRefusal::Edge(EdgeRefusal::UnknownConversation {})));
        };
        let line = channel.value.line.clone();
        self.open_next(group, &line, key.clone(), First::PickUp { operator }).await?;
        Ok(Ok(()))
    }
}
