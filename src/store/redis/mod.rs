//! The store that several nodes share: Redis, or what speaks like it.
//!
//! One thread talks with the server; whoever calls waits for an answer and never blocks, on any
//! runtime. Steps that write are scripts (`lua/`), each all or nothing, over one connection; reads
//! have connections of their own. No step is ever repeated: one without an answer has an unknown
//! outcome, and whoever made it looks at what is stored.

mod answer;
mod checks;
mod commit;
mod door;
mod facts;
mod keys;
mod lease;
mod memory;
mod port;
mod read;
mod script;
mod server;
mod settings;
mod submit;
mod subscriber;
mod thread;
mod tidy;
mod value;
mod watch;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use redis::pipe;

pub use crate::store::redis::checks::{Finding, Verdict};
pub use crate::store::redis::settings::{Durability, Place, RedisSettings};

use crate::clock;
use crate::store::Unavailable;
use crate::store::op::{Commit, CommitError, Committed, InstanceId};
use crate::store::redis::checks::SCHEMA;
use crate::store::redis::commit::Rings;
use crate::store::redis::door::{Door, Lane, Readers};
use crate::store::redis::facts::Facts;
use crate::store::redis::keys::Keys;
use crate::store::redis::script::Scripts;
use crate::store::redis::server::Server;
use crate::store::redis::submit::Submissions;
use crate::store::redis::subscriber::Subscriber;
use crate::store::redis::thread::IoThread;
use crate::store::redis::watch::Watch;
use crate::store::signal::{Signals, of_commit};

/// Why a store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("cannot start a thread: {0}")]
    Thread(#[from] std::io::Error),
    #[error("the address of Redis is not usable: {0}")]
    Address(#[from] redis::RedisError),
    #[error("Redis does not answer: {}", .0.0)]
    Unavailable(#[from] Unavailable),
}

/// Whether the server may be trusted with a store: `switchboard check` prints it, and with a refusal
/// nobody should start. Waits for answers, and leaves nothing behind.
pub fn check(settings: &RedisSettings) -> Result<Vec<Finding>, OpenError> {
    let door = Door::new(&settings.place)?;
    let thread = IoThread::start()?;
    let settings = settings.clone();
    let look =
        async move { Facts::look(&door, &settings, &Scripts::new()).await.map(|f| (f, settings)) };
    let (facts, settings) = thread.wait(look)??;
    Ok(checks::judge(&facts, &settings, None))
}

/// A store in Redis. All clones are the same store.
#[derive(Clone)]
pub struct RedisStore {
    thread: Arc<IoThread>,
    shared: Arc<Shared>,
    signals: Signals,
    trouble: watch::Receiver,
    memory: memory::Receiver,
}

/// What a step needs, wherever it runs.
struct Shared {
    keys: Keys,
    scripts: Arc<Scripts>,
    /// Leases have a connection of their own: they must not wait behind commits.
    leases: Lane,
    steps: Lane,
    /// What waits to be put into inboxes, by steps.
    submissions: Submissions,
    /// For what rounds wait for: single documents, which are small and many, and inboxes.
    looks: Lane,
    /// For reading on in feeds.
    feeds: Lane,
    readers: Readers,
    signals: Signals,
    /// Who was there when it was last looked, if it was one alone: its commits ring for nobody else.
    alone: Mutex<Option<InstanceId>>,
    /// Made when the store was first used: another one means that somebody emptied or replaced it.
    store_id: String,
}

impl RedisStore {
    /// Connects, and makes the store if the server has none under this prefix. Waits for answers.
    pub fn open(settings: &RedisSettings) -> Result<Self, OpenError> {
        let keys = Keys::new(&settings.prefix);
        let door = Arc::new(Door::new(&settings.place)?);
        let readers = Readers::new(&settings.place)?;
        let thread = IoThread::start()?;
        let (channel, signals) = (keys.signals(), Signals::default());
        let subscriber = Subscriber { door: door.clone(), channel, signals: signals.clone() };
        let scripts = Arc::new(Scripts::new());
        let mut watch = Watch::new(door.clone(), settings.clone(), scripts.clone());
        let trouble = watch.trouble();
        let (shards, memory_every) = (settings.shards, settings.memory_every);
        let opening = async move {
            let store_id = store_id(&readers, &keys, shards).await?;
            watch.store_id.clone_from(&store_id);
            let first = subscriber.subscribe().await?;
            let server = Arc::new(Server::new(subscriber.signals.clone()));
            let lane = || Lane::of_steps(door.clone(), scripts.clone(), server.clone());
            let shared = Shared {
                leases: lane(),
                steps: lane(),
                submissions: Submissions::default(),
                looks: Lane::of_looks(door.clone()),
                feeds: Lane::of_feeds(door.clone()),
                signals: subscriber.signals.clone(),
                alone: Mutex::default(),
                keys,
                scripts,
                readers,
                store_id,
            };
            Ok::<_, Unavailable>((shared, subscriber, first, watch))
        };
        let (shared, subscriber, first, watch) = thread.wait(opening)??;
        thread.keep(subscriber.follow(first));
        thread.keep(watch.look_for_ever());
        let (shared, (percent, memory)) = (Arc::new(shared), tokio::sync::watch::channel(None));
        thread.keep(memory::look_for_ever(shared.clone(), memory_every, percent));
        Ok(Self { thread: Arc::new(thread), shared, signals, trouble, memory })
    }

    /// Why nobody should be sent here, as the server has changed since the start.
    pub(super) fn trouble(&self) -> Option<String> {
        self.trouble.borrow().clone()
    }

    pub(super) fn memory_percent(&self) -> Option<u8> {
        *self.memory.borrow()
    }

    pub(super) fn signals(&self) -> &Signals {
        &self.signals
    }

    fn run<T: Send + 'static, F>(
        &self,
        work: impl FnOnce(Arc<Shared>) -> F,
    ) -> impl Future<Output = Result<T, Unavailable>>
    where
        F: Future<Output = Result<T, Unavailable>> + Send + 'static,
    {
        self.thread.run(work(self.shared.clone()))
    }
}

impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").finish_non_exhaustive()
    }
}

