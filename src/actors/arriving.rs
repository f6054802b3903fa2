//! What arrives on a channel: which conversation of its chat it is for, or that it begins the next.

use std::sync::Arc;

use domain::chat::{Chat, CustomerMessage, Inbound, InboundKind};
use domain::conversation::{Conversation, is_rating, unheard};
use domain::customer::CustomerFacts;
use domain::effect::Input;
use domain::id::{ChannelId, ChatKey, ConversationId};
use domain::line::RatingScale;
use domain::progress::{Progress, ProgressOf};
use jiff::Timestamp;

use crate::actors::bench::{Bench, Broken};
use crate::actors::encode;
use crate::actors::group::Group;
use crate::actors::post::{First, Post};
use crate::store::op::Op;

impl Bench {
    /// Something that arrived on a channel whose chats live here.
    pub(crate) async fn arrived(
        &mut self,
        group: &mut Group,
        channel: &ChannelId,
        inbound: &Inbound,
    ) -> Result<(), Broken> {
        let directory = self.parts.directory.get();
        let Some(channel) = directory.channels.get(channel) else {
            tracing::warn!(%channel, "arrival on an unknown channel dropped");
            return Ok(());
        };
        let key = ChatKey { channel: channel.value.id.clone(), external: inbound.chat.clone() };
        let store = self.parts.store.clone();
        let chat = self.chats.touch(&store, self.shard, &key).await?;
        if !inbound.customer_name.is_empty() {
            chat.customer_name.clone_from(&inbound.customer_name);
        }
        if inbound.return_to.is_some() {
            chat.return_to.clone_from(&inbound.return_to);
        }
        if let InboundKind::Introduced(who) = &inbound.what {
            return self.introduced(&key, who, inbound, &channel.value).await;
        }
        if let InboundKind::Migrated { to } = &inbound.what {
            return self.migrated(group, &key, to, inbound).await;
        }
        let InboundKind::Message(message) = &inbound.what else {
            let quiet = match &inbound.what {
                InboundKind::Progress(Progress { of: ProgressOf::Marked(mark), .. }) => {
                    Some(mark.conversation.clone()).filter(|id| self.is_possible(id))
                }
                // An edit may concern the conversation before.
                InboundKind::Edited { .. }
                | InboundKind::Deleted { .. }
                | InboundKind::Reacted { .. }
                | InboundKind::Progress(_)
                | InboundKind::Elsewhere(_) => chat.open.clone().or(chat.last.clone()),
                InboundKind::Blocked | InboundKind::Unblocked => chat.open.clone(),
                InboundKind::Received { conversation, .. } => Some(conversation.clone()),
                InboundKind::Message(_)
                | InboundKind::Introduced(_)
                | InboundKind::Migrated { .. } => None,
            };
            return match quiet {
                Some(target) => self.feed_or_forward(group, &target, &key.channel, inbound).await,
                None => Ok(()),
            };
        };
        if channel.value.settings.reply_window().is_some() {
            chat.heard_at = Some(self.parts.clock.now());
        }
        let line = channel.value.line.clone();
        let customer = self.customer_wrote(&key, inbound, &channel.value).await?;
        let chat = self.chats.touch(&store, self.shard, &key).await?.clone();
        if let Some(target) = target_of(&chat, message, &customer, self.parts.clock.now()) {
            return self.feed_or_forward(group, &target, &key.channel, inbound).await;
        }
        let first = First::Message { inbound: Box::new(inbound.clone()) };
        self.open_next(group, &line, key, first).await.map(|_opened| ())
    }

