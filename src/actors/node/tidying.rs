//! What nobody will ask for any more is dropped, and what is over is put away.

use std::collections::BTreeMap;
use std::time::Duration;

use actix::{ActorFutureExt, AsyncContext, Context, WrapFuture};
use domain::id::ShardId;
use jiff::Timestamp;

use crate::actors::node::Node;
use crate::actors::shard::KeepHouse;
use crate::store::op::{Position, Trim};
use crate::store::{Store, Unavailable};

/// How often dedupe keys that ran out and old events are dropped.
const TIDY_EVERY: Duration = Duration::from_mins(1);
/// How often what is over is packed, and files are dropped that nobody sent.
const KEEP_HOUSE_EVERY: Duration = Duration::from_mins(10);

/// Where feeds ended.
type Ends = BTreeMap<ShardId, Position>;

/// What is remembered from one time to the next.
#[derive(Debug, Default)]
pub(super) struct Tidying {
    under_way: bool,
    before: Ends,
}

impl Node {
    pub(super) fn begin_tidying(ctx: &mut Context<Self>) {
        ctx.run_interval(TIDY_EVERY, Self::tidy);
        ctx.run_interval(KEEP_HOUSE_EVERY, |node, _| node.keep_house());
    }

    /// One node does it for all.
    fn tidy(&mut self, ctx: &mut Context<Self>) {
        if self.tidying.under_way {
            return;
        }
        let before = std::mem::take(&mut self.tidying.before);
        if !self.parts.serves(ShardId(0)) {
            return;
        }
        self.tidying.under_way = true;
        let parts = self.parts.clone();
        let tidied = async move {
            let (now, stored) = (parts.clock.now(), parts.settings.events_stored);
            tidy(&parts.store, now, stored, before).await
        };
        ctx.spawn(tidied.into_actor(self).map(|ends, node, _| {
            node.tidying = Tidying { under_way: false, before: ends };
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

/// Piece by piece, so that commits go between them. Answers where the feeds ended, for the next time.
async fn tidy(store: &Store, now: Timestamp, stored: usize, before: Ends) -> Ends {
    if let Err(error) = forget(store, now).await {
        tracing::warn!(%error, "dedupe keys that ran out are dropped later");
    }
    let ends = match store.feed_ends().await {
        Ok(ends) => ends.into_iter().collect(),
        Err(error) => {
            tracing::warn!(%error, "old events are dropped later");
            return before;
        }
    };
    if let Err(error) = trim(store, old_events(&ends, &before, stored)).await {
        tracing::warn!(%error, "old events are dropped later");
    }
    ends
}

async fn forget(store: &Store, now: Timestamp) -> Result<(), Unavailable> {
    while store.tidy(now).await? {}
    Ok(())
}

/// Of each feed the newest `stored` events are kept, and what has come since `before`, so that nobody who
/// follows it is left behind. Under a new claim nothing is dropped yet: then they are most.
fn old_events(ends: &Ends, before: &Ends, stored: usize) -> Vec<Trim> {
    let since = ends.iter().filter_map(|(shard, end)| {
        let before = before.get(shard).filter(|before| before.epoch == end.epoch)?;
        let come = usize::try_from(end.n.saturating_sub(before.n)).unwrap_or(usize::MAX);
        Some(Trim { shard: *shard, end: *end, keep: stored.max(come) })
    });
    since.collect()
}

async fn trim(store: &Store, mut feeds: Vec<Trim>) -> Result<(), Unavailable> {
    while !feeds.is_empty() {
        feeds = store.trim(feeds).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::store::op::{Commit, InstanceId, Op};

    use super::*;

    const SHARD: ShardId = ShardId(3);
    const STORED: usize = 10;

    /// The owner of a shard.
    struct Owner<'a> {
        store: &'a Store,
        epoch: u64,
    }

    impl<'a> Owner<'a> {
        fn me() -> InstanceId {
            InstanceId("anna".into())
        }

        async fn of(store: &'a Store) -> Self {
            let mut leases = store.leases().await.unwrap().into_iter();
            let seen = leases.find(|(shard, _)| *shard == SHARD).map(|(_, lease)| lease);
            let claimed = store.claim(SHARD, Self::me(), seen.unwrap_or_default(), 0).await;
            Self { store, epoch: claimed.unwrap().unwrap().epoch }
        }

        async fn tells(&self, events: usize) {
            let event = |_| Op::AppendFeed { bytes: b"a".to_vec() };
            let commit = Commit {
                shard: SHARD,
                owner: Self::me(),
                epoch: self.epoch,
                after_commits: self.store.meta(SHARD).await.unwrap().commits,
                at: Timestamp::UNIX_EPOCH,
                groups: vec![(0..events).map(event).collect()],
            };
            self.store.commit(commit).await.unwrap();
        }
    }

    /// Events that are still there, under each claim.
    async fn kept(store: &Store) -> Vec<usize> {
        let mut kept = Vec::new();
        for epoch in 1..=store.meta(SHARD).await.unwrap().feed_end.epoch {
            let mut there = 0;
            for n in 1..100 {
                let found = store.feed_at(SHARD, Position { epoch, n }).await.unwrap();
                there += usize::from(found.is_some());
            }
            kept.push(there);
        }
        kept
    }

    #[test]
    fn each_feed_is_trimmed_as_far_as_its_own_events_go() {
        let at = |shard, epoch, n| (ShardId(shard), Position { epoch, n });
        let before = Ends::from([at(1, 4, 100), at(2, 4, 100), at(3, 4, 100)]);
        let ends = Ends::from([at(1, 4, 103), at(2, 4, 125), at(3, 5, 9), at(4, 1, 90)]);
        let trims = [(1, 103, STORED), (2, 125, 25)].map(|(shard, n, keep)| Trim {
            shard: ShardId(shard),
            end: at(shard, 4, n).1,
            keep,
        });
        assert_eq!(old_events(&ends, &before, STORED), trims);
    }

    #[actix::test]
    async fn of_a_feed_what_has_come_since_the_last_time_stays() {
        let (store, now) = (Store::model(), Timestamp::UNIX_EPOCH);
        let anna = Owner::of(&store).await;
        anna.tells(30).await;
        let ends = tidy(&store, now, STORED, Ends::new()).await;
        assert_eq!(kept(&store).await, [30], "since when is not known yet");
        anna.tells(25).await;
        let ends = tidy(&store, now, STORED, ends).await;
        assert_eq!(kept(&store).await, [25]);
        anna.tells(3).await;
        let ends = tidy(&store, now, STORED, ends).await;
        assert_eq!(kept(&store).await, [STORED]);
        Owner::of(&store).await.tells(2).await;
        let ends = tidy(&store, now, STORED, ends).await;
        assert_eq!(kept(&store).await, [STORED, 2], "whoever follows may be behind the claim");
        tidy(&store, now, STORED, ends).await;
        assert_eq!(kept(&store).await, [STORED - 2, 2]);
    }
}
