//! The writes of a commit that has been judged. Nothing here can fail.

use domain::id::{LineId, OperatorId};
use jiff::Timestamp;

use crate::store::model::state::{Common, Shard};
use crate::store::op::{
    Commit, Committed, Counter, Document, FeedRecord, InboxPosition, InstanceId, Job, Op, Position,
};
use crate::store::rules;

pub(super) fn apply(shard: &mut Shard, common: &mut Common, commit: Commit) -> Committed {
    let feed_before = shard.meta.feed_end;
    let mut writer = Writer {
        shard,
        common,
        owner: commit.owner,
        epoch: commit.epoch,
        at: commit.at,
        appended: Vec::new(),
    };
    for op in commit.groups.into_iter().flatten() {
        writer.apply(op);
    }
    let appended = writer.appended;
    shard.meta.commits += 1;
    Committed { commits: shard.meta.commits, feed_before, appended }
}

struct Writer<'a> {
    shard: &'a mut Shard,
    common: &'a mut Common,
    owner: InstanceId,
    epoch: u64,
    at: Timestamp,
    appended: Vec<Position>,
}

impl Writer<'_> {
    fn apply(&mut self, op: Op) {
        let shard = &mut *self.shard;
        match op {
            Op::RequireInboxDrained => {}
            Op::RequireDedupe { key, seconds } => {
                shard.dedupe.insert(key, rules::known_until(self.at, seconds));
            }
            Op::AdvanceInbox { to, .. } => self.advance_inbox(to),
            Op::PutDocument { kind, id, expected, bytes } => {
                shard.documents.put(kind, Document { id, version: expected + 1, bytes });
            }
            Op::DeleteDocument { kind, id, .. } => shard.documents.delete(kind, &id),
            Op::AppendHistory { conversation, n, bytes } => {
                shard.history.insert((conversation, n), bytes);
            }
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
            Op::Reserve { operator, conversation, .. } => {
                self.common.loads.entry(operator).or_default().insert(conversation);
            }
            Op::Release { operator, conversation } => {
                self.common.loads.entry(operator).or_default().remove(&conversation);
            }
            Op::AddCounter { line, operator, by, at } => self.count(line, operator, by, at),
            Op::PutShared { kind, id, expected, bytes } => {
                self.common.shared.put(kind, Document { id, version: expected + 1, bytes });
            }
            Op::DeleteShared { kind, id, .. } => self.common.shared.delete(kind, &id),
        }
    }

    fn advance_inbox(&mut self, to: InboxPosition) {
        self.shard.meta.inbox_at = to;
        self.shard.inbox.retain(|position, _| *position > to);
    }

    fn append_feed(&mut self, bytes: Vec<u8>) {
        let previous = self.shard.meta.feed_end;
        let n = if previous.epoch == self.epoch { previous.n + 1 } else { 1 };
        let position = Position { epoch: self.epoch, n };
        let record = FeedRecord { position, previous, by: self.owner.clone(), bytes };
        self.shard.feed.insert(position, record);
        self.shard.meta.feed_end = position;
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
