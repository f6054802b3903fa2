//! Up to where a platform was asked for what is new, where it does not keep that itself.

use domain::id::{ChannelId, ShardId};

use crate::actors::bench::{Bench, Broken};
use crate::actors::encode;
use crate::actors::group::Group;
use crate::actors::verdict::Verdict;
use crate::store::op::{DocumentKind, Op};
use crate::store::{Store, Unavailable};

/// Where to go on; none: the platform was never asked.
pub(crate) async fn position(
    store: &Store,
    shard: ShardId,
    channel: &ChannelId,
) -> Result<Option<i64>, Unavailable> {
    let found = store.document(shard, DocumentKind::Polling, channel.to_string()).await?;
    Ok(found.and_then(|found| encode::read("position", &found.bytes)))
}

impl Bench {
    /// Puts the position into the place of the one before.
    pub(crate) async fn polled(
        &mut self,
        group: &mut Group,
        channel: &ChannelId,
        position: i64,
    ) -> Result<Verdict, Broken> {
        let (kind, id) = (DocumentKind::Polling, channel.to_string());
        let before = self.parts.store.document(self.shard, kind, id.clone()).await?;
        let expected = before.map_or(0, |found| found.version);
        group.ops.push(Op::PutDocument { kind, id, expected, bytes: encode::document(&position) });
        Ok(Verdict::Done)
    }
}
