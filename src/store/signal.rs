//! Hints that something happened in a shard, for whoever follows it from elsewhere.

use std::collections::BTreeSet;

use domain::id::ShardId;
use tokio::sync::broadcast;

use crate::store::op::{Commit, Op};

/// How many signals may wait for one listener before it misses the oldest.
const WAITING_MAX: usize = 4096;

/// Never data, and may be lost: what is stored is the truth, and a listener looks there from time
/// to time as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// The inbox got an entry.
    Inbox(ShardId),
    /// The owner gave the shard back.
    Free(ShardId),
    /// The feed got events.
    Feed(ShardId),
    /// The server was started anew, or is another: it may have less than what is remembered here.
    Restarted,
}

/// Where a store tells its listeners.
#[derive(Clone, Debug)]
pub(super) struct Signals {
    all: broadcast::Sender<Signal>,
    /// For those who are not to be woken by each commit.
    freed: broadcast::Sender<ShardId>,
}

impl Default for Signals {
    fn default() -> Self {
        let (all, freed) =
            (broadcast::Sender::new(WAITING_MAX), broadcast::Sender::new(WAITING_MAX));
        Self { all, freed }
    }
}

impl Signals {
    pub(super) fn listen(&self) -> broadcast::Receiver<Signal> {
        self.all.subscribe()
    }

    pub(super) fn freed(&self) -> broadcast::Receiver<ShardId> {
        self.freed.subscribe()
    }

    pub(super) fn send(&self, signal: Signal) {
        // An error means that nobody listens.
        match signal {
            Signal::Free(shard) => drop(self.freed.send(shard)),
            Signal::Inbox(_) | Signal::Feed(_) | Signal::Restarted => {}
        }
        let _nobody = self.all.send(signal);
    }

    pub(super) fn send_all(&self, signals: impl IntoIterator<Item = Signal>) {
        signals.into_iter().for_each(|signal| self.send(signal));
    }
}

/// What a commit will have to tell of when it is made, each once.
pub(super) fn of_commit(commit: &Commit) -> Vec<Signal> {
    let ops = || commit.groups.iter().flatten();
    let inboxes: BTreeSet<ShardId> = ops()
        .filter_map(|op| if let Op::PutInbox { shard, .. } = op { Some(*shard) } else { None })
        .collect();
    let feed = ops().any(|op| matches!(op, Op::AppendFeed { .. }));
    let feed = feed.then_some(Signal::Feed(commit.shard));
    inboxes.into_iter().map(Signal::Inbox).chain(feed).collect()
}
