//! The reference model: the definition of the port, in ordered maps behind one lock.
//!
//! Knows no file, no thread and no error: it is what the other stores are compared with.

mod apply;
mod judge;
mod state;

use std::ops::Bound::{Excluded, Included, Unbounded};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::id::{ConversationId, LineId, OperatorId, ShardId};
use jiff::Timestamp;
use tokio::sync::watch;

use crate::store::Unavailable;
use crate::store::model::state::{Shard, State};
use crate::store::op::{
    Commit, CommitError, Committed, Counter, Document, DocumentKind, DocumentName, FeedRecord,
    INBOX_MAX, InboxEntry, InboxPosition, InstanceId, Job, Lease, Member, Meta, Position, Renewed,
    SharedKind, Slot, Submitted, Trim,
};
use crate::store::rules;
use crate::store::signal::{self, Signal, Signals};

/// A store in memory. All clones are the same connection to the same store.
#[derive(Clone, Debug, Default)]
pub struct ModelStore {
    state: Arc<Mutex<State>>,
    signals: Signals,
    line: Arc<Line>,
    /// In percent, as it is said to be; 0: it takes none that is counted.
    memory: Arc<AtomicU8>,
}

/// What can go wrong between a process and its store.
#[derive(Debug, Default)]
struct Line {
    is_cut: AtomicBool,
    /// Its listeners hear nothing: this is sent to by nobody.
    silence: Option<Signals>,
    /// How many commits are answered before it falls silent. None: all are.
    answers: watch::Sender<Option<usize>>,
    reads: AtomicUsize,
}

impl ModelStore {
    /// Another connection to the same store.
    #[must_use]
    pub fn connect(&self) -> Self {
        Self { line: Arc::default(), ..self.clone() }
    }

    /// Another connection to the same store, over which no signal ever comes.
    #[must_use]
    pub fn connect_without_signals(&self) -> Self {
        let line = Line { silence: Some(Signals::default()), ..Line::default() };
        Self { line: Arc::new(line), ..self.clone() }
    }

    /// Nothing asked over this connection reaches the store any more, until it is mended.
    pub fn cut(&self) {
        self.line.is_cut.store(true, Ordering::Relaxed);
    }

    pub fn mend(&self) {
        self.line.is_cut.store(false, Ordering::Relaxed);
    }

    /// Whoever listens hears that the store was started anew, and may have less than it had.
    pub fn tells_of_a_start(&self) {
        self.signals.send(Signal::Restarted);
    }

    /// What is written over this connection is not answered, until it is let go.
    pub fn hold(&self) {
        self.line.answers.send_replace(Some(0));
    }

    /// One commit is answered of those that are held.
    pub fn let_one_go(&self) {
        self.line.answers.send_modify(|answers| *answers = answers.map(|left| left + 1));
    }

    pub fn let_go(&self) {
        self.line.answers.send_replace(None);
    }

    /// From now on that much of its memory is used.
    pub fn fills(&self, percent: u8) {
        self.memory.store(percent, Ordering::Relaxed);
    }

    /// How often one document or a history was read over this connection.
    pub fn reads(&self) -> usize {
        self.line.reads.load(Ordering::Relaxed)
    }

    pub(super) fn memory_percent(&self) -> Option<u8> {
        Some(self.memory.load(Ordering::Relaxed)).filter(|percent| *percent > 0)
    }

    pub(super) fn signals(&self) -> &Signals {
        self.line.silence.as_ref().unwrap_or(&self.signals)
    }

    fn state(&self) -> Result<MutexGuard<'_, State>, Unavailable> {
        if self.line.is_cut.load(Ordering::Relaxed) {
            return Err(Unavailable("the connection is cut".to_owned()));
        }
        // Judging comes before writing and writing cannot fail, so a poisoned state is whole.
        Ok(self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn reached(&self) -> Result<MutexGuard<'_, State>, CommitError> {
        self.state().map_err(|Unavailable(why)| CommitError::Unavailable(why))
    }

