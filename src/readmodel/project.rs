//! How rows get into the projection.

use std::collections::BTreeSet;
use std::thread;

use domain::encoded::Encoded;
use domain::event::{Row, RowState};
use domain::id::{ConversationId, CustomerId, OperatorId, ShardId};
use rusqlite::{Connection, Error, params};

use crate::readmodel::ProjectedTo;
use crate::store::op::Position;

/// Version of `schema.sql`.
const SCHEMA: i64 = 4;
/// Until then nothing of it is on the disk, and commits of the embedded store wait behind all that is: the
/// fewer, the shorter. The more, the fewer pages are written twice.
const CHECKPOINT_PAGES: u32 = 1024;
const TABLES: [&str; 3] = ["people", "conversations", "positions"];

/// Makes the tables; those of another version are dropped first.
pub(super) fn prepare(connection: &Connection) -> Result<(), Error> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found == SCHEMA {
        return Ok(());
    }
    for table in TABLES {
        connection.execute_batch(&format!("DROP TABLE IF EXISTS {table}"))?;
    }
    connection.execute_batch(include_str!("schema.sql"))?;
    connection.pragma_update(None, "user_version", SCHEMA)
}

/// What is there is not to be used by the next start.
pub(super) fn mistrust(connection: &Connection) -> Result<(), Error> {
    connection.pragma_update(None, "user_version", 0)
}

/// Takes rows.
pub(super) fn put_all(
    connection: &Connection,
    shard: ShardId,
    rows: &[Encoded<Row>],
) -> Result<(), Error> {
    rows.iter().try_for_each(|row| {
        // Nobody waits for lists as for messages: whoever carries those goes first.
        thread::yield_now();
        put(connection, shard, row)
    })
}

/// Drops conversations that are not there any more.
pub(super) fn forget(connection: &Connection, ids: &[ConversationId]) -> Result<(), Error> {
    for id in ids {
        let id = [id.as_str()];
        connection.prepare_cached("DELETE FROM people WHERE conversation = ?")?.execute(id)?;
        connection.prepare_cached("DELETE FROM conversations WHERE id = ?")?.execute(id)?;
    }
    Ok(())
}

/// Notes the position up to which the rows of a shard are true.
pub(super) fn stand_at(
    connection: &Connection,
    shard: ShardId,
    to: ProjectedTo,
) -> Result<(), Error> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO positions VALUES (?, ?, ?, ?)")?
        .execute(params![shard.0, to.position.epoch, to.position.n, to.tag])?;
    Ok(())
}

fn put(connection: &Connection, shard: ShardId, row: &Encoded<Row>) -> Result<(), Error> {
    let id = row.conversation.as_str();
    let text = row.json().map_err(|e| Error::ToSqlConversionFailure(e.into()))?;
    // Line and beginning stay as they are, and so does their index.
    connection
        .prepare_cached(
            "INSERT INTO conversations VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET \
             shard = excluded.shard, customer = excluded.customer, state = excluded.state, \
             updated_us = excluded.updated_us, row = excluded.row",
        )?
        .execute(params![
            id,
            shard.0,
            row.line.as_str(),
            row.customer.as_ref().map(CustomerId::as_str),
            state_word(row.state),
            row.started_at.as_microsecond(),
            row.updated_at.as_microsecond(),
            text
        ])?;
    put_people(connection, row)
}

/// Mostly they are the same as before, and nothing is written.
fn put_people(connection: &Connection, row: &Row) -> Result<(), Error> {
    let id = row.conversation.as_str();
    let mut known =
        connection.prepare_cached("SELECT operator FROM people WHERE conversation = ?")?;
    let known = known.query_map([id], |found| found.get(0))?;
    let known: BTreeSet<String> = known.collect::<Result<_, Error>>()?;
    let people: BTreeSet<&str> = row.people().map(OperatorId::as_str).collect();
    let mut delete =
        connection.prepare_cached("DELETE FROM people WHERE operator = ? AND conversation = ?")?;
    for operator in known.iter().filter(|operator| !people.contains(operator.as_str())) {
        delete.execute([operator, id])?;
    }
    let mut insert = connection.prepare_cached("INSERT INTO people VALUES (?, ?)")?;
    for operator in people.iter().filter(|operator| !known.contains(**operator)) {
        insert.execute([*operator, id])?;
    }
    Ok(())
}

/// Forgets the rows of a shard.
pub(super) fn clear(connection: &Connection, shard: ShardId) -> Result<(), Error> {
    let shard = shard.0;
    connection.execute(
        "DELETE FROM people WHERE conversation IN (SELECT id FROM conversations WHERE shard = ?)",
        [shard],
    )?;
    connection.execute("DELETE FROM conversations WHERE shard = ?", [shard])?;
    connection.execute("DELETE FROM positions WHERE shard = ?", [shard])?;
    Ok(())
}

pub(super) fn positions(connection: &Connection) -> Result<Vec<(ShardId, ProjectedTo)>, Error> {
    let mut statement = connection.prepare_cached("SELECT shard, epoch, n, tag FROM positions")?;
    let rows = statement.query_map([], |row| {
        let position = Position { epoch: row.get(1)?, n: row.get(2)? };
        Ok((ShardId(row.get(0)?), ProjectedTo { position, tag: row.get(3)? }))
    })?;
    rows.collect()
}

/// The word of a state in SQL, as in the protocol.
pub(super) fn state_word(state: RowState) -> &'static str {
    match state {
        RowState::Waiting => "waiting",
        RowState::Offered => "offered",
        RowState::Active => "active",
        RowState::Closing => "closing",
        RowState::Closed => "closed",
    }
}
