//! The one thread that writes: group commit over all that is queued.
//!
//! Knows nothing of what a step writes.

use std::fs::File;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{Builder, JoinHandle};

use rusqlite::{Connection, Row};
use tokio::sync::oneshot;

use crate::store::Unavailable;

/// Most steps waiting for the writer; when it is full the store is unavailable.
const QUEUE_MAX: usize = 1024;
/// Most steps in one transaction.
const BATCH_MAX: usize = 128;
/// So many pages of the log are copied into the file at a time. Pages of open conversations are written
/// again and again: the more there are, the fewer of them are copied, and the longer commits wait.
const CHECKPOINT_PAGES: i64 = 1024;

/// The way to the writer. The thread ends when this is dropped.
pub(super) struct Writer {
    queue: SyncSender<Box<dyn Step>>,
}

impl Writer {
    /// `lock` is kept until the thread has closed the file.
    pub(super) fn start(
        connection: Connection,
        lock: File,
    ) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (queue, steps) = sync_channel(QUEUE_MAX);
        let thread = Builder::new().name("store-writer".to_owned()).spawn(move || {
            work(&connection, &steps);
            drop(connection);
            drop(lock);
        })?;
        Ok((Self { queue }, thread))
    }

    /// Runs `step` in a transaction; the answer comes when it is durable. A step that fails
    /// leaves nothing behind. It must change nothing but the file: if another of its transaction fails,
    /// it is run again in a new one.
    pub(super) async fn write<T: Send + 'static>(
        &self,
        step: impl Fn(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Unavailable> {
        let (answer, answered) = oneshot::channel();
        let step = Asked { run: step, done: None, answer };
        self.queue.try_send(Box::new(step)).map_err(|refused| match refused {
            TrySendError::Full(_) => Unavailable("too many writes are waiting".to_owned()),
            TrySendError::Disconnected(_) => Unavailable("the writer has ended".to_owned()),
        })?;
        answered.await.unwrap_or_else(|_| Err(Unavailable("the writer has ended".to_owned())))
    }
}

/// A step of the batch: run inside the transaction, answered after it.
trait Step: Send {
    fn run(&mut self, connection: &Connection) -> rusqlite::Result<()>;
    fn answer(self: Box<Self>, fate: Result<(), Unavailable>);
}

struct Asked<T, F> {
    run: F,
    done: Option<T>,
    answer: oneshot::Sender<Result<T, Unavailable>>,
}

impl<T: Send, F: Fn(&Connection) -> rusqlite::Result<T> + Send> Step for Asked<T, F> {
    fn run(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        self.done = Some((self.run)(connection)?);
        Ok(())
    }

    fn answer(self: Box<Self>, fate: Result<(), Unavailable>) {
        let not_run = || Unavailable("not run".to_owned());
        let Self { done, answer, .. } = *self;
        // Whoever asked may have gone; the write stands all the same.
        let _ = answer.send(fate.and_then(|()| done.ok_or_else(not_run)));
    }
}

fn work(connection: &Connection, steps: &Receiver<Box<dyn Step>>) {
    while let Ok(first) = steps.recv() {
        let mut batch = vec![first];
        batch.extend(steps.try_iter().take(BATCH_MAX - 1));
        let fates = transact(connection, &mut batch);
        if let Err(error) = &fates {
            tracing::error!(%error, steps = batch.len(), "store transaction failed");
        }
        answer(batch, fates);
        // Nobody who has his answer waits for it, and the next is decided meanwhile.
        if let Err(error) = checkpoint(connection) {
            tracing::error!(%error, "the log of the store was not copied into its file");
        }
    }
}

/// Copies the log if it has become long. Nothing is lost when that fails: what is not copied is read
/// where it is.
fn checkpoint(connection: &Connection) -> rusqlite::Result<()> {
    let not_copied = |row: &Row<'_>| Ok(row.get::<_, i64>(1)? - row.get::<_, i64>(2)?);
    let mut look = connection.prepare_cached("PRAGMA wal_checkpoint(NOOP)")?;
    if look.query_row([], not_copied)? < CHECKPOINT_PAGES {
        return Ok(());
    }
    // It waits for no reader: what one still needs in the file as it was is left for the next time.
    connection.prepare_cached("PRAGMA wal_checkpoint(PASSIVE)")?.query_row([], |_| Ok(()))
}

/// What became of each step, or why nothing of the batch was written.
type Fates = rusqlite::Result<Vec<rusqlite::Result<()>>>;

fn transact(connection: &Connection, batch: &mut [Box<dyn Step>]) -> Fates {
    execute(connection, "BEGIN IMMEDIATE")?;
    let fates: Fates = match batch.iter_mut().try_for_each(|step| step.run(connection)) {
        Ok(()) => Ok(batch.iter().map(|_| Ok(())).collect()),
        Err(error) if batch.len() > 1 => {
            tracing::warn!(%error, steps = batch.len(), "store step failed; all are run again, apart");
            run_apart(connection, batch)
        }
        Err(error) => Err(error),
    };
    let fates = fates.and_then(|fates| execute(connection, "COMMIT").map(|()| fates));
    if fates.is_err() {
        roll_back(connection)?;
    }
    fates
}

