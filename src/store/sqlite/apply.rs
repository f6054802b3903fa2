//! The writes of a commit that has been judged.

use domain::id::{LineId, OperatorId, ShardId};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Params, params};

use crate::store::op::{Commit, Committed, Op, Position};
use crate::store::rules::{known_until, nanoseconds};
use crate::store::sqlite::history;
use crate::store::sqlite::shard::ShardRow;
use crate::store::sqlite::submit::{put_inbox, remember};
use crate::store::sqlite::value::int;

pub(super) fn apply(
    connection: &Connection,
    row: ShardRow,
    commit: &Commit,
) -> rusqlite::Result<Committed> {
    let feed_before = row.meta.feed_end;
    let mut writer = Writer { connection, row, commit, appended: Vec::new() };
    for op in commit.groups.iter().flatten() {
        writer.apply(op)?;
    }
    let Writer { mut row, appended, .. } = writer;
    row.meta.commits += 1;
    row.write(connection, commit.shard)?;
    Ok(Committed { commits: row.meta.commits, feed_before, appended })
}

struct Writer<'a> {
    connection: &'a Connection,
    row: ShardRow,
    commit: &'a Commit,
    appended: Vec<Position>,
}

impl Writer<'_> {
    fn apply(&mut self, op: &Op) -> rusqlite::Result<()> {
        let (connection, home) = (self.connection, self.commit.shard);
        let shard = home.0;
        match op {
            Op::RequireInboxDrained | Op::RequireShared { .. } => Ok(()),
            Op::RequireDedupe { key, seconds } => {
                let until = known_until(self.commit.at, *seconds);
                remember(connection, home, key, until)
            }
            Op::ForgetDedupe { key } => {
                self.execute("DELETE FROM dedupe WHERE shard = ? AND key = ?", params![shard, key])
            }
            Op::AdvanceInbox { to, .. } => {
                self.row.meta.inbox_at = *to;
                let sql = "DELETE FROM inbox WHERE shard = ? AND position <= ?";
                self.execute(sql, params![shard, int(to.0)])
            }
            Op::PutInbox { shard: to, bytes, room: _ } => self.put_inbox(*to, bytes),
            Op::PutDocument { kind, id, expected, bytes } => {
                let sql = "INSERT INTO document VALUES (?, ?, ?, ?, ?) ON CONFLICT DO \
                           UPDATE SET version = excluded.version, bytes = excluded.bytes";
                self.execute(sql, params![shard, kind.as_str(), id, int(expected + 1), bytes])
            }
            Op::DeleteDocument { kind, id, .. } => {
                let sql = "DELETE FROM document WHERE shard = ? AND kind = ? AND id = ?";
                self.execute(sql, params![shard, kind.as_str(), id])
            }
            Op::AppendHistory { conversation, n, bytes } => {
                history::append(connection, home, conversation, *n, bytes)
            }
            Op::PackHistory { conversation: of, pack } => history::pack(connection, home, of, pack),
            Op::DeleteHistory { conversation } => history::delete(connection, home, conversation),
            Op::AppendFeed { bytes } => self.append_feed(bytes),
            Op::SetTimer { key, at } => {
                let sql = "REPLACE INTO timer VALUES (?, ?, ?)";
                self.execute(sql, params![shard, key, nanoseconds(*at)])
            }
            Op::ClearTimer { key, .. } => {
                self.execute("DELETE FROM timer WHERE shard = ? AND key = ?", params![shard, key])
            }
            Op::PutJob { id, ready_at, bytes } | Op::UpdateJob { id, ready_at, bytes } => {
                let sql = "REPLACE INTO job VALUES (?, ?, ?, ?)";
                self.execute(sql, params![shard, id, nanoseconds(*ready_at), bytes])
            }
            Op::DeleteJob { id } => {
                self.execute("DELETE FROM job WHERE shard = ? AND id = ?", params![shard, id])
            }
            Op::AppendDead { bytes } => {
                self.execute("INSERT INTO dead (shard, bytes) VALUES (?, ?)", params![shard, bytes])
            }
            Op::Reserve { slot, operator, conversation, limit: _ } => {
                let sql = "INSERT OR IGNORE INTO load VALUES (?, ?, ?)";
                self.execute(sql, params![slot.as_str(), operator.as_str(), conversation.as_str()])
            }
            Op::Release { slot, operator, conversation } => {
                let sql = "DELETE FROM load WHERE slot = ? AND operator = ? AND conversation = ?";
                self.execute(sql, params![slot.as_str(), operator.as_str(), conversation.as_str()])
            }
            Op::AddCounter { line, operator, by, at } => self.count(line, operator, *by, *at),
            Op::PutShared { kind, id, expected, bytes } => {
                let sql = "INSERT INTO shared VALUES (?, ?, ?, ?) ON CONFLICT DO \
                           UPDATE SET version = excluded.version, bytes = excluded.bytes";
                self.execute(sql, params![kind.as_str(), id, int(expected + 1), bytes])
            }
            Op::DeleteShared { kind, id, .. } => {
                let sql = "DELETE FROM shared WHERE kind = ? AND id = ?";
                self.execute(sql, params![kind.as_str(), id])
            }
        }
    }

    fn put_inbox(&mut self, to: ShardId, bytes: &[u8]) -> rusqlite::Result<()> {
        if to == self.commit.shard {
            // This row is written at the end, over whatever is stored.
            return put_inbox(self.connection, to, &mut self.row, bytes);
        }
        let mut row = ShardRow::read(self.connection, to)?;
        put_inbox(self.connection, to, &mut row, bytes)?;
        row.write(self.connection, to)
    }

    fn append_feed(&mut self, bytes: &[u8]) -> rusqlite::Result<()> {
        let previous = self.row.meta.feed_end;
        let n = if previous.epoch == self.commit.epoch { previous.n + 1 } else { 1 };
        let position = Position { epoch: self.commit.epoch, n };
        self.row.meta.feed_end = position;
        self.appended.push(position);
        self.execute(
            "INSERT INTO feed VALUES (?, ?, ?, ?, ?, ?, ?)",
            params![
                self.commit.shard.0,
                int(position.epoch),
                int(position.n),
                int(previous.epoch),
                int(previous.n),
                &*self.commit.owner.0,
                bytes
            ],
        )
    }

    fn count(
        &self,
        line: &LineId,
        operator: &OperatorId,
        by: i64,
        at: Timestamp,
    ) -> rusqlite::Result<()> {
        let key = params![line.as_str(), operator.as_str()];
        let stored = self
            .connection
            .prepare_cached("SELECT received, last FROM counter WHERE line = ? AND operator = ?")?
            .query_row(key, |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let (received, last): (i64, Option<i64>) = stored.unwrap_or_default();
        let last = if by > 0 { Some(nanoseconds(at)) } else { last };
        let sql = "REPLACE INTO counter VALUES (?, ?, ?, ?)";
        let received = received.saturating_add(by);
        self.execute(sql, params![line.as_str(), operator.as_str(), received, last])
    }

    fn execute(&self, sql: &str, params: impl Params) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.execute(params).map(drop)
    }
}
