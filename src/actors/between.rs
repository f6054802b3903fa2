//! Chats and their conversations, which may live in different shards: who is told what by post.

use domain::conversation::{Continuation, Conversation};
use domain::effect::Effect;
use domain::event::FeedEvent;
use domain::id::{ChatKey, ShardId};

use crate::actors::bench::{Bench, Broken};
use crate::actors::directory::Directory;
use crate::actors::encode;
use crate::actors::following::catch_up;
use crate::actors::group::Group;
use crate::actors::post::Post;
use crate::protocol::{ClientFrame, TransferTo};
use crate::store::op::Op;

impl Bench {
    /// An entry of this shard's inbox. The node that put it there may know of a line, a channel or an
    /// operator that was not heard of here yet. What is for none that there is is kept as a dead letter.
    pub(crate) async fn take_in(&mut self, group: &mut Group, post: &Post) -> Result<(), Broken> {
        if !post.is_known_in(&self.parts.directory.get()) {
            catch_up(&self.parts, ShardId(0)).await?;
        }
        if let Some(missing) = post.misses_in(&self.parts.directory.get()) {
            tracing::error!(shard = %self.shard, missing, "an entry of an inbox is for what is not there");
            group.ops.push(Op::AppendDead { bytes: encode::document(post) });
            return Ok(());
        }
        self.deliver(group, post).await
    }

    /// What is for this shard.
    async fn deliver(&mut self, group: &mut Group, post: &Post) -> Result<(), Broken> {
        match post.clone() {
            Post::Arrival { channel, inbound } => self.arrived(group, &channel, &inbound).await,
            Post::ForNext { after, channel, inbound } => {
                self.for_next(group, &after, &channel, inbound).await
            }
            Post::Forwarded { conversation, channel, inbound } => {
                self.forwarded(group, &conversation, &channel, inbound).await
            }
            Post::Open { opening, first } => self.begin(group, opening, first).await,
            Post::Continue { part } => self.go_on_here(group, *part).await,
            Post::ChatFree { chat, conversation, rating_until, texts_sent } => {
                let store = self.parts.store.clone();
                let chat = self.chats.touch(&store, self.shard, &chat).await?;
                if chat.open.as_ref() == Some(&conversation) {
                    chat.open = None;
                    chat.last = Some(conversation);
                    chat.rating_until = rating_until;
                    chat.texts_sent = texts_sent;
                }
                Ok(())
            }
            Post::ChatOutlived { chat, conversation } => {
                let store = self.parts.store.clone();
                self.chats.outlived(&store, self.shard, &chat, &conversation).await?;
                Ok(())
            }
            Post::ChatMoved { chat, from, to } => {
                let store = self.parts.store.clone();
                let chat = self.chats.touch(&store, self.shard, &chat).await?;
                if chat.open.as_ref() == Some(&from) {
                    chat.open = Some(to);
                }
                Ok(())
            }
            Post::Command { operator, frame, files } => {
                self.posted_command(group, operator, frame, files).await
            }
            Post::Change { request, by, changes } => {
                self.posted_change(group, &request, &by, &changes).await
            }
            Post::Answer { request, answer, again } => {
                if again {
                    group.ops.push(Op::ForgetDedupe { key: request.clone() });
                }
                group.show(FeedEvent::Answered { request, answer });
                Ok(())
            }
        }
    }

    /// Tells the chat what its conversation has come to.
    pub(crate) async fn tell_chat(
        &mut self,
        group: &mut Group,
        effects: &[Effect],
        conversation: &Conversation,
    ) -> Result<(), Broken> {
        for effect in effects {
            match effect {
                Effect::Closed => self.chat_is_free(group, conversation).await?,
                Effect::Continue(part) => self.go_on(group, part).await?,
                Effect::Append(_)
                | Effect::Send { .. }
                | Effect::Copy { .. }
                | Effect::Correct { .. }
                | Effect::Seek(_)
                | Effect::Reserve { .. }
                | Effect::Release { .. }
                | Effect::Count { .. }
                | Effect::Answered { .. }
                | Effect::Missed { .. }
                | Effect::Assigned { .. }
                | Effect::Consented
                | Effect::Spam { .. }
                | Effect::Finished { .. }
                | Effect::Refuse(_)
                | Effect::Ignore(_) => {}
            }
        }
        Ok(())
    }