/// Makes the store where there is none.
async fn store_id(readers: &Readers, keys: &Keys, shards: u16) -> Result<String, Unavailable> {
    let about = keys.about();
    let made = pipe()
        .hset_nx(&about, "store_id", clock::new_uuid())
        .ignore()
        .hset_nx(&about, "shards", shards)
        .ignore()
        .hset_nx(&about, "schema", SCHEMA)
        .ignore()
        .hget(&about, "store_id")
        .to_owned();
    let (store_id,) = readers.query(&made).await?;
    Ok(store_id)
}

/// The steps that write for a shard.
impl Shared {
    async fn commit(&self, commit: Commit) -> Result<Committed, CommitError> {
        // Somebody who has come since looks at the ends of all feeds and inboxes himself.
        let alone = self.alone().as_ref() == Some(&commit.owner);
        let rings = if alone { Rings::Nobody } else { Rings::Everybody };
        let call = commit::call(&self.scripts.commit, &self.keys, &commit, rings);
        let answer: Result<Vec<String>, _> = self.steps.with(|on| call.on(on)).await;
        let made = match answer {
            Ok(answer) => answer::of_commit(&commit, &answer),
            Err(Unavailable(why)) => Err(CommitError::Unavailable(why)),
        };
        // One without an answer may have been made: whoever is told looks for himself.
        if alone && matches!(made, Ok(_) | Err(CommitError::Unavailable(_))) {
            self.signals.send_all(of_commit(&commit));
        }
        made
    }

    fn alone(&self) -> MutexGuard<'_, Option<InstanceId>> {
        self.alone.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn foreign() -> Unavailable {
    Unavailable("the store was emptied or replaced while this program ran".to_owned())
}
