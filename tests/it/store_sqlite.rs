//! What only the store on disk can get wrong: its directory, its file, its threads.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use futures_util::future::{join, join_all};
use rusqlite::Connection;
use switchboard::store::op::{CommitError, DocumentKind, Slot, Submitted};
use switchboard::store::sqlite::OpenError;
use switchboard::store::{Store, Unavailable};

use crate::contract::words::*;
use crate::contract::{block_on, on_disk};

#[test]
fn data_survives_the_process() {
    let dir = tempfile::tempdir().unwrap();
    block_on(async {
        let store = Store::sqlite(dir.path()).unwrap();
        Owner::of(&store, "anna").await.does([put("c1", 0, "open"), event("a")]).await;
        submit(&store, "hello").await;
    });
    block_on(async {
        let store = Store::sqlite(dir.path()).unwrap();
        let found = store.document(SHARD, DocumentKind::Conversation, "c1".to_owned()).await;
        assert_eq!(found, Ok(Some(document("c1", 1, "open"))));
        assert_eq!(submit(&store, "hello").await, Submitted::Duplicate);
        let mut anna = Owner::of(&store, "anna").await;
        assert_eq!((anna.epoch, anna.commits), (2, 1));
        assert_eq!(anna.does([event("b")]).await.feed_before, position(1, 1));
    });
}

#[test]
fn a_directory_belongs_to_one_store_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::sqlite(dir.path()).unwrap();
    let clone = store.clone();
    drop(store);
    let second = Store::sqlite(dir.path());
    assert!(matches!(&second, Err(OpenError::InUse(path)) if path == dir.path()), "{second:?}");
    drop(clone);
    Store::sqlite(dir.path()).unwrap();
}

#[test]
fn a_missing_directory_is_made_for_us_alone() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("data/here");
    drop(Store::sqlite(&dir).unwrap());
    assert_eq!(fs::metadata(&dir).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn a_directory_that_cannot_be_is_reported() {
    let parent = tempfile::tempdir().unwrap();
    let file = parent.path().join("file");
    fs::write(&file, "in the way").unwrap();
    let opened = Store::sqlite(&file);
    assert!(matches!(opened, Err(OpenError::Directory(..))), "{opened:?}");
}

#[test]
fn a_file_that_is_no_store_is_reported_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let text = "not a database, but long enough to be one ".repeat(50);
    fs::write(dir.path().join("store.sqlite"), &text).unwrap();
    let opened = Store::sqlite(dir.path());
    assert!(matches!(opened, Err(OpenError::Sqlite(_))), "{opened:?}");
    assert_eq!(fs::read_to_string(dir.path().join("store.sqlite")).unwrap(), text);
}

#[test]
fn data_of_a_newer_program_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    drop(Store::sqlite(dir.path()).unwrap());
    beside(dir.path()).pragma_update(None, "user_version", 9).unwrap();
    let opened = Store::sqlite(dir.path());
    assert!(matches!(opened, Err(OpenError::NewerSchema { found: 9, .. })), "{opened:?}");
}

#[test]
fn data_of_the_first_version_is_brought_forward() {
    let dir = tempfile::tempdir().unwrap();
    let first = beside(dir.path());
    first.execute_batch(include_str!("../../src/store/sqlite/schema.sql")).unwrap();
    first.pragma_update(None, "user_version", 1).unwrap();
    let of = SHARD.0;
    let rows = format!(
        "INSERT INTO history VALUES ({of}, 'c', 2, x'62'), ({of}, 'c', 1, x'61'), ({of}, 'd', 1, x'64');
         INSERT INTO load VALUES ('boris', 'c');
         INSERT INTO shard VALUES ({of}, 'anna', 3, 7, 9, 0, 0, 3, 1);
         INSERT INTO feed VALUES ({of}, 2, 5, 2, 4, 'vera', x'65'), ({of}, 3, 1, 2, 5, 'anna', x'66');"
    );
    first.execute_batch(&rows).unwrap();
    drop(first);
    drop(Store::sqlite(dir.path()).unwrap());
    let store = Store::sqlite(dir.path()).unwrap();
    block_on(async {
        let records = entries(&store, "c", 0, 9).await;
        assert_eq!(records, [entry(1, "a"), entry(2, "b")]);
        let feed = store.feed(SHARD, position(2, 5), 9).await.unwrap().unwrap();
        let feed = feed.iter().map(|event| (event.position, event.previous, &event.bytes[..]));
        assert_eq!(feed.collect::<Vec<_>>(), [(position(3, 1), position(2, 5), &b"f"[..])]);
        let places = store.loads(Slot::Place).await.unwrap();
        assert_eq!(places, [(operator("boris"), conversation("c"))]);
        let mut anna = Owner::of(&store, "anna").await;
        anna.does([history("c", 1, "again"), history("c", 3, "new"), forget_history("d")]).await;
        let some = pack(&store, "c", 2).await;
        anna.does([some]).await;
        let records = entries(&store, "c", 0, 9).await;
        assert_eq!(records, [entry(1, "again"), entry(2, "b"), entry(3, "new")]);
        assert_eq!(entries(&store, "d", 0, 9).await, []);
    });
}

