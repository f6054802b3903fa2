//! What nobody will ask for any more is dropped.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::store::rules::known_at;
use crate::store::sqlite::value::rows;

pub(super) fn tidy(
    connection: &Connection,
    at: Timestamp,
    feed_keep: usize,
) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM dedupe WHERE until <= ?")?.execute([known_at(at)])?;
    let shards: Vec<u16> = connection
        .prepare_cached("SELECT shard FROM shard")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for shard in shards {
        // The newest event that is not kept, and all before it.
        connection
            .prepare_cached(
                "DELETE FROM feed WHERE shard = ?1 AND (epoch, n) <= (
                    SELECT epoch, n FROM feed WHERE shard = ?1
                    ORDER BY epoch DESC, n DESC LIMIT 1 OFFSET ?2
                )",
            )?
            .execute(params![shard, rows(feed_keep)])?;
    }
    Ok(())
}
