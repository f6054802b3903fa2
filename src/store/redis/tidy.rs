//! What nobody will ask for any more is dropped.

use jiff::Timestamp;
use redis::pipe;

use crate::store::Unavailable;
use crate::store::redis::door::Readers;
use crate::store::redis::keys::Keys;
use crate::store::redis::read::{count, shards};
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
        commands.cmd("XTRIM").arg(keys.feed(shard)).arg("MAXLEN").arg(count(feed_keep)).ignore();
        on.query::<()>(&commands).await?;
    }
    Ok(())
}
