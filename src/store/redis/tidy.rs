//! What nobody will ask for any more is dropped.

use jiff::Timestamp;
use redis::pipe;

use crate::store::Unavailable;
use crate::store::op::Position;
use crate::store::redis::door::Readers;
use crate::store::redis::keys::Keys;
use crate::store::redis::read::{count, meta, shards};
use crate::store::redis::value::microseconds;
use crate::store::rules;

pub(super) async fn tidy(
    on: &Readers,
    keys: &Keys,
    at: Timestamp,
    feed_keep: usize,
) -> Result<(), Unavailable> {
    let now = microseconds(rules::known_at(at));
    for shard in shards(on, keys).await? {
        let mut commands = pipe();
        commands.zrembyscore(keys.seen(shard), "-inf", now).ignore();
        // Each entry of a feed holds one event or more.
        commands.cmd("XTRIM").arg(keys.feed(shard)).arg("MAXLEN").arg(count(feed_keep)).ignore();
        let end = meta(on, keys.meta(shard)).await?.feed_end;
        let kept = u64::try_from(feed_keep).unwrap_or(u64::MAX);
        if let Some(dropped @ 1..) = end.n.checked_sub(kept) {
            let oldest = Position { epoch: end.epoch, n: dropped + 1 }.to_string();
            commands.cmd("XTRIM").arg(keys.feed(shard)).arg("MINID").arg(oldest).ignore();
        }
        on.query::<()>(&commands).await?;
    }
    Ok(())
}
