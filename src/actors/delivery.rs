//! The outbox at work: sends what was committed, in the order of each chat.
//!
//! Only the oldest job of a chat is in flight. Before a send the store learns of it, after it the
//! outcome; a job found half-way after a restart may have been sent, and says so.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use actix::{
    Actor, ActorFutureExt, Addr, AsyncContext, Context, Handler, Message, SpawnHandle, WrapFuture,
};
use domain::channel::Channel;
use domain::chat::{Chat, Inbound, InboundKind};
use domain::entry::DeliveryState;
use domain::file::StoredFile;
use domain::id::{ChannelId, ChatKey, ShardId};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::oneshot;

use crate::actors::encode;
use crate::actors::handle::{Arrival, NodeHandle, NotStored};
use crate::actors::outbox::{Corrects, GivenUp, OutboxJob, Writer};
use crate::actors::parts::Shared;
use crate::actors::schedule::{Attempted, Paced, Schedule, Turn};
use crate::actors::work::{Answer, JobStep, Work};
use crate::channels::correcting::{self, Correcting};
use crate::channels::{self, Outgoing, OutgoingFile, SendOutcome};
use crate::clock;
use crate::files::{self, Owner};
use crate::store::Unavailable;
use crate::store::op::DocumentKind;

/// Attempts at one part of a message.
const ATTEMPTS_MAX: u32 = 10;
/// How long a message is worth sending.
const AGE_MAX: SignedDuration = SignedDuration::from_hours(24);
/// First pause after a fault; doubled with each attempt, with full jitter.
const BACKOFF_FIRST_MS: u64 = 1_000;
const BACKOFF_MAX_MS: u64 = 300_000;
/// Shortest pause that a platform can ask for.
const PAUSE_MIN: SignedDuration = SignedDuration::from_secs(1);
/// Messages of a shard that are kept after they were given up.
const GIVEN_UP_MAX: usize = 1_000;
/// Presses of buttons of which platforms are told at a time.
const PRESSES_MAX: usize = 64;
/// How long a chat's other messages may still say the same of it.
const MIGRATION_DEDUPE_SECONDS: u32 = 48 * 60 * 60;
/// Pause when the store did not take a step of a job.
const STORE_PAUSE: SignedDuration = SignedDuration::from_secs(1);

/// The actor of the outbox.
pub(crate) struct Delivery {
    parts: Shared,
    schedule: Schedule,
    /// What is kept for a person to send it again: a shard's jobs by their ids, the oldest first.
    given_up: BTreeMap<ShardId, BTreeMap<String, OutboxJob>>,
    sleep: Option<(Timestamp, SpawnHandle)>,
    /// Presses of which platforms are just being told.
    presses: usize,
    settling: Vec<oneshot::Sender<()>>,
    /// Shards that were let go: nothing is sent for them.
    let_go: BTreeSet<ShardId>,
    /// Those who wait until nothing of a shard is on its way.
    letting_go: Vec<(ShardId, oneshot::Sender<()>)>,
}

/// Jobs that are stored, each with when it is due. Those that are known already change nothing.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Jobs {
    pub(crate) shard: ShardId,
    pub(crate) jobs: Vec<(OutboxJob, Timestamp)>,
}

/// These are no jobs any more: their messages have arrived.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Settled {
    pub(crate) shard: ShardId,
    pub(crate) ids: Vec<String>,
}

/// A shard runs here: its jobs are ours.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct TakeUp(pub(crate) ShardId);

/// A shard goes to another node: nothing more is sent for it. Answered when nothing of it is on its
/// way.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct LetGo {
    pub(crate) shard: ShardId,
    pub(crate) done: oneshot::Sender<()>,
}

/// A channel's settings changed: it may be sent through again.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct ChannelMended(pub(crate) ChannelId);

/// The press of a button is stored, and its platform waits to hear of it. That is no job: who
/// presses only sees a button that waits, so it is tried once, and not at all when too many are.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct PressTaken {
    pub(crate) channel: Arc<Channel>,
    pub(crate) inbound: Inbound,
}

/// Answered when nothing is on its way now; what waits for a later time does not count.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct SettleDelivery(pub(crate) oneshot::Sender<()>);

impl Delivery {
    pub(crate) fn start(parts: Shared) -> Addr<Self> {
        let delivery = Self {
            parts,
            schedule: Schedule::default(),
            given_up: BTreeMap::new(),
            sleep: None,
            presses: 0,
            settling: Vec::new(),
            let_go: BTreeSet::new(),
            letting_go: Vec::new(),
        };
        delivery.start()
    }

