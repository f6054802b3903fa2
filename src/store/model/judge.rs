//! Whether a commit may be made, judged before anything is written.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Excluded, Unbounded};

use domain::id::{ConversationId, OperatorId, ShardId};

use crate::store::model::state::{Shard, State};
use crate::store::op::{Commit, CommitError, INBOX_MAX, InboxPosition, Op, Refusal, Slot};
use crate::store::rules;

/// All reasons against the commit, the gravest kind first.
pub(super) fn judge(state: &State, commit: &Commit) -> Result<(), CommitError> {
    let unknown = Shard::default();
    let shard = state.shards.get(&commit.shard).unwrap_or(&unknown);
    check_memory(shard, commit)?;
    rules::check_shape(commit)?;
    let cursor = match rules::inbox_move(commit) {
        Some((from, to)) if to < from || to > shard.inbox_end => {
            return Err(CommitError::Malformed("inbox cursor out of place"));
        }
        Some((_, to)) => to,
        None => shard.meta.inbox_at,
    };
    let (inboxes, loads) = (BTreeMap::new(), BTreeMap::new());
    let mut judge = Judge { state, shard, commit, cursor, inboxes, loads };
    let refused = judge.refusals();
    if refused.is_empty() { Ok(()) } else { Err(CommitError::Refused(refused)) }
}

/// Whether the owner still owns the shard and remembers what the store holds.
fn check_memory(shard: &Shard, commit: &Commit) -> Result<(), CommitError> {
    let lease = &shard.lease;
    if lease.owner.as_ref() != Some(&commit.owner) || lease.epoch != commit.epoch {
        return Err(CommitError::Fenced { owner: lease.owner.clone(), epoch: lease.epoch });
    }
    if shard.meta.commits != commit.after_commits {
        return Err(CommitError::WentBack("commits"));
    }
    if rules::inbox_move(commit).is_some_and(|(from, _)| from != shard.meta.inbox_at) {
        return Err(CommitError::WentBack("inbox"));
    }
    if shard.meta.feed_end.epoch > commit.epoch {
        return Err(CommitError::WentBack("feed"));
    }
    Ok(())
}

struct Judge<'a> {
    state: &'a State,
    shard: &'a Shard,
    commit: &'a Commit,
    /// The inbox cursor as this commit leaves it.
    cursor: InboxPosition,
    /// How many entries wait in the inboxes that this commit puts into, with those so far.
    inboxes: BTreeMap<ShardId, usize>,
    /// The loads that this commit touches, as it has changed them so far.
    loads: BTreeMap<(Slot, &'a OperatorId), BTreeSet<ConversationId>>,
}

impl<'a> Judge<'a> {
    /// The first reason of each refused group.
    fn refusals(&mut self) -> Vec<(usize, Refusal)> {
        let mut refused = Vec::new();
        for (group, ops) in self.commit.groups.iter().enumerate() {
            // Every op is judged, as later groups feel the reservations of a refused one too.
            let reasons: Vec<Refusal> = ops.iter().filter_map(|op| self.refusal(op)).collect();
            refused.extend(reasons.into_iter().next().map(|first| (group, first)));
        }
        refused
    }

