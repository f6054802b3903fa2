//! What the commits of the hubs cost Redis when nobody does anything but make them, many at once.

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

use crate::hub::Hubs;

/// Beside the store of the hubs, in the same Redis.
const PREFIX: &str = "floor:";
/// Commits that are on their way at any moment, each in a shard of its own.
const SHARDS: u16 = 16;
const TIME: Duration = Duration::from_secs(3);
const CONVERSATIONS: u64 = 64;
/// What the hub writes for a message of 200 bytes.
const DOCUMENT_BYTES: usize = 1_100;
const RECORD_BYTES: usize = 850;
const ENTRY_BYTES: usize = 500;
const ROW_BYTES: usize = 750;

/// CPU microseconds of Redis for a message, with so many in a commit. None: there is no Redis.
pub(crate) fn measure(hubs: &Hubs, messages: u64) -> Option<f64> {
    let store = Store::redis(&RedisSettings::at(&hubs.redis()?.url(), PREFIX).unwrap()).unwrap();
    let runtime = Builder::new_current_thread().build().unwrap();
    let me = InstanceId(Arc::from("floor#1"));
    let claim = async |shard| {
        let claimed = store.claim(ShardId(shard), me.clone(), Lease::default(), 0).await;
        claimed.unwrap().unwrap().epoch
    };
    // As the hub does, it rings for nobody else.
    runtime.block_on(store.announce(me.clone(), Vec::new(), TIME * 10)).unwrap();
    let _alone = runtime.block_on(store.members()).unwrap();
    let epochs = runtime.block_on(join_all((0..SHARDS).map(claim)));
    let (since, before) = (clock::monotonic(), hubs.redis_cpu()?);
    let mut made = 0;
    while since.elapsed() < TIME {
        let commits = epochs.iter().zip(0..SHARDS).map(|(epoch, shard)| {
            let shard = ShardId(shard);
            let groups = (made * messages..(made + 1) * messages).map(|n| turn(shard, n)).collect();
            let (owner, at) = (me.clone(), Timestamp::UNIX_EPOCH);
            store.commit(Commit { shard, owner, epoch: *epoch, after_commits: made, at, groups })
        });
        runtime.block_on(join_all(commits)).into_iter().for_each(|commit| drop(commit.unwrap()));
        made += 1;
    }
    let spent = hubs.redis_cpu()?.saturating_sub(before);
    let written = u32::try_from(made * messages).unwrap() * u32::from(SHARDS);
    Some(spent.as_secs_f64() * 1e6 / f64::from(written))
}

/// What a message of a customer in a conversation that somebody has writes.
fn turn(shard: ShardId, n: u64) -> Vec<Op> {
    let (round, of) = (n / CONVERSATIONS, n % CONVERSATIONS);
    let conversation = ConversationId::in_shard(shard, &format!("{of:08}"));
    let bytes = |bytes| vec![b'x'; bytes];
    let (kind, id) = (DocumentKind::Conversation, conversation.to_string());
    vec![
        Op::RequireDedupe { key: format!("bot:{n}"), seconds: 172_800 },
        Op::PutDocument { kind, id, expected: round, bytes: bytes(DOCUMENT_BYTES) },
        Op::AppendHistory {
            conversation,
            n: u32::try_from(round).unwrap() + 1,
            bytes: bytes(RECORD_BYTES),
        },
        Op::AppendFeed { bytes: bytes(ENTRY_BYTES) },
        Op::AppendFeed { bytes: bytes(ROW_BYTES) },
    ]
}
