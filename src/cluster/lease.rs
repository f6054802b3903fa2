//! The leases of this node, as its actors see them, and where they are kept: on a thread, a runtime
//! and a connection of their own, on the monotonic clock, as a busy thread of the hub must not cost
//! its leases. (Stories keep them on their own runtime, in their time.)

mod shell;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use domain::id::ShardId;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use crate::clock;
use crate::cluster::lease::shell::Shell;
use crate::cluster::settings::Timing;
use crate::store::Store;
use crate::store::op::{InstanceId, Member};

pub use crate::cluster::keeper::Turn;

/// Where the leases are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runs {
    /// On a thread of its own.
    Apart,
    /// On the runtime at hand, in its time.
    Here,
}

/// What the node hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    Turn(Turn),
    /// Who is there, whenever somebody came, went or said something new.
    Members(Vec<Member>),
}

enum Order {
    Anew { shard: ShardId, answer: oneshot::Sender<Option<u64>> },
    Release { shard: ShardId, done: oneshot::Sender<()> },
    Announce,
    Drain { done: oneshot::Sender<()> },
}

/// The leases of this node, as its actors see them. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Leases {
    orders: mpsc::UnboundedSender<Order>,
    common: Arc<Common>,
}

/// What both sides look at.
#[derive(Debug, Default)]
struct Common {
    /// Until when each shard of ours is surely ours.
    tenures: Mutex<BTreeMap<ShardId, Instant>>,
    /// What this node says of itself.
    words: Mutex<Vec<u8>>,
    all_owned: AtomicBool,
    joined: AtomicBool,
}

fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Leases {
    /// Begins to claim what nobody has. The news come in their order.
    pub fn start(
        store: &Store,
        me: InstanceId,
        shards: u16,
        timing: Timing,
        runs: Runs,
    ) -> std::io::Result<(Self, mpsc::UnboundedReceiver<News>)> {
        let (orders, ordered) = mpsc::unbounded_channel();
        let (news, heard) = mpsc::unbounded_channel();
        let leases = Self { orders, common: Arc::default() };
        let shell = Shell::new(store.apart(), me, shards, timing, (leases.common.clone(), news));
        match runs {
            Runs::Here => drop(tokio::spawn(shell.keep(ordered))),
            Runs::Apart => {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
                thread::Builder::new()
                    .name("leases".to_owned())
                    .spawn(move || runtime.block_on(shell.keep(ordered)))?;
            }
        }
        Ok((leases, heard))
    }

    /// Whether the shard is surely ours at this moment.
    pub fn is_ours(&self, shard: ShardId) -> bool {
        lock(&self.common.tenures).get(&shard).is_some_and(|until| clock::tick() < *until)
    }

    /// Whether every shard belongs to a node that is there, as far as was seen a moment ago.
    pub fn all_owned(&self) -> bool {
        self.common.all_owned.load(Ordering::Relaxed)
    }

    /// Whether the store answers, and every shard once had an owner since this node came.
    pub fn has_joined(&self) -> bool {
        self.common.joined.load(Ordering::Relaxed)
    }

    /// Raises the epoch of a shard of ours: what was still on its way to the store is fenced.
    /// None: it is not ours any more, or the store does not answer.
    pub async fn anew(&self, shard: ShardId) -> Option<u64> {
        let (answer, answered) = oneshot::channel();
        self.orders.send(Order::Anew { shard, answer }).ok()?;
        answered.await.ok()?
    }

    /// Gives a shard back.
    pub async fn release(&self, shard: ShardId) {
        let (done, is_done) = oneshot::channel();
        if self.orders.send(Order::Release { shard, done }).is_ok() {
            let _gone = is_done.await;
        }
    }

    /// Says of this node what others are to know, now and with each beat.
    pub fn announce(&self, words: Vec<u8>) {
        *lock(&self.common.words) = words;
        let _gone = self.orders.send(Order::Announce);
    }

    /// Nothing is claimed any more, and the others know that this node goes.
    pub async fn drain(&self) {
        let (done, is_done) = oneshot::channel();
        if self.orders.send(Order::Drain { done }).is_ok() {
            let _gone = is_done.await;
        }
    }
}
