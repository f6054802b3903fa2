//! Commits per second, with one commit in flight in each of so many shards.
//!
//! `SQLite` syncs every batch to the disk under the temporary directory; the model shows what the
//! calls cost without a disk.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use domain::id::{ConversationId, ShardId};
use futures_util::future::join_all;
use jiff::Timestamp;
use switchboard::store::Store;
use switchboard::store::op::{Commit, DocumentKind, InstanceId, Lease, Op};
use tokio::runtime::{Builder, Runtime};

const SHARDS: [u16; 4] = [1, 8, 32, 128];
/// About the size of an entry, an event or a job.
const BODY_BYTES: usize = 200;
const DOCUMENT_BYTES: usize = 800;

criterion_group!(benches, commits);
criterion_main!(benches);

fn commits(criterion: &mut Criterion) {
    let dir = tempfile::tempdir().unwrap();
    let sqlite = Store::sqlite(dir.path()).unwrap();
    for (name, store) in [("model", Store::model()), ("sqlite", sqlite)] {
        let mut group = criterion.benchmark_group(format!("commits/{name}"));
        for shards in SHARDS {
            group.throughput(Throughput::Elements(shards.into()));
            group.bench_function(BenchmarkId::from_parameter(shards), |bencher| {
                let mut owners = Owners::claim(&store, shards);
                bencher.iter(|| owners.commit_all());
            });
        }
    }
}

/// The owner of shards that all commit at once and wait for each other.
struct Owners {
    store: Store,
    runtime: Runtime,
    me: InstanceId,
    /// Shard, epoch, commits so far.
    shards: Vec<(ShardId, u64, u64)>,
}

impl Owners {
    fn claim(store: &Store, shards: u16) -> Self {
        let runtime = Builder::new_current_thread().build().unwrap();
        let me = InstanceId(Arc::from("bench#1"));
        let shards =
            (0..shards).map(ShardId).map(|shard| runtime.block_on(claim(store, shard, &me)));
        let shards = shards.collect();
        Self { store: store.clone(), runtime, me, shards }
    }

    fn commit_all(&mut self) {
        let commits = self.shards.iter_mut().map(|(shard, epoch, commits)| {
            let groups = vec![turn(*shard, *commits)];
            let (shard, epoch, after_commits) = (*shard, *epoch, *commits);
            *commits += 1;
            let (owner, at) = (self.me.clone(), Timestamp::UNIX_EPOCH);
            self.store.commit(Commit { shard, owner, epoch, after_commits, at, groups })
        });
        for made in self.runtime.block_on(join_all(commits)) {
            made.unwrap();
        }
    }
}

async fn claim(store: &Store, shard: ShardId, me: &InstanceId) -> (ShardId, u64, u64) {
    let leases = store.leases().await.unwrap();
    let seen = leases.into_iter().find(|(of, _)| *of == shard);
    let seen = seen.map_or_else(Lease::default, |(_, lease)| lease);
    let lease = store.claim(shard, me.clone(), seen, 0).await.unwrap().unwrap();
    (shard, lease.epoch, store.meta(shard).await.unwrap().commits)
}

/// What one message of a customer writes. A job is there for one commit, as if it were done.
fn turn(shard: ShardId, n: u64) -> Vec<Op> {
    let conversation = ConversationId::in_shard(shard, &format!("{:08}", n / 20));
    let body = || vec![b'x'; BODY_BYTES];
    let at = Timestamp::UNIX_EPOCH;
    let mut ops = vec![
        Op::RequireDedupe { key: format!("update {n}"), seconds: 172_800 },
        Op::PutDocument {
            kind: DocumentKind::Conversation,
            id: conversation.to_string(),
            expected: n % 20,
            bytes: vec![b'x'; DOCUMENT_BYTES],
        },
        Op::AppendHistory {
            conversation: conversation.clone(),
            n: u32::try_from(n % 20).unwrap() + 1,
            bytes: body(),
        },
        Op::AppendFeed { bytes: body() },
        Op::SetTimer { key: conversation.to_string(), at },
        Op::PutJob { id: format!("{n:012}"), ready_at: at, bytes: body() },
    ];
    ops.extend(n.checked_sub(1).map(|done| Op::DeleteJob { id: format!("{done:012}") }));
    ops
}
