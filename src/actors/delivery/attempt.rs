//! One attempt at the next part of a job: the store learns of it, it is sent, and what came of it
//! is remembered.

use domain::entry::DeliveryState;
use domain::id::ShardId;

use crate::actors::delivery::outcome::after;
use crate::actors::delivery::remembering::{CameTo, STORE_PAUSE, over, remember};
use crate::actors::delivery::sending::send;
use crate::actors::handle::NotStored;
use crate::actors::outbox::OutboxJob;
use crate::actors::parts::Shared;
use crate::actors::schedule::Attempted;
use crate::actors::work::JobStep;
use crate::channels::{self, SendOutcome};

/// One attempt at the next part of a job: remembered before and after.
pub(super) async fn attempt(parts: Shared, shard: ShardId, mut job: OutboxJob) -> CameTo {
    if job.sending {
        return found_half_way(&parts, shard, job).await;
    }
    let directory = parts.directory.get();
    let Some(channel) = directory.channels.get(&job.chat.channel).map(|c| c.value.clone()) else {
        let reason = "the channel was removed".to_owned();
        return over(&parts, shard, job, DeliveryState::Failed { reason }, None).await;
    };
    job.sending = true;
    job.attempts += 1;
    match remember(&parts, shard, JobStep::Sending(job.clone())).await {
        Ok(()) => {}
        Err(NotStored::Stale) => return CameTo::Attempted(Attempted::Over),
        Err(NotStored::Full | NotStored::Unavailable) => {
            // Not known whether the store says `sending`, but nothing was sent.
            job.sending = false;
            let later = parts.clock.now() + STORE_PAUSE;
            return CameTo::Attempted(Attempted::Again(job, later));
        }
    }
    if !parts.surely_owns(shard) {
        // Somebody else may have the job by now. He finds it half-way and says so.
        let later = parts.clock.now() + STORE_PAUSE;
        return CameTo::Attempted(Attempted::Again(job, later));
    }
    let sent = send(&parts, &channel, &job).await;
    parts.health.sent(&channel.id, &sent, parts.clock.now());
    job.sending = false;
    metrics::counter!("switchboard_outbox_attempts_total",
        "platform" => channel.settings.kind(), "outcome" => word(&sent))
    .increment(1);
    after(&parts, shard, &channel, job, sent).await
}

/// The process ended between the two commits of an attempt.
async fn found_half_way(parts: &Shared, shard: ShardId, mut job: OutboxJob) -> CameTo {
    let directory = parts.directory.get();
    let repeats = directory
        .channels
        .get(&job.chat.channel)
        .is_some_and(|channel| channels::repeat_is_safe(&channel.value.settings));
    if repeats || job.correction.is_some() {
        job.sending = false;
        return CameTo::Attempted(Attempted::Again(job, parts.clock.now()));
    }
    metrics::counter!("switchboard_outbox_ambiguous_total").increment(1);
    over(parts, shard, job, DeliveryState::Unconfirmed, None).await
}

fn word(outcome: &SendOutcome) -> &'static str {
    match outcome {
        SendOutcome::Sent { .. } => "sent",
        SendOutcome::RetryAfter(_) => "retry_after",
        SendOutcome::Migrated { .. } => "migrated",
        SendOutcome::RetryLater { .. } | SendOutcome::RetryIn { .. } => "retry_later",
        SendOutcome::Unreachable { .. } => "unreachable",
        SendOutcome::ChannelDead { .. } => "channel_dead",
        SendOutcome::Refused { .. } => "refused",
        SendOutcome::Unknown { .. } => "unknown",
    }
}
