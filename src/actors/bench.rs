//! The workbench of a shard: its children, and what the store holds as far as memory knows.
//!
//! A step takes one piece of work through its conversation and its line and comes to a [`Group`].
//! Writing is the round's business (`round`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use actix::{Actor, Addr};
use domain::chat::{Inbound, InboundKind};
use domain::conversation::{Conversation, Opening};
use domain::effect::{Effect, Input};
use domain::id::{ChannelId, ChatKey, ConversationId, LineId, OperatorId, ShardId};
use domain::routing::{Decision, Seek};

use crate::actors::chats::Chats;
use crate::actors::conversation::{ConversationActor, Fed, Feed, Who};
use crate::actors::encode::{self, Place};
use crate::actors::group::Group;
use crate::actors::line::{Decided, LineActor, Next, NextWaiting, Stepped};
use crate::actors::parts::Shared;
use crate::actors::shard::Shard;
use crate::clock;
use crate::protocol::{CommandRefusal, EdgeRefusal};
use crate::store::op::{DocumentKind, InboxPosition};

/// Conversations kept as actors; beyond it those not used longest are passivated.
const CONVERSATIONS_KEPT: usize = 20_000;
/// Conversations that one `Wake` offers before it lets others have their turn.
const WAKE_STEPS: usize = 8;

/// Memory can be trusted no more: drop it and read what the store says.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Broken {
    /// Somebody else owns the shard.
    #[error("the shard is somebody else's")]
    Fenced,
    #[error("{0}")]
    Store(String),
    /// The work at hand is poison, perhaps.
    #[error("an actor of the shard has panicked")]
    Panicked,
}

impl From<crate::store::Unavailable> for Broken {
    fn from(error: crate::store::Unavailable) -> Self {
        Self::Store(error.to_string())
    }
}

impl From<actix::MailboxError> for Broken {
    fn from(_: actix::MailboxError) -> Self {
        Self::Panicked
    }
}

pub(crate) struct Bench {
    pub(crate) parts: Shared,
    pub(crate) shard: ShardId,
    pub(crate) addr: Addr<Shard>,
    pub(crate) epoch: u64,
    pub(crate) commits: u64,
    pub(crate) inbox_at: InboxPosition,
    /// Nothing lies in the inbox, as far as is known.
    pub(crate) inbox_drained: bool,
    pub(crate) feed_end: Place,
    pub(crate) lines: BTreeMap<LineId, Addr<LineActor>>,
    pub(crate) conversations: BTreeMap<ConversationId, Live>,
    pub(crate) chats: Chats,
    /// Conversations and lines that the running round has changed.
    pub(crate) touched: BTreeSet<ConversationId>,
    pub(crate) touched_lines: BTreeSet<LineId>,
    /// Rounds so far, for passivation.
    pub(crate) rounds: u64,
    /// After a panic: how the next rounds treat the inbox.
    pub(crate) care: Care,
    /// A round was refused again and again: nothing is decided in it, conversations wait on.
    pub(crate) cautious: bool,
}

/// How the inbox is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Care {
    /// By pages.
    None,
    /// One entry a round, to find the one that is poison.
    OneByOne,
    /// The next entry has been found out: it goes to the dead letters.
    GiveUp,
}

/// A conversation that has an actor.
pub(crate) struct Live {
    pub(crate) addr: Addr<ConversationActor>,
    line: LineId,
    used: u64,
}

/// Nothing was written, and why.
pub(crate) type Refused = CommandRefusal;

