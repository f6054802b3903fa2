//! A simple thing that is done here as it was done where the targets of the project were set, so that
//! figures of one machine can be held against targets of another.

use std::net::SocketAddr;
use std::path::Path;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use switchboard::clock;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::task::JoinSet;

use crate::process;
use crate::redis::Redis;

/// CPU microseconds of Redis for a `SET` where the targets were set: between 0.83 and 1.16.
const SET_OF_TARGETS_US: f64 = 1.0;
const CONNECTIONS: usize = 50;
/// What a connection sends before it waits for answers.
const TOGETHER: usize = 16;
const TURNS: usize = 500;
const KEYS: usize = 100_000;
const VALUE_BYTES: usize = 200;
const ANSWER: &[u8] = b"+OK\r\n";

/// Commits a second of a writer of `SQLite` where the targets were set. How much they wrote is not recorded, so
/// that the sizes below are ours; and it was driven from Python, to which a statement costs more than to us:
/// the machine here may be slower than this says.
const COMMITS_OF_TARGETS: f64 = 15_600.0;
const COMMITS_IN_TRANSACTION: u32 = 32;
const TRANSACTIONS: u32 = 400;
const CONVERSATIONS: u32 = 1_000;
const DOCUMENT_BYTES: usize = 600;
const RECORD_BYTES: usize = 300;
const SCHEMA: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE shard (commits INTEGER, feed INTEGER);
    INSERT INTO shard VALUES (0, 0);
    CREATE TABLE seen (key TEXT PRIMARY KEY, until INTEGER) WITHOUT ROWID;
    CREATE TABLE document (id TEXT PRIMARY KEY, version INTEGER, bytes BLOB) WITHOUT ROWID;
    CREATE TABLE record (id TEXT, n INTEGER, bytes BLOB, PRIMARY KEY (id, n)) WITHOUT ROWID;
    CREATE TABLE feed (n INTEGER PRIMARY KEY, bytes BLOB);";

/// What it came to.
pub(crate) struct Yardstick {
    /// What was done, as a sentence without its end.
    pub(crate) what: String,
    /// How many times as long as where the targets were set it took.
    pub(crate) slower: f64,
}

impl Yardstick {
    /// With a server that logs nothing. None: what it spends is not known.
    pub(crate) fn of_redis(redis: &Redis) -> Option<Self> {
        let before = process::cpu(redis.id())?;
        let runtime = Builder::new_current_thread().enable_io().build().unwrap();
        runtime.block_on(async {
            let mut all = JoinSet::new();
            (0..CONNECTIONS).for_each(|n| drop(all.spawn(set_many(redis.address(), n))));
            all.join_all().await;
        });
        let spent = process::cpu(redis.id())?.saturating_sub(before);
        let sets = u32::try_from(CONNECTIONS * TOGETHER * TURNS).unwrap();
        let us = spent.as_secs_f64() * 1e6 / f64::from(sets);
        let what = format!("A pipelined SET of {VALUE_BYTES} bytes takes it {us:.2} us");
        Some(Self { what, slower: us / SET_OF_TARGETS_US })
    }

    /// With a file in that folder.
    pub(crate) fn of_sqlite(folder: &Path) -> Self {
        let mut connection = Connection::open(folder.join("yardstick.sqlite")).unwrap();
        connection.execute_batch(SCHEMA).unwrap();
        let since = clock::monotonic();
        for transaction in 0..TRANSACTIONS {
            let immediate = TransactionBehavior::Immediate;
            let within = connection.transaction_with_behavior(immediate).unwrap();
            let first = transaction * COMMITS_IN_TRANSACTION;
            (first..first + COMMITS_IN_TRANSACTION).for_each(|n| make(&within, n));
            within.commit().unwrap();
        }
        let commits = f64::from(TRANSACTIONS * COMMITS_IN_TRANSACTION);
        let rate = commits / since.elapsed().as_secs_f64();
        let what = format!(
            "A bare writer makes {rate:.0} commits of seven statements a second, {COMMITS_IN_TRANSACTION} in \
             a transaction"
        );
        Self { what, slower: COMMITS_OF_TARGETS / rate }
    }
}

async fn set_many(redis: SocketAddr, of: usize) {
    let mut connection = TcpStream::connect(redis).await.unwrap();
    connection.set_nodelay(true).unwrap();
    let value = "x".repeat(VALUE_BYTES);
    let mut answers = [0; TOGETHER * ANSWER.len()];
    for turn in 0..TURNS {
        let key = |n: usize| ((of * TURNS + turn) * TOGETHER + n) * 7_919 % KEYS;
        let set = |n| {
            format!("*3\r\n$3\r\nSET\r\n$9\r\nkey:{:05}\r\n${VALUE_BYTES}\r\n{value}\r\n", key(n))
        };
        let sets: String = (0..TOGETHER).map(set).collect();
        connection.write_all(sets.as_bytes()).await.unwrap();
        connection.read_exact(&mut answers).await.unwrap();
        assert!(answers.chunks(ANSWER.len()).all(|answer| answer == ANSWER), "Redis refuses");
    }
}

/// A message of a customer: the two questions and five writes that no store can do without.
fn make(within: &Transaction<'_>, n: u32) {
    let (key, id) = (format!("bot:{n}"), format!("conversation-{}", n * 7_919 % CONVERSATIONS));
    let (document, record) = ([b'x'; DOCUMENT_BYTES], [b'x'; RECORD_BYTES]);
    let run = |sql: &str, values: &[&dyn rusqlite::ToSql]| {
        within.prepare_cached(sql).unwrap().execute(values).unwrap();
    };
    let exists = |sql: &str, values: &[&dyn rusqlite::ToSql]| {
        within.prepare_cached(sql).unwrap().exists(values).unwrap()
    };
    assert!(exists("SELECT 1 FROM shard WHERE commits = ?1", &[&n]));
    assert!(!exists("SELECT 1 FROM seen WHERE key = ?1", &[&key]));
    run("INSERT INTO seen VALUES (?1, ?2)", &[&key, &n]);
    run(
        "INSERT INTO document VALUES (?1, 1, ?2) \
         ON CONFLICT DO UPDATE SET version = version + 1, bytes = excluded.bytes",
        &[&id, &document],
    );
    run("INSERT INTO record VALUES (?1, ?2, ?3)", &[&id, &n, &record]);
    run("INSERT INTO feed VALUES (?1, ?2)", &[&n, &record]);
    run("UPDATE shard SET commits = commits + 1, feed = ?1", &[&n]);
}