#[test]
fn what_is_packed_is_kept_once() {
    let (store, dir) = on_disk();
    let lies = |tables: &[&str]| -> i64 {
        let beside = beside(dir.as_ref().unwrap().path());
        let rows = |table: &&str| -> i64 {
            let sql = format!("SELECT count(*) FROM {table}");
            beside.query_row(&sql, [], |row| row.get(0)).unwrap()
        };
        tables.iter().map(rows).sum()
    };
    block_on(async {
        let mut anna = Owner::of(&store, "anna").await;
        anna.does((1..=50).map(|n| history("c", n, "the same as ever"))).await;
        assert_eq!((lies(&["record"]), lies(&["listed", "latest"])), (50, 50));
        let all = pack(&store, "c", 50).await;
        anna.does([all]).await;
        assert_eq!(lies(&["record", "listed", "latest"]), 0);
        anna.does((51..=99).map(|n| history("c", n, "and on"))).await;
        let size = "SELECT length(bytes) FROM packed";
        let size = beside(dir.as_ref().unwrap().path()).query_row(size, [], |row| row.get(0));
        assert!(size.is_ok_and(|bytes: i64| bytes < 200));
        anna.does([forget_history("c")]).await;
        assert_eq!(lies(&["record", "listed", "latest", "packed"]), 0);
    });
}

#[test]
fn the_log_begins_anew_before_it_is_long_and_is_gone_in_the_end() {
    let (store, dir) = on_disk();
    let log = dir.as_ref().unwrap().path().join("store.sqlite-wal");
    let text = "x".repeat(3000);
    block_on(async {
        let mut anna = Owner::of(&store, "anna").await;
        for version in 0..20 {
            let documents = (0..400).map(|n| put(&format!("c{n}"), version, &text));
            anna.does(documents).await;
        }
    });
    // In all 8,000 pages have gone through it.
    let pages = fs::metadata(&log).unwrap().len() / 4096;
    assert!((400..2_000).contains(&pages), "{pages}");
    drop(store);
    assert!(!log.exists());
}

#[test]
fn a_feed_from_the_future_is_noticed() {
    let (store, dir) = on_disk();
    block_on(async {
        let mut anna = Owner::of(&store, "anna").await;
        anna.does([event("a")]).await;
        beside(dir.as_ref().unwrap().path())
            .execute("UPDATE shard SET feed_epoch = 5", [])
            .unwrap();
        assert_eq!(anna.tries([]).await, Err(CommitError::WentBack("feed")));
    });
}

#[test]
fn a_failing_write_takes_back_its_own_commit_and_no_other() {
    let (store, dir) = on_disk();
    fail_on_dead(dir.as_ref().unwrap().path(), "ABORT");
    block_on(async {
        let mut anna = Owner::of(&store, "anna").await;
        let mut boris = Owner::of_shard(&store, ELSEWHERE, "boris").await;
        let failing = [event("a"), put("c1", 0, "half"), dead("boom"), event("b")];
        let (failed, made) = join(anna.tries(failing), boris.tries([event("x")])).await;
        assert!(matches!(failed, Err(CommitError::Unavailable(why)) if why.contains("planned")));
        assert_eq!(made, Ok(()));
        let found = store.documents(SHARD, DocumentKind::Conversation, None, 9).await;
        assert_eq!(found, Ok(vec![]));
        assert_eq!(anna.does([event("a")]).await.appended, [position(1, 1)]);
    });
}

#[test]
fn when_a_transaction_is_lost_all_in_it_are_told_and_the_writer_goes_on() {
    let (store, dir) = on_disk();
    fail_on_dead(dir.as_ref().unwrap().path(), "ROLLBACK");
    block_on(async {
        let mut anna = Owner::of(&store, "anna").await;
        let failed = anna.tries([event("a"), dead("boom")]).await;
        assert!(matches!(failed, Err(CommitError::Unavailable(_))), "{failed:?}");
        assert_eq!(anna.does([event("a")]).await.appended, [position(1, 1)]);
    });
}

#[test]
fn too_many_waiting_writes_are_turned_away_and_the_others_are_made() {
    let (store, dir) = on_disk();
    let mut in_the_way = beside(dir.as_ref().unwrap().path());
    block_on(async {
        let blocking =
            in_the_way.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate);
        let blocking = blocking.unwrap();
        let texts: Vec<String> = (0..1300).map(|n| n.to_string()).collect();
        let submissions = join_all(
            texts.iter().map(|text| store.submit(SHARD, text.clone(), DAY, at(0), bytes(text))),
        );
        let unblock = async {
            // Polled after the submissions were queued; readers do not wait for writers.
            assert_eq!(store.leases().await, Ok(vec![]));
            drop(blocking);
        };
        let (answers, ()) = join(submissions, unblock).await;
        let full = Err(Unavailable("too many writes are waiting".to_owned()));
        let turned_away = answers.iter().filter(|answer| **answer == full).count();
        // 1024 wait in the queue, and the writer holds a batch of up to 128 already.
        assert!((1300 - 1024 - 128..=1300 - 1024).contains(&turned_away), "{turned_away}");
        let made = answers.iter().filter(|answer| matches!(answer, Ok(Submitted::Accepted(_))));
        assert_eq!(made.count(), 1300 - turned_away);
        assert_eq!(waiting(&store, 0).await.len(), 1300 - turned_away);
    });
}

/// A connection of our own, as if something were wrong with the file.
fn beside(dir: &Path) -> Connection {
    Connection::open(dir.join("store.sqlite")).unwrap()
}

fn fail_on_dead(dir: &Path, how: &str) {
    let trigger = format!(
        "CREATE TRIGGER planned BEFORE INSERT ON dead WHEN NEW.bytes = CAST('boom' AS BLOB)
         BEGIN SELECT RAISE({how}, 'planned'); END"
    );
    beside(dir).execute_batch(&trigger).unwrap();
}
