//! The words in which stores are put to the test.

use std::sync::Arc;

use domain::id::{ConversationId, LineId, OperatorId, ShardId};
use jiff::Timestamp;
use switchboard::store::op::{
    Commit, CommitError, Committed, Document, DocumentKind, InboxPosition, InstanceId, Lease, Op,
    Position, Refusal, Renewed, Room, SharedKind, Slot, Submitted, Trim,
};
use switchboard::store::pack::Pack;
use switchboard::store::{Store, Unavailable};

pub(crate) const SHARD: ShardId = ShardId(7);
pub(crate) const ELSEWHERE: ShardId = ShardId(8);
pub(crate) const DAY: u32 = 86_400;

/// The owner of a shard, with what it remembers of it.
pub(crate) struct Owner {
    pub(crate) store: Store,
    pub(crate) shard: ShardId,
    pub(crate) me: InstanceId,
    pub(crate) epoch: u64,
    pub(crate) commits: u64,
}

impl Owner {
    /// Claims [`SHARD`], whoever holds it.
    pub(crate) async fn of(store: &Store, me: &str) -> Self {
        Self::of_shard(store, SHARD, me).await
    }

    pub(crate) async fn of_shard(store: &Store, shard: ShardId, me: &str) -> Self {
        let me = instance(me);
        let seen = lease_of(store, shard).await;
        let lease = store.claim(shard, me.clone(), seen, 0).await.expect("an answer");
        let epoch = lease.expect("nobody else claims").epoch;
        let commits = store.meta(shard).await.expect("an answer").commits;
        Self { store: store.clone(), shard, me, epoch, commits }
    }

    /// Commits what must be possible.
    pub(crate) async fn does(&mut self, ops: impl IntoIterator<Item = Op>) -> Committed {
        self.commits([ops]).await.expect("a commit that is in order")
    }

    /// Commits one group, at second 0.
    pub(crate) async fn tries(
        &mut self,
        ops: impl IntoIterator<Item = Op>,
    ) -> Result<(), CommitError> {
        self.commits([ops]).await.map(drop)
    }

    /// Commits groups at second 0.
    pub(crate) async fn commits<G: IntoIterator<Item = Op>>(
        &mut self,
        groups: impl IntoIterator<Item = G>,
    ) -> Result<Committed, CommitError> {
        self.commits_at(at(0), groups).await
    }

    pub(crate) async fn commits_at<G: IntoIterator<Item = Op>>(
        &mut self,
        now: Timestamp,
        groups: impl IntoIterator<Item = G>,
    ) -> Result<Committed, CommitError> {
        let groups = groups.into_iter().map(|group| group.into_iter().collect()).collect();
        let made = self.store.commit(Commit { at: now, groups, ..self.nothing() }).await;
        self.commits += u64::from(made.is_ok());
        made
    }

    /// A commit without any op.
    pub(crate) fn nothing(&self) -> Commit {
        Commit {
            shard: self.shard,
            owner: self.me.clone(),
            epoch: self.epoch,
            after_commits: self.commits,
            at: at(0),
            groups: Vec::new(),
        }
    }
}

pub(crate) async fn lease_of(store: &Store, shard: ShardId) -> Lease {
    let leases = store.leases().await.expect("an answer");
    leases.into_iter().find(|(of, _)| *of == shard).map(|(_, lease)| lease).unwrap_or_default()
}

/// Submits to [`SHARD`] at second 0 under a key of the text itself.
pub(crate) async fn renew(
    store: &Store,
    shard: ShardId,
    me: InstanceId,
    epoch: u64,
) -> Result<Renewed, Unavailable> {
    let renewed = store.renew(me, vec![(shard, epoch)]).await?;
    let [renewed] = renewed.try_into().expect("one for each");
    Ok(renewed)
}

pub(crate) async fn submit(store: &Store, text: &str) -> Submitted {
    submit_at(store, at(0), text, text).await
}