    /// Starts what is due, and sleeps until the next.
    fn go_on(&mut self, ctx: &mut Context<Self>) {
        if self.parts.is_draining() {
            return self.settled();
        }
        let now = self.parts.clock.now();
        let parts = self.parts.clone();
        while let Some(turn) = self.schedule.next(now, |job| pace_of(&parts, job)) {
            self.begin(turn, ctx);
        }
        self.sleep_until(self.schedule.next_due(), ctx);
        self.settled();
    }

    fn settled(&mut self) {
        let (busy, free) = std::mem::take(&mut self.letting_go)
            .into_iter()
            .partition(|(shard, _)| self.schedule.is_busy(*shard));
        self.letting_go = busy;
        for (_, done) in free {
            let _gone = done.send(());
        }
        if self.presses == 0 && self.schedule.is_idle() {
            for waiting in self.settling.drain(..) {
                let _gone = waiting.send(());
            }
        }
    }

    fn sleep_until(&mut self, at: Option<Timestamp>, ctx: &mut Context<Self>) {
        if self.sleep.as_ref().map(|(at, _)| *at) == at {
            return;
        }
        if let Some((_, handle)) = self.sleep.take() {
            ctx.cancel_future(handle);
        }
        self.sleep = at.map(|at| {
            let wake = |delivery: &mut Self, ctx: &mut Context<Self>| {
                delivery.sleep = None;
                delivery.go_on(ctx);
            };
            (at, ctx.run_later(self.parts.clock.until(at), wake))
        });
    }

    fn begin(&mut self, turn: Turn, ctx: &mut Context<Self>) {
        let Turn { home, shard, job, owed } = turn;
        let (parts, id) = (self.parts.clone(), job.id.clone());
        let attempt = async move {
            match owed {
                Some(step) => pay(&parts, shard, step).await,
                None => attempt(parts, shard, job).await,
            }
        };
        ctx.spawn(attempt.into_actor(self).map(move |came_to, delivery, ctx| {
            let attempted = match came_to {
                CameTo::Attempted(attempted) => attempted,
                CameTo::GivenUp(job) => {
                    delivery.keep(shard, *job, ctx);
                    Attempted::Over
                }
                CameTo::ChannelDead(job, channel) => {
                    // Its settings may have been mended while the old ones were in use.
                    let directory = delivery.parts.directory.get();
                    let now = directory.channels.get(&channel.id).map(|found| &found.value);
                    if now.is_some_and(|now| Arc::ptr_eq(now, &channel)) {
                        Attempted::ChannelDead(*job)
                    } else {
                        let at = delivery.parts.clock.now();
                        Attempted::Again(*job, at)
                    }
                }
            };
            delivery.schedule.finished(&home, &id, attempted);
            delivery.go_on(ctx);
        }));
    }

    /// Remembers a message that was given up; of too many the oldest is forgotten.
    fn keep(&mut self, shard: ShardId, job: OutboxJob, ctx: &mut Context<Self>) {
        if self.let_go.contains(&shard) {
            return;
        }
        let kept = self.given_up.entry(shard).or_default();
        kept.insert(job.id.clone(), job);
        if kept.len() <= GIVEN_UP_MAX {
            return;
        }
        let Some((_, oldest)) = kept.pop_first() else { return };
        let parts = self.parts.clone();
        let forgotten = async move {
            // What the store does not take now is found, and forgotten, at the next start.
            let _later = remember(&parts, shard, JobStep::Forget(oldest)).await;
        };
        ctx.spawn(forgotten.into_actor(self));
    }
}

impl Actor for Delivery {
    type Context = Context<Self>;
}

impl Handler<Jobs> for Delivery {
    type Result = ();

    fn handle(&mut self, found: Jobs, ctx: &mut Self::Context) {
        if self.let_go.contains(&found.shard) {
            return;
        }
        for (job, ready_at) in found.jobs {
            if job.given_up.is_some() {
                self.keep(found.shard, job, ctx);
                continue;
            }
            if let Some(kept) = self.given_up.get_mut(&found.shard) {
                kept.remove(&job.id);
            }
            self.schedule.add(found.shard, job, ready_at);
        }
        self.go_on(ctx);
    }
}

