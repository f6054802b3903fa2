//! What Redis itself takes for the commits of a load: the same script with ops of the same kinds and
//! sizes, many in flight on one connection, and nothing else.

use std::sync::Arc;
use std::time::Duration;

use domain::id::{ConversationId, ShardId};
use futures_util::future::join_all;
use jiff::Timestamp;
use switchboard::clock;
use switchboard::store::Store;
use switchboard::store::op::{Commit, DocumentKind, InstanceId, Lease, Op};
use switchboard::store::redis::RedisSettings;
use tokio::runtime::Builder;

use crate::process;
use crate::redis::Redis;

/// Commits in flight, each in a shard of its own.
const IN_FLIGHT: u16 = 16;
const CONVERSATIONS: u64 = 200;
const MEASURED: Duration = Duration::from_secs(3);
/// What a message of a load makes of these: a conversation, a record, the events of entry and row.
const DOCUMENT_BYTES: usize = 1_100;
const RECORD_BYTES: usize = 330;
const EVENT_BYTES: [usize; 2] = [380, 700];

struct Owned {
    shard: ShardId,
    epoch: u64,
    commits: u64,
}

/// CPU microseconds of Redis for a message, with so many messages in a commit; none: not known here.
pub(crate) fn measure(messages_in_commit: u64) -> Option<f64> {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let redis = Redis::start(directory.path());
    let settings = RedisSettings::at(&redis.url(), "sb:").unwrap();
    let store = Store::redis(&RedisSettings { shards: IN_FLIGHT, ..settings }).unwrap();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let me = InstanceId(Arc::from("floor#1"));
        let claims = (0..IN_FLIGHT).map(|shard| claim(&store, ShardId(shard), &me));
        let mut shards = join_all(claims).await;
        let (before, began, mut messages) = (process::cpu(redis.id())?, clock::monotonic(), 0);
        while began.elapsed() < MEASURED {
            let commits = shards.iter_mut().map(|owned| {
                let commit = commit(owned, &me, messages_in_commit);
                store.commit(commit)
            });
            for made in join_all(commits).await {
                made.unwrap();
            }
            messages += u64::from(IN_FLIGHT) * messages_in_commit;
        }
        let cpu = process::cpu(redis.id())?.saturating_sub(before);
        let messages = f64::from(u32::try_from(messages).unwrap());
        Some(cpu.as_secs_f64() * 1e6 / messages)
    })
}

async fn claim(store: &Store, shard: ShardId, me: &InstanceId) -> Owned {
    let lease = store.claim(shard, me.clone(), Lease::default(), 0).await.unwrap().unwrap();
    Owned { shard, epoch: lease.epoch, commits: 0 }
}

fn commit(owned: &mut Owned, me: &InstanceId, messages: u64) -> Commit {
    let Owned { shard, epoch, commits: after_commits } = *owned;
    owned.commits += 1;
    let first = after_commits * messages;
    let groups = (first..first + messages).map(|n| message(shard, n)).collect();
    Commit { shard, owner: me.clone(), epoch, after_commits, at: Timestamp::UNIX_EPOCH, groups }
}

fn message(shard: ShardId, n: u64) -> Vec<Op> {
    let (round, of) = (n / CONVERSATIONS, n % CONVERSATIONS);
    let conversation = ConversationId::in_shard(shard, &format!("{of:08}"));
    let bytes = |length: usize| vec![b'x'; length];
    let mut ops = vec![
        Op::RequireDedupe { key: format!("update {n}"), seconds: 172_800 },
        Op::PutDocument {
            kind: DocumentKind::Conversation,
            id: conversation.to_string(),
            expected: round,
            bytes: bytes(DOCUMENT_BYTES),
        },
        Op::AppendHistory {
            conversation,
            n: u32::try_from(round).unwrap() + 1,
            bytes: bytes(RECORD_BYTES),
        },
    ];
    ops.extend(EVENT_BYTES.map(|length| Op::AppendFeed { bytes: bytes(length) }));
    ops
}
