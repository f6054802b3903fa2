//! What a store remembers, as plain ordered maps.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Excluded, Included, Unbounded};

use domain::id::{ConversationId, LineId, OperatorId, ShardId};
use jiff::Timestamp;

use crate::store::members::Members;
use crate::store::op::{
    Counter, Document, DocumentKind, FeedRecord, InboxPosition, Job, Lease, Meta, Position,
    SharedKind, Slot,
};
use crate::store::pack::Pack;
use crate::store::rules;

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) shards: BTreeMap<ShardId, Shard>,
    pub(super) common: Common,
    pub(super) members: Members,
}

/// What one shard remembers.
#[derive(Debug, Default)]
pub(super) struct Shard {
    pub(super) lease: Lease,
    pub(super) meta: Meta,
    /// The position of the newest entry that the inbox ever got.
    pub(super) inbox_end: InboxPosition,
    pub(super) inbox: BTreeMap<InboxPosition, Vec<u8>>,
    /// Until when each key is known, in nanoseconds since 1970.
    pub(super) dedupe: BTreeMap<String, i64>,
    pub(super) documents: Documents<DocumentKind>,
    pub(super) history: BTreeMap<(ConversationId, u32), Vec<u8>>,
    /// The last record of each pack.
    pub(super) packed: BTreeMap<ConversationId, u32>,
    pub(super) feed: BTreeMap<Position, FeedRecord>,
    pub(super) timers: BTreeMap<String, Timestamp>,
    pub(super) jobs: BTreeMap<String, Job>,
    pub(super) dead: Vec<Vec<u8>>,
}

impl Shard {
    /// Adds an entry to the end of the inbox.
    pub(super) fn put_inbox(&mut self, bytes: Vec<u8>) -> InboxPosition {
        self.inbox_end.0 += 1;
        self.inbox.insert(self.inbox_end, bytes);
        self.inbox_end
    }

    /// What the pack says of a history is what it was.
    pub(super) fn pack(&mut self, conversation: &ConversationId, pack: &Pack) {
        let kept = self.packed.get(conversation).copied().unwrap_or_default();
        let Some(records) = pack.records().ok().filter(|_| kept <= pack.through()) else { return };
        self.packed.insert(conversation.clone(), pack.through());
        self.history.retain(|(of, n), _| of != conversation || *n > pack.through());
        let records = records.into_iter().map(|(n, bytes)| ((conversation.clone(), n), bytes));
        self.history.extend(records);
    }

    pub(super) fn forget_history(&mut self, conversation: &ConversationId) {
        self.history.retain(|(of, _), _| of != conversation);
        self.packed.remove(conversation);
    }

    /// Whether a dedupe key is known at that moment.
    pub(super) fn knows(&self, key: &str, at: Timestamp) -> bool {
        self.dedupe.get(key).is_some_and(|until| *until > rules::known_at(at))
    }
}

/// What belongs to no shard.
#[derive(Debug, Default)]
pub(super) struct Common {
    pub(super) shared: Documents<SharedKind>,
    pub(super) counters: BTreeMap<(LineId, OperatorId), Counter>,
    pub(super) loads: BTreeMap<(Slot, OperatorId), BTreeSet<ConversationId>>,
}

/// Documents by kind and id.
#[derive(Debug)]
pub(super) struct Documents<K>(BTreeMap<(K, String), Document>);

impl<K> Default for Documents<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Copy + Ord> Documents<K> {
    /// 0: there is none.
    pub(super) fn version(&self, kind: K, id: &str) -> u64 {
        self.get(kind, id).map_or(0, |document| document.version)
    }

    pub(super) fn get(&self, kind: K, id: &str) -> Option<&Document> {
        self.0.get(&(kind, id.to_owned()))
    }

    pub(super) fn page(&self, kind: K, after: Option<&str>, limit: usize) -> Vec<Document> {
        let from = match after {
            Some(after) => Excluded((kind, after.to_owned())),
            None => Included((kind, String::new())),
        };
        let of_kind = self.0.range((from, Unbounded)).take_while(|((of, _), _)| *of == kind);
        of_kind.take(limit).map(|(_, document)| document.clone()).collect()
    }

    pub(super) fn put(&mut self, kind: K, document: Document) {
        self.0.insert((kind, document.id.clone()), document);
    }

    pub(super) fn delete(&mut self, kind: K, id: &str) {
        self.0.remove(&(kind, id.to_owned()));
    }
}
