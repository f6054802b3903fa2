//! What the figures stand on: without it none of them can be compared with another.

use std::fmt;
use std::process::Command;
use std::thread::available_parallelism;

use crate::hub::StoreKind;
use crate::redis::{Log, Redis};
use crate::stamp::TEXT_CHARS;
use crate::yardstick::Yardstick;

/// The machine and the programs of a run.
pub(crate) struct Ground {
    pub(crate) cores: usize,
    processor: String,
    kernel: String,
    /// Of the tree, as it is checked out.
    commit: String,
    /// None: the store is embedded.
    redis_version: Option<String>,
    /// None: it could not be measured.
    pub(crate) yardstick: Option<Yardstick>,
}

impl Ground {
    pub(crate) fn of(store: StoreKind) -> Self {
        let proc = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
        let processors = proc("/proc/cpuinfo");
        let model = processors.lines().find_map(|line| line.strip_prefix("model name\t: "));
        let commit = Command::new("git").args(["describe", "--always", "--dirty"]).output();
        let commit = commit.map(|said| String::from_utf8_lossy(&said.stdout).trim().to_owned());
        let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let (redis_version, yardstick) = match store {
            StoreKind::Redis => {
                let redis = Redis::start(directory.path(), Log::Nothing);
                (Some(redis.version()), Yardstick::of_redis(&redis))
            }
            StoreKind::Sqlite => (None, Some(Yardstick::of_sqlite(directory.path()))),
        };
        Self {
            cores: available_parallelism().unwrap().get(),
            processor: model.unwrap_or("unknown").to_owned(),
            kernel: proc("/proc/sys/kernel/osrelease").trim().to_owned(),
            commit: commit.unwrap_or_default(),
            redis_version,
            yardstick,
        }
    }
}

impl fmt::Display for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cores, processor, kernel, commit, redis_version, yardstick } = self;
        write!(
            f,
            "Commit {commit}, optimised, mimalloc; {cores} cores ({processor}) shared by hub, store and \
             load; Linux {kernel}; texts of {TEXT_CHARS} characters, over loopback."
        )?;
        match redis_version {
            Some(version) => write!(f, " Redis {version}, AOF everysec.")?,
            None => f.write_str(" SQLite with WAL and synchronous=FULL.")?,
        }
        yardstick.as_ref().map_or(Ok(()), |Yardstick { what, slower }| {
            write!(
                f,
                " {what}: this machine is {slower:.1} times as slow as where the targets were set."
            )
        })
    }
}