impl Handler<Settled> for Delivery {
    type Result = ();

    fn handle(&mut self, settled: Settled, _: &mut Self::Context) {
        if let Some(kept) = self.given_up.get_mut(&settled.shard) {
            for id in &settled.ids {
                kept.remove(id);
            }
        }
    }
}

impl Handler<TakeUp> for Delivery {
    type Result = ();

    fn handle(&mut self, taken: TakeUp, _: &mut Self::Context) {
        self.let_go.remove(&taken.0);
    }
}

impl Handler<LetGo> for Delivery {
    type Result = ();

    fn handle(&mut self, let_go: LetGo, _: &mut Self::Context) {
        let LetGo { shard, done } = let_go;
        self.let_go.insert(shard);
        self.schedule.forget(shard);
        self.given_up.remove(&shard);
        self.letting_go.push((shard, done));
        self.settled();
    }
}

impl Handler<ChannelMended> for Delivery {
    type Result = ();

    fn handle(&mut self, mended: ChannelMended, ctx: &mut Self::Context) {
        if self.schedule.mend(&mended.0) {
            self.go_on(ctx);
        }
    }
}

impl Handler<PressTaken> for Delivery {
    type Result = ();

    fn handle(&mut self, taken: PressTaken, ctx: &mut Self::Context) {
        if self.presses >= PRESSES_MAX || self.parts.is_draining() {
            return;
        }
        self.presses += 1;
        let (parts, PressTaken { channel, inbound }) = (self.parts.clone(), taken);
        let told = async move {
            let told = channels::press_taken(&parts.outbound, &channel, &inbound).await;
            if let Err(reason) = told {
                tracing::debug!(channel = %channel.id, reason, "a press was not acknowledged");
            }
        };
        ctx.spawn(told.into_actor(self).map(|(), delivery, _| {
            delivery.presses -= 1;
            delivery.settled();
        }));
    }
}

impl Handler<SettleDelivery> for Delivery {
    type Result = ();

    fn handle(&mut self, settle: SettleDelivery, ctx: &mut Self::Context) {
        self.settling.push(settle.0);
        self.go_on(ctx);
    }
}

/// What an attempt came to, with what the actor has to do about it.
#[expect(
    clippy::large_enum_variant,
    reason = "made once for each attempt, and taken apart at once"
)]
enum CameTo {
    Attempted(Attempted),
    /// It is over, and kept for a person to send it again.
    GivenUp(Box<OutboxJob>),
    ChannelDead(Box<OutboxJob>, Arc<Channel>),
}

/// How fast a job may be sent: its next part may be several messages.
fn pace_of(parts: &Shared, job: &OutboxJob) -> Option<Paced> {
    let directory = parts.directory.get();
    let settings = &directory.channels.get(&job.chat.channel)?.value.settings;
    let files = if job.files.is_empty() {
        0
    } else {
        let all = channels::parts(settings, &job.text, &job.files);
        all.get(job.parts_sent).map_or(0, |part| part.files.len())
    };
    let external = channels::paced_chat(settings, &job.chat.external).into();
    Some(Paced {
        pace: channels::pace(settings, &job.chat.external),
        chat: ChatKey { channel: job.chat.channel.clone(), external },
        messages: u32::try_from(files).unwrap_or(u32::MAX).max(1),
    })
}

