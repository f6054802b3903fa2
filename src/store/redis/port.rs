//! The port, call by call: each runs on the store's own thread.

use std::time::Duration;

use domain::id::{ConversationId, LineId, OperatorId, ShardId};
use jiff::Timestamp;

use crate::store::Unavailable;
use crate::store::op::{
    Commit, CommitError, Committed, Counter, Document, DocumentKind, DocumentName, FeedRecord,
    InboxEntry, InboxPosition, InstanceId, Job, Lease, Member, Meta, Position, Renewed, SharedKind,
    Slot, Submitted, Trim,
};
use crate::store::redis::value::dedupe_key;
use crate::store::redis::{RedisStore, read};

/// See [`crate::store::Store`].
impl RedisStore {
    pub(in crate::store) async fn leases(&self) -> Result<Vec<(ShardId, Lease)>, Unavailable> {
        self.run(|on| async move { on.leases().await }).await
    }

    pub(in crate::store) async fn claim(
        &self,
        shard: ShardId,
        me: InstanceId,
        seen: Lease,
        floor: u64,
    ) -> Result<Result<Lease, Lease>, Unavailable> {
        self.run(|on| async move { on.claim(shard, me, seen, floor).await }).await
    }

    pub(in crate::store) async fn renew(
        &self,
        me: InstanceId,
        held: Vec<(ShardId, u64)>,
    ) -> Result<Vec<Renewed>, Unavailable> {
        self.run(|on| async move { on.renew(&me, &held).await }).await
    }

    pub(in crate::store) async fn release(
        &self,
        shard: ShardId,
        me: InstanceId,
        epoch: u64,
    ) -> Result<bool, Unavailable> {
        self.run(|on| async move { on.release(shard, me, epoch).await }).await
    }

    pub(in crate::store) async fn ask(
        &self,
        shard: ShardId,
        me: InstanceId,
        owner: InstanceId,
        epoch: u64,
        before: Option<InstanceId>,
    ) -> Result<bool, Unavailable> {
        self.run(|on| async move { on.ask(shard, &me, (&owner, epoch), before).await }).await
    }

    pub(in crate::store) async fn announce(
        &self,
        me: InstanceId,
        bytes: Vec<u8>,
        ttl: Duration,
    ) -> Result<(), Unavailable> {
        self.run(|on| async move { on.announce(&me, &bytes, ttl).await }).await
    }

    pub(in crate::store) async fn members(&self) -> Result<Vec<Member>, Unavailable> {
        self.run(|on| async move { on.members().await }).await
    }

    pub(in crate::store) async fn feed_ends(
        &self,
    ) -> Result<Vec<(ShardId, Position)>, Unavailable> {
        self.run(|on| async move { on.feed_ends().await }).await
    }

    pub(in crate::store) async fn submit(
        &self,
        shard: ShardId,
        dedupe: String,
        seconds: u32,
        at: Timestamp,
        bytes: Vec<u8>,
    ) -> Result<Submitted, Unavailable> {
        self.run(|on| async move { on.submit(shard, (dedupe, seconds), at, bytes).await }).await
    }

    pub(in crate::store) async fn knows(
        &self,
        shard: ShardId,
        dedupe: String,
        at: Timestamp,
    ) -> Result<bool, Unavailable> {
        self.run(|on| async move {
            read::knows(&on.looks, (on.keys.seen(shard), &dedupe_key(&dedupe)), at).await
        })
        .await
    }

    pub(in crate::store) async fn inbox(
        &self,
        shard: ShardId,
        after: InboxPosition,
        limit: usize,
    ) -> Result<Vec<InboxEntry>, Unavailable> {
        self.run(
            |on| async move { read::inbox(&on.looks, on.keys.inbox(shard), after, limit).await },
        )
        .await
    }

    pub(in crate::store) async fn inboxes(&self) -> Result<Vec<ShardId>, Unavailable> {
        self.run(|on| async move { on.inboxes().await }).await
    }

    pub(in crate::store) async fn commit(&self, commit: Commit) -> Result<Committed, CommitError> {
        let made = self.run(|on| async move { Ok(on.commit(commit).await) }).await;
        made.unwrap_or_else(|Unavailable(why)| Err(CommitError::Unavailable(why)))
    }

    pub(in crate::store) async fn meta(&self, shard: ShardId) -> Result<Meta, Unavailable> {
        self.run(|on| async move { read::meta(&on.looks, on.keys.meta(shard)).await }).await
    }