pub(crate) async fn submit_at(store: &Store, now: Timestamp, key: &str, text: &str) -> Submitted {
    store.submit(SHARD, key.to_owned(), DAY, now, bytes(text)).await.expect("an answer")
}

/// Drops all dedupe keys that have run out.
pub(crate) async fn tidy(store: &Store, at: Timestamp) {
    while store.tidy(at).await.expect("an answer") {}
}

/// Drops all events of a feed but the newest.
pub(crate) async fn trim(store: &Store, shard: ShardId, keep: usize) {
    let end = store.meta(shard).await.expect("an answer").feed_end;
    trim_all(store, vec![Trim { shard, end, keep }]).await;
}

pub(crate) async fn trim_all(store: &Store, mut feeds: Vec<Trim>) {
    while !feeds.is_empty() {
        feeds = store.trim(feeds).await.expect("an answer");
    }
}

/// What waits in [`SHARD`] behind `after`.
pub(crate) async fn waiting(store: &Store, after: u64) -> Vec<(u64, String)> {
    waiting_in(store, SHARD, after).await
}

pub(crate) async fn waiting_in(store: &Store, shard: ShardId, after: u64) -> Vec<(u64, String)> {
    let entries = store.inbox(shard, InboxPosition(after), usize::MAX).await.expect("an answer");
    entries.into_iter().map(|entry| (entry.position.0, text(&entry.bytes))).collect()
}

pub(crate) fn instance(name: &str) -> InstanceId {
    InstanceId(Arc::from(name))
}

/// Seconds after noon of a certain day.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_750_000_000 + seconds).expect("a moment")
}

pub(crate) fn bytes(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("a text")
}

pub(crate) fn conversation(name: &str) -> ConversationId {
    ConversationId::new(name)
}

pub(crate) fn operator(name: &str) -> OperatorId {
    OperatorId::new(name)
}

pub(crate) fn line(name: &str) -> LineId {
    LineId::new(name)
}

pub(crate) fn position(epoch: u64, n: u64) -> Position {
    Position { epoch, n }
}

pub(crate) fn document(id: &str, version: u64, text: &str) -> Document {
    Document { id: id.to_owned(), version, bytes: bytes(text) }
}

/// A refusal of one group, the first.
pub(crate) fn refused(why: Refusal) -> Result<(), CommitError> {
    Err(CommitError::Refused(vec![(0, why)]))
}

pub(crate) fn version(id: &str, found: u64) -> Refusal {
    Refusal::Version { kind: DocumentKind::Conversation, id: id.to_owned(), found }
}

pub(crate) fn shared_version(id: &str, found: u64) -> Refusal {
    Refusal::SharedVersion { kind: SharedKind::Line, id: id.to_owned(), found }
}

pub(crate) fn put(id: &str, expected: u64, text: &str) -> Op {
    put_kind(DocumentKind::Conversation, id, expected, text)
}

pub(crate) fn put_kind(kind: DocumentKind, id: &str, expected: u64, text: &str) -> Op {
    Op::PutDocument { kind, id: id.to_owned(), expected, bytes: bytes(text) }
}

pub(crate) fn delete(id: &str, expected: u64) -> Op {
    Op::DeleteDocument { kind: DocumentKind::Conversation, id: id.to_owned(), expected }
}

pub(crate) fn put_shared(id: &str, expected: u64, text: &str) -> Op {
    put_shared_kind(SharedKind::Line, id, expected, text)
}

pub(crate) fn put_shared_kind(kind: SharedKind, id: &str, expected: u64, text: &str) -> Op {
    Op::PutShared { kind, id: id.to_owned(), expected, bytes: bytes(text) }
}

pub(crate) fn unmoved(id: &str, expected: u64) -> Op {
    Op::RequireShared { kind: SharedKind::Line, id: id.to_owned(), expected }
}

pub(crate) fn delete_shared(id: &str, expected: u64) -> Op {
    Op::DeleteShared { kind: SharedKind::Line, id: id.to_owned(), expected }
}

