//! What both sides see of each other beside messages: that somebody writes, that something was read.
//!
//! Nothing of it is stored, nothing is tried twice and nothing waits for it. A platform, and the other
//! nodes, are told at most every few seconds that somebody writes, and a platform once of each message
//! that it was read.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::channel::Channel;
use domain::conversation::Conversation;
use domain::entry::{Author, Body};
use domain::id::{ChannelId, ChatKey, ConversationId, EntryNumber, OperatorId};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Semaphore;

use crate::actors::feed::visitors::Typing;
use crate::actors::handle::NodeHandle;
use crate::actors::node::SomebodyWrites;
use crate::actors::visitor::chat;
use crate::channels::sign::{self, Sign, SignTo};
use crate::cluster::presence::Side;

/// Platforms that are told something at a time; what is beyond it is not told.
const AT_A_TIME_MAX: usize = 64;
/// Platforms show it for at least five seconds.
const OPERATOR_WRITES_EVERY: SignedDuration = SignedDuration::from_secs(4);
/// Consoles show it for five seconds, and until the next message.
const CUSTOMER_WRITES_EVERY: SignedDuration = SignedDuration::from_secs(2);
/// Conversations that are remembered; beyond it all are forgotten.
const REMEMBERED_MAX: usize = 10_000;
/// Newest records of a history among which the customer's newest message is sought.
const RECORDS_MAX: u32 = 128;

/// What platforms were told of late.
pub(crate) struct Signs {
    places: Semaphore,
    told: Mutex<Told>,
}

#[derive(Default)]
struct Told {
    operators: BTreeMap<ConversationId, Timestamp>,
    customers: BTreeMap<ChatKey, Timestamp>,
    read: BTreeMap<ConversationId, EntryNumber>,
}

impl Default for Signs {
    fn default() -> Self {
        Self { places: Semaphore::new(AT_A_TIME_MAX), told: Mutex::default() }
    }
}

impl Signs {
    /// Whether a platform is to be told again that somebody of ours writes there.
    fn operator_may_write(&self, conversation: &ConversationId, now: Timestamp) -> bool {
        let told = &mut self.told.lock().unwrap_or_else(PoisonError::into_inner).operators;
        is_due(told, conversation, OPERATOR_WRITES_EVERY, now)
    }

    /// Whether ours are to be told again that the customer of that chat writes.
    fn customer_may_write(&self, chat: &ChatKey, now: Timestamp) -> bool {
        let told = &mut self.told.lock().unwrap_or_else(PoisonError::into_inner).customers;
        is_due(told, chat, CUSTOMER_WRITES_EVERY, now)
    }

    /// Whether nobody was told yet that this entry was read.
    fn may_say_read(&self, conversation: &ConversationId, entry: EntryNumber) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.read.get(conversation).is_some_and(|before| *before >= entry) {
            return false;
        }
        if told.read.len() >= REMEMBERED_MAX {
            told.read.clear();
        }
        told.read.insert(conversation.clone(), entry);
        true
    }
}

/// Notes that it is told now, unless that was a moment ago.
fn is_due<K: Ord + Clone>(
    told: &mut BTreeMap<K, Timestamp>,
    key: &K,
    every: SignedDuration,
    now: Timestamp,
) -> bool {
    if told.get(key).is_some_and(|before| now.duration_since(*before) < every) {
        return false;
    }
    if told.len() >= REMEMBERED_MAX {
        told.clear();
    }
    told.insert(key.clone(), now);
    true
}

impl NodeHandle {
    /// Whoever has the conversation is writing: his customer sees it, where his platform shows it.
    pub(crate) async fn operator_writes(&self, id: &ConversationId) {
        self.feed_send(Typing::Operator(id.clone()));
        let now = self.clock().now();
        if !self.parts().signs.operator_may_write(id, now) {
            return;
        }
        self.tell_other_nodes(Side::Operator, id, now);
        if let Some(conversation) = self.stored(id).await {
            self.show(&conversation, Sign::Writing).await;
        }
    }

