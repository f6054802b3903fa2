//! Whether a commit may be made, judged before anything is written.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{ConversationId, OperatorId, ShardId};
use rusqlite::{Connection, OptionalExtension, params};

use crate::store::op::{Commit, CommitError, INBOX_MAX, InboxPosition, Op, Refusal, Slot};
use crate::store::rules;
use crate::store::sqlite::shard::ShardRow;
use crate::store::sqlite::submit::is_known;
use crate::store::sqlite::value::{conversation, number};

/// All reasons against the commit, the gravest kind first.
pub(super) fn judge(
    connection: &Connection,
    row: &ShardRow,
    commit: &Commit,
) -> rusqlite::Result<Result<(), CommitError>> {
    let cursor = match check(row, commit) {
        Ok(cursor) => cursor,
        Err(error) => return Ok(Err(error)),
    };
    let (inboxes, loads) = (BTreeMap::new(), BTreeMap::new());
    let mut judge = Judge { connection, row, commit, cursor, inboxes, loads };
    let refused = judge.refusals()?;
    Ok(if refused.is_empty() { Ok(()) } else { Err(CommitError::Refused(refused)) })
}

/// Everything that the shard's row and the commit tell alone. Answers the inbox cursor as this
/// commit leaves it.
fn check(row: &ShardRow, commit: &Commit) -> Result<InboxPosition, CommitError> {
    let owner = row.lease.owner.as_ref();
    if (owner, row.lease.epoch) != (Some(&commit.owner), commit.epoch) {
        return Err(CommitError::Fenced { owner: owner.cloned(), epoch: row.lease.epoch });
    }
    if row.meta.commits != commit.after_commits {
        return Err(CommitError::WentBack("commits"));
    }
    let stored = row.meta.inbox_at;
    let (from, to) = rules::inbox_move(commit).unwrap_or((stored, stored));
    if from != stored {
        return Err(CommitError::WentBack("inbox"));
    }
    if row.meta.feed_end.epoch > commit.epoch {
        return Err(CommitError::WentBack("feed"));
    }
    rules::check_shape(commit)?;
    if to < from || to > row.inbox_end {
        return Err(CommitError::Malformed("inbox cursor out of place"));
    }
    Ok(to)
}

struct Judge<'a> {
    connection: &'a Connection,
    row: &'a ShardRow,
    commit: &'a Commit,
    cursor: InboxPosition,
    /// How many entries wait in the inboxes that this commit puts into, with those so far.
    inboxes: BTreeMap<ShardId, u64>,
    /// The loads that this commit touches, as it has changed them so far.
    loads: BTreeMap<(Slot, &'a OperatorId), BTreeSet<ConversationId>>,
}

impl<'a> Judge<'a> {
    /// The first reason of each refused group.
    fn refusals(&mut self) -> rusqlite::Result<Vec<(usize, Refusal)>> {
        let mut refused: Vec<(usize, Refusal)> = Vec::new();
        for (group, ops) in self.commit.groups.iter().enumerate() {
            for op in ops {
                // Every op is judged: later groups feel the reservations of a refused one too.
                let refusal = self.refusal(op)?;
                if refused.last().is_none_or(|(last, _)| *last != group) {
                    refused.extend(refusal.map(|refusal| (group, refusal)));
                }
            }
        }
        Ok(refused)
    }

