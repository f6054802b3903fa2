//! The embedded store: one `SQLite` file in a data directory that one process holds.
//!
//! One thread writes, two read; whoever calls waits for an answer and never blocks, on any
//! runtime. Knows nothing of what the bytes mean.

mod apply;
mod history;
mod judge;
mod open;
mod read;
mod reader;
mod shard;
mod submit;
mod tidy;
mod value;
mod writer;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use domain::id::{ConversationId, LineId, OperatorId, ShardId};
use jiff::Timestamp;
use rusqlite::Connection;

pub use crate::store::sqlite::open::{OpenError, library_version};

use crate::store::Unavailable;
use crate::store::members::Members;
use crate::store::op::{
    Commit, CommitError, Committed, Counter, Document, DocumentKind, DocumentName, FeedRecord,
    InboxEntry, InboxPosition, InstanceId, Job, Lease, Member, Meta, Position, Renewed, SharedKind,
    Slot, Submitted, Trim,
};
use crate::store::signal::{self, Signal, Signals};
use crate::store::sqlite::reader::Readers;
use crate::store::sqlite::shard::ShardRow;
use crate::store::sqlite::writer::Writer;

/// The data is in this file of the data directory, and in those that `SQLite` puts beside it.
const FILE: &str = "store.sqlite";
const READERS: usize = 2;

/// A store on disk. All clones are the same store; the last one waits for the threads to end.
#[derive(Clone)]
pub struct SqliteStore {
    threads: Arc<Threads>,
    signals: Signals,
    alone: Arc<Alone>,
}

/// What is only said between processes. One process is alone with its file, so none of it is
/// written: it is of this process, and ends with it.
#[derive(Default)]
struct Alone {
    wants: Mutex<BTreeMap<ShardId, InstanceId>>,
    members: Mutex<Members>,
}

impl Alone {
    fn wants(&self) -> MutexGuard<'_, BTreeMap<ShardId, InstanceId>> {
        self.wants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn members(&self) -> MutexGuard<'_, Members> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SqliteStore {
    /// Opens the data directory, making it when it is missing. Waits for the disk.
    pub fn open(dir: &Path) -> Result<Self, OpenError> {
        let unusable = |error| OpenError::Directory(dir.to_owned(), error);
        let lock = open::lock(dir)?;
        let file = dir.join(FILE);
        let writing = open::writer(&file)?;
        let reading = (0..READERS).map(|_| open::reader(&file)).collect::<Result<_, _>>()?;
        let (readers, reading) = Readers::start(reading).map_err(unusable)?;
        let (writer, writing) = Writer::start(writing, lock).map_err(unusable)?;
        let threads = Threads {
            readers,
            _reading: Running(reading),
            writer,
            _writing: Running(vec![writing]),
        };
        let (signals, alone) = (Signals::default(), Arc::default());
        Ok(Self { threads: Arc::new(threads), signals, alone })
    }

    pub(super) fn signals(&self) -> &Signals {
        &self.signals
    }

    async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Unavailable> {
        self.threads.readers.read(query).await
    }

    async fn write<T: Send + 'static>(
        &self,
        step: impl Fn(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Unavailable> {
        self.threads.writer.write(step).await
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").finish_non_exhaustive()
    }
}

/// Ends in the order of the fields. The writer comes last, as the last to close the file puts
/// its journal in order and gives the directory free.
struct Threads {
    readers: Readers,
    _reading: Running,
    writer: Writer,
    _writing: Running,
}

/// Waits for its threads when it is dropped; their queue must be dropped before.
struct Running(Vec<JoinHandle<()>>);

impl Drop for Running {
    fn drop(&mut self) {
        for thread in self.0.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a store thread had panicked");
            }
        }
    }
}

/// The port: see [`crate::store::Store`].
impl SqliteStore {
    pub(super) async fn leases(&self) -> Result<Vec<(ShardId, Lease)>, Unavailable> {
        let mut leases = self.read(shard::leases).await?;
        let wants = self.alone.wants();
        for (shard, lease) in &mut leases {
            lease.want = wants.get(shard).cloned();
        }
        Ok(leases)
    }

