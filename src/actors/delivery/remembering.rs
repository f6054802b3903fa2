//! Steps of a job, remembered by its shard; and what is left to do when the store takes none.

use std::sync::Arc;

use domain::channel::Channel;
use domain::entry::DeliveryState;
use domain::id::ShardId;
use jiff::{SignedDuration, Timestamp};

use crate::actors::handle::NotStored;
use crate::actors::outbox::{GivenUp, OutboxJob};
use crate::actors::parts::Shared;
use crate::actors::schedule::Attempted;
use crate::actors::work::{Answer, JobStep, Work};

/// Pause when the store did not take a step of a job.
pub(super) const STORE_PAUSE: SignedDuration = SignedDuration::from_secs(1);

/// What an attempt came to, with what the actor has to do about it.
#[expect(
    clippy::large_enum_variant,
    reason = "made once for each attempt, and taken apart at once"
)]
pub(super) enum CameTo {
    Attempted(Attempted),
    /// It is over, and kept for a person to send it again.
    GivenUp(Box<OutboxJob>),
    ChannelDead(Box<OutboxJob>, Arc<Channel>),
}

pub(super) async fn again(
    parts: &Shared,
    shard: ShardId,
    job: OutboxJob,
    ready_at: Timestamp,
) -> CameTo {
    pay(parts, shard, JobStep::Later { job, ready_at }).await
}

pub(super) async fn over(
    parts: &Shared,
    shard: ShardId,
    job: OutboxJob,
    delivery: DeliveryState,
    external_id: Option<String>,
) -> CameTo {
    let external_id = external_id.map(Arc::from);
    pay(parts, shard, JobStep::Over { job, delivery, external_id, gone: false }).await
}

/// What came of an attempt is remembered, however long the store takes: an outcome that is known
/// is never forgotten.
pub(super) async fn pay(parts: &Shared, shard: ShardId, step: JobStep) -> CameTo {
    match remember(parts, shard, step.clone()).await {
        Ok(()) => match step {
            JobStep::Later { job, ready_at } => CameTo::Attempted(Attempted::Again(job, ready_at)),
            JobStep::Over { job, delivery, .. }
                if delivery.is_given_up() && job.correction.is_none() =>
            {
                let given_up = Some(GivenUp { delivery, at: parts.clock.now() });
                CameTo::GivenUp(Box::new(OutboxJob { given_up, ..job }))
            }
            JobStep::Sending(_) | JobStep::Over { .. } | JobStep::Forget(_) => {
                CameTo::Attempted(Attempted::Over)
            }
        },
        Err(NotStored::Stale) => CameTo::Attempted(Attempted::Over),
        Err(NotStored::Full | NotStored::Unavailable) => owed(parts, step),
    }
}

pub(super) fn owed(parts: &Shared, step: JobStep) -> CameTo {
    CameTo::Attempted(Attempted::Owed(step, parts.clock.now() + STORE_PAUSE))
}

pub(super) async fn remember(
    parts: &Shared,
    shard: ShardId,
    step: JobStep,
) -> Result<(), NotStored> {
    let (answer, answered) = Answer::new();
    parts
        .hand_to(shard, Work::Job { step, answer })
        .ok_or(NotStored::Unavailable)?
        .map_err(|_| NotStored::Full)?;
    answered.await.unwrap_or(Err(NotStored::Unavailable))
}
