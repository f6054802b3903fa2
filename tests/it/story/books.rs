//! The books: at the end of each story, what is stored says the same wherever it is said.

use std::collections::{BTreeMap, BTreeSet};

use domain::chat::Chat;
use domain::conversation::{Conversation, State};
use domain::customer::Customer;
use domain::entry::Record;
use domain::id::{ConversationId, CustomerId, OperatorId, ShardId};
use jiff::Timestamp;
use switchboard::store::op::{DocumentKind, SharedKind, Slot};

use super::{SHARDS, Story};

impl Story {
    /// Every open conversation has exactly the timer, the places, the offers, the chat and the
    /// card that it speaks of, and its history is whole.
    pub async fn books_are_in_order(&self) {
        let all = self.conversations().await;
        let open: Vec<_> = all.iter().filter(|conversation| !conversation.is_closed()).collect();
        for shard in (0..SHARDS).map(ShardId) {
            self.inbox_is_empty(shard).await;
            self.documents_are_where_they_belong(shard).await;
            let armed: BTreeMap<String, Timestamp> =
                self.store.timers(shard).await.unwrap().into_iter().collect();
            let due = open.iter().filter(|conversation| conversation.id.shard() == Some(shard));
            let due = due.filter_map(|c| Some((c.id.to_string(), c.deadline()?)));
            assert_eq!(armed, due.collect(), "timers of shard {shard}");
        }
        let held = open.iter().flat_map(|conversation| places(conversation));
        assert_eq!(self.taken(Slot::Place).await, held.collect(), "places");
        let asked = open.iter().flat_map(|conversation| offers(conversation));
        assert_eq!(self.taken(Slot::Offer).await, asked.collect(), "offers");
        self.chats_lead_to(&open).await;
        self.cards_name(&open).await;
        for conversation in &all {
            self.history_is_whole(conversation).await;
        }
    }

    async fn taken(&self, slot: Slot) -> BTreeSet<(OperatorId, ConversationId)> {
        self.store.loads(slot).await.unwrap().into_iter().collect()
    }

    async fn inbox_is_empty(&self, shard: ShardId) {
        let at = self.store.meta(shard).await.unwrap().inbox_at;
        let waiting = self.store.inbox(shard, at, 1).await.unwrap();
        let waiting = waiting.iter().map(|entry| String::from_utf8_lossy(&entry.bytes));
        assert_eq!(waiting.collect::<Vec<_>>(), [""; 0], "the inbox of shard {shard}");
    }

    async fn documents_are_where_they_belong(&self, shard: ShardId) {
        for conversation in self.documents::<Conversation>(shard, DocumentKind::Conversation).await
        {
            assert!(!conversation.is_closed(), "{} is archived", conversation.id);
        }
        for conversation in self.documents::<Conversation>(shard, DocumentKind::Archive).await {
            assert!(conversation.is_closed(), "{} is not archived", conversation.id);
        }
        let kind = DocumentKind::Unpacked;
        for unpacked in self.store.documents(shard, kind, None, 10_000).await.unwrap() {
            let (kind, id) = (DocumentKind::Archive, unpacked.id);
            assert!(self.store.document(shard, kind, id).await.unwrap().is_some());
        }
    }

    async fn chats_lead_to(&self, open: &[&Conversation]) {
        let mut led_to = BTreeMap::new();
        for shard in (0..SHARDS).map(ShardId) {
            for chat in self.documents::<Chat>(shard, DocumentKind::Chat).await {
                led_to.extend(chat.open.map(|open| (open, chat.key)));
            }
        }
        let chats = open.iter().map(|c| (c.id.clone(), c.chat.clone()));
        assert_eq!(led_to, chats.collect(), "each chat leads to its open conversation");
    }

    async fn cards_name(&self, open: &[&Conversation]) {
        let cards = self.store.shared_all(SharedKind::Customer, None, 10_000).await.unwrap();
        let named = cards.into_iter().flat_map(|card| {
            let card: Customer = serde_json::from_slice(&card.bytes).unwrap();
            let id = card.id.clone();
            card.open.into_iter().map(move |open| (id.clone(), open.conversation, open.operator))
        });
        let named: BTreeSet<(CustomerId, ConversationId, Option<OperatorId>)> = named.collect();
        let stands = open.iter().filter_map(|c| Some((c.customer.clone()?, c.id.clone(), has(c)?)));
        assert_eq!(named, stands.collect(), "each card names its open conversations");
    }

    async fn history_is_whole(&self, conversation: &Conversation) {
        let (id, shard) = (conversation.id.clone(), conversation.id.shard().unwrap());
        let history = self.store.history(shard, id, 0, 100_000).await.unwrap();
        let numbers: Vec<u32> = history.iter().map(|(n, _)| *n).collect();
        let all: Vec<u32> = (1..=conversation.last_record).collect();
        assert_eq!(numbers, all, "records of {}", conversation.id);
        let records = history.iter().map(|(_, bytes)| serde_json::from_slice(bytes).unwrap());
        let entries = records.filter_map(|record| match record {
            Record::Entry { entry, .. } => Some(entry.n.0),
            Record::Edited { .. }
            | Record::Delivery { .. }
            | Record::Copied { .. }
            | Record::Deleted { .. }
            | Record::Reacted { .. }
            | Record::Corrected { .. } => None,
        });
        let all: Vec<u32> = (1..=conversation.last_entry.0).collect();
        assert_eq!(entries.collect::<Vec<_>>(), all, "entries of {}", conversation.id);
    }
}

/// The places that a conversation takes.
fn places(conversation: &Conversation) -> Vec<(OperatorId, ConversationId)> {
    let holder = match &conversation.state {
        State::Active(held) => Some(held.operator.clone()).filter(|_| held.place),
        _ => None,
    };
    let reserved = conversation.open_offers().iter().filter(|offer| offer.reserved);
    let reserved = reserved.map(|offer| offer.operator.clone());
    holder.into_iter().chain(reserved).map(|who| (who, conversation.id.clone())).collect()
}

/// Those before whom it is put.
fn offers(conversation: &Conversation) -> Vec<(OperatorId, ConversationId)> {
    let asked = conversation.open_offers().iter().map(|offer| offer.operator.clone());
    asked.map(|who| (who, conversation.id.clone())).collect()
}

/// Who has it, as the customer's card says; none: it is as good as over.
fn has(conversation: &Conversation) -> Option<Option<OperatorId>> {
    match &conversation.state {
        State::Waiting { .. } | State::Offered { .. } => Some(None),
        State::Active(held) => Some(Some(held.operator.clone())),
        State::Closing { .. } | State::Closed { .. } => None,
    }
}
