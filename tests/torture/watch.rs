//! Looks at the leases all the time, past all proxies: who has what, and for how long nobody has.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use domain::id::ShardId;
use switchboard::store::Store;
use switchboard::store::op::{InstanceId, Lease};

use crate::SHARDS;

const EVERY: Duration = Duration::from_millis(20);

pub(crate) struct Watch {
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    leases: BTreeMap<ShardId, Lease>,
    free_since: BTreeMap<ShardId, Instant>,
    /// How long shards that were given back had no owner.
    gaps: Vec<Duration>,
}

impl Watch {
    pub(crate) fn begin(store: Store) -> Self {
        let seen = Arc::new(Mutex::new(Seen::default()));
        let at = seen.clone();
        tokio::spawn(async move {
            loop {
                if let Ok(leases) = store.leases().await {
                    at.lock().unwrap().take(leases);
                }
                tokio::time::sleep(EVERY).await;
            }
        });
        Self { seen }
    }

    /// The shards of a node, with who has them exactly.
    pub(crate) fn shards_of(&self, node: &str) -> BTreeMap<ShardId, InstanceId> {
        let seen = self.seen.lock().unwrap();
        let of_node = |lease: &Lease| {
            let owner = lease.owner.clone()?;
            (owner.0.split('#').next() == Some(node)).then_some(owner)
        };
        let leases = seen.leases.iter();
        leases.filter_map(|(shard, lease)| Some((*shard, of_node(lease)?))).collect()
    }

    /// Waits until others have all these shards. Answers whether that came in time.
    pub(crate) async fn others_have(
        &self,
        shards: &BTreeMap<ShardId, InstanceId>,
        within: Duration,
    ) -> bool {
        let since = Instant::now();
        loop {
            {
                let seen = self.seen.lock().unwrap();
                let taken = |(shard, before): (&ShardId, &InstanceId)| {
                    let owner = seen.leases.get(shard).and_then(|lease| lease.owner.as_ref());
                    owner.is_some_and(|owner| owner != before)
                };
                if shards.iter().all(taken) {
                    return true;
                }
            }
            if since.elapsed() > within {
                return false;
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Waits until every shard has an owner who has shown since that he lives.
    pub(crate) async fn all_live(&self, within: Duration) -> bool {
        let before = self.seen.lock().unwrap().leases.clone();
        let since = Instant::now();
        loop {
            let lives = |(shard, lease): (&ShardId, &Lease)| {
                lease.owner.is_some() && before.get(shard) != Some(lease)
            };
            let seen = self.seen.lock().unwrap().leases.clone();
            if seen.len() == usize::from(SHARDS) && seen.iter().all(lives) {
                return true;
            }
            if since.elapsed() > within {
                return false;
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    /// The gaps since this was last asked.
    pub(crate) fn gaps(&self) -> Vec<Duration> {
        std::mem::take(&mut self.seen.lock().unwrap().gaps)
    }
}

impl Seen {
    fn take(&mut self, leases: Vec<(ShardId, Lease)>) {
        for (shard, lease) in leases {
            if lease.owner.is_none() {
                self.free_since.entry(shard).or_insert_with(Instant::now);
            } else if let Some(since) = self.free_since.remove(&shard) {
                self.gaps.push(since.elapsed());
            }
            self.leases.insert(shard, lease);
        }
    }
}