    pub(in crate::store) async fn document(
        &self,
        shard: ShardId,
        kind: DocumentKind,
        id: String,
    ) -> Result<Option<Document>, Unavailable> {
        self.run(|on| async move {
            read::document(&on.looks, on.keys.document(shard, kind, &id), id).await
        })
        .await
    }

    pub(in crate::store) async fn documents(
        &self,
        shard: ShardId,
        kind: DocumentKind,
        after: Option<String>,
        limit: usize,
    ) -> Result<Vec<Document>, Unavailable> {
        self.run(|on| async move {
            let key = |id: &str| on.keys.document(shard, kind, id);
            read::documents(&on.readers, on.keys.documents(shard, kind), key, after, limit).await
        })
        .await
    }

    pub(in crate::store) async fn history(
        &self,
        shard: ShardId,
        conversation: ConversationId,
        after: u32,
        limit: usize,
    ) -> Result<Vec<(u32, Vec<u8>)>, Unavailable> {
        self.run(|on| async move {
            let keys = on.keys.both_of_history(shard, &conversation);
            read::history(&on.readers, keys, after, limit).await
        })
        .await
    }

    pub(in crate::store) async fn timers(
        &self,
        shard: ShardId,
    ) -> Result<Vec<(String, Timestamp)>, Unavailable> {
        self.run(|on| async move { read::timers(&on.readers, on.keys.timers(shard)).await }).await
    }

    pub(in crate::store) async fn jobs(&self, shard: ShardId) -> Result<Vec<Job>, Unavailable> {
        self.run(|on| async move { read::jobs(&on.readers, on.keys.jobs(shard)).await }).await
    }

    pub(in crate::store) async fn dead(
        &self,
        shard: ShardId,
        limit: usize,
    ) -> Result<Vec<Vec<u8>>, Unavailable> {
        self.run(|on| async move { read::dead(&on.readers, on.keys.dead(shard), limit).await })
            .await
    }

    pub(in crate::store) async fn feed(
        &self,
        shard: ShardId,
        after: Position,
        limit: usize,
    ) -> Result<Option<Vec<FeedRecord>>, Unavailable> {
        self.run(|on| async move {
            let keys = (on.keys.feed(shard), on.keys.meta(shard));
            read::feed(&on.feeds, keys, after, limit).await
        })
        .await
    }

    pub(in crate::store) async fn feed_at(
        &self,
        shard: ShardId,
        position: Position,
    ) -> Result<Option<FeedRecord>, Unavailable> {
        self.run(|on| async move { read::feed_at(&on.feeds, on.keys.feed(shard), position).await })
            .await
    }

    pub(in crate::store) async fn shared(
        &self,
        kind: SharedKind,
        id: String,
    ) -> Result<Option<Document>, Unavailable> {
        self.run(|on| async move { read::document(&on.looks, on.keys.shared(kind, &id), id).await })
            .await
    }

    pub(in crate::store) async fn look_up(
        &self,
        names: Vec<DocumentName>,
    ) -> Result<Vec<Option<Document>>, Unavailable> {
        self.run(|on| async move { read::named(&on.looks, &on.keys, names).await }).await
    }

    pub(in crate::store) async fn shared_all(
        &self,
        kind: SharedKind,
        after: Option<String>,
        limit: usize,
    ) -> Result<Vec<Document>, Unavailable> {
        self.run(|on| async move {
            let key = |id: &str| on.keys.shared(kind, id);
            read::documents(&on.readers, on.keys.shared_ids(kind), key, after, limit).await
        })
        .await
    }

    pub(in crate::store) async fn counters(
        &self,
        line: LineId,
    ) -> Result<Vec<Counter>, Unavailable> {
        self.run(|on| async move { read::counters(&on.readers, on.keys.counters(&line)).await })
            .await
    }

    pub(in crate::store) async fn loads(
        &self,
        slot: Slot,
    ) -> Result<Vec<(OperatorId, ConversationId)>, Unavailable> {
        self.run(move |on| async move { read::loads(&on.readers, on.keys.loads(), slot).await })
            .await
    }

    pub(in crate::store) async fn tidy(&self, at: Timestamp) -> Result<bool, Unavailable> {
        self.run(move |on| async move { on.tidy(at).await }).await
    }

    pub(in crate::store) async fn trim(&self, feeds: Vec<Trim>) -> Result<Vec<Trim>, Unavailable> {
        self.run(move |on| async move { on.trim(feeds).await }).await
    }
}