    /// The chat goes on under another name, with its conversations and its card. Platforms say so in
    /// either chat, and again when something is sent to the old one.
    async fn migrated(
        &mut self,
        group: &mut Group,
        from: &ChatKey,
        to: &Arc<str>,
        inbound: &Inbound,
    ) -> Result<(), Broken> {
        let store = self.parts.store.clone();
        let old = self.chats.touch(&store, self.shard, from).await?.clone();
        let key = ChatKey { external: to.clone(), ..from.clone() };
        let new = self.chats.touch(&store, self.shard, &key).await?;
        let is_known = old.open.is_some() || old.last.is_some();
        if !is_known || new.open.is_some() || new.last.is_some() || *from == key {
            return Ok(());
        }
        *new = Chat { key: key.clone(), ..old.clone() };
        let before = self.chats.touch(&store, self.shard, from).await?;
        (before.open, before.last, before.rating_until) = (None, None, None);
        self.customers.migrated(&store, from, &key).await?;
        match old.open {
            Some(open) => self.feed_or_forward(group, &open, &from.channel, inbound).await,
            None => Ok(()),
        }
    }

    /// Whether an id that a platform gave back can be one of ours: another hub may use its account too.
    fn is_possible(&self, conversation: &ConversationId) -> bool {
        conversation.shard().is_some_and(|shard| shard.0 < self.parts.settings.shards)
    }

    /// Feeds a conversation of this shard, or tells the shard where it lives.
    pub(super) async fn feed_or_forward(
        &mut self,
        group: &mut Group,
        conversation: &ConversationId,
        channel: &ChannelId,
        inbound: &Inbound,
    ) -> Result<(), Broken> {
        let (conversation, channel, inbound) =
            (conversation.clone(), channel.clone(), inbound.clone());
        match conversation.shard() {
            Some(shard) if shard != self.shard => {
                group.post(shard, &Post::Forwarded { conversation, channel, inbound });
                Ok(())
            }
            Some(_) | None => self.forwarded(group, &conversation, &channel, inbound).await,
        }
    }

    /// Something for a conversation of this shard. It may be over by now: then it belongs to where
    /// the conversation goes on, or to the chat's next one.
    pub(super) async fn forwarded(
        &mut self,
        group: &mut Group,
        id: &ConversationId,
        channel: &ChannelId,
        inbound: Inbound,
    ) -> Result<(), Broken> {
        let Some(conversation) = self.look(id).await? else {
            if matches!(&inbound.what, InboundKind::Progress(_)) {
                tracing::debug!(conversation = %id, "a receipt for what is not there");
                return Ok(());
            }
            tracing::error!(conversation = %id, "an arrival for a conversation that is not there");
            let (conversation, channel) = (id.clone(), channel.clone());
            let lost = Post::Forwarded { conversation, channel, inbound };
            group.ops.push(Op::AppendDead { bytes: encode::document(&lost) });
            return Ok(());
        };
        // What has come to the customer keeps its number: it stays with the part where it stands.
        let stays = match &inbound.what {
            InboundKind::Received { .. } => true,
            InboundKind::Progress(progress) => {
                if conversation.chat.channel == *channel {
                    self.got_further(group, &conversation, progress).await?;
                }
                matches!(progress.of, ProgressOf::Marked(_))
            }
            InboundKind::Message(_)
            | InboundKind::Migrated { .. }
            | InboundKind::Edited { .. }
            | InboundKind::Deleted { .. }
            | InboundKind::Reacted { .. }
            | InboundKind::Blocked
            | InboundKind::Unblocked
            | InboundKind::Elsewhere(_)
            | InboundKind::Introduced(_) => false,
        };
        if let Some(next) = conversation.moved_to().filter(|_| !stays) {
            let next = next.clone();
            return Box::pin(self.feed_or_forward(group, &next, channel, &inbound)).await;
        }
        let input = match &inbound.what {
            InboundKind::Message(message) => {
                let customer = self.facts_of(&conversation).await?;
                if belongs_to_next(&conversation, message, &customer, self.parts.clock.now()) {
                    let (after, channel) = (id.clone(), channel.clone());
                    let post = Post::ForNext { after, channel, inbound };
                    return self.tell_chat_shard(group, &conversation.chat, post).await;
                }
                input_of(inbound)
            }
            InboundKind::Received { conversation: _, entries, how } => {
                // Whoever names another's conversation changes nothing.
                if conversation.chat.channel == *channel
                    && conversation.chat.external == inbound.chat
                {
                    self.received(group, id, entries, *how).await?;
                }
                None
            }
            InboundKind::Edited { .. }
            | InboundKind::Deleted { .. }
            | InboundKind::Reacted { .. }
            | InboundKind::Migrated { .. }
            | InboundKind::Blocked
            | InboundKind::Unblocked
            | InboundKind::Progress(_)
            | InboundKind::Elsewhere(_)
            | InboundKind::Introduced(_) => input_of(inbound),
        };
        let Some(input) = input else { return Ok(()) };
        if let Err(refusal) = self.feed(group, id, input, None).await? {
            tracing::error!(conversation = %id, ?refusal, "an arrival was refused");
        }
        Ok(())
    }