    pub(super) async fn claim(
        &self,
        shard: ShardId,
        me: InstanceId,
        seen: Lease,
        floor: u64,
    ) -> Result<Result<Lease, Lease>, Unavailable> {
        let mut claimed = self.write(move |to| shard::claim(to, shard, &me, &seen, floor)).await?;
        match &mut claimed {
            Ok(_) => drop(self.alone.wants().remove(&shard)),
            Err(stored) => stored.want = self.alone.wants().get(&shard).cloned(),
        }
        Ok(claimed)
    }

    pub(super) async fn renew(
        &self,
        me: InstanceId,
        held: Vec<(ShardId, u64)>,
    ) -> Result<Vec<Renewed>, Unavailable> {
        let beat = |lease: &mut Lease| lease.beat += 1;
        let renewed = self.write(move |to| {
            let renew = |&(of, epoch)| Ok((of, shard::change_own(to, of, (&me, epoch), beat)?));
            held.iter().map(renew).collect::<rusqlite::Result<Vec<_>>>()
        });
        let renewed = renewed.await?;
        let wants = self.alone.wants();
        let ours = |of| Renewed::Ours { want: wants.get(&of).cloned() };
        let renewed = renewed.into_iter();
        let renewed = renewed.map(|(of, held)| if held { ours(of) } else { Renewed::Lost });
        Ok(renewed.collect())
    }

    pub(super) async fn release(
        &self,
        shard: ShardId,
        me: InstanceId,
        epoch: u64,
    ) -> Result<bool, Unavailable> {
        let free = |lease: &mut Lease| lease.owner = None;
        let released =
            self.write(move |to| shard::change_own(to, shard, (&me, epoch), free)).await?;
        if released {
            self.signals.send(Signal::Free(shard));
        }
        Ok(released)
    }

    pub(super) async fn ask(
        &self,
        shard: ShardId,
        me: InstanceId,
        owner: InstanceId,
        epoch: u64,
        before: Option<InstanceId>,
    ) -> Result<bool, Unavailable> {
        if !self.read(move |from| shard::is_owned(from, shard, (&owner, epoch))).await? {
            return Ok(false);
        }
        let mut wants = self.alone.wants();
        let asks = wants.get(&shard) == before.as_ref();
        if asks {
            wants.insert(shard, me);
        }
        Ok(asks)
    }

    #[expect(clippy::unused_async, reason = "the port is async")]
    pub(super) async fn announce(
        &self,
        me: InstanceId,
        bytes: Vec<u8>,
        ttl: Duration,
    ) -> Result<(), Unavailable> {
        self.alone.members().announce(me, bytes, ttl);
        Ok(())
    }

    #[expect(clippy::unused_async, reason = "the port is async")]
    pub(super) async fn members(&self) -> Result<Vec<Member>, Unavailable> {
        Ok(self.alone.members().list())
    }

    pub(super) async fn submit(
        &self,
        shard: ShardId,
        dedupe: String,
        seconds: u32,
        at: Timestamp,
        bytes: Vec<u8>,
    ) -> Result<Submitted, Unavailable> {
        let submit =
            move |to: &Connection| submit::submit(to, shard, (&dedupe, seconds), at, &bytes);
        let submitted = self.write(submit).await?;
        if matches!(submitted, Submitted::Accepted(_)) {
            self.signals.send(Signal::Inbox(shard));
        }
        Ok(submitted)
    }

    pub(super) async fn knows(
        &self,
        shard: ShardId,
        dedupe: String,
        at: Timestamp,
    ) -> Result<bool, Unavailable> {
        self.read(move |from| submit::is_known(from, shard, &dedupe, at)).await
    }

    pub(super) async fn inbox(
        &self,
        shard: ShardId,
        after: InboxPosition,
        limit: usize,
    ) -> Result<Vec<InboxEntry>, Unavailable> {
        self.read(move |from| read::inbox(from, shard, after, limit)).await
    }

    pub(super) async fn inboxes(&self) -> Result<Vec<ShardId>, Unavailable> {
        self.read(shard::inboxes).await
    }

