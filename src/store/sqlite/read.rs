//! The queries behind the port's reads.

use std::sync::Arc;

use domain::id::{ConversationId, LineId, OperatorId, ShardId};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::store::op::{
    Counter, Document, DocumentKind, DocumentName, FeedRecord, InboxEntry, InboxPosition,
    InstanceId, Job, Position, SharedKind, Slot,
};
use crate::store::rules::timestamp;
use crate::store::sqlite::shard::ShardRow;
use crate::store::sqlite::value::{conversation, document, int, number, operator, rows};

pub(super) fn inbox(
    connection: &Connection,
    shard: ShardId,
    after: InboxPosition,
    limit: usize,
) -> rusqlite::Result<Vec<InboxEntry>> {
    connection
        .prepare_cached(
            "SELECT position, bytes FROM inbox WHERE shard = ? AND position > ?
             ORDER BY position LIMIT ?",
        )?
        .query_map(params![shard.0, int(after.0), rows(limit)], |row| {
            Ok(InboxEntry { position: InboxPosition(number(row, 0)?), bytes: row.get(1)? })
        })?
        .collect()
}

pub(super) fn document_of(
    connection: &Connection,
    shard: ShardId,
    kind: DocumentKind,
    id: &str,
) -> rusqlite::Result<Option<Document>> {
    connection
        .prepare_cached(
            "SELECT id, version, bytes FROM document WHERE shard = ? AND kind = ? AND id = ?",
        )?
        .query_row(params![shard.0, kind.as_str(), id], document)
        .optional()
}

pub(super) fn documents(
    connection: &Connection,
    shard: ShardId,
    kind: DocumentKind,
    after: Option<&str>,
    limit: usize,
) -> rusqlite::Result<Vec<Document>> {
    let (above, after) = above(after);
    connection
        .prepare_cached(&format!(
            "SELECT id, version, bytes FROM document WHERE shard = ? AND kind = ? AND id {above} ?
             ORDER BY id LIMIT ?"
        ))?
        .query_map(params![shard.0, kind.as_str(), after, rows(limit)], document)?
        .collect()
}

pub(super) fn shared(
    connection: &Connection,
    kind: SharedKind,
    id: &str,
) -> rusqlite::Result<Option<Document>> {
    connection
        .prepare_cached("SELECT id, version, bytes FROM shared WHERE kind = ? AND id = ?")?
        .query_row(params![kind.as_str(), id], document)
        .optional()
}

pub(super) fn named(
    connection: &Connection,
    name: &DocumentName,
) -> rusqlite::Result<Option<Document>> {
    match name {
        DocumentName::Of(shard, kind, id) => document_of(connection, *shard, *kind, id),
        DocumentName::Shared(kind, id) => shared(connection, *kind, id),
    }
}

pub(super) fn shared_all(
    connection: &Connection,
    kind: SharedKind,
    after: Option<&str>,
    limit: usize,
) -> rusqlite::Result<Vec<Document>> {
    let (above, after) = above(after);
    connection
        .prepare_cached(&format!(
            "SELECT id, version, bytes FROM shared WHERE kind = ? AND id {above} ?
             ORDER BY id LIMIT ?"
        ))?
        .query_map(params![kind.as_str(), after, rows(limit)], document)?
        .collect()
}

/// The comparison that leaves out `after`, and without one takes in every id.
fn above(after: Option<&str>) -> (&'static str, &str) {
    after.map_or((">=", ""), |after| (">", after))
}

pub(super) fn timers(
    connection: &Connection,
    shard: ShardId,
) -> rusqlite::Result<Vec<(String, Timestamp)>> {
    connection
        .prepare_cached("SELECT key, at FROM timer WHERE shard = ? ORDER BY at, key")?
        .query_map([shard.0], |row| Ok((row.get(0)?, timestamp(row.get(1)?))))?
        .collect()
}