    fn write(&self, commit: Commit) -> Result<Committed, CommitError> {
        let mut state = self.reached()?;
        judge::judge(&state, &commit)?;
        let signals = signal::of_commit(&commit);
        let made = apply::apply(&mut state, commit);
        self.signals.send_all(signals);
        Ok(made)
    }

    fn of_shard<T>(
        &self,
        shard: ShardId,
        read: impl FnOnce(&Shard) -> T,
    ) -> Result<T, Unavailable> {
        let state = self.state()?;
        Ok(match state.shards.get(&shard) {
            Some(shard) => read(shard),
            None => read(&Shard::default()),
        })
    }

    fn owned<T: Default>(
        &self,
        shard: ShardId,
        (me, epoch): (&InstanceId, u64),
        change: impl FnOnce(&mut Lease) -> T,
    ) -> Result<T, Unavailable> {
        let mut state = self.state()?;
        Ok(match state.shards.get_mut(&shard) {
            Some(Shard { lease, .. })
                if lease.owner.as_ref() == Some(me) && lease.epoch == epoch =>
            {
                change(lease)
            }
            Some(_) | None => T::default(),
        })
    }
}

#[expect(clippy::unused_async, reason = "the port is async")]
impl ModelStore {
    pub(super) async fn leases(&self) -> Result<Vec<(ShardId, Lease)>, Unavailable> {
        let state = self.state()?;
        let claimed = state.shards.iter().filter(|(_, shard)| shard.lease.epoch > 0);
        Ok(claimed.map(|(id, shard)| (*id, shard.lease.clone())).collect())
    }

    pub(super) async fn claim(
        &self,
        shard: ShardId,
        me: InstanceId,
        seen: Lease,
        floor: u64,
    ) -> Result<Result<Lease, Lease>, Unavailable> {
        let mut state = self.state()?;
        let stored = state.shards.get(&shard).map(|shard| shard.lease.clone()).unwrap_or_default();
        if !stored.stands_as(&seen) {
            return Ok(Err(stored));
        }
        let epoch = stored.epoch.max(floor) + 1;
        let lease = Lease { owner: Some(me), epoch, beat: 0, want: None };
        state.shards.entry(shard).or_default().lease = lease.clone();
        Ok(Ok(lease))
    }

    pub(super) async fn renew(
        &self,
        me: InstanceId,
        held: Vec<(ShardId, u64)>,
    ) -> Result<Vec<Renewed>, Unavailable> {
        let renew = |(shard, epoch)| {
            let renewed = self.owned(shard, (&me, epoch), |lease| {
                lease.beat += 1;
                Some(Renewed::Ours { want: lease.want.clone() })
            })?;
            Ok(renewed.unwrap_or(Renewed::Lost))
        };
        held.into_iter().map(renew).collect()
    }

    pub(super) async fn release(
        &self,
        shard: ShardId,
        me: InstanceId,
        epoch: u64,
    ) -> Result<bool, Unavailable> {
        let released = self.owned(shard, (&me, epoch), |lease| {
            lease.owner = None;
            true
        })?;
        if released {
            self.signals.send(Signal::Free(shard));
        }
        Ok(released)
    }

    pub(super) async fn ask(
        &self,
        shard: ShardId,
        me: InstanceId,
        owner: InstanceId,
        epoch: u64,
        before: Option<InstanceId>,
    ) -> Result<bool, Unavailable> {
        self.owned(shard, (&owner, epoch), |lease| {
            let asks = lease.want == before;
            if asks {
                lease.want = Some(me);
            }
            asks
        })
    }

    pub(super) async fn announce(
        &self,
        me: InstanceId,
        bytes: Vec<u8>,
        ttl: Duration,
    ) -> Result<(), Unavailable> {
        self.state()?.members.announce(me, bytes, ttl);
        Ok(())
    }

    pub(super) async fn members(&self) -> Result<Vec<Member>, Unavailable> {
        Ok(self.state()?.members.list())
    }