impl Bench {
    /// One input of a conversation, with everything that the queue answers to it.
    pub(crate) async fn feed(
        &mut self,
        group: &mut Group,
        id: &ConversationId,
        input: Input,
        who: Option<Who>,
    ) -> Result<Result<(), Refused>, Broken> {
        let unknown = Err(CommandRefusal::Edge(EdgeRefusal::UnknownConversation {}));
        let Some((addr, line_id)) = self.live(id).await? else { return Ok(unknown) };
        let directory = self.parts.directory.get();
        let Some(line) = directory.lines.get(&line_id).map(|l| l.value.clone()) else {
            return Ok(unknown);
        };
        self.touched.insert(id.clone());
        let now = self.parts.clock.now();
        let mut next = Some(Feed { input, who, line: line.clone(), now });
        while let Some(feed) = next.take() {
            let (effects, conversation) = match addr.send(feed).await? {
                Fed::Effects(effects, conversation) => (Arc::new(effects), conversation),
                Fed::Forbidden => {
                    return Ok(Err(CommandRefusal::Edge(EdgeRefusal::Forbidden {})));
                }
                Fed::Hidden => return Ok(unknown),
            };
            if let Some(refusal) = refusal(&effects) {
                return Ok(Err(refusal));
            }
            group.write(&effects, &conversation, &directory, now);
            self.follow(&line_id, &effects, &conversation).await?;
            if let Some(seek) = seek(&effects).filter(|_| !self.cautious) {
                let decision = self.decide(&line_id, seek).await?;
                let input = Input::Decided(decision);
                next = Some(Feed { input, who: None, line: line.clone(), now });
            }
        }
        Ok(Ok(()))
    }

    /// Tells the line, and the chat when the conversation is over.
    async fn follow(
        &mut self,
        line: &LineId,
        effects: &Arc<Vec<Effect>>,
        conversation: &Arc<Conversation>,
    ) -> Result<(), Broken> {
        if let Some(addr) = self.lines.get(line) {
            let (effects, conversation) = (effects.clone(), conversation.clone());
            addr.do_send(Stepped { effects, conversation });
            self.touched_lines.insert(line.clone());
        }
        if effects.contains(&Effect::Closed) {
            let store = self.parts.store.clone();
            let chat = self.chats.touch(&store, self.shard, &conversation.chat).await?;
            chat.open = None;
            chat.last = Some(conversation.id.clone());
        }
        Ok(())
    }

    async fn decide(&self, line: &LineId, seek: Seek) -> Result<Decision, Broken> {
        let Some(addr) = self.lines.get(line) else {
            return Err(Broken::Store(format!("line {line} does not run in shard {}", self.shard)));
        };
        let Decided(decision) = addr.send(Next(seek)).await?;
        Ok(decision)
    }