/// One attempt at the next part of a job: remembered before and after.
async fn attempt(parts: Shared, shard: ShardId, mut job: OutboxJob) -> CameTo {
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

async fn send(parts: &Shared, channel: &Channel, job: &OutboxJob) -> SendOutcome {
    if let Some(corrects) = &job.correction {
        return correct(parts, channel, job, corrects).await;
    }
    let all = channels::parts(&channel.settings, &job.text, &job.files);
    let Some(part) = all.get(job.parts_sent) else {
        return SendOutcome::Sent { external_id: None };
    };
    let Ok(chat) = chat_of(parts, channel, job).await else {
        return SendOutcome::RetryLater { reason: "the store did not answer".to_owned() };
    };
    let owner = Owner::Conversation(job.conversation.clone());
    let mut files = Vec::with_capacity(part.files.len());
    for file in job.files.get(part.files.clone()).unwrap_or_default() {
        match outgoing_file(parts, &owner, file).await {
            Ok(file) => files.push(file),
            Err(outcome) => return outcome,
        }
    }
    let outgoing = Outgoing {
        job: &job.id,
        part: job.parts_sent,
        attempt: job.attempts,
        chat: &job.chat.external,
        text: &part.text,
        files: &files,
        author: job.author.as_ref().map(Writer::shown),
        by_operator: job.by_operator,
        return_to: chat.as_ref().and_then(|chat| chat.return_to.as_deref()),
        heard_at: chat.as_ref().and_then(|chat| chat.heard_at),
        rating: job.rating,
        written_at: job.created_at,
        now: parts.clock.now(),
        conversation: &job.conversation,
        entry: job.entry,
    };
    channels::send(&parts.outbound, &parts.kept, channel, &outgoing).await
}

async fn correct(
    parts: &Shared,
    channel: &Channel,
    job: &OutboxJob,
    corrects: &Corrects,
) -> SendOutcome {
    let Ok(chat) = chat_of(parts, channel, job).await else {
        return SendOutcome::RetryLater { reason: "the store did not answer".to_owned() };
    };
    let correcting = Correcting {
        job: &job.id,
        chat: &job.chat.external,
        correction: &corrects.correction,
        external_id: corrects.external_id.as_deref().unwrap_or_default(),
        has_files: corrects.has_files,
        return_to: chat.as_ref().and_then(|chat| chat.return_to.as_deref()),
        written_at: job.created_at,
        now: parts.clock.now(),
        conversation: &job.conversation,
        entry: job.entry,
    };
    correcting::correct(&parts.outbound, &parts.kept, channel, &correcting).await
}

/// What is known of the chat, for platforms that say with each message where answers go, or mind when
/// it came. `Err`: the store did not answer.
async fn chat_of(
    parts: &Shared,
    channel: &Channel,
    job: &OutboxJob,
) -> Result<Option<Chat>, Unavailable> {
    if !channel.settings.says_where_to_answer() && !channel.settings.minds_silence() {
        return Ok(None);
    }
    let (shard, id) = (channel.shard, job.chat.to_string());
    let found = parts.store.document(shard, DocumentKind::Chat, id).await?;
    Ok(found.and_then(|found| encode::read::<Chat>("chat", &found.bytes)))
}

async fn outgoing_file<'a>(
    parts: &'a Shared,
    owner: &'a Owner,
    file: &'a StoredFile,
) -> Result<OutgoingFile<'a>, SendOutcome> {
    let link = match &parts.settings.public_url {
        None => None,
        Some(public) => match parts.files.link(owner, &file.id).await {
            Ok(secret) => secret.map(|secret| files::link(public, owner, &file.id, &secret)),
            Err(error) => return Err(SendOutcome::RetryLater { reason: error.to_string() }),
        },
    };
    Ok(OutgoingFile { file, link, files: &parts.files, owner })
}

async fn after(
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

async fn again(parts: &Shared, shard: ShardId, job: OutboxJob, ready_at: Timestamp) -> CameTo {
    pay(parts, shard, JobStep::Later { job, ready_at }).await
}

/// What came of an attempt is remembered, however long the store takes: an outcome that is known
/// is never forgotten.
async fn pay(parts: &Shared, shard: ShardId, step: JobStep) -> CameTo {
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

fn owed(parts: &Shared, step: JobStep) -> CameTo {
    CameTo::Attempted(Attempted::Owed(step, parts.clock.now() + STORE_PAUSE))
}

async fn over(
    parts: &Shared,
    shard: ShardId,
    job: OutboxJob,
    delivery: DeliveryState,
    external_id: Option<String>,
) -> CameTo {
    let external_id = external_id.map(Arc::from);
    pay(parts, shard, JobStep::Over { job, delivery, external_id, gone: false }).await
}

async fn remember(parts: &Shared, shard: ShardId, step: JobStep) -> Result<(), NotStored> {
    let (answer, answered) = Answer::new();
    parts
        .hand_to(shard, Work::Job { step, answer })
        .ok_or(NotStored::Unavailable)?
        .map_err(|_| NotStored::Full)?;
    answered.await.unwrap_or(Err(NotStored::Unavailable))
}

fn backoff(attempts: u32) -> SignedDuration {
    let doubled = BACKOFF_FIRST_MS.saturating_mul(1 << attempts.saturating_sub(1).min(20));
    let ms = clock::jitter(doubled.min(BACKOFF_MAX_MS)) + 1;
    SignedDuration::from_millis(i64::try_from(ms).unwrap_or(i64::MAX))
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
