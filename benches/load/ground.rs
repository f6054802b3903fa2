//! What the figures stand on: without it none of them can be compared with another.

use std::fmt;
use std::net::SocketAddr;
use std::process::Command;
use std::thread::available_parallelism;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::task::JoinSet;

use crate::hub::StoreKind;
use crate::process;
use crate::redis::{Log, Redis};
use crate::stamp::TEXT_CHARS;

/// CPU microseconds of Redis for the yardstick where the targets of the project were set: between 0.83
/// and 1.16.
const YARDSTICK_OF_TARGETS_US: f64 = 1.0;
const CONNECTIONS: usize = 50;
/// What a connection sends before it waits for answers.
const TOGETHER: usize = 16;
const TURNS: usize = 500;
const KEYS: usize = 100_000;
const VALUE_BYTES: usize = 200;
const ANSWER: &[u8] = b"+OK\r\n";

/// The machine and the programs of a run.
pub(crate) struct Ground {
    pub(crate) cores: usize,
    processor: String,
    kernel: String,
    /// Of the tree, as it is checked out.
    commit: String,
    redis: Option<RedisGround>,
}

struct RedisGround {
    version: String,
    /// CPU microseconds of a `SET` of 200 bytes, 16 of them in a pipeline, nothing of it logged; none:
    /// not known.
    yardstick_us: Option<f64>,
}

impl Ground {
    pub(crate) fn of(store: StoreKind) -> Self {
        let proc = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
        let processors = proc("/proc/cpuinfo");
        let model = processors.lines().find_map(|line| line.strip_prefix("model name\t: "));
        let commit = Command::new("git").args(["describe", "--always", "--dirty"]).output();
        let commit = commit.map(|said| String::from_utf8_lossy(&said.stdout).trim().to_owned());
        let redis = (store == StoreKind::Redis).then(RedisGround::measure);
        Self {
            cores: available_parallelism().unwrap().get(),
            processor: model.unwrap_or("unknown").to_owned(),
            kernel: proc("/proc/sys/kernel/osrelease").trim().to_owned(),
            commit: commit.unwrap_or_default(),
            redis,
        }
    }

    /// None: there is no Redis.
    pub(crate) fn yardstick_us(&self) -> Option<f64> {
        self.redis.as_ref()?.yardstick_us
    }
}

impl RedisGround {
    fn measure() -> Self {
        let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let redis = Redis::start(directory.path(), Log::Nothing);
        let before = process::cpu(redis.id());
        let runtime = Builder::new_current_thread().enable_io().build().unwrap();
        runtime.block_on(async {
            let mut all = JoinSet::new();
            (0..CONNECTIONS).for_each(|n| drop(all.spawn(set_many(redis.address(), n))));
            all.join_all().await;
        });
        let after = process::cpu(redis.id());
        let spent = before.zip(after).map(|(before, after)| after.saturating_sub(before));
        let sets = u32::try_from(CONNECTIONS * TOGETHER * TURNS).unwrap();
        let yardstick_us = spent.map(|spent| spent.as_secs_f64() * 1e6 / f64::from(sets));
        Self { version: redis.version(), yardstick_us }
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

impl fmt::Display for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cores, processor, kernel, commit, redis } = self;
        write!(
            f,
            "Commit {commit}, optimised, mimalloc; {cores} cores ({processor}) shared by hub, store and \
             load; Linux {kernel}; texts of {TEXT_CHARS} characters, over loopback."
        )?;
        let Some(RedisGround { version, yardstick_us }) = redis else {
            return write!(f, " SQLite with WAL and synchronous=FULL.");
        };
        write!(f, " Redis {version}, AOF everysec.")?;
        yardstick_us.map_or(Ok(()), |us| {
            write!(
                f,
                " A pipelined SET of {VALUE_BYTES} bytes takes it {us:.2} us: {:.1} times what it takes \
                 where the targets were set.",
                us / YARDSTICK_OF_TARGETS_US
            )
        })
    }
}