/// Runs all once more, in a transaction in which the failure of one is its own. That is not how they are
/// run at first: to keep what each page was before costs as much as the writes, and a step fails only when
/// something is wrong with the file.
fn run_apart(connection: &Connection, batch: &mut [Box<dyn Step>]) -> Fates {
    roll_back(connection)?;
    execute(connection, "BEGIN IMMEDIATE")?;
    batch.iter_mut().map(|step| apart(connection, step.as_mut())).collect()
}

/// Runs a step so that its failure takes back its own writes and no others.
fn apart(connection: &Connection, step: &mut dyn Step) -> rusqlite::Result<rusqlite::Result<()>> {
    execute(connection, "SAVEPOINT step")?;
    let fate = step.run(connection);
    if let Err(error) = &fate {
        tracing::error!(%error, "store step failed");
        // Fails when the error has ended the whole transaction (disk full, for one).
        execute(connection, "ROLLBACK TO step")?;
    }
    execute(connection, "RELEASE step")?;
    Ok(fate)
}

/// Some errors have done so before.
fn roll_back(connection: &Connection) -> rusqlite::Result<()> {
    if connection.is_autocommit() { Ok(()) } else { execute(connection, "ROLLBACK") }
}

fn execute(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(drop)
}

fn answer(batch: Vec<Box<dyn Step>>, fates: Fates) {
    match fates {
        Ok(fates) => {
            for (step, fate) in batch.into_iter().zip(fates) {
                step.answer(fate.map_err(|error| Unavailable(error.to_string())));
            }
        }
        Err(error) => {
            for step in batch {
                step.answer(Err(Unavailable(error.to_string())));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    const TWICE: &str = "INSERT INTO number VALUES (2); INSERT INTO number VALUES (2)";
    const ENDS_ALL: &str =
        "INSERT INTO number VALUES (2); INSERT OR ROLLBACK INTO number VALUES (2)";
    /// What its row asks for is looked at when the transaction ends.
    const CANNOT_END: &str = "INSERT INTO later VALUES (7)";

    /// Runs all in one batch: what the numbers are afterwards, and who was told that his were written.
    fn write(steps: &[(&'static str, &'static str)]) -> (Vec<i64>, Vec<bool>) {
        let connection = Connection::open_in_memory().unwrap();
        let schema = "PRAGMA foreign_keys = ON;
            CREATE TABLE number (n INTEGER PRIMARY KEY);
            CREATE TABLE later (n INTEGER REFERENCES number DEFERRABLE INITIALLY DEFERRED)";
        connection.execute_batch(schema).unwrap();
        let asked = |&(at_first, again): &(&'static str, &'static str)| {
            let (answer, answered) = oneshot::channel();
            let ran = AtomicBool::new(false);
            let run = move |to: &Connection| {
                to.execute_batch(if ran.swap(true, Ordering::Relaxed) { again } else { at_first })
            };
            let step: Box<dyn Step> = Box::new(Asked { run, done: None, answer });
            (step, answered)
        };
        let (mut batch, answered): (Vec<_>, Vec<_>) = steps.iter().map(asked).unzip();
        let fates = transact(&connection, &mut batch);
        assert!(connection.is_autocommit(), "the transaction is still open");
        answer(batch, fates);
        let told = answered.into_iter().map(|mut answered| answered.try_recv().unwrap().is_ok());
        let mut all = connection.prepare("SELECT n FROM number ORDER BY n").unwrap();
        let numbers = all.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap);
        (numbers.collect(), told.collect())
    }

    fn one_between(
        at_first: &'static str,
        again: &'static str,
    ) -> [(&'static str, &'static str); 3] {
        let (before, after) = ("INSERT INTO number VALUES (1)", "INSERT INTO number VALUES (3)");
        [(before, before), (at_first, again), (after, after)]
    }

    #[test]
    fn a_step_that_fails_leaves_nothing_behind_and_takes_no_other_with_it() {
        assert_eq!(write(&one_between(TWICE, TWICE)), (vec![1, 3], vec![true, false, true]));
    }

    #[test]
    fn a_step_that_fails_once_is_written_with_the_others() {
        let then_well = "INSERT INTO number VALUES (2)";
        for at_first in [TWICE, ENDS_ALL] {
            let written = write(&one_between(at_first, then_well));
            assert_eq!(written, (vec![1, 2, 3], vec![true; 3]), "{at_first}");
        }
    }

    #[test]
    fn when_a_step_ends_the_transaction_again_nobody_is_told_that_his_is_written() {
        assert_eq!(write(&one_between(ENDS_ALL, ENDS_ALL)), (Vec::new(), vec![false; 3]));
    }

    #[test]
    fn when_the_transaction_cannot_end_nobody_is_told_that_his_is_written() {
        assert_eq!(write(&one_between(CANNOT_END, CANNOT_END)), (Vec::new(), vec![false; 3]));
    }

    #[test]
    fn a_step_that_fails_alone_leaves_nothing_behind() {
        assert_eq!(write(&[(TWICE, TWICE)]), (Vec::new(), vec![false]));
    }
}
