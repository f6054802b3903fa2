//! The writes of a commit that has been judged. Nothing here can fail.

use std::collections::BTreeMap;

use domain::id::{LineId, OperatorId, ShardId};
use jiff::Timestamp;

use crate::store::model::state::{Common, Shard, State};
use crate::store::op::{
    Commit, Committed, Counter, Document, FeedRecord, InboxPosition, InstanceId, Job, Op, Position,
};
use crate::store::rules;

pub(super) fn apply(state: &mut State, commit: Commit) -> Committed {
    let mut writer = Writer {
        shards: &mut state.shards,
        common: &mut state.common,
        own: commit.shard,
        owner: commit.owner,
        epoch: commit.epoch,
        at: commit.at,
        appended: Vec::new(),
    };
    let feed_before = writer.own().meta.feed_end;
    for op in commit.groups.into_iter().flatten() {
        writer.apply(op);
    }
    writer.own().meta.commits += 1;
    Committed { commits: writer.own().meta.commits, feed_before, appended: writer.appended }
}

struct Writer<'a> {
    shards: &'a mut BTreeMap<ShardId, Shard>,
    common: &'a mut Common,
    own: ShardId,
    owner: InstanceId,
    epoch: u64,
    at: Timestamp,
    appended: Vec<Position>,
}

impl Writer<'_> {
    fn apply(&mut self, op: Op) {
        let shard = self.shards.entry(self.own).or_default();
        match op {
            Op::RequireInboxDrained | Op::RequireShared { .. } => {}
            Op::RequireDedupe { key, seconds } => {
                shard.dedupe.insert(key, rules::known_until(self.at, seconds));
            }
            Op::ForgetDedupe { key } => {
                shard.dedupe.remove(&key);
            }
            Op::AdvanceInbox { to, .. } => self.advance_inbox(to),
            Op::PutInbox { shard: to, bytes, room: _ } => {
                self.shards.entry(to).or_default().put_inbox(bytes);
            }
            Op::PutDocument { kind, id, expected, bytes } => {
                shard.documents.put(kind, Document { id, version: expected + 1, bytes });
            }
            Op::DeleteDocument { kind, id, .. } => shard.documents.delete(kind, &id),
            Op::AppendHistory { conversation, n, bytes } => {
                shard.history.insert((conversation, n), bytes);
            }
            Op::PackHistory { conversation, pack } => shard.pack(&conversation, &pack),
            Op::DeleteHistory { conversation } => shard.forget_history(&conversation),
            Op::AppendFeed { bytes } => self.append_feed(bytes),
            Op::SetTimer { key, at } => {
                shard.timers.insert(key, kept(at));
            }
            Op::ClearTimer { key, .. } => {
                shard.timers.remove(&key);
            }
            Op::PutJob { id, ready_at, bytes } | Op::UpdateJob { id, ready_at, bytes } => {
                shard.jobs.insert(id.clone(), Job { id, ready_at: kept(ready_at), bytes });
            }
            Op::DeleteJob { id } => {
                shard.jobs.remove(&id);
            }
            Op::AppendDead { bytes } => shard.dead.push(bytes),
            Op::Reserve { slot, operator, conversation, limit: _ } => {
                self.common.loads.entry((slot, operator)).or_default().insert(conversation);
            }
            Op::Release { slot, operator, conversation } => {
                self.common.loads.entry((slot, operator)).or_default().remove(&conversation);
            }
            Op::AddCounter { line, operator, by, at } => self.count(line, operator, by, at),
            Op::PutShared { kind, id, expected, bytes } => {
                self.common.shared.put(kind, Document { id, version: expected + 1, bytes });
            }
            Op::DeleteShared { kind, id, .. } => self.common.shared.delete(kind, &id),
        }
    }

    fn own(&mut self) -> &mut Shard {
        self.shards.entry(self.own).or_default()
    }

    fn advance_inbox(&mut self, to: InboxPosition) {
        let shard = self.own();
        shard.meta.inbox_at = to;
        shard.inbox.retain(|position, _| *position > to);
    }

    fn append_feed(&mut self, bytes: Vec<u8>) {
        let previous = self.own().meta.feed_end;
        let n = if previous.epoch == self.epoch { previous.n + 1 } else { 1 };
        let position = Position { epoch: self.epoch, n };
        let record = FeedRecord { position, previous, by: self.owner.clone(), bytes };
        let shard = self.own();
        shard.feed.insert(position, record);
        shard.meta.feed_end = position;
        self.appended.push(position);
    }

    fn count(&mut self, line: LineId, operator: OperatorId, by: i64, at: Timestamp) {
        let new = Counter { operator: operator.clone(), received: 0, last: None };
        let counter = self.common.counters.entry((line, operator)).or_insert(new);
        counter.received = counter.received.saturating_add(by);
        if by > 0 {
            counter.last = Some(kept(at));
        }
    }
}

fn kept(at: Timestamp) -> Timestamp {
    rules::timestamp(rules::nanoseconds(at))
}
