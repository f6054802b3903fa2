//! What follows from how a send went: it is over, or tried again later, within bounds.

use std::sync::Arc;

use domain::channel::Channel;
use domain::chat::{Inbound, InboundKind};
use domain::entry::DeliveryState;
use domain::id::{ChannelId, ShardId};
use jiff::{SignedDuration, Timestamp};

use crate::actors::delivery::remembering::{CameTo, again, over, owed, pay, remember};
use crate::actors::handle::{Arrival, NodeHandle, NotStored};
use crate::actors::outbox::OutboxJob;
use crate::actors::parts::Shared;
use crate::actors::schedule::Attempted;
use crate::actors::work::JobStep;
use crate::channels::{self, SendOutcome};
use crate::clock;

/// Attempts at one part of a message.
const ATTEMPTS_MAX: u32 = 10;
/// How long a message is worth sending.
const AGE_MAX: SignedDuration = SignedDuration::from_hours(24);
/// First pause after a fault; doubled with each attempt, with full jitter.
const BACKOFF_FIRST_MS: u64 = 1_000;
const BACKOFF_MAX_MS: u64 = 300_000;
/// Shortest pause that a platform can ask for.
const PAUSE_MIN: SignedDuration = SignedDuration::from_secs(1);
/// How long a chat's other messages may still say the same of it.
const MIGRATION_DEDUPE_SECONDS: u32 = 48 * 60 * 60;

pub(super) async fn after(
    parts: &Shared,
    shard: ShardId,
    channel: &Arc<Channel>,
    mut job: OutboxJob,
    sent: SendOutcome,
) -> CameTo {
    let now = parts.clock.now();
    match sent {
        SendOutcome::Sent { external_id } => {
            job.parts_sent += 1;
            job.attempts = 0;
            if job.parts_sent < channels::parts(&channel.settings, &job.text, &job.files).len() {
                return again(parts, shard, job, now).await;
            }
            over(parts, shard, job, DeliveryState::Sent, external_id).await
        }
        SendOutcome::RetryAfter(pause) => {
            // Waiting as it is asked is no failure, however often.
            job.attempts = job.attempts.saturating_sub(1);
            let pause = SignedDuration::try_from(pause).unwrap_or(AGE_MAX).max(PAUSE_MIN);
            again_or_fail(parts, shard, job, now + pause, "the platform asks to wait").await
        }
        SendOutcome::Migrated { chat } => {
            let (channel, from) = (channel.id.clone(), job.chat.external.clone());
            job.chat.external = chat.into();
            tell_of_migration(parts, channel, from, job.chat.external.clone()).await;
            again_or_fail(parts, shard, job, now, "the chat has another id each time").await
        }
        SendOutcome::RetryLater { reason } => {
            let ready_at = now + backoff(job.attempts);
            again_or_fail(parts, shard, job, ready_at, &reason).await
        }
        SendOutcome::RetryIn { pause, reason } => {
            let pause = SignedDuration::try_from(pause).unwrap_or(AGE_MAX);
            again_or_fail(parts, shard, job, now + pause, &reason).await
        }
        SendOutcome::Unreachable { reason } => {
            let delivery = DeliveryState::Failed { reason };
            let step = JobStep::Over { job, delivery, external_id: None, gone: true };
            pay(parts, shard, step).await
        }
        SendOutcome::Refused { reason } => {
            over(parts, shard, job, DeliveryState::Failed { reason }, None).await
        }
        SendOutcome::Unknown { reason } => {
            tracing::warn!(channel = %channel.id, reason, "outcome of a send is unknown");
            metrics::counter!("switchboard_outbox_ambiguous_total").increment(1);
            over(parts, shard, job, DeliveryState::Unconfirmed, None).await
        }
        SendOutcome::ChannelDead { reason } => {
            tracing::error!(channel = %channel.id, reason, "channel is dead, nothing is sent");
            let step = JobStep::Later { job: job.clone(), ready_at: now };
            match remember(parts, shard, step.clone()).await {
                Ok(()) => CameTo::ChannelDead(Box::new(job), channel.clone()),
                Err(NotStored::Stale) => CameTo::Attempted(Attempted::Over),
                Err(NotStored::Full | NotStored::Unavailable) => owed(parts, step),
            }
        }
    }
}

/// The chat follows, as if its platform had told of it. Whatever comes of it, this message goes on.
async fn tell_of_migration(parts: &Shared, channel: ChannelId, from: Arc<str>, to: Arc<str>) {
    let dedupe = format!("migrated:{from}:{to}");
    let inbound = Inbound {
        chat: from,
        customer_name: String::new(),
        what: InboundKind::Migrated { to },
        return_to: None,
        original: None,
    };
    let arrival = Arrival { channel, dedupe, dedupe_seconds: MIGRATION_DEDUPE_SECONDS, inbound };
    let told = NodeHandle::new(parts.clone()).arrive(arrival).await;
    if let Err(error) = told {
        tracing::warn!(?error, "a chat does not follow its migration yet");
    }
}

async fn again_or_fail(
    parts: &Shared,
    shard: ShardId,
    job: OutboxJob,
    ready_at: Timestamp,
    reason: &str,
) -> CameTo {
    if job.attempts >= ATTEMPTS_MAX || ready_at.duration_since(job.since()) > AGE_MAX {
        let reason = reason.to_owned();
        return over(parts, shard, job, DeliveryState::Failed { reason }, None).await;
    }
    again(parts, shard, job, ready_at).await
}

fn backoff(attempts: u32) -> SignedDuration {
    let doubled = BACKOFF_FIRST_MS.saturating_mul(1 << attempts.saturating_sub(1).min(20));
    let ms = clock::jitter(doubled.min(BACKOFF_MAX_MS)) + 1;
    SignedDuration::from_millis(i64::try_from(ms).unwrap_or(i64::MAX))
}
