//! What nobody will ask for any more is dropped.

use std::collections::BTreeMap;

use domain::id::ShardId;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::store::rules::known_at;
use crate::store::sqlite::value::rows;

/// Dedupe keys that one step drops at most: each lies in a page of its own, and commits wait for it.
const KEYS_MAX: usize = 100;
/// Events that one step looks at, and drops at most. They lie beside each other.
const EVENTS_MAX: i64 = 1_000;

/// Dedupe keys that have run out. Answers whether there may be more.
pub(super) fn tidy(connection: &Connection, at: Timestamp) -> rusqlite::Result<bool> {
    let sql = "DELETE FROM dedupe WHERE (shard, key) IN (
        SELECT shard, key FROM dedupe WHERE until <= ?1 LIMIT ?2)";
    let dropped = connection.prepare_cached(sql)?.execute(params![known_at(at), rows(KEYS_MAX)])?;
    Ok(dropped == KEYS_MAX)
}

/// Events beyond so many of the newest of each feed, and the oldest of all feeds first: as they came one
/// after another, events of all shards share a page, which is written once and not once for each. Answers
/// of which feeds there may be more.
pub(super) fn trim(
    connection: &Connection,
    kept: &[(ShardId, usize)],
) -> rusqlite::Result<Vec<ShardId>> {
    let mut oldest = connection
        .prepare_cached("SELECT rowid FROM feed WHERE shard = ?1 ORDER BY epoch, n LIMIT 1")?;
    let (mut newest, mut first) = (BTreeMap::new(), i64::MAX);
    for (shard, keep) in kept {
        let Some(to_drop) = newest_to_drop(connection, *shard, rows(*keep))? else { continue };
        newest.insert(shard.0, to_drop);
        first = first.min(oldest.query_row([shard.0], |row| row.get(0))?);
    }
    let mut look = connection.prepare_cached(
        "SELECT rowid, shard, epoch, n FROM feed WHERE rowid >= ?1 ORDER BY rowid LIMIT ?2",
    )?;
    let place = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, (row.get(2)?, row.get(3)?)));
    let looked = look.query_map([first, EVENTS_MAX], place)?;
    let looked: Vec<(i64, u16, (i64, i64))> = looked.collect::<rusqlite::Result<_>>()?;
    let mut delete = connection.prepare_cached("DELETE FROM feed WHERE rowid = ?1")?;
    for (place, shard, event) in looked {
        if newest.get(&shard).is_some_and(|newest| event <= *newest) {
            delete.execute([place])?;
        }
    }
    Ok(newest.into_keys().map(ShardId).collect())
}