    pub(super) async fn commit(&self, commit: Commit) -> Result<Committed, CommitError> {
        let signals = signal::of_commit(&commit);
        let made = self.write(move |to| {
            let row = ShardRow::read(to, commit.shard)?;
            match judge::judge(to, &row, &commit)? {
                Ok(()) => apply::apply(to, row, &commit).map(Ok),
                Err(error) => Ok(Err(error)),
            }
        });
        let made = made.await.unwrap_or_else(|Unavailable(why)| Err(CommitError::Unavailable(why)));
        if made.is_ok() {
            self.signals.send_all(signals);
        }
        made
    }

    pub(super) async fn meta(&self, shard: ShardId) -> Result<Meta, Unavailable> {
        self.read(move |from| ShardRow::read(from, shard).map(|row| row.meta)).await
    }

    pub(super) async fn document(
        &self,
        shard: ShardId,
        kind: DocumentKind,
        id: String,
    ) -> Result<Option<Document>, Unavailable> {
        self.read(move |from| read::document_of(from, shard, kind, &id)).await
    }

    pub(super) async fn documents(
        &self,
        shard: ShardId,
        kind: DocumentKind,
        after: Option<String>,
        limit: usize,
    ) -> Result<Vec<Document>, Unavailable> {
        self.read(move |from| read::documents(from, shard, kind, after.as_deref(), limit)).await
    }

    pub(super) async fn history(
        &self,
        shard: ShardId,
        conversation: ConversationId,
        after: u32,
        limit: usize,
    ) -> Result<Vec<(u32, Vec<u8>)>, Unavailable> {
        self.read(move |from| history::read(from, shard, &conversation, after, limit)).await
    }

    pub(super) async fn timers(
        &self,
        shard: ShardId,
    ) -> Result<Vec<(String, Timestamp)>, Unavailable> {
        self.read(move |from| read::timers(from, shard)).await
    }

    pub(super) async fn jobs(&self, shard: ShardId) -> Result<Vec<Job>, Unavailable> {
        self.read(move |from| read::jobs(from, shard)).await
    }

    pub(super) async fn dead(
        &self,
        shard: ShardId,
        limit: usize,
    ) -> Result<Vec<Vec<u8>>, Unavailable> {
        self.read(move |from| read::dead(from, shard, limit)).await
    }

    pub(super) async fn feed(
        &self,
        shard: ShardId,
        after: Position,
        limit: usize,
    ) -> Result<Option<Vec<FeedRecord>>, Unavailable> {
        self.read(move |from| read::feed(from, shard, after, limit)).await
    }

    pub(super) async fn feed_ends(&self) -> Result<Vec<(ShardId, Position)>, Unavailable> {
        self.read(shard::feed_ends).await
    }

    pub(super) async fn feed_at(
        &self,
        shard: ShardId,
        position: Position,
    ) -> Result<Option<FeedRecord>, Unavailable> {
        self.read(move |from| read::feed_at(from, shard, position)).await
    }

    pub(super) async fn shared(
        &self,
        kind: SharedKind,
        id: String,
    ) -> Result<Option<Document>, Unavailable> {
        self.read(move |from| read::shared(from, kind, &id)).await
    }

    pub(super) async fn look_up(
        &self,
        names: Vec<DocumentName>,
    ) -> Result<Vec<Option<Document>>, Unavailable> {
        self.read(move |from| names.iter().map(|name| read::named(from, name)).collect()).await
    }

    pub(super) async fn shared_all(
        &self,
        kind: SharedKind,
        after: Option<String>,
        limit: usize,
    ) -> Result<Vec<Document>, Unavailable> {
        self.read(move |from| read::shared_all(from, kind, after.as_deref(), limit)).await
    }

    pub(super) async fn counters(&self, line: LineId) -> Result<Vec<Counter>, Unavailable> {
        self.read(move |from| read::counters(from, &line)).await
    }

    pub(super) async fn loads(
        &self,
        slot: Slot,
    ) -> Result<Vec<(OperatorId, ConversationId)>, Unavailable> {
        self.read(move |connection| read::loads(connection, slot)).await
    }

    pub(super) async fn tidy(&self, at: Timestamp) -> Result<bool, Unavailable> {
        self.write(move |to| tidy::tidy(to, at)).await
    }

    pub(super) async fn trim(&self, feeds: Vec<Trim>) -> Result<Vec<Trim>, Unavailable> {
        self.write(move |to| tidy::trim(to, &feeds)).await
    }
}
