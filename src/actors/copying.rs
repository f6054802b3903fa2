//! Customers' files at work: each is fetched from its platform once and kept here, as platforms
//! forget them and their addresses are secret.
//!
//! A copy that is made twice is written over, so a job found after a restart is simply done again.
//! Nothing of a conversation waits for it.

mod fetching;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use actix::{
    Actor, ActorFutureExt, Addr, AsyncContext, Context, Handler, Message, SpawnHandle, WrapFuture,
};
use domain::file::{FileCopy, FileProblem};
use domain::id::{ChannelId, ConversationId, ShardId};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::oneshot;

use crate::actors::copying::fetching::{NoCopy, copy};
use crate::actors::delivery::TakeUp;
use crate::actors::handle::NotStored;
use crate::actors::outbox::CopyJob;
use crate::actors::parts::Shared;
use crate::actors::work::{Answer, CopyStep, Work};
use crate::clock;
use crate::files::Owner;

/// Files fetched at a time, and of one channel: a slow platform does not take every place.
const AT_A_TIME: usize = 8;
const OF_CHANNEL: usize = 4;
const ATTEMPTS_MAX: u32 = 6;
/// How long a file is worth fetching: addresses of platforms hold for an hour or so.
const AGE_MAX: SignedDuration = SignedDuration::from_hours(2);
const BACKOFF_FIRST: Duration = Duration::from_secs(2);
const BACKOFF_MAX: Duration = Duration::from_mins(5);
const STORE_PAUSE: SignedDuration = SignedDuration::from_secs(1);

/// The actor of the copies.
pub(crate) struct Copying {
    parts: Shared,
    waiting: VecDeque<Waiting>,
    /// How many of each channel are being fetched.
    running: BTreeMap<ChannelId, usize>,
    /// Jobs that wait or run: one that is found again is the same.
    known: BTreeSet<String>,
    /// Shards that go to another node, until they are ours again.
    let_go: BTreeSet<ShardId>,
    sleep: Option<(Timestamp, SpawnHandle)>,
    settling: Vec<oneshot::Sender<()>>,
    /// How often files are being deleted.
    forgetting: usize,
}

struct Waiting {
    shard: ShardId,
    ready_at: Timestamp,
    what: Task,
}

/// What is to be done next for a file.
enum Task {
    Fetch(CopyJob),
    /// The store has not taken what came of it.
    Remember(CopyStep),
}

/// Files to fetch, each with when it is due.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Copies {
    pub(crate) shard: ShardId,
    pub(crate) jobs: Vec<(CopyJob, Timestamp)>,
}

/// A shard goes to another node, which finds its files anew.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct ForgetCopies(pub(crate) ShardId);

/// The time of these conversations is over: their files go, and then they themselves.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct ForgetFiles {
    pub(crate) shard: ShardId,
    pub(crate) conversations: Vec<ConversationId>,
}

/// Answered when nothing is fetched now; what waits for a later time does not count.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct SettleCopying(pub(crate) oneshot::Sender<()>);

impl Copying {
    pub(crate) fn start(parts: Shared) -> Addr<Self> {
        let copying = Self {
            parts,
            waiting: VecDeque::new(),
            running: BTreeMap::new(),
            known: BTreeSet::new(),
            let_go: BTreeSet::new(),
            sleep: None,
            settling: Vec::new(),
            forgetting: 0,
        };
        copying.start()
    }

    /// Starts what is due and has a place, and sleeps until the next.
    fn go_on(&mut self, ctx: &mut Context<Self>) {
        if !self.parts.is_draining() {
            let now = self.parts.clock.now();
            while let Some(place) = self.waiting.iter().position(|task| self.may_run(task, now)) {
                if let Some(task) = self.waiting.remove(place) {
                    self.begin(task, ctx);
                }
            }
            let later = self.waiting.iter().map(|task| task.ready_at).filter(|at| *at > now);
            let next = later.min();
            self.sleep_until(next, ctx);
        }
        if self.running.is_empty() && self.forgetting == 0 {
            for waiting in self.settling.drain(..) {
                let _gone = waiting.send(());
            }
        }
    }

    fn may_run(&self, task: &Waiting, now: Timestamp) -> bool {
        let of_channel = self.running.get(&task.what.job().chat.channel).copied().unwrap_or(0);
        let all: usize = self.running.values().sum();
        task.ready_at <= now && of_channel < OF_CHANNEL && all < AT_A_TIME
    }

    fn begin(&mut self, task: Waiting, ctx: &mut Context<Self>) {
        let (channel, id) = (task.what.job().chat.channel.clone(), task.what.job().id.clone());
        *self.running.entry(channel.clone()).or_default() += 1;
        let parts = self.parts.clone();
        let done = async move { work_off(&parts, task).await };
        ctx.spawn(done.into_actor(self).map(move |again, copying, ctx| {
            if let Some(running) = copying.running.get_mut(&channel) {
                *running -= 1;
                if *running == 0 {
                    copying.running.remove(&channel);
                }
            }
            match again.filter(|task| !copying.let_go.contains(&task.shard)) {
                Some(task) => copying.waiting.push_back(task),
                None => {
                    copying.known.remove(&id);
                }
            }
            copying.go_on(ctx);
        }));
    }

    fn sleep_until(&mut self, at: Option<Timestamp>, ctx: &mut Context<Self>) {
        if self.sleep.as_ref().map(|(at, _)| *at) == at {
            return;
        }
        if let Some((_, handle)) = self.sleep.take() {
            ctx.cancel_future(handle);
        }
        self.sleep = at.map(|at| {
            let wake = |copying: &mut Self, ctx: &mut Context<Self>| {
                copying.sleep = None;
                copying.go_on(ctx);
            };
            (at, ctx.run_later(self.parts.clock.until(at), wake))
        });
    }
}