    pub(super) async fn submit(
        &self,
        shard: ShardId,
        dedupe: String,
        seconds: u32,
        at: Timestamp,
        bytes: Vec<u8>,
    ) -> Result<Submitted, Unavailable> {
        let mut state = self.state()?;
        let stored = state.shards.entry(shard).or_default();
        if stored.knows(&dedupe, at) {
            return Ok(Submitted::Duplicate);
        }
        if stored.inbox.len() >= INBOX_MAX {
            return Ok(Submitted::Full);
        }
        stored.dedupe.insert(dedupe, rules::known_until(at, seconds));
        let position = stored.put_inbox(bytes);
        self.signals.send(Signal::Inbox(shard));
        Ok(Submitted::Accepted(position))
    }

    pub(super) async fn knows(
        &self,
        shard: ShardId,
        dedupe: String,
        at: Timestamp,
    ) -> Result<bool, Unavailable> {
        self.of_shard(shard, |shard| shard.knows(&dedupe, at))
    }

    pub(super) async fn inbox(
        &self,
        shard: ShardId,
        after: InboxPosition,
        limit: usize,
    ) -> Result<Vec<InboxEntry>, Unavailable> {
        self.of_shard(shard, |shard| {
            let behind = shard.inbox.range((Excluded(after), Unbounded)).take(limit);
            behind
                .map(|(position, bytes)| InboxEntry { position: *position, bytes: bytes.clone() })
                .collect()
        })
    }

    pub(super) async fn commit(&self, commit: Commit) -> Result<Committed, CommitError> {
        let written = self.write(commit);
        // As with any store, whoever waits for the answer has time for something else.
        tokio::task::yield_now().await;
        let mut answers = self.line.answers.subscribe();
        drop(answers.wait_for(|left| *left != Some(0)).await);
        self.line
            .answers
            .send_modify(|answers| *answers = answers.map(|left| left.saturating_sub(1)));
        let _heard = self.reached()?;
        written
    }

    pub(super) async fn meta(&self, shard: ShardId) -> Result<Meta, Unavailable> {
        self.of_shard(shard, |shard| shard.meta)
    }

    pub(super) async fn document(
        &self,
        shard: ShardId,
        kind: DocumentKind,
        id: String,
    ) -> Result<Option<Document>, Unavailable> {
        self.line.reads.fetch_add(1, Ordering::Relaxed);
        self.of_shard(shard, |shard| shard.documents.get(kind, &id).cloned())
    }

    pub(super) async fn documents(
        &self,
        shard: ShardId,
        kind: DocumentKind,
        after: Option<String>,
        limit: usize,
    ) -> Result<Vec<Document>, Unavailable> {
        self.of_shard(shard, |shard| shard.documents.page(kind, after.as_deref(), limit))
    }

    pub(super) async fn history(
        &self,
        shard: ShardId,
        conversation: ConversationId,
        after: u32,
        limit: usize,
    ) -> Result<Vec<(u32, Vec<u8>)>, Unavailable> {
        self.line.reads.fetch_add(1, Ordering::Relaxed);
        self.of_shard(shard, |shard| {
            let from = Excluded((conversation.clone(), after));
            let records = shard.history.range((from, Included((conversation, u32::MAX))));
            records.map(|((_, n), bytes)| (*n, bytes.clone())).take(limit).collect()
        })
    }

    pub(super) async fn timers(
        &self,
        shard: ShardId,
    ) -> Result<Vec<(String, Timestamp)>, Unavailable> {
        let mut timers: Vec<(String, Timestamp)> =
            self.of_shard(shard, |shard| shard.timers.clone().into_iter().collect())?;
        timers.sort_by_key(|(_, at)| *at);
        Ok(timers)
    }

    pub(super) async fn jobs(&self, shard: ShardId) -> Result<Vec<Job>, Unavailable> {
        self.of_shard(shard, |shard| shard.jobs.values().cloned().collect())
    }

    pub(super) async fn dead(
        &self,
        shard: ShardId,
        limit: usize,
    ) -> Result<Vec<Vec<u8>>, Unavailable> {
        self.of_shard(shard, |shard| shard.dead.iter().take(limit).cloned().collect())
    }