    fn refusal(&mut self, op: &'a Op) -> Option<Refusal> {
        let shard = self.shard;
        match op {
            Op::RequireDedupe { key, .. } => {
                shard.knows(key, self.commit.at).then_some(Refusal::Duplicate)
            }
            Op::RequireInboxDrained => (shard.inbox_end > self.cursor).then_some(Refusal::Behind),
            Op::PutInbox { shard: to, .. } => self.put_inbox(*to),
            Op::PutDocument { kind, id, expected, .. }
            | Op::DeleteDocument { kind, id, expected } => {
                let found = shard.documents.version(*kind, id);
                (found != *expected).then(|| Refusal::Version {
                    kind: *kind,
                    id: id.clone(),
                    found,
                })
            }
            Op::PutShared { kind, id, expected, .. }
            | Op::RequireShared { kind, id, expected }
            | Op::DeleteShared { kind, id, expected } => {
                let found = self.state.common.shared.version(*kind, id);
                (found != *expected).then(|| Refusal::SharedVersion {
                    kind: *kind,
                    id: id.clone(),
                    found,
                })
            }
            Op::ClearTimer { key, must_exist } => {
                (*must_exist && !shard.timers.contains_key(key)).then_some(Refusal::Timer)
            }
            Op::UpdateJob { id, .. } | Op::DeleteJob { id } => {
                (!shard.jobs.contains_key(id)).then_some(Refusal::Job)
            }
            Op::Reserve { slot, operator, conversation, limit } => {
                self.reserve((*slot, operator), conversation, *limit)
            }
            Op::Release { slot, operator, conversation } => {
                self.load((*slot, operator)).remove(conversation);
                None
            }
            Op::AdvanceInbox { .. }
            | Op::AppendHistory { .. }
            | Op::PackHistory { .. }
            | Op::DeleteHistory { .. }
            | Op::AppendFeed { .. }
            | Op::SetTimer { .. }
            | Op::PutJob { .. }
            | Op::AppendDead { .. }
            | Op::AddCounter { .. } => None,
        }
    }

    fn put_inbox(&mut self, to: ShardId) -> Option<Refusal> {
        let waiting = self.inbox(to);
        if *waiting >= INBOX_MAX {
            return Some(Refusal::InboxFull { shard: to });
        }
        *waiting += 1;
        None
    }

    fn inbox(&mut self, of: ShardId) -> &mut usize {
        let own = of == self.commit.shard;
        let stored = || {
            let Some(shard) = self.state.shards.get(&of) else { return 0 };
            let cursor = if own { self.cursor } else { shard.meta.inbox_at };
            shard.inbox.range((Excluded(cursor), Unbounded)).count()
        };
        self.inboxes.entry(of).or_insert_with(stored)
    }

    fn reserve(
        &mut self,
        of: (Slot, &'a OperatorId),
        conversation: &ConversationId,
        limit: u32,
    ) -> Option<Refusal> {
        let load = self.load(of);
        let count = u32::try_from(load.len()).unwrap_or(u32::MAX);
        if limit > 0 && count >= limit && !load.contains(conversation) {
            return Some(Refusal::Capacity { slot: of.0, operator: of.1.clone(), load: count });
        }
        load.insert(conversation.clone());
        None
    }

    fn load(&mut self, of: (Slot, &'a OperatorId)) -> &mut BTreeSet<ConversationId> {
        let loads = &self.state.common.loads;
        let stored = || loads.get(&(of.0, of.1.clone())).cloned().unwrap_or_default();
        self.loads.entry(of).or_insert_with(stored)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::id::ShardId;
    use jiff::Timestamp;

    use super::*;
    use crate::store::op::{InstanceId, Lease, Meta, Position};

    /// No sequence of calls leads here, so no store can be asked for it.
    #[test]
    fn a_feed_from_the_future_is_noticed() {
        let owner = InstanceId(Arc::from("anna"));
        let commit = Commit {
            shard: ShardId(7),
            owner: owner.clone(),
            epoch: 4,
            after_commits: 0,
            at: Timestamp::UNIX_EPOCH,
            groups: Vec::new(),
        };
        let shard = Shard {
            lease: Lease { owner: Some(owner), epoch: 4, ..Lease::default() },
            meta: Meta { feed_end: Position { epoch: 4, n: 1 }, ..Meta::default() },
            ..Shard::default()
        };
        let mut state = State::default();
        state.shards.entry(commit.shard).or_insert(shard);
        assert_eq!(judge(&state, &commit), Ok(()));
        state.shards.entry(commit.shard).or_default().meta.feed_end.epoch = 5;
        assert_eq!(judge(&state, &commit), Err(CommitError::WentBack("feed")));
    }
}