/// The newest event that is not among the newest `keep`, without a look at these: the events of an epoch
/// are numbered without a gap.
fn newest_to_drop(
    connection: &Connection,
    shard: ShardId,
    keep: i64,
) -> rusqlite::Result<Option<(i64, i64)>> {
    // One end a look: for both at once it would go through all of them.
    let mut before = connection.prepare_cached(
        "SELECT epoch, n FROM feed WHERE shard = ?1 AND epoch < ?2
            ORDER BY epoch DESC, n DESC LIMIT 1",
    )?;
    let mut first = connection
        .prepare_cached("SELECT n FROM feed WHERE shard = ?1 AND epoch = ?2 ORDER BY n LIMIT 1")?;
    let (mut below, mut keep) = (i64::MAX, keep);
    let newest = |row: &Row<'_>| Ok::<(i64, i64), _>((row.get(0)?, row.get(1)?));
    while let Some((epoch, last)) = before.query_row(params![shard.0, below], newest).optional()? {
        let first: i64 = first.query_row(params![shard.0, epoch], |row| row.get(0))?;
        let there = last - first + 1;
        if there > keep {
            return Ok(Some((epoch, last - keep)));
        }
        (below, keep) = (epoch, keep - there);
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;
    use crate::store::sqlite::open;

    /// A shard with events of these epochs, as (epoch, first n, last n), and so many keys that ran out.
    fn store(epochs: &[(i64, i64, i64)], keys: i64) -> (tempfile::TempDir, Connection) {
        let dir = tempfile::tempdir().unwrap();
        let connection = open::writer(&dir.path().join("file")).unwrap();
        let shard = "INSERT INTO shard VALUES (3, NULL, 9, 0, 0, 0, 0, 9, 0)";
        connection.execute(shard, []).unwrap();
        for (epoch, first, last) in epochs {
            let events = "WITH RECURSIVE numbers (n) AS (
                    SELECT ?2 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?3
                ) INSERT INTO feed SELECT 3, ?1, n, ?1, n - 1, 'anna', x'00' FROM numbers";
            connection.execute(events, params![epoch, first, last]).unwrap();
        }
        for n in 0..keys {
            let key = "INSERT INTO dedupe VALUES (3, ?1, -1)";
            connection.execute(key, [n.to_string()]).unwrap();
        }
        (dir, connection)
    }

    fn left(connection: &Connection, sql: &str) -> i64 {
        connection.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn a_step_drops_no_more_than_its_share() {
        let (_dir, connection) = store(&[(1, 1, 2_600)], 250);
        let (mut events, mut keys) = (Vec::new(), Vec::new());
        while !trim(&connection, &[(ShardId(3), 100)]).unwrap().is_empty() {
            events.push(left(&connection, "SELECT count(*) FROM feed"));
        }
        while tidy(&connection, Timestamp::UNIX_EPOCH).unwrap() {
            keys.push(left(&connection, "SELECT count(*) FROM dedupe"));
        }
        assert_eq!((events, keys), (vec![1_600, 600, 100], vec![150, 50]));
        assert_eq!(left(&connection, "SELECT count(*) FROM feed"), 100);
        assert_eq!(left(&connection, "SELECT count(*) FROM dedupe"), 0);
    }

    #[test]
    fn the_oldest_of_all_feeds_go_first() {
        let (_dir, connection) = store(&[], 0);
        let shard = "INSERT INTO shard VALUES (4, NULL, 9, 0, 0, 0, 0, 9, 0)";
        connection.execute(shard, []).unwrap();
        let events = "WITH RECURSIVE numbers (n) AS (
                SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 2400
            ) INSERT INTO feed SELECT 3 + n % 2, 9, (n + 1) / 2, 9, 0, 'anna', x'00' FROM numbers";
        connection.execute(events, []).unwrap();
        let left = || {
            let mut left = connection
                .prepare("SELECT count(*) FROM feed GROUP BY shard ORDER BY shard")
                .unwrap();
            let left = left.query_map([], |row| row.get(0)).unwrap();
            left.map(Result::unwrap).collect::<Vec<i64>>()
        };
        let (third, fourth) = (ShardId(3), ShardId(4));
        let mut trims = |kept: &[(ShardId, usize)]| (trim(&connection, kept).unwrap(), left());
        let kept = [(third, 100), (fourth, 900)];
        assert_eq!(trims(&kept), (vec![third, fourth], vec![700, 900]));
        assert_eq!(trims(&kept), (vec![third], vec![200, 900]));
        assert_eq!(trims(&kept), (vec![third], vec![100, 900]));
        assert_eq!(trims(&kept), (vec![], vec![100, 900]));
        assert_eq!(trims(&[(fourth, 0)]), (vec![fourth], vec![100]));
    }

    #[test]
    fn the_newest_are_kept_over_all_epochs() {
        let epochs = [(2, 40, 49), (3, 1, 5), (7, 1, 20)];
        let events =
            epochs.iter().flat_map(|&(epoch, first, last)| (first..=last).map(move |n| (epoch, n)));
        let all: Vec<(i64, i64)> = events.collect();
        for keep in [0, 1, 19, 20, 21, 24, 25, 26, 34, 35, 36] {
            let (_dir, connection) = store(&epochs, 0);
            trim(&connection, &[(ShardId(3), keep)]).unwrap();
            let mut kept = connection.prepare("SELECT epoch, n FROM feed ORDER BY 1, 2").unwrap();
            let kept = kept.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
            let kept: Vec<(i64, i64)> = kept.map(Result::unwrap).collect();
            assert_eq!(kept, all[all.len().saturating_sub(keep)..], "{keep}");
        }
    }
}