    async fn chat_is_free(
        &mut self,
        group: &mut Group,
        conversation: &Conversation,
    ) -> Result<(), Broken> {
        let post = Post::ChatFree {
            chat: conversation.chat.clone(),
            conversation: conversation.id.clone(),
            rating_until: conversation.rating.open.as_ref().map(|open| open.until),
            texts_sent: conversation.texts_sent.clone(),
        };
        self.tell_chat_shard(group, &conversation.chat, post).await
    }

    /// The next part begins in the shard of its line. If that is this one it is there at once: what lies
    /// in the inbox may be for it already.
    async fn go_on(&mut self, group: &mut Group, part: &Continuation) -> Result<(), Broken> {
        let post = Post::Continue { part: Box::new(part.clone()) };
        match part.id.shard() {
            Some(shard) if shard != self.shard => group.post(shard, &post),
            Some(_) | None => Box::pin(self.deliver(group, &post)).await?,
        }
        let (chat, from, to) = (part.chat.clone(), part.continues.clone(), part.id.clone());
        let moved = Post::ChatMoved { chat, from, to };
        self.tell_chat_shard(group, &part.chat, moved).await
    }

    pub(crate) async fn tell_chat_shard(
        &mut self,
        group: &mut Group,
        chat: &ChatKey,
        post: Post,
    ) -> Result<(), Broken> {
        let shard = self.chat_shard(chat);
        if shard == self.shard {
            return Box::pin(self.deliver(group, &post)).await;
        }
        group.post(shard, &post);
        Ok(())
    }

    /// Where the chats of that channel live.
    fn chat_shard(&self, chat: &ChatKey) -> ShardId {
        let directory = self.parts.directory.get();
        directory.channels.get(&chat.channel).map_or(self.shard, |channel| channel.value.shard)
    }
}

impl Post {
    /// Whether the directory has all that it is about.
    fn is_known_in(&self, directory: &Directory) -> bool {
        let has_channel = |id| directory.channels.contains_key(id);
        let has_line = |id| directory.lines.contains_key(id);
        let has_operator = |id| directory.operators.contains_key(id);
        match self {
            Self::Arrival { channel, .. }
            | Self::ForNext { channel, .. }
            | Self::Forwarded { channel, .. } => has_channel(channel),
            Self::Open { opening, .. } => {
                has_line(&opening.line) && has_channel(&opening.chat.channel)
            }
            Self::Continue { part } => has_line(&part.line) && has_channel(&part.chat.channel),
            Self::Command { operator, frame, .. } => {
                let has_target = if let ClientFrame::Transfer { to, .. } = frame {
                    match to {
                        TransferTo::Line { id } => has_line(id),
                        TransferTo::Operator { id } => has_operator(id),
                    }
                } else if let ClientFrame::Invite { operator, .. } = frame {
                    has_operator(operator)
                } else {
                    true
                };
                has_operator(operator) && has_target
            }
            Self::ChatFree { .. }
            | Self::ChatOutlived { .. }
            | Self::ChatMoved { .. }
            | Self::Change { .. }
            | Self::Answer { .. } => true,
        }
    }

    /// What it cannot be taken in without, if the directory does not have that.
    fn misses_in(&self, directory: &Directory) -> Option<String> {
        let line = |id| (!directory.lines.contains_key(id)).then(|| format!("line {id}"));
        match self {
            Self::Arrival { channel, .. } | Self::ForNext { channel, .. } => {
                (!directory.channels.contains_key(channel)).then(|| format!("channel {channel}"))
            }
            Self::Open { opening, .. } => line(&opening.line),
            Self::Continue { part } => line(&part.line),
            Self::Forwarded { .. }
            | Self::ChatFree { .. }
            | Self::ChatOutlived { .. }
            | Self::ChatMoved { .. }
            | Self::Command { .. }
            | Self::Change { .. }
            | Self::Answer { .. } => None,
        }
    }
}

impl Group {
    /// Puts something into the inbox of another shard.
    pub(crate) fn post(&mut self, shard: ShardId, post: &Post) {
        let (room, bytes) = (self.room, encode::document(post));
        self.ops.push(Op::PutInbox { shard, room, bytes });
    }
}
