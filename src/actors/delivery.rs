//! The outbox at work: sends what was committed, in the order of each chat.
//!
//! Only the oldest job of a chat is in flight. Before a send the store learns of it, after it the
//! outcome; a job found half-way after a restart may have been sent, and says so.

mod attempt;
mod outcome;
mod press;
mod remembering;
mod sending;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use actix::{
    Actor, ActorFutureExt, Addr, AsyncContext, Context, Handler, Message, SpawnHandle, WrapFuture,
};
use domain::id::{ChannelId, ChatKey, ShardId};
use jiff::Timestamp;
use tokio::sync::oneshot;

use crate::actors::delivery::attempt::attempt;
use crate::actors::delivery::remembering::{CameTo, pay, remember};
use crate::actors::outbox::OutboxJob;
use crate::actors::parts::Shared;
use crate::actors::schedule::{Attempted, Paced, Schedule, Turn};
use crate::actors::work::JobStep;
use crate::channels;

pub(crate) use crate::actors::delivery::press::PressTaken;

/// Messages of a shard that are kept after they were given up.
const GIVEN_UP_MAX: usize = 1_000;

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

impl Handler<SettleDelivery> for Delivery {
    type Result = ();

    fn handle(&mut self, settle: SettleDelivery, ctx: &mut Self::Context) {
        self.settling.push(settle.0);
        self.go_on(ctx);
    }
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
