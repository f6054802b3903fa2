//! What of the outbox was given up, and waits for a person.

use domain::entry::DeliveryState;
use domain::id::{ChatKey, ConversationId, EntryNumber, ShardId};
use jiff::Timestamp;

use crate::actors::handle::{NodeHandle, NotStored};
use crate::actors::outbox::{GivenUp, OutboxJob};
use crate::actors::send_again::given_up;

/// A message that the customer did not get, or perhaps did not.
#[derive(Clone, Debug)]
pub struct Undelivered {
    pub conversation: ConversationId,
    pub entry: EntryNumber,
    pub chat: ChatKey,
    pub text: String,
    /// How many files it has.
    pub files: usize,
    /// `failed`, with the reason, or `unconfirmed`.
    pub delivery: DeliveryState,
    /// When it was given up.
    pub at: Timestamp,
}

impl NodeHandle {
    /// Messages of all shards that were given up, the newest first, at most so many. Whether the
    /// asker may see them is his to know.
    pub async fn undelivered(&self, limit: usize) -> Result<Vec<Undelivered>, NotStored> {
        let mut found = Vec::new();
        for shard in (0..self.shards()).map(ShardId) {
            let jobs = self.parts().store.jobs(shard).await;
            let jobs = jobs.map_err(|_| NotStored::Unavailable)?;
            found.extend(jobs.iter().filter_map(given_up).filter_map(undelivered));
        }
        found.sort_by_key(|undelivered| std::cmp::Reverse(undelivered.at));
        found.truncate(limit);
        Ok(found)
    }
}

fn undelivered(job: OutboxJob) -> Option<Undelivered> {
    let GivenUp { delivery, at } = job.given_up?;
    Some(Undelivered {
        conversation: job.conversation,
        entry: job.entry,
        chat: job.chat,
        text: job.text,
        files: job.files.len(),
        delivery,
        at,
    })
}
