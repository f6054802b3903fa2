//! What nobody will ask for any more is dropped.

use domain::id::ShardId;
use jiff::Timestamp;

use crate::store::Unavailable;
use crate::store::redis::Shared;
use crate::store::redis::read::{count, shards};
use crate::store::redis::script::Call;
use crate::store::redis::value::microseconds;
use crate::store::rules;

/// Dedupe keys of a shard that one call drops at most: commits wait for it, a millisecond.
const KEYS_MAX: usize = 1_000;
/// Entries of a feed, of which each may hold all events of a round. Twice what a node of a stream holds, as
/// Redis is set by itself.
const ENTRIES_MAX: usize = 200;

impl Shared {
    /// All of them: what is committed meanwhile goes between the calls.
    pub(super) async fn tidy(&self, at: Timestamp) -> Result<bool, Unavailable> {
        for shard in shards(&self.readers, &self.keys).await? {
            let call = Call::new(&self.scripts.tidy, &[self.keys.seen(shard)])
                .arg(microseconds(rules::known_at(at)))
                .arg(KEYS_MAX);
            while self.steps.with(|on| call.on(on)).await? {}
        }
        Ok(false)
    }

    /// One feed after another: what is committed meanwhile goes between the calls. One that fails keeps
    /// the others from nothing: it is told when nothing else is left.
    pub(super) async fn trim(
        &self,
        kept: Vec<(ShardId, usize)>,
    ) -> Result<Vec<ShardId>, Unavailable> {
        let (mut left, mut failed) = (Vec::new(), None);
        let mut again = Vec::new();
        for (shard, keep) in kept {
            let names = [self.keys.meta(shard), self.keys.feed(shard)];
            let call = Call::new(&self.scripts.trim, &names).arg(count(keep)).arg(ENTRIES_MAX);
            match self.steps.with(|on| call.on(on)).await {
                Ok(true) => left.push(shard),
                Ok(false) => {}
                Err(error) => {
                    again.push(shard);
                    failed = Some(error);
                }
            }
        }
        match failed {
            Some(error) if left.is_empty() => Err(error),
            _ => {
                left.append(&mut again);
                Ok(left)
            }
        }
    }
}