impl Task {
    fn job(&self) -> &CopyJob {
        match self {
            Self::Fetch(job) => job,
            Self::Remember(step) => step.job(),
        }
    }
}

impl Actor for Copying {
    type Context = Context<Self>;
}

impl Handler<Copies> for Copying {
    type Result = ();

    fn handle(&mut self, copies: Copies, ctx: &mut Self::Context) {
        let shard = copies.shard;
        if self.let_go.contains(&shard) {
            return;
        }
        for (job, ready_at) in copies.jobs {
            if !self.known.insert(job.id.clone()) {
                continue;
            }
            let what = Task::Fetch(job);
            self.waiting.push_back(Waiting { shard, ready_at, what });
        }
        self.go_on(ctx);
    }
}

impl Handler<TakeUp> for Copying {
    type Result = ();

    fn handle(&mut self, taken: TakeUp, _: &mut Self::Context) {
        self.let_go.remove(&taken.0);
    }
}

impl Handler<ForgetCopies> for Copying {
    type Result = ();

    fn handle(&mut self, forget: ForgetCopies, _: &mut Self::Context) {
        self.let_go.insert(forget.0);
        let waiting = std::mem::take(&mut self.waiting);
        let (gone, left): (VecDeque<_>, _) =
            waiting.into_iter().partition(|task| task.shard == forget.0);
        self.waiting = left;
        for task in gone {
            self.known.remove(&task.what.job().id);
        }
    }
}

impl Handler<SettleCopying> for Copying {
    type Result = ();

    fn handle(&mut self, settle: SettleCopying, ctx: &mut Self::Context) {
        self.settling.push(settle.0);
        self.go_on(ctx);
    }
}

impl Handler<ForgetFiles> for Copying {
    type Result = ();

    fn handle(&mut self, forget: ForgetFiles, ctx: &mut Self::Context) {
        self.forgetting += 1;
        let parts = self.parts.clone();
        let done = async move { forget_files(&parts, forget).await };
        ctx.spawn(done.into_actor(self).map(|(), copying, ctx| {
            copying.forgetting -= 1;
            copying.go_on(ctx);
        }));
    }
}

/// What cannot be done now is found again by whoever keeps the shard.
async fn forget_files(parts: &Shared, forget: ForgetFiles) {
    let ForgetFiles { shard, conversations } = forget;
    for conversation in conversations {
        let owner = Owner::Conversation(conversation.clone());
        match parts.files.forget(&owner).await {
            Ok(()) => {
                let _later = parts.hand_to(shard, Work::Forget { conversation });
            }
            Err(error) => tracing::warn!(%error, "files could not be deleted yet"),
        }
    }
}

/// Does the next step for a file. Answers what is left to be done.
async fn work_off(parts: &Shared, task: Waiting) -> Option<Waiting> {
    let shard = task.shard;
    let step = match task.what {
        Task::Remember(step) => step,
        Task::Fetch(job) => step_after(parts, job).await,
    };
    match remember(parts, shard, step.clone()).await {
        Ok(()) => match step {
            CopyStep::Later { job, ready_at } => {
                Some(Waiting { shard, ready_at, what: Task::Fetch(job) })
            }
            CopyStep::Over { .. } => None,
        },
        // Somebody else has brought it to its end.
        Err(NotStored::Stale) => None,
        Err(NotStored::Full | NotStored::Unavailable) => {
            let ready_at = parts.clock.now() + STORE_PAUSE;
            Some(Waiting { shard, ready_at, what: Task::Remember(step) })
        }
    }
}

/// One attempt at a file.
async fn step_after(parts: &Shared, mut job: CopyJob) -> CopyStep {
    let copied = copy(parts, &job).await;
    let word = match &copied {
        Ok(_) => "stored",
        Err(NoCopy::Never(why)) => why.word(),
        Err(NoCopy::Later(_)) => "later",
    };
    metrics::counter!("switchboard_files_fetched_total", "outcome" => word).increment(1);
    let pause = match copied {
        Ok(file) => return CopyStep::Over { job, copy: FileCopy::Stored { file } },
        Err(NoCopy::Never(why)) => {
            return CopyStep::Over { job, copy: FileCopy::Missing { why } };
        }
        Err(NoCopy::Later(pause)) => pause,
    };
    job.attempts += 1;
    let doubled = BACKOFF_FIRST.saturating_mul(1 << job.attempts.min(10)).min(BACKOFF_MAX);
    let jitter = Duration::from_millis(clock::jitter(1_000));
    let pause = pause.unwrap_or(doubled).saturating_add(jitter);
    let ready_at = parts.clock.now() + SignedDuration::try_from(pause).unwrap_or(AGE_MAX);
    if job.attempts >= ATTEMPTS_MAX || ready_at.duration_since(job.created_at) > AGE_MAX {
        let copy = FileCopy::Missing { why: FileProblem::Unreachable };
        return CopyStep::Over { job, copy };
    }
    CopyStep::Later { job, ready_at }
}

async fn remember(parts: &Shared, shard: ShardId, step: CopyStep) -> Result<(), NotStored> {
    let (answer, answered) = Answer::new();
    parts
        .hand_to(shard, Work::Copy { step, answer })
        .ok_or(NotStored::Unavailable)?
        .map_err(|_| NotStored::Full)?;
    answered.await.unwrap_or(Err(NotStored::Unavailable))
}
