//! What nobody will ask for any more is dropped.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::store::op::Trim;
use crate::store::rules::known_at;
use crate::store::sqlite::value::{int, rows};

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

/// The oldest events of all these feeds first: as they came one after another, those of several shards
/// share a page, which is written once then, if all of them go. Answers what is left of it.
pub(super) fn trim(connection: &Connection, feeds: &[Trim]) -> rusqlite::Result<Vec<Trim>> {
    let mut oldest = connection
        .prepare_cached("SELECT rowid FROM feed WHERE shard = ?1 ORDER BY epoch, n LIMIT 1")?;
    let (mut left, mut from) = (BTreeMap::new(), i64::MAX);
    for feed in feeds {
        let Some(newest) = newest_to_drop(connection, feed)? else { continue };
        left.insert(feed.shard.0, (newest, *feed));
        from = from.min(oldest.query_row([feed.shard.0], |row| row.get(0))?);
    }
    let mut look = connection.prepare_cached(
        "SELECT rowid, shard, epoch, n FROM feed WHERE rowid >= ?1 ORDER BY rowid LIMIT ?2",
    )?;
    let event = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, (row.get(2)?, row.get(3)?)));
    let looked = look.query_map([from, EVENTS_MAX], event)?;
    let looked: Vec<(i64, u16, (i64, i64))> = looked.collect::<rusqlite::Result<_>>()?;
    let mut delete = connection.prepare_cached("DELETE FROM feed WHERE rowid = ?1")?;
    for (rowid, shard, event) in looked {
        let Some((newest, _)) = left.get(&shard).filter(|(newest, _)| event <= *newest) else {
            continue;
        };
        delete.execute([rowid])?;
        if event == *newest {
            left.remove(&shard);
        }
    }
    Ok(left.into_values().map(|(_, feed)| feed).collect())
}

/// The newest event that is not kept, without a look at those that are: the events of an epoch are
/// numbered without a gap.
fn newest_to_drop(connection: &Connection, feed: &Trim) -> rusqlite::Result<Option<(i64, i64)>> {
    let (shard, end_epoch) = (feed.shard.0, int(feed.end.epoch));
    // One end a look: for both at once it would go through all of them.
    let mut before = connection.prepare_cached(
        "SELECT epoch, n FROM feed WHERE shard = ?1 AND epoch < ?2
            ORDER BY epoch DESC, n DESC LIMIT 1",
    )?;
    let mut newest_before = |epoch: i64| {
        let newest = |row: &Row<'_>| Ok::<(i64, i64), _>((row.get(0)?, row.get(1)?));
        before.query_row(params![shard, epoch], newest).optional()
    };
    let mut first = connection
        .prepare_cached("SELECT n FROM feed WHERE shard = ?1 AND epoch = ?2 ORDER BY n LIMIT 1")?;
    let newest = newest_before(i64::MAX)?.filter(|(epoch, _)| *epoch == end_epoch);
    let mut up_to = newest.map(|(epoch, n)| (epoch, n.min(int(feed.end.n))));
    let mut keep = rows(feed.keep);
    while let Some((epoch, last)) = up_to {
        let first: i64 = first.query_row(params![shard, epoch], |row| row.get(0))?;
        let there = (last - first + 1).max(0);
        if there > keep {
            return Ok(Some((epoch, last - keep)));
        }
        keep -= there;
        up_to = newest_before(epoch)?;
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use domain::id::ShardId;
    use rusqlite::Connection;

    use super::*;
    use crate::store::op::Position;
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

    fn feed(shard: u16, (epoch, n): (u64, u64), keep: usize) -> Trim {
        Trim { shard: ShardId(shard), end: Position { epoch, n }, keep }
    }

    #[test]
    fn a_step_drops_no_more_than_its_share() {
        let (_dir, connection) = store(&[(1, 1, 2_600)], 250);
        let (mut events, mut keys) = (Vec::new(), Vec::new());
        while !trim(&connection, &[feed(3, (1, 2_600), 100)]).unwrap().is_empty() {
            events.push(left(&connection, "SELECT count(*) FROM feed"));
        }
        while tidy(&connection, Timestamp::UNIX_EPOCH).unwrap() {
            keys.push(left(&connection, "SELECT count(*) FROM dedupe"));
        }
        assert_eq!((events, keys), (vec![1_600, 600], vec![150, 50]));
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
        let there = |shard: u16| {
            let sql = format!("SELECT count(*) FROM feed WHERE shard = {shard}");
            left(&connection, &sql)
        };
        let trims = |feeds: &[Trim]| (trim(&connection, feeds).unwrap(), there(3), there(4));
        let (third, fourth) = (feed(3, (9, 1_200), 100), feed(4, (9, 1_200), 900));
        assert_eq!(trims(&[fourth, third]), (vec![third], 700, 900));
        assert_eq!(trims(&[third, fourth]), (vec![third], 200, 900));
        assert_eq!(trims(&[third, fourth]), (vec![], 100, 900));
        assert_eq!(trims(&[third, fourth]), (vec![], 100, 900));
    }

    #[test]
    fn the_newest_are_kept_over_all_epochs() {
        let epochs = [(2, 40, 49), (3, 1, 5), (7, 1, 20)];
        let events =
            epochs.iter().flat_map(|&(epoch, first, last)| (first..=last).map(move |n| (epoch, n)));
        let all: Vec<(i64, i64)> = events.collect();
        for (end, come) in [(20, 0), (13, 7)] {
            for keep in [0, 1, 12, 13, 14, 18, 19, 20, 21, 24, 25, 26, 34, 35, 36] {
                let (_dir, connection) = store(&epochs, 0);
                assert_eq!(trim(&connection, &[feed(3, (7, end), keep)]).unwrap(), [], "{keep}");
                let mut kept =
                    connection.prepare("SELECT epoch, n FROM feed ORDER BY 1, 2").unwrap();
                let kept = kept.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
                let kept: Vec<(i64, i64)> = kept.map(Result::unwrap).collect();
                assert_eq!(kept, all[all.len().saturating_sub(keep + come)..], "{keep} {end}");
            }
        }
    }
}