    /// Something that arrived on a channel.
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
        chat.customer_name.clone_from(&inbound.customer_name);
        let (open, last) = (chat.open.clone(), chat.last.clone());
        let (target, input) = match &inbound.what {
            InboundKind::Message(message) => {
                let target = match open {
                    Some(open) => open,
                    None => self.open(&channel.value.line, key, inbound).await?,
                };
                let original = inbound.original.clone();
                (Some(target), Input::CustomerWrote { message: message.clone(), original })
            }
            InboundKind::Edited { external_id, text } => {
                let (external_id, text) = (external_id.clone(), text.clone());
                (open.or(last), Input::CustomerEdited { external_id, text })
            }
            InboundKind::Blocked => {
                (open, Input::CustomerGone { reason: "the customer blocked this channel".into() })
            }
            InboundKind::Unblocked => (open, Input::CustomerBack),
        };
        if let Some(target) = target
            && let Err(refusal) = self.feed(group, &target, input, None).await?
        {
            tracing::error!(conversation = %target, ?refusal, "an arrival was refused");
        }
        Ok(())
    }

    /// Opens the chat's next conversation.
    async fn open(
        &mut self,
        line: &LineId,
        chat: ChatKey,
        inbound: &Inbound,
    ) -> Result<ConversationId, Broken> {
        let id = ConversationId::in_shard(self.shard, &clock::new_uuid());
        let store = self.parts.store.clone();
        let stored = self.chats.touch(&store, self.shard, &chat).await?;
        stored.open = Some(id.clone());
        let opening = Opening {
            id: id.clone(),
            line: line.clone(),
            chat,
            customer_name: inbound.customer_name.clone(),
            continues: stored.last.clone(),
        };
        let conversation = Conversation::open(opening, self.parts.clock.now());
        self.enter(id.clone(), line.clone(), ConversationActor::new(conversation));
        Ok(id)
    }

    fn enter(&mut self, id: ConversationId, line: LineId, actor: ConversationActor) {
        let started = Live { addr: actor.start(), line, used: self.rounds };
        self.conversations.insert(id, started);
    }

    /// The actor of a conversation, started from the store if need be. None: there is none.
    async fn live(
        &mut self,
        id: &ConversationId,
    ) -> Result<Option<(Addr<ConversationActor>, LineId)>, Broken> {
        if !self.conversations.contains_key(id) {
            for kind in [DocumentKind::Conversation, DocumentKind::Archive] {
                let found = self.parts.store.document(self.shard, kind, id.to_string()).await?;
                let Some(found) = found else { continue };
                if let Some(read) = encode::read::<Conversation>("conversation", &found.bytes) {
                    let line = read.line.clone();
                    let actor = ConversationActor::loaded(read, found.version);
                    self.enter(id.clone(), line, actor);
                }
                break;
            }
        }
        let rounds = self.rounds;
        Ok(self.conversations.get_mut(id).map(|live| {
            live.used = rounds;
            (live.addr.clone(), live.line.clone())
        }))
    }

    /// Offers what waits to whoever became eligible, oldest first.
    pub(crate) async fn wake(&mut self, group: &mut Group, line: &LineId) -> Result<(), Broken> {
        let mut before = None;
        for _ in 0..WAKE_STEPS {
            let Some(addr) = self.lines.get(line) else { return Ok(()) };
            let Some(next) = addr.send(NextWaiting).await? else { return Ok(()) };
            if before.as_ref() == Some(&next) {
                return Ok(());
            }
            let _refused = self.feed(group, &next, Input::SomebodyEligible, None).await?;
            before = Some(next);
        }
        Ok(())
    }

    /// Who gives a command, with what his rights depend on. None: he is no operator any more.
    pub(crate) fn who(&self, operator: &OperatorId) -> Option<Who> {
        let directory = self.parts.directory.get();
        let found = directory.operators.get(operator)?;
        Some(Who { operator: found.value.clone(), queues: directory.queues_of(operator) })
    }

    /// Forgets actors that were not used for long. Their truth is in the store.
    pub(crate) fn passivate(&mut self) {
        if self.conversations.len() <= CONVERSATIONS_KEPT {
            return;
        }
        let mut used: Vec<u64> = self.conversations.values().map(|live| live.used).collect();
        used.sort_unstable();
        let median = used.get(used.len() / 2).copied().unwrap_or_default();
        self.conversations.retain(|_, live| live.used > median);
    }
}

fn refusal(effects: &[Effect]) -> Option<CommandRefusal> {
    effects.iter().find_map(|effect| match effect {
        Effect::Refuse(refusal) => Some(CommandRefusal::Conversation(refusal.clone())),
        Effect::Append(_)
        | Effect::Send { .. }
        | Effect::Seek(_)
        | Effect::Reserve { .. }
        | Effect::Release { .. }
        | Effect::Count { .. }
        | Effect::Closed
        | Effect::Ignore(_) => None,
    })
}

fn seek(effects: &[Effect]) -> Option<Seek> {
    effects.iter().find_map(|effect| match effect {
        Effect::Seek(seek) => Some(seek.clone()),
        Effect::Append(_)
        | Effect::Send { .. }
        | Effect::Reserve { .. }
        | Effect::Release { .. }
        | Effect::Count { .. }
        | Effect::Closed
        | Effect::Refuse(_)
        | Effect::Ignore(_) => None,
    })
}
