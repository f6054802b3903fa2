//! What nobody will ask for any more is dropped.

use jiff::Timestamp;

use crate::store::Unavailable;
use crate::store::op::Trim;
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
    /// the others from nothing: it is told when no other is left.
    pub(super) async fn trim(&self, feeds: Vec<Trim>) -> Result<Vec<Trim>, Unavailable> {
        let (mut left, mut again, mut failed) = (Vec::new(), Vec::new(), None);
        for feed in feeds {
            let names = [self.keys.meta(feed.shard), self.keys.feed(feed.shard)];
            let call = Call::new(&self.scripts.trim, &names)
                .arg(feed.end.epoch)
                .arg(feed.end.n)
                .arg(count(feed.keep))
                .arg(ENTRIES_MAX);
            match self.steps.with(|on| call.on(on)).await {
                Ok(true) => left.push(feed),
                Ok(false) => {}
                Err(Unavailable(why)) => {
                    again.push(feed);
                    failed = Some(Unavailable(format!("shard {}: {why}", feed.shard)));
                }
            }
        }
        match failed {
            Some(failed) if left.is_empty() => Err(failed),
            _ => {
                left.append(&mut again);
                Ok(left)
            }
        }
    }
}
