//! A call of the port as a value, and what it answers.

use domain::id::ShardId;
use jiff::Timestamp;
use switchboard::store::op::{Commit, InstanceId, Lease, Trim};
use switchboard::store::{Store, Unavailable};

#[derive(Clone, Debug)]
pub(crate) enum Call {
    Claim { shard: ShardId, me: InstanceId, seen: Lease, floor: u64 },
    Renew { shard: ShardId, me: InstanceId, epoch: u64 },
    Release { shard: ShardId, me: InstanceId, epoch: u64 },
    Submit { shard: ShardId, key: String, seconds: u32, at: Timestamp, bytes: Vec<u8> },
    Commit(Commit),
    Tidy { at: Timestamp },
    Trim(Trim),
}

/// All of the answer, as text, so that answers of different types can be compared in one list.
pub(crate) async fn answer(store: &Store, call: Call) -> String {
    match call {
        Call::Claim { shard, me, seen, floor } => {
            format!("{:?}", store.claim(shard, me, seen, floor).await)
        }
        Call::Renew { shard, me, epoch } => {
            format!("{:?}", store.renew(me, vec![(shard, epoch)]).await)
        }
        Call::Release { shard, me, epoch } => {
            format!("{:?}", store.release(shard, me, epoch).await)
        }
        Call::Submit { shard, key, seconds, at, bytes } => {
            format!("{:?}", store.submit(shard, key, seconds, at, bytes).await)
        }
        Call::Commit(commit) => format!("{:?}", store.commit(commit).await),
        Call::Tidy { at } => format!("{:?}", tidy(store, at).await),
        Call::Trim(feed) => format!("{:?}", trim(store, feed).await),
    }
}

/// How many calls that takes is a store's own affair.
async fn tidy(store: &Store, at: Timestamp) -> Result<(), Unavailable> {
    while store.tidy(at).await? {}
    Ok(())
}

async fn trim(store: &Store, feed: Trim) -> Result<(), Unavailable> {
    let mut left = vec![feed];
    while !left.is_empty() {
        left = store.trim(left).await?;
    }
    Ok(())
}
