//! Commits per second, with one commit in flight in each of so many shards, and messages per second
//! with so many in one commit.
//!
//! `SQLite` syncs every batch to the disk under the temporary directory; the model shows what the
//! calls cost without a disk.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::ops::Range;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use domain::id::{ConversationId, ShardId};
use futures_util::future::join_all;
use jiff::Timestamp;
use switchboard::store::Store;
use switchboard::store::op::{Commit, DocumentKind, InstanceId, Lease, Op};
use tokio::runtime::{Builder, Runtime};

const SHARDS: [u16; 4] = [1, 8, 32, 128];
const MESSAGES: [u64; 3] = [1, 16, 64];
/// From here on each number of messages has a shard of its own, as it counts in its own steps.
const FIRST_OF_ITS_OWN: u16 = 200;
/// At least as many as a commit has messages.
const CONVERSATIONS: u64 = 64;
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
                let mut owners = Owners::claim(&store, 0..shards, 1);
                bencher.iter(|| owners.commit_all());
            });
        }
        group.finish();
        let mut group = criterion.benchmark_group(format!("messages in a commit/{name}"));
        for (shard, messages) in (FIRST_OF_ITS_OWN..).zip(MESSAGES) {
            group.throughput(Throughput::Elements(messages));
            group.bench_function(BenchmarkId::from_parameter(messages), |bencher| {
                let mut owners = Owners::claim(&store, shard..shard + 1, messages);
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
    shards: Vec<Owned>,
    /// In each commit.
    messages: u64,
}

struct Owned {
    shard: ShardId,
    epoch: u64,
    commits: u64,
}

impl Owners {
    fn claim(store: &Store, shards: Range<u16>, messages: u64) -> Self {
        let runtime = Builder::new_current_thread().build().unwrap();
        let me = InstanceId(Arc::from("bench#1"));
        let shards = shards.map(ShardId).map(|shard| runtime.block_on(claim(store, shard, &me)));
        let shards = shards.collect();
        Self { store: store.clone(), runtime, me, shards, messages }
    }

    fn commit_all(&mut self) {
        let commits = self.shards.iter_mut().map(|owned| {
            let Owned { shard, epoch, commits: after_commits } = *owned;
            let first = after_commits * self.messages;
            let groups = (first..first + self.messages).map(|n| turn(shard, n)).collect();
            owned.commits += 1;
            let (owner, at) = (self.me.clone(), Timestamp::UNIX_EPOCH);
            self.store.commit(Commit { shard, owner, epoch, after_commits, at, groups })
        });
        for made in self.runtime.block_on(join_all(commits)) {
            made.unwrap();
        }
    }
}

async fn claim(store: &Store, shard: ShardId, me: &InstanceId) -> Owned {
    let leases = store.leases().await.unwrap();
    let seen = leases.into_iter().find(|(of, _)| *of == shard);
    let seen = seen.map_or_else(Lease::default, |(_, lease)| lease);
    let lease = store.claim(shard, me.clone(), seen, 0).await.unwrap().unwrap();
    let commits = store.meta(shard).await.unwrap().commits;
    Owned { shard, epoch: lease.epoch, commits }
}

/// What one message of a customer writes. A job is there for a while, as if it were done.
fn turn(shard: ShardId, n: u64) -> Vec<Op> {
    let (round, of) = (n / CONVERSATIONS, n % CONVERSATIONS);
    let conversation = ConversationId::in_shard(shard, &format!("{of:08}"));
    let body = || vec![b'x'; BODY_BYTES];
    let at = Timestamp::UNIX_EPOCH;
    let mut ops = vec![
        Op::RequireDedupe { key: format!("update {n}"), seconds: 172_800 },
        Op::PutDocument {
            kind: DocumentKind::Conversation,
            id: conversation.to_string(),
            expected: round,
            bytes: vec![b'x'; DOCUMENT_BYTES],
        },
        Op::AppendHistory {
            conversation: conversation.clone(),
            n: u32::try_from(round).unwrap() + 1,
            bytes: body(),
        },
        Op::AppendFeed { bytes: body() },
        Op::SetTimer { key: conversation.to_string(), at },
        Op::PutJob { id: format!("{n:012}"), ready_at: at, bytes: body() },
    ];
    ops.extend(
        n.checked_sub(CONVERSATIONS).map(|done| Op::DeleteJob { id: format!("{done:012}") }),
    );
    ops
}