    /// Somebody is writing at another node: those here see it whom it concerns.
    pub(crate) async fn somebody_writes(&self, side: Side, id: &ConversationId) {
        match side {
            Side::Operator => self.feed_send(Typing::Operator(id.clone())),
            Side::Customer => self.show_to_operators(id).await,
        }
    }

    async fn show_to_operators(&self, id: &ConversationId) {
        if let Some(conversation) = self.stored(id).await {
            let audience = conversation.audience();
            self.feed_send(Typing::Customer { conversation: id.clone(), audience });
        }
    }

    fn tell_other_nodes(&self, side: Side, id: &ConversationId, now: Timestamp) {
        let parts = self.parts();
        if parts.leases.is_none() {
            return;
        }
        parts.presence.writes(side, id, now);
        if let Some(node) = parts.node.get() {
            node.do_send(SomebodyWrites);
        }
    }

    /// An operator has the conversation on his screen. What the customer wrote is read if it is his:
    /// whoever only looks on, or thinks about an offer, has not read it in our name.
    pub(crate) async fn operator_reads(&self, id: &ConversationId, by: &OperatorId) {
        let conversation = self.stored(id).await;
        if let Some(conversation) = conversation.filter(|it| it.holder() == Some(by)) {
            self.show(&conversation, Sign::Read).await;
        }
    }

    /// The customer of that chat is writing: those see it whom his messages reach.
    pub async fn customer_writes(&self, channel: &ChannelId, external: &Arc<str>) {
        let key = ChatKey { channel: channel.clone(), external: external.clone() };
        let now = self.clock().now();
        if !self.parts().signs.customer_may_write(&key, now) {
            return;
        }
        let open = chat::chat(self, &key).await.ok().flatten().and_then(|chat| chat.open);
        let Some(open) = open else { return };
        self.show_to_operators(&open).await;
        self.tell_other_nodes(Side::Customer, &open, now);
    }

    async fn stored(&self, id: &ConversationId) -> Option<Conversation> {
        self.parts().stored_conversation(id).await.ok().flatten()
    }

    async fn show(&self, conversation: &Conversation, what: Sign) {
        let parts = self.parts();
        let Ok(_place) = parts.signs.places.try_acquire() else { return };
        let directory = self.directory();
        let channel = directory.channels.get(&conversation.chat.channel);
        let channel = channel.map(|found| &found.value).filter(|channel| channel.enabled);
        let Some(channel) = channel.filter(|it| sign::shows(&it.settings, what)) else { return };
        let Some((entry, newest)) = self.newest_of_customer(conversation).await else { return };
        if what == Sign::Read && !parts.signs.may_say_read(&conversation.id, entry) {
            return;
        }
        let return_to = self.return_address(channel, &conversation.chat).await;
        let to = SignTo {
            chat: &conversation.chat.external,
            return_to: return_to.as_deref(),
            newest: newest.as_deref(),
            now: self.clock().now(),
        };
        let shown = sign::show(&parts.outbound, &parts.kept, channel, what, &to).await;
        if let Err(reason) = shown {
            tracing::debug!(channel = %channel.id, ?what, reason, "a sign was not shown");
        }
    }

    /// The customer's newest message, and what the platform calls it.
    async fn newest_of_customer(
        &self,
        conversation: &Conversation,
    ) -> Option<(EntryNumber, Option<Arc<str>>)> {
        let after = conversation.last_record.saturating_sub(RECORDS_MAX);
        let entries = self.parts().entries(&conversation.id, after).await.ok()?;
        entries.into_iter().rev().find_map(|entry| match entry.body {
            Body::Message(message) if entry.author == Author::Customer => {
                Some((entry.n, message.external_id))
            }
            Body::Message(_) | Body::Note { .. } | Body::Fact(_) => None,
        })
    }

    /// Where the chat's answers go, on platforms that say it with each message.
    async fn return_address(&self, channel: &Channel, key: &ChatKey) -> Option<Arc<str>> {
        if !channel.settings.says_where_to_answer() {
            return None;
        }
        chat::chat(self, key).await.ok()??.return_to
    }
}
