//! The life of a node: when it is ready, when it is at rest, and how it ends.

use std::sync::atomic::Ordering;
use std::time::Duration;

use domain::id::ShardId;
use tokio::sync::oneshot;

use crate::actors::copying::SettleCopying;
use crate::actors::delivery::SettleDelivery;
use crate::actors::feed::EndSessions;
use crate::actors::handle::NodeHandle;
use crate::actors::node::GiveAll;
use crate::actors::shard::Settle;

/// How often it is looked whether other nodes own the rest.
const LOOK_EVERY: Duration = Duration::from_millis(100);

impl NodeHandle {
    /// Whether all shards of this node run and it has come to know the others', and the store answers
    /// and is to be trusted. That others' shards just change hands is no reason to send nobody here.
    pub fn is_ready(&self) -> bool {
        let trusted = self.parts.store.trouble().is_none();
        trusted && !self.parts.is_draining() && self.parts.runs_its_shards()
    }

    /// Returns when all shards are owned, and those of this node run.
    pub async fn ready(&self) {
        loop {
            // Made before the look, so that no change falls between the two.
            let changed = self.parts.shards_changed.notified();
            if self.parts.runs_all_shards() {
                return;
            }
            // What other nodes own is nowhere told.
            let _look_again = tokio::time::timeout(LOOK_EVERY, changed).await;
        }
    }

    /// Sends the browsers away, finishes what is at hand, and gives the shards to the other nodes.
    /// Takes as long as the store does.
    pub async fn drain(&self) {
        self.parts.draining.store(true, Ordering::Relaxed);
        self.feed_send(EndSessions::All);
        match (&self.parts.leases, self.parts.node.get()) {
            (Some(_), Some(node)) => {
                let _stopped = node.send(GiveAll).await;
            }
            (None, _) | (_, None) => self.settle().await,
        }
    }

    /// Returns when nothing is left to be done now: no round, no send, nothing that one of them
    /// caused. Timers do not count.
    pub async fn settle(&self) {
        let mut before = None;
        loop {
            for shard in (0..self.shards()).map(ShardId) {
                let (done, settled) = oneshot::channel();
                self.parts.with_shard(shard, |addr| addr.do_send(Settle(done)));
                let _not_running = settled.await;
            }
            if let Some(delivery) = self.parts.delivery.get() {
                let (done, settled) = oneshot::channel();
                delivery.do_send(SettleDelivery(done));
                let _stopped = settled.await;
            }
            if let Some(copying) = self.parts.copying.get() {
                let (done, settled) = oneshot::channel();
                copying.do_send(SettleCopying(done));
                let _stopped = settled.await;
            }
            self.parts.at_work.rests().await;
            let ends = self.ends().await.ok();
            if ends == before {
                return;
            }
            before = ends;
        }
    }
}
