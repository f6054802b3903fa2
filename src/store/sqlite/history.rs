//! The records of conversations: where they are written, and where they are found.
//!
//! Knows nothing of what a record says.

use domain::id::{ConversationId, ShardId};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Params, params};

use crate::store::pack::{self, Pack};
use crate::store::sqlite::value::rows;

/// So many records of a conversation move to the long list together.
const LISTED_TOGETHER: u32 = 8;

/// Writes a record, or another one in the place of that with the same number.
pub(super) fn append(
    connection: &Connection,
    shard: ShardId,
    conversation: &ConversationId,
    n: u32,
    bytes: &[u8],
) -> rusqlite::Result<()> {
    let (shard, of) = (shard.0, conversation.as_str());
    let place: Option<i64> = connection
        .prepare_cached(
            "SELECT place FROM latest WHERE shard = ?1 AND conversation = ?2 AND n = ?3
             UNION ALL
             SELECT place FROM listed WHERE shard = ?1 AND conversation = ?2 AND n = ?3",
        )?
        .query_row(params![shard, of, n], |row| row.get(0))
        .optional()?;
    if let Some(place) = place {
        let sql = "UPDATE record SET bytes = ? WHERE place = ?";
        return execute(connection, sql, params![bytes, place]);
    }
    execute(connection, "INSERT INTO record (bytes) VALUES (?)", [bytes])?;
    let place = connection.last_insert_rowid();
    execute(connection, "INSERT INTO latest VALUES (?, ?, ?, ?)", params![shard, of, n, place])?;
    if !n.is_multiple_of(LISTED_TOGETHER) {
        return Ok(());
    }
    let sql = "INSERT INTO listed SELECT * FROM latest WHERE shard = ? AND conversation = ?";
    execute(connection, sql, params![shard, of])?;
    let sql = "DELETE FROM latest WHERE shard = ? AND conversation = ?";
    execute(connection, sql, params![shard, of])
}

/// Keeps the pack instead of the records that are in it, unless one with more of them is kept.
pub(super) fn pack(
    connection: &Connection,
    shard: ShardId,
    conversation: &ConversationId,
    pack: &Pack,
) -> rusqlite::Result<()> {
    let (number, of) = (shard.0, conversation.as_str());
    let sql = "SELECT 1 FROM packed WHERE shard = ? AND conversation = ? AND through > ?";
    if connection.prepare_cached(sql)?.exists(params![number, of, pack.through()])? {
        return Ok(());
    }
    let sql = "REPLACE INTO packed VALUES (?, ?, ?, ?)";
    execute(connection, sql, params![number, of, pack.through(), pack.bytes()])?;
    delete_records(connection, shard, conversation, pack.through())
}

/// Deletes all records, packed or not.
pub(super) fn delete(
    connection: &Connection,
    shard: ShardId,
    conversation: &ConversationId,
) -> rusqlite::Result<()> {
    let sql = "DELETE FROM packed WHERE shard = ? AND conversation = ?";
    execute(connection, sql, params![shard.0, conversation.as_str()])?;
    delete_records(connection, shard, conversation, u32::MAX)
}

fn delete_records(
    connection: &Connection,
    shard: ShardId,
    conversation: &ConversationId,
    through: u32,
) -> rusqlite::Result<()> {
    let them = params![shard.0, conversation.as_str(), through];
    for list in ["latest", "listed"] {
        let which = format!("FROM {list} WHERE shard = ?1 AND conversation = ?2 AND n <= ?3");
        let sql = format!("DELETE FROM record WHERE place IN (SELECT place {which})");
        execute(connection, &sql, them)?;
        execute(connection, &format!("DELETE {which}"), them)?;
    }
    Ok(())
}

/// Records behind `after`, in the order of their numbers, whether packed or not.
pub(super) fn read(
    connection: &Connection,
    shard: ShardId,
    conversation: &ConversationId,
    after: u32,
    limit: usize,
) -> rusqlite::Result<Vec<(u32, Vec<u8>)>> {
    let of = conversation.as_str();
    // One transaction, so that nothing is packed between the two looks.
    let transaction = connection.unchecked_transaction()?;
    let beside = transaction
        .prepare_cached(
            "SELECT n, bytes FROM (
                SELECT n, place FROM latest WHERE shard = ?1 AND conversation = ?2 AND n > ?3
                UNION ALL
                SELECT n, place FROM listed WHERE shard = ?1 AND conversation = ?2 AND n > ?3
                ORDER BY n LIMIT ?4
             ) JOIN record USING (place) ORDER BY n",
        )?
        .query_map(params![shard.0, of, after, rows(limit)], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let pack = transaction
        .prepare_cached(
            "SELECT through, bytes FROM packed WHERE shard = ? AND conversation = ? AND through > ?",
        )?
        .query_row(params![shard.0, of, after], |row| Ok(Pack::stored(row.get(0)?, row.get(1)?)))
        .optional()?;
    pack::page(pack.as_ref(), beside, after, limit).map_err(|unreadable| {
        rusqlite::Error::FromSqlConversionFailure(1, Type::Blob, Box::new(unreadable))
    })
}

fn execute(connection: &Connection, sql: &str, params: impl Params) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute(params).map(drop)
}