pub(crate) fn history(of: &str, n: u32, text: &str) -> Op {
    Op::AppendHistory { conversation: conversation(of), n, bytes: bytes(text) }
}

/// Packs what is there now of a history in [`SHARD`], up to that record.
pub(crate) async fn pack(store: &Store, of: &str, through: usize) -> Op {
    let records = store.history(SHARD, conversation(of), 0, through).await.expect("an answer");
    let pack = Pack::of(&records).expect("records");
    Op::PackHistory { conversation: conversation(of), pack }
}

pub(crate) fn forget_history(of: &str) -> Op {
    Op::DeleteHistory { conversation: conversation(of) }
}

pub(crate) fn event(text: &str) -> Op {
    Op::AppendFeed { bytes: bytes(text) }
}

pub(crate) fn set_timer(key: &str, at: Timestamp) -> Op {
    Op::SetTimer { key: key.to_owned(), at }
}

/// Clears a timer that must be armed.
pub(crate) fn end_timer(key: &str) -> Op {
    Op::ClearTimer { key: key.to_owned(), must_exist: true }
}

/// Clears a timer if it is armed.
pub(crate) fn drop_timer(key: &str) -> Op {
    Op::ClearTimer { key: key.to_owned(), must_exist: false }
}

pub(crate) fn put_job(id: &str, text: &str) -> Op {
    Op::PutJob { id: id.to_owned(), ready_at: at(0), bytes: bytes(text) }
}

pub(crate) fn update_job(id: &str, ready_at: Timestamp, text: &str) -> Op {
    Op::UpdateJob { id: id.to_owned(), ready_at, bytes: bytes(text) }
}

pub(crate) fn delete_job(id: &str) -> Op {
    Op::DeleteJob { id: id.to_owned() }
}

pub(crate) fn dead(text: &str) -> Op {
    Op::AppendDead { bytes: bytes(text) }
}

pub(crate) fn reserve(who: &str, of: &str, limit: u32) -> Op {
    take(Slot::Place, who, of, limit)
}

pub(crate) fn take(slot: Slot, who: &str, of: &str, limit: u32) -> Op {
    Op::Reserve { slot, operator: operator(who), conversation: conversation(of), limit }
}

pub(crate) fn release(who: &str, of: &str) -> Op {
    give_back(Slot::Place, who, of)
}

pub(crate) fn give_back(slot: Slot, who: &str, of: &str) -> Op {
    Op::Release { slot, operator: operator(who), conversation: conversation(of) }
}

pub(crate) fn count(line_name: &str, who: &str, by: i64, at: Timestamp) -> Op {
    Op::AddCounter { line: line(line_name), operator: operator(who), by, at }
}

pub(crate) fn once(key: &str) -> Op {
    Op::RequireDedupe { key: key.to_owned(), seconds: DAY }
}

pub(crate) fn put_inbox(shard: ShardId, text: &str) -> Op {
    Op::PutInbox { shard, room: Room::Common, bytes: bytes(text) }
}

/// What comes of an entry of an inbox.
pub(crate) fn pass_on(shard: ShardId, text: &str) -> Op {
    Op::PutInbox { shard, room: Room::Reserved, bytes: bytes(text) }
}

pub(crate) fn forget(key: &str) -> Op {
    Op::ForgetDedupe { key: key.to_owned() }
}

pub(crate) fn advance(from: u64, to: u64) -> Op {
    Op::AdvanceInbox { from: InboxPosition(from), to: InboxPosition(to) }
}

/// The records of a conversation.
pub(crate) async fn entries(
    store: &Store,
    of: &str,
    after: u32,
    limit: usize,
) -> Vec<(u32, Vec<u8>)> {
    store.history(SHARD, conversation(of), after, limit).await.unwrap()
}

pub(crate) fn entry(n: u32, text: &str) -> (u32, Vec<u8>) {
    (n, bytes(text))
}
