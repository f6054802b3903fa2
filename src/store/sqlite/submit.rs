//! Dedupe and append to the inbox in one step.

use domain::id::ShardId;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::store::op::{INBOX_MAX, Submitted};
use crate::store::rules;
use crate::store::sqlite::shard::ShardRow;
use crate::store::sqlite::value::int;

pub(super) fn submit(
    connection: &Connection,
    shard: ShardId,
    (dedupe, seconds): (&str, u32),
    at: Timestamp,
    bytes: &[u8],
) -> rusqlite::Result<Submitted> {
    if is_known(connection, shard, dedupe, at)? {
        return Ok(Submitted::Duplicate);
    }
    let mut row = ShardRow::read(connection, shard)?;
    if row.waiting_behind(row.meta.inbox_at) >= INBOX_MAX as u64 {
        return Ok(Submitted::Full);
    }
    put_inbox(connection, shard, &mut row, bytes)?;
    row.write(connection, shard)?;
    remember(connection, shard, dedupe, rules::known_until(at, seconds))?;
    Ok(Submitted::Accepted(row.inbox_end))
}

/// Adds an entry to the end of the inbox. The row is left for the caller to write.
pub(super) fn put_inbox(
    connection: &Connection,
    shard: ShardId,
    row: &mut ShardRow,
    bytes: &[u8],
) -> rusqlite::Result<()> {
    row.inbox_end.0 += 1;
    connection.prepare_cached("INSERT INTO inbox VALUES (?, ?, ?)")?.execute(params![
        shard.0,
        int(row.inbox_end.0),
        bytes
    ])?;
    Ok(())
}

pub(super) fn is_known(
    connection: &Connection,
    shard: ShardId,
    key: &str,
    at: Timestamp,
) -> rusqlite::Result<bool> {
    let until: Option<i64> = connection
        .prepare_cached("SELECT until FROM dedupe WHERE shard = ? AND key = ?")?
        .query_row(params![shard.0, key], |row| row.get(0))
        .optional()?;
    Ok(until.is_some_and(|until| until > rules::known_at(at)))
}

pub(super) fn remember(
    connection: &Connection,
    shard: ShardId,
    key: &str,
    until: i64,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached("REPLACE INTO dedupe VALUES (?, ?, ?)")?
        .execute(params![shard.0, key, until])?;
    Ok(())
}