    fn refusal(&mut self, op: &'a Op) -> rusqlite::Result<Option<Refusal>> {
        Ok(match op {
            Op::RequireDedupe { key, .. } => {
                let known = is_known(self.connection, self.commit.shard, key, self.commit.at)?;
                known.then_some(Refusal::Duplicate)
            }
            Op::RequireInboxDrained => {
                (self.row.inbox_end > self.cursor).then_some(Refusal::Behind)
            }
            Op::PutInbox { shard, .. } => self.put_inbox(*shard)?,
            Op::PutDocument { kind, id, expected, .. }
            | Op::DeleteDocument { kind, id, expected } => {
                let found = self.version(kind.as_str(), id)?;
                (found != *expected).then(|| Refusal::Version {
                    kind: *kind,
                    id: id.clone(),
                    found,
                })
            }
            Op::PutShared { kind, id, expected, .. }
            | Op::RequireShared { kind, id, expected }
            | Op::DeleteShared { kind, id, expected } => {
                let found = self.shared_version(kind.as_str(), id)?;
                (found != *expected).then(|| Refusal::SharedVersion {
                    kind: *kind,
                    id: id.clone(),
                    found,
                })
            }
            Op::ClearTimer { key, must_exist: true } => {
                let sql = "SELECT 1 FROM timer WHERE shard = ? AND key = ?";
                (!self.exists(sql, key)?).then_some(Refusal::Timer)
            }
            Op::UpdateJob { id, .. } | Op::DeleteJob { id } => {
                let sql = "SELECT 1 FROM job WHERE shard = ? AND id = ?";
                (!self.exists(sql, id)?).then_some(Refusal::Job)
            }
            Op::Reserve { slot, operator, conversation, limit } => {
                self.reserve((*slot, operator), conversation, *limit)?
            }
            Op::Release { slot, operator, conversation } => {
                self.load((*slot, operator))?.remove(conversation);
                None
            }
            Op::ClearTimer { must_exist: false, .. }
            | Op::AdvanceInbox { .. }
            | Op::AppendHistory { .. }
            | Op::PackHistory { .. }
            | Op::DeleteHistory { .. }
            | Op::AppendFeed { .. }
            | Op::SetTimer { .. }
            | Op::PutJob { .. }
            | Op::AppendDead { .. }
            | Op::AddCounter { .. } => None,
        })
    }

    /// 0: there is none.
    fn version(&self, kind: &str, id: &str) -> rusqlite::Result<u64> {
        let found = self
            .connection
            .prepare_cached("SELECT version FROM document WHERE shard = ? AND kind = ? AND id = ?")?
            .query_row(params![self.commit.shard.0, kind, id], |row| number(row, 0));
        Ok(found.optional()?.unwrap_or(0))
    }

    /// 0: there is none.
    fn shared_version(&self, kind: &str, id: &str) -> rusqlite::Result<u64> {
        let found = self
            .connection
            .prepare_cached("SELECT version FROM shared WHERE kind = ? AND id = ?")?
            .query_row(params![kind, id], |row| number(row, 0));
        Ok(found.optional()?.unwrap_or(0))
    }

    fn exists(&self, sql: &str, id: &str) -> rusqlite::Result<bool> {
        self.connection.prepare_cached(sql)?.exists(params![self.commit.shard.0, id])
    }

    fn put_inbox(&mut self, to: ShardId) -> rusqlite::Result<Option<Refusal>> {
        let waiting = self.inbox(to)?;
        if *waiting >= INBOX_MAX as u64 {
            return Ok(Some(Refusal::InboxFull { shard: to }));
        }
        *waiting += 1;
        Ok(None)
    }

    fn inbox(&mut self, of: ShardId) -> rusqlite::Result<&mut u64> {
        if !self.inboxes.contains_key(&of) {
            let stored = if of == self.commit.shard {
                self.row.waiting_behind(self.cursor)
            } else {
                let row = ShardRow::read(self.connection, of)?;
                row.waiting_behind(row.meta.inbox_at)
            };
            self.inboxes.insert(of, stored);
        }
        Ok(self.inboxes.entry(of).or_default())
    }

    fn reserve(
        &mut self,
        of: (Slot, &'a OperatorId),
        conversation: &ConversationId,
        limit: u32,
    ) -> rusqlite::Result<Option<Refusal>> {
        let load = self.load(of)?;
        let count = u32::try_from(load.len()).unwrap_or(u32::MAX);
        if limit > 0 && count >= limit && !load.contains(conversation) {
            return Ok(Some(Refusal::Capacity { slot: of.0, operator: of.1.clone(), load: count }));
        }
        load.insert(conversation.clone());
        Ok(None)
    }

    fn load(
        &mut self,
        of: (Slot, &'a OperatorId),
    ) -> rusqlite::Result<&mut BTreeSet<ConversationId>> {
        if !self.loads.contains_key(&of) {
            let stored = self
                .connection
                .prepare_cached("SELECT conversation FROM load WHERE slot = ? AND operator = ?")?
                .query_map([of.0.as_str(), of.1.as_str()], |row| conversation(row, 0))?
                .collect::<rusqlite::Result<_>>()?;
            self.loads.insert(of, stored);
        }
        Ok(self.loads.entry(of).or_default())
    }
}