    /// A message that turned out to be for none of the chat's conversations so far. `after` is over:
    /// a chat that has not heard of it would send the message there again, and again.
    pub(super) async fn for_next(
        &mut self,
        group: &mut Group,
        after: &ConversationId,
        channel: &ChannelId,
        inbound: Inbound,
    ) -> Result<(), Broken> {
        let directory = self.parts.directory.get();
        let Some(found) = directory.channels.get(channel) else { return Ok(()) };
        let key = ChatKey { channel: channel.clone(), external: inbound.chat.clone() };
        let store = self.parts.store.clone();
        let chat = self.chats.touch(&store, self.shard, &key).await?;
        chat.rating_until = None;
        if chat.open.as_ref() == Some(after) {
            chat.last = chat.open.take();
        }
        if let Some(open) = chat.open.clone() {
            return self.feed_or_forward(group, &open, channel, &inbound).await;
        }
        let (line, first) =
            (found.value.line.clone(), First::Message { inbound: Box::new(inbound) });
        self.open_next(group, &line, key, first).await.map(|_opened| ())
    }
}

/// What a conversation is fed of what came in; none: it is no affair of its own rules.
fn input_of(inbound: Inbound) -> Option<Input> {
    let Inbound { what, original, .. } = inbound;
    Some(match what {
        InboundKind::Message(message) => Input::CustomerWrote { message, original },
        InboundKind::Edited { external_id, text } => Input::CustomerEdited { external_id, text },
        InboundKind::Deleted { external_ids } => Input::CustomerDeleted { external_ids },
        InboundKind::Reacted { external_id, reaction } => {
            Input::CustomerReacted { external_id, reaction }
        }
        InboundKind::Blocked => {
            Input::CustomerGone { reason: "the customer blocked this channel".into() }
        }
        InboundKind::Unblocked => Input::CustomerBack,
        InboundKind::Migrated { to } => Input::ChatMigrated { to },
        InboundKind::Elsewhere(message) => Input::WrittenElsewhere { message, original },
        // Receipts are taken in elsewhere; an introduction says nothing of any conversation.
        InboundKind::Received { .. } | InboundKind::Progress(_) | InboundKind::Introduced(_) => {
            return None;
        }
    })
}

/// The conversation of the chat that a message is for; none: it begins the next one. What is only
/// stored, and a rating, may go to the one before.
fn target_of(
    chat: &Chat,
    message: &CustomerMessage,
    customer: &CustomerFacts,
    now: Timestamp,
) -> Option<ConversationId> {
    // A button says which conversation it is about; it is believed of those that the chat has had.
    let asked = message.asked.as_ref().map(|asked| &asked.conversation);
    if let Some(last) = chat.last.as_ref().filter(|last| asked == Some(*last)) {
        return Some(last.clone());
    }
    if chat.open.is_some() {
        return chat.open.clone();
    }
    let may_rate = chat.rating_until.is_some_and(|until| now < until)
        && [RatingScale::Like, RatingScale::Stars]
            .iter()
            .any(|scale| is_rating(message, *scale).is_some());
    let goes_to_last = may_rate || unheard(message, customer).is_some();
    chat.last.clone().filter(|_| goes_to_last)
}

/// The conversation is over, and the message is none of what is still taken for it.
fn belongs_to_next(
    conversation: &Conversation,
    message: &CustomerMessage,
    customer: &CustomerFacts,
    now: Timestamp,
) -> bool {
    conversation.is_closed()
        && unheard(message, customer).is_none()
        && conversation.rating_in(message, now).is_none()
}
