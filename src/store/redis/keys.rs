//! The names of all keys: the only place that makes them.
//!
//! What belongs to a shard carries its number in braces.

use std::fmt::Write as _;

use domain::id::{ConversationId, LineId, ShardId};

use crate::store::op::{DocumentKind, SharedKind};

/// Most that the number of a shard takes, with its braces and the colon.
const SHARD_BYTES_MAX: usize = "{65535}:".len();

/// What all names begin with.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    prefix: String,
}

impl Keys {
    pub(super) fn new(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned() }
    }

    /// Hash: what store this is. `store_id`, `shards`, `schema`.
    pub(super) fn about(&self) -> String {
        format!("{}about", self.prefix)
    }

    /// Of the kind that it is named after, for a moment: whether its commands are allowed.
    pub(super) fn scratch(&self, kind: &str) -> String {
        format!("{}scratch:{kind}", self.prefix)
    }

    /// Set: the numbers of all shards that were ever claimed or got an inbox entry.
    pub(super) fn shards(&self) -> String {
        format!("{}shards", self.prefix)
    }

    /// Set: the instances that have announced themselves, also those that are gone.
    pub(super) fn nodes(&self) -> String {
        format!("{}nodes", self.prefix)
    }

    /// Bytes that expire: what a process says of itself.
    pub(super) fn node(&self, instance: &str) -> String {
        format!("{}node:{instance}", self.prefix)
    }

    /// Channel: that something happened in a shard.
    pub(super) fn signals(&self) -> String {
        format!("{}signals", self.prefix)
    }

    /// Hash: `owner` ('' when it is free), `epoch`, `beat`, `want` (who asks for
    /// it, '' if nobody). Never expires.
    pub(super) fn lease(&self, shard: ShardId) -> String {
        self.of_shard(shard, &["lease"])
    }

    /// Hash: `commits`, `inbox_at`, `inbox_end`, `feed_epoch`, `feed_n`.
    pub(super) fn meta(&self, shard: ShardId) -> String {
        self.of_shard(shard, &["meta"])
    }

    /// Stream: ids `<position>-0`, field `p`. Trimmed, never deleted.
    pub(super) fn inbox(&self, shard: ShardId) -> String {
        self.of_shard(shard, &["in"])
    }

    /// Sorted set: dedupe keys, each scored by the microsecond until which it is known.
    pub(super) fn seen(&self, shard: ShardId) -> String {
        self.of_shard(shard, &["seen"])
    }

    /// Stream of what was written together: ids `<epoch>-<n>` of the newest event; `p` position before the
    /// first, `b` by whom, then `d` data of each.
    pub(super) fn feed(&self, shard: ShardId) -> String {
        self.of_shard(shard, &["feed"])
    }

    /// Hash: key to nanosecond.
    pub(super) fn timers(&self, shard: ShardId) -> String {
        self.of_shard(shard, &["timers"])
    }

    /// Hash: id to `<ready at, nanosecond> <bytes>`.
    pub(super) fn jobs(&self, shard: ShardId) -> String {
        self.of_shard(shard, &["jobs"])
    }

    /// List.
    pub(super) fn dead(&self, shard: ShardId) -> String {
        self.of_shard(shard, &["dead"])
    }

    /// Text: `<version> <bytes>`.
    pub(super) fn document(&self, shard: ShardId, kind: DocumentKind, id: &str) -> String {
        self.of_shard(shard, &["doc:", kind.as_str(), ":", id])
    }

    /// Sorted set, in the order of bytes: the ids of the documents of a kind.
    pub(super) fn documents(&self, shard: ShardId, kind: DocumentKind) -> String {
        self.of_shard(shard, &["doc:", kind.as_str()])
    }

    /// Of a document, and of the ids of its kind.
    pub(super) fn both_of_document(
        &self,
        shard: ShardId,
        kind: DocumentKind,
        id: &str,
    ) -> (String, String) {
        (self.document(shard, kind, id), self.documents(shard, kind))
    }

    /// Hash: number to record.
    pub(super) fn history(&self, shard: ShardId, conversation: &ConversationId) -> String {
        self.of_shard(shard, &["hist:", conversation.as_str()])
    }

    /// Text: `<through> <pack>`, the records up to that number; those beside it came later.
    pub(super) fn packed(&self, shard: ShardId, conversation: &ConversationId) -> String {
        self.of_shard(shard, &["pack:", conversation.as_str()])
    }

    /// Of a history: the records by themselves, and those that are packed.
    pub(super) fn both_of_history(
        &self,
        shard: ShardId,
        conversation: &ConversationId,
    ) -> (String, String) {
        (self.history(shard, conversation), self.packed(shard, conversation))
    }

    /// Text: `<version> <bytes>`.
    pub(super) fn shared(&self, kind: SharedKind, id: &str) -> String {
        [&self.prefix, "shared:", kind.as_str(), ":", id].concat()
    }

    /// Sorted set, in the order of bytes: the ids of the shared documents of a kind.
    pub(super) fn shared_ids(&self, kind: SharedKind) -> String {
        [&self.prefix, "shared:", kind.as_str()].concat()
    }

    /// Of a shared document, and of the ids of its kind.
    pub(super) fn both_of_shared(&self, kind: SharedKind, id: &str) -> (String, String) {
        (self.shared(kind, id), self.shared_ids(kind))
    }

    /// Hash: `received <operator>` to a number, `last <operator>` to a nanosecond.
    pub(super) fn counters(&self, line: &LineId) -> String {
        [&self.prefix, "count:", line.as_str()].concat()
    }

    /// Sorted set, in the order of bytes: `<slot> NUL <operator> NUL <conversation>`.
    pub(super) fn loads(&self) -> String {
        format!("{}load", self.prefix)
    }

    /// Each commit makes many.
    fn of_shard(&self, shard: ShardId, what: &[&str]) -> String {
        let bytes = what.iter().map(|part| part.len()).sum::<usize>();
        let mut name = String::with_capacity(self.prefix.len() + SHARD_BYTES_MAX + bytes);
        name.push_str(&self.prefix);
        // Writing to memory does not fail.
        let _written = write!(name, "{{{}}}:", shard.0);
        for part in what {
            name.push_str(part);
        }
        name
    }
}