pub(super) fn jobs(connection: &Connection, shard: ShardId) -> rusqlite::Result<Vec<Job>> {
    connection
        .prepare_cached("SELECT id, ready_at, bytes FROM job WHERE shard = ? ORDER BY id")?
        .query_map([shard.0], |row| {
            Ok(Job { id: row.get(0)?, ready_at: timestamp(row.get(1)?), bytes: row.get(2)? })
        })?
        .collect()
}

pub(super) fn dead(
    connection: &Connection,
    shard: ShardId,
    limit: usize,
) -> rusqlite::Result<Vec<Vec<u8>>> {
    connection
        .prepare_cached("SELECT bytes FROM dead WHERE shard = ? ORDER BY n LIMIT ?")?
        .query_map(params![shard.0, rows(limit)], |row| row.get(0))?
        .collect()
}

pub(super) fn feed(
    connection: &Connection,
    shard: ShardId,
    after: Position,
    limit: usize,
) -> rusqlite::Result<Option<Vec<FeedRecord>>> {
    // One transaction, so that a trim cannot come between the two looks.
    let transaction = connection.unchecked_transaction()?;
    let start = Position::default();
    let from_the_first = after == start && feed_start(&transaction, shard)? == start;
    if !from_the_first && feed_at(&transaction, shard, after)?.is_none() {
        return Ok(None);
    }
    transaction
        .prepare_cached(
            "SELECT epoch, n, previous_epoch, previous_n, author, bytes FROM feed
             WHERE shard = ? AND (epoch, n) > (?, ?) ORDER BY epoch, n LIMIT ?",
        )?
        .query_map(params![shard.0, int(after.epoch), int(after.n), rows(limit)], record)?
        .collect::<Result<_, _>>()
        .map(Some)
}

/// The position before the oldest event that is kept.
fn feed_start(connection: &Connection, shard: ShardId) -> rusqlite::Result<Position> {
    let oldest = connection
        .prepare_cached(
            "SELECT epoch, n, previous_epoch, previous_n, author, bytes FROM feed
             WHERE shard = ? ORDER BY epoch, n LIMIT 1",
        )?
        .query_row([shard.0], record)
        .optional()?;
    match oldest {
        Some(oldest) => Ok(oldest.previous),
        None => Ok(ShardRow::read(connection, shard)?.meta.feed_end),
    }
}

pub(super) fn feed_at(
    connection: &Connection,
    shard: ShardId,
    position: Position,
) -> rusqlite::Result<Option<FeedRecord>> {
    connection
        .prepare_cached(
            "SELECT epoch, n, previous_epoch, previous_n, author, bytes FROM feed
             WHERE shard = ? AND epoch = ? AND n = ?",
        )?
        .query_row(params![shard.0, int(position.epoch), int(position.n)], record)
        .optional()
}

fn record(row: &Row<'_>) -> rusqlite::Result<FeedRecord> {
    let author: Arc<str> = row.get(4)?;
    Ok(FeedRecord {
        position: Position { epoch: number(row, 0)?, n: number(row, 1)? },
        previous: Position { epoch: number(row, 2)?, n: number(row, 3)? },
        by: InstanceId(author),
        bytes: row.get(5)?,
    })
}

pub(super) fn counters(connection: &Connection, line: &LineId) -> rusqlite::Result<Vec<Counter>> {
    connection
        .prepare_cached(
            "SELECT operator, received, last FROM counter WHERE line = ? ORDER BY operator",
        )?
        .query_map([line.as_str()], |row| {
            let last: Option<i64> = row.get(2)?;
            let operator = operator(row, 0)?;
            Ok(Counter { operator, received: row.get(1)?, last: last.map(timestamp) })
        })?
        .collect()
}

pub(super) fn loads(
    connection: &Connection,
    slot: Slot,
) -> rusqlite::Result<Vec<(OperatorId, ConversationId)>> {
    let sql =
        "SELECT operator, conversation FROM load WHERE slot = ? ORDER BY operator, conversation";
    connection
        .prepare_cached(sql)?
        .query_map([slot.as_str()], |row| Ok((operator(row, 0)?, conversation(row, 1)?)))?
        .collect()
}
