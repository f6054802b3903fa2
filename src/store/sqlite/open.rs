//! Opening a data directory: the lock, the library, the settings of a connection, the schema.

use std::fs::{DirBuilder, File, TryLockError};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

/// Libraries before this one can corrupt a file that two connections use (WAL reset).
const LIBRARY_MIN: i32 = 3_051_003;
/// What each version of the schema adds to the one before.
const SCHEMAS: [&str; 3] =
    [include_str!("schema.sql"), include_str!("schema_2.sql"), include_str!("schema_3.sql")];
/// Somebody else has the directory if it is locked for so long. A process that has just let go of
/// it may be starting a child, which holds the lock until it runs its own program.
const LOCK_TRIES: u32 = 20;
const LOCK_PAUSE: Duration = Duration::from_millis(10);
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// More than there are different statements.
const STATEMENTS_CACHED: usize = 64;

/// Negative: in KiB. Enough for the pages that open conversations are written to.
const WRITER_CACHE: i32 = -64 * 1024;

/// Why a data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("data directory {0:?} cannot be used: {1}")]
    Directory(PathBuf, #[source] io::Error),
    #[error("data directory {0:?} is in use by another process")]
    InUse(PathBuf),
    #[error("sqlite library {0} is too old and can corrupt data")]
    Library(&'static str),
    #[error("data is of schema {found}, this program knows up to {known}: use a newer one")]
    NewerSchema { found: usize, known: usize },
    #[error("sqlite: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

/// The version of the `SQLite` library in this program.
pub fn library_version() -> &'static str {
    rusqlite::version()
}

/// Keeps other processes out of the directory as long as it is kept; also `kill -9` ends it.
pub(super) fn lock(dir: &Path) -> Result<File, OpenError> {
    let unusable = |error| OpenError::Directory(dir.to_owned(), error);
    // Nobody else on the machine is to read what customers wrote.
    DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(unusable)?;
    let lock = File::create(dir.join("lock")).map_err(unusable)?;
    for _ in 0..LOCK_TRIES {
        match lock.try_lock() {
            Ok(()) => return Ok(lock),
            Err(TryLockError::WouldBlock) => std::thread::park_timeout(LOCK_PAUSE),
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
    }
    Err(OpenError::InUse(dir.to_owned()))
}

/// The connection that writes and checkpoints, with the schema in place.
pub(super) fn writer(file: &Path) -> Result<Connection, OpenError> {
    if rusqlite::version_number() < LIBRARY_MIN {
        return Err(OpenError::Library(rusqlite::version()));
    }
    let mut connection = connect(file)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // What a step may take back is kept here and not in a file: no commit waits for it.
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "synchronous", "full")?;
    // The writer looks after the log itself, between commits.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "cache_size", WRITER_CACHE)?;
    prepare_schema(&mut connection)?;
    // No commit waits for what a change of the schema has written, or a process that was killed.
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(connection)
}

/// A connection that only reads, and leaves checkpoints to the writer.
pub(super) fn reader(file: &Path) -> Result<Connection, OpenError> {
    let connection = connect(file)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(connection)
}

fn connect(file: &Path) -> Result<Connection, OpenError> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED);
    Ok(connection)
}

fn prepare_schema(connection: &mut Connection) -> Result<(), OpenError> {
    let transaction = connection.transaction()?;
    let found: usize = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = SCHEMAS.len();
    for schema in SCHEMAS.get(found..).ok_or(OpenError::NewerSchema { found, known })? {
        transaction.execute_batch(schema)?;
    }
    transaction.pragma_update(None, "user_version", known)?;
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_writer_syncs_each_commit_to_a_write_ahead_log() {
        let dir = tempfile::tempdir().unwrap();
        let writer = writer(&dir.path().join("file")).unwrap();
        let mode: String =
            writer.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
        let synchronous: i64 =
            writer.pragma_query_value(None, "synchronous", |row| row.get(0)).unwrap();
        assert_eq!((mode.as_str(), synchronous), ("wal", 2));
    }

    #[test]
    fn a_reader_cannot_write() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        let writer = writer(&file).unwrap();
        let reader = reader(&file).unwrap();
        let write = "INSERT INTO dead (shard, bytes) VALUES (1, x'00')";
        assert!(reader.execute(write, []).is_err());
        assert!(writer.execute(write, []).is_ok());
    }
}
