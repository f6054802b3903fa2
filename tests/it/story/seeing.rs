//! What has become of conversations, as it is stored.

use domain::conversation::Conversation;
use domain::entry::{Body, Entry};
use domain::event::{Alarm, Row, RowState};
use domain::id::{ConversationId, OperatorId, ShardId};
use serde::de::DeserializeOwned;
use serde_json::Value;
use switchboard::protocol::Event;
use switchboard::store::op::{DocumentKind, Position, Slot};

use super::{Desk, SHARDS, Story};

/// Documents read at a time.
const PAGE: usize = 500;

impl Story {
    pub async fn row(&self, id: &ConversationId) -> Row {
        self.node.transcript(id).await.unwrap().expect("it is there").row
    }

    /// What whoever has it was just writing.
    pub async fn draft(&self, id: &ConversationId) -> Option<String> {
        let transcript = self.node.transcript(id).await.unwrap().expect("it is there");
        transcript.draft.map(|draft| draft.text)
    }

    pub async fn entries(&self, id: &ConversationId) -> Vec<Entry> {
        self.node.transcript(id).await.unwrap().expect("it is there").entries
    }

    /// The facts of a conversation in their order, each as JSON.
    pub async fn facts(&self, id: &ConversationId) -> Vec<Value> {
        let entries = self.entries(id).await.into_iter();
        let facts = entries.filter_map(|entry| match entry.body {
            Body::Fact(fact) => Some(serde_json::to_value(fact).unwrap()),
            Body::Message(_) | Body::Note { .. } => None,
        });
        facts.collect()
    }

    /// How often that fact is written in a conversation.
    pub async fn times(&self, fact: &str, id: &ConversationId) -> usize {
        self.facts(id).await.iter().filter(|written| written["fact"] == fact).count()
    }

    /// The last fact of that name.
    pub async fn last(&self, fact: &str, id: &ConversationId) -> Value {
        let facts = self.facts(id).await;
        let names: Vec<_> = facts.iter().map(|fact| fact["fact"].clone()).collect();
        let found = facts.into_iter().rev().find(|written| written["fact"] == fact);
        found.unwrap_or_else(|| panic!("no {fact} in {names:?}"))
    }

    /// The messages of a conversation with those of the parts before it, in their order.
    pub async fn messages_of_all_parts(&self, last: &ConversationId) -> Vec<String> {
        let mut messages = self.messages(last).await;
        let mut part = self.row(last).await;
        while let Some(before) = part.continues {
            let earlier = self.messages(&before).await;
            messages.splice(0..0, earlier);
            part = self.row(&before).await;
        }
        messages
    }

    /// The conversations that take a place of an operator.
    pub async fn places(&self, operator: &str) -> Vec<ConversationId> {
        let loads = self.store.loads(Slot::Place).await.unwrap().into_iter();
        let his = loads.filter(|(who, _)| who.as_str() == operator);
        his.map(|(_, conversation)| conversation).collect()
    }

    /// All conversations, open and closed.
    pub async fn conversations(&self) -> Vec<Conversation> {
        let mut all = Vec::new();
        for shard in (0..SHARDS).map(ShardId) {
            for kind in [DocumentKind::Conversation, DocumentKind::Archive] {
                all.extend(self.documents::<Conversation>(shard, kind).await);
            }
        }
        all
    }

    /// The open conversation of a customer of the line; he has one.
    pub async fn open_of(&self, customer: i64) -> ConversationId {
        let (all, chat) = (self.conversations().await, customer.to_string());
        let mut his = all.into_iter().filter(|c| !c.is_closed() && *c.chat.external == chat);
        let one = his.next().expect("one is open");
        assert_eq!(his.next().map(|other| other.id), None, "and no other");
        one.id
    }

    /// All documents of a kind in a shard.
    pub async fn documents<T: DeserializeOwned>(
        &self,
        shard: ShardId,
        kind: DocumentKind,
    ) -> Vec<T> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = self.store.documents(shard, kind, after, PAGE).await.unwrap();
            after = page.last().map(|document| document.id.clone());
            let full = page.len() == PAGE;
            let read = page.into_iter().map(|document| serde_json::from_slice(&document.bytes));
            all.extend(read.map(Result::unwrap));
            if !full {
                return all;
            }
        }
    }

    /// How often the feed of a conversation's shard says that it gave back a place.
    pub async fn times_a_place_was_given_back(&self, id: &ConversationId) -> usize {
        let shard = id.shard().unwrap();
        let feed = self.store.feed(shard, Position::default(), usize::MAX / 2).await.unwrap();
        let events = feed.expect("nothing is trimmed").into_iter();
        let events = events.map(|record| serde_json::from_slice::<Value>(&record.bytes).unwrap());
        let given = events.filter(|event| {
            event["event"] == "load"
                && event["holds"] == false
                && event["conversation"] == id.as_str()
        });
        given.count()
    }
}

impl Desk {
    pub fn alarms(&self) -> Vec<Alarm> {
        let alarm = |event| match event {
            Event::Alarm { alarm, .. } => Some(alarm),
            _ => None,
        };
        self.events().into_iter().filter_map(alarm).collect()
    }

    /// Conversations that this operator has.
    pub fn has(&self) -> Vec<ConversationId> {
        let rows = self.rows().into_values().filter(|row| row.state == RowState::Active);
        let his = rows.filter(|row| row.operator.as_ref() == Some(&self.name));
        his.map(|row| row.conversation).collect()
    }

    /// To whom a conversation on this screen belongs.
    pub fn holder(&self, id: &ConversationId) -> Option<OperatorId> {
        self.rows().get(id).and_then(|row| row.operator.clone())
    }
}