    pub(super) async fn feed(
        &self,
        shard: ShardId,
        after: Position,
        limit: usize,
    ) -> Result<Option<Vec<FeedRecord>>, Unavailable> {
        self.of_shard(shard, |shard| {
            let oldest = shard.feed.values().next().map(|record| record.previous);
            let start = oldest.unwrap_or(shard.meta.feed_end);
            let from_the_first = after == Position::default() && start == Position::default();
            if !from_the_first && !shard.feed.contains_key(&after) {
                return None;
            }
            let behind = shard.feed.range((Excluded(after), Unbounded));
            Some(behind.take(limit).map(|(_, record)| record.clone()).collect())
        })
    }

    pub(super) async fn inboxes(&self) -> Result<Vec<ShardId>, Unavailable> {
        let state = self.state()?;
        let waits = state.shards.iter().filter(|(_, s)| s.inbox_end > s.meta.inbox_at);
        Ok(waits.map(|(id, _)| *id).collect())
    }

    pub(super) async fn feed_ends(&self) -> Result<Vec<(ShardId, Position)>, Unavailable> {
        let state = self.state()?;
        let ends = state.shards.iter().map(|(id, shard)| (*id, shard.meta.feed_end));
        Ok(ends.filter(|(_, end)| *end != Position::default()).collect())
    }

    pub(super) async fn feed_at(
        &self,
        shard: ShardId,
        position: Position,
    ) -> Result<Option<FeedRecord>, Unavailable> {
        self.of_shard(shard, |shard| shard.feed.get(&position).cloned())
    }

    pub(super) async fn shared(
        &self,
        kind: SharedKind,
        id: String,
    ) -> Result<Option<Document>, Unavailable> {
        Ok(self.state()?.common.shared.get(kind, &id).cloned())
    }

    pub(super) async fn look_up(
        &self,
        names: Vec<DocumentName>,
    ) -> Result<Vec<Option<Document>>, Unavailable> {
        let state = self.state()?;
        let found = |name: &DocumentName| match name {
            DocumentName::Of(shard, kind, id) => state.shards.get(shard)?.documents.get(*kind, id),
            DocumentName::Shared(kind, id) => state.common.shared.get(*kind, id),
        };
        Ok(names.iter().map(|name| found(name).cloned()).collect())
    }

    pub(super) async fn shared_all(
        &self,
        kind: SharedKind,
        after: Option<String>,
        limit: usize,
    ) -> Result<Vec<Document>, Unavailable> {
        Ok(self.state()?.common.shared.page(kind, after.as_deref(), limit))
    }

    pub(super) async fn counters(&self, line: LineId) -> Result<Vec<Counter>, Unavailable> {
        let state = self.state()?;
        let of_line = state.common.counters.iter().filter(|((of, _), _)| *of == line);
        Ok(of_line.map(|(_, counter)| counter.clone()).collect())
    }

    pub(super) async fn loads(
        &self,
        slot: Slot,
    ) -> Result<Vec<(OperatorId, ConversationId)>, Unavailable> {
        let state = self.state()?;
        let loads = state.common.loads.iter().filter(|((of, _), _)| *of == slot);
        let pairs = loads.flat_map(|((_, operator), conversations)| {
            conversations.iter().map(move |conversation| (operator.clone(), conversation.clone()))
        });
        Ok(pairs.collect())
    }

    pub(super) async fn tidy(&self, at: Timestamp) -> Result<bool, Unavailable> {
        for shard in self.state()?.shards.values_mut() {
            shard.dedupe.retain(|_, until| *until > rules::known_at(at));
        }
        Ok(false)
    }

    pub(super) async fn trim(&self, feeds: Vec<Trim>) -> Result<Vec<Trim>, Unavailable> {
        let shards = &mut self.state()?.shards;
        for Trim { shard, end, keep } in feeds {
            let Some(shard) =
                shards.get_mut(&shard).filter(|of| of.meta.feed_end.epoch == end.epoch)
            else {
                continue;
            };
            let come = shard.feed.range((Excluded(end), Unbounded)).count();
            while shard.feed.len() > keep.saturating_add(come) {
                shard.feed.pop_first();
            }
        }
        Ok(Vec::new())
    }
}
