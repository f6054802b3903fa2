//! What nobody will ask for any more is dropped, and what is over is put away.

use std::collections::BTreeMap;
use std::time::Duration;

use actix::{ActorFutureExt, AsyncContext, Context, WrapFuture};
use domain::id::ShardId;

use crate::actors::node::Node;
use crate::actors::parts::Shared;
use crate::actors::shard::KeepHouse;
use crate::store::Unavailable;
use crate::store::op::Position;

/// How often dedupe keys that ran out and old events are dropped. Of a feed whatever has come since the
/// last time is kept, however much it is, so that nobody who follows it is left behind.
const TIDY_EVERY: Duration = Duration::from_mins(1);
/// How often what is over is packed, and files are dropped that nobody sent.
const KEEP_HOUSE_EVERY: Duration = Duration::from_mins(10);

/// What is remembered from one time to the next.
#[derive(Debug, Default)]
pub(super) struct Tidying {
    under_way: bool,
    /// Where the feeds ended.
    ends: BTreeMap<ShardId, Position>,
}

impl Node {
    pub(super) fn begin_tidying(ctx: &mut Context<Self>) {
        ctx.run_interval(TIDY_EVERY, Self::tidy);
        ctx.run_interval(KEEP_HOUSE_EVERY, |node, _| node.keep_house());
    }

    /// One node does it for all.
    fn tidy(&mut self, ctx: &mut Context<Self>) {
        if self.tidying.under_way || !self.parts.serves(ShardId(0)) {
            return;
        }
        self.tidying.under_way = true;
        let tidied = tidy(self.parts.clone(), self.tidying.ends.clone());
        ctx.spawn(tidied.into_actor(self).map(|tidied, node, _| {
            node.tidying.under_way = false;
            match tidied {
                Ok(ends) => node.tidying.ends = ends,
                Err(error) => tracing::warn!(%error, "tidying failed, it is tried again later"),
            }
        }));
    }

    fn keep_house(&self) {
        for shard in self.shards.values() {
            shard.do_send(KeepHouse);
        }
        if !self.parts.serves(ShardId(0)) {
            return;
        }
        let parts = self.parts.clone();
        actix::spawn(async move {
            if let Err(error) = parts.files.tidy(parts.clock.now()).await {
                tracing::warn!(%error, "files that nobody sent are dropped later");
            }
        });
    }
}

/// Piece by piece, so that commits go between them. Answers where the feeds ended.
async fn tidy(
    parts: Shared,
    before: BTreeMap<ShardId, Position>,
) -> Result<BTreeMap<ShardId, Position>, Unavailable> {
    let (store, now) = (&parts.store, parts.clock.now());
    while store.tidy(now).await? {}
    let ends = store.feed_ends().await?;
    for (shard, end) in &ends {
        let kept = parts.settings.events_stored.max(come_since(before.get(shard), *end));
        while store.trim(*shard, kept).await? {}
    }
    Ok(ends.into_iter().collect())
}

/// Events of a feed since it ended there; of those under an earlier claim none.
fn come_since(before: Option<&Position>, end: Position) -> usize {
    let Some(before) = before else { return 0 };
    let come = if before.epoch == end.epoch { end.n.saturating_sub(before.n) } else { end.n };
    usize::try_from(come).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_come_since_is_counted_under_one_claim() {
        let end = Position { epoch: 3, n: 900 };
        assert_eq!(come_since(None, end), 0, "the first time since the start");
        assert_eq!(come_since(Some(&Position { epoch: 3, n: 200 }), end), 700);
        assert_eq!(come_since(Some(&Position { epoch: 2, n: 5_000 }), end), 900);
        assert_eq!(come_since(Some(&end), end), 0);
    }
}
