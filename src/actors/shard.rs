//! One shard: collects what is to be done, has rounds of it decided, and writes them one at a time.
//!
//! All that writes for the shard's lines and conversations goes through here. Decides nothing.

mod loading;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use actix::{
    Actor, ActorContext, ActorFutureExt, Addr, AsyncContext, Context, Handler, Message, WrapFuture,
};
use domain::id::ShardId;
use domain::line::Line;
use tokio::sync::oneshot;

use crate::actors::bench::{Bench, Broken, Care};
use crate::actors::handle::{Accepted, Arrival, NotStored};
use crate::actors::node::ShardRuns;
use crate::actors::parts::Shared;
use crate::actors::round::AfterTurn;
use crate::actors::shard::loading::load;
use crate::actors::work::{Answer, Work};
use crate::store::op::{CommitError, Committed, InboxPosition, Submitted};

/// Work that may wait for the next rounds.
const PENDING_MAX: usize = 10_000;
/// How long a shard rests after it broke, before it reads the store anew; doubled each time.
const REST: Duration = Duration::from_millis(200);
const REST_DOUBLINGS_MAX: u32 = 7;
/// After how long a shard looks again whether the inbox of another has room.
const ROOM_REST: Duration = Duration::from_millis(100);

/// Where what arrives on channels goes.
#[derive(Clone, Copy, Debug)]
enum Way {
    Rounds,
    /// As others fill it, see [`Detour`](crate::actors::detour::Detour).
    Inbox,
}

/// The actor of a shard.
pub(crate) struct Shard {
    id: ShardId,
    parts: Shared,
    /// None while it is at work, or the shard starts.
    bench: Option<Box<Bench>>,
    /// What the store has said to the round that is being written.
    landed: Option<Result<Committed, CommitError>>,
    /// How often the shard began to read the store anew: what the store says to a round of before
    /// concerns nobody any more.
    life: u64,
    pending: VecDeque<Work>,
    arrivals: Way,
    /// How much is on its way into the inbox from here.
    submitting: usize,
    /// What arrived since, for the rounds, and must not overtake that.
    held: VecDeque<Work>,
    /// What was put into the inbox from here, until the bench is told.
    own_entries: Vec<InboxPosition>,
    changed_lines: Vec<Arc<Line>>,
    /// Something was put into the inbox.
    bell: bool,
    /// The store may have less than what is known here.
    doubt: bool,
    /// Rounds that panicked in a row.
    panics: u32,
    /// Times that it broke in a row.
    breaks: u32,
    settling: Vec<oneshot::Sender<()>>,
    /// There may be something to put away or to delete.
    keeps_house: bool,
    /// It was just gained in that epoch and not read yet.
    gained: Option<u64>,
    /// It ends when nothing is left to be done.
    retiring: Option<oneshot::Sender<()>>,
}

impl Shard {
    /// `gained`: it is ours already, in that epoch; none: it is claimed first.
    pub(crate) fn start(id: ShardId, parts: Shared, gained: Option<u64>) -> Addr<Self> {
        let shard = Self {
            id,
            gained,
            retiring: None,
            parts,
            bench: None,
            landed: None,
            life: 0,
            pending: VecDeque::new(),
            arrivals: Way::Rounds,
            submitting: 0,
            held: VecDeque::new(),
            own_entries: Vec::new(),
            changed_lines: Vec::new(),
            bell: false,
            doubt: false,
            panics: 0,
            breaks: 0,
            settling: Vec::new(),
            keeps_house: false,
        };
        Self::create(|ctx| {
            ctx.set_mailbox_capacity(PENDING_MAX);
            shard
        })
    }

    /// Claims the shard and reads what it needs.
    fn load(&mut self, ctx: &mut Context<Self>) {
        let care = match self.panics {
            0 => Care::None,
            1 | 2 => Care::OneByOne,
            _ => Care::GiveUp,
        };
        let loading = load(self.parts.clone(), self.id, self.gained.take(), ctx.address(), care);
        ctx.spawn(loading.into_actor(self).map(|loaded, shard, ctx| match loaded {
            Ok(bench) => {
                shard.bench = Some(Box::new(bench));
                if shard.retiring.is_none() {
                    shard.runs(ctx);
                }
                if shard.id == ShardId(0) {
                    // Whoever came or went meanwhile was not noted.
                    shard.pending.push_back(Work::Attend { operator: None });
                }
                shard.go_on(ctx);
            }
            Err(error) => shard.broke(&error, ctx),
        }));
    }

    fn runs(&self, ctx: &mut Context<Self>) {
        self.parts.set_shard(self.id, Some(ctx.address()));
        if let (Some(_), Some(node)) = (&self.parts.leases, self.parts.node.get()) {
            node.do_send(ShardRuns(self.id));
        }
    }

    /// Takes the next turn, if there is something to do and none is taken.
    fn go_on(&mut self, ctx: &mut Context<Self>) {
        let Some(mut bench) = self.bench.take() else { return };
        if std::mem::take(&mut self.doubt) {
            bench.aside.give_back(&mut self.pending);
            return self.broke(&Broken::Store("the store was started anew".to_owned()), ctx);
        }
        for line in std::mem::take(&mut self.changed_lines) {
            bench.configure(line);
        }
        if std::mem::take(&mut self.bell) {
            bench.inbox_drained = false;
        }
        bench.detour.puts(self.own_entries.drain(..));
        if self.retiring.is_some() {
            // What lies there is the next owner's.
            bench.inbox_drained = true;
        }
        if bench.is_writing() {
            let goes_ahead = || self.pending.front().is_some_and(|work| bench.goes_ahead(work));
            if self.landed.is_none() && !bench.can_go_on() && !goes_ahead() {
                self.bench = Some(bench);
                return;
            }
        } else if !self.has_work(&mut bench) {
            self.bench = Some(bench);
            self.settled();
            if self.submitting > 0 {
                return;
            }
            if let Some(retired) = self.retiring.take() {
                let _gone = retired.send(());
                ctx.stop();
            }
            return;
        }
        let (landed, mut pending) = (self.landed.take(), std::mem::take(&mut self.pending));
        if matches!(landed, Some(Ok(_))) {
            // Whatever becomes of the next one.
            self.works_well();
        }
        let turn = async move {
            let next = bench.turn(landed, &mut pending).await;
            (bench, pending, next)
        };
        ctx.spawn(turn.into_actor(self).map(move |(mut bench, mut left, next), shard, ctx| {
            left.append(&mut shard.pending);
            shard.pending = left;
            match next {
                Ok(next) => {
                    let way = if bench.detour.is_on() { Way::Inbox } else { Way::Rounds };
                    shard.leads_arrivals(way, ctx);
                    if !bench.is_writing() {
                        shard.works_well();
                    }
                    shard.bench = Some(bench);
                    shard.after_turn(next, ctx);
                }
                Err(error) => {
                    bench.aside.give_back(&mut shard.pending);
                    shard.broke(&error, ctx);
                }
            }
        }));
    }

    /// From now on what arrives goes that way, and into the inbox also what has arrived already.
    fn leads_arrivals(&mut self, way: Way, ctx: &mut Context<Self>) {
        self.arrivals = way;
        if let Way::Inbox = way {
            let held = std::mem::take(&mut self.held);
            for work in std::mem::take(&mut self.pending).into_iter().chain(held) {
                self.take(work, ctx);
            }
        }
    }

    /// Leaves work for the next rounds, but for what is to go by the inbox.
    fn take(&mut self, work: Work, ctx: &mut Context<Self>) {
        match (self.arrivals, work) {
            (Way::Inbox, Work::Arrive { arrival, answer }) => self.submit(arrival, answer, ctx),
            (Way::Rounds, work @ Work::Arrive { .. }) if self.submitting > 0 => {
                self.held.push_back(work);
            }
            (Way::Rounds | Way::Inbox, work) => self.pending.push_back(work),
        }
    }

    fn submit(
        &mut self,
        arrival: Arrival,
        mut answer: Answer<Result<Accepted, NotStored>>,
        ctx: &mut Context<Self>,
    ) {
        self.submitting += 1;
        let (parts, shard, under_way) = (self.parts.clone(), self.id, self.parts.at_work.begin());
        // By itself, so that they begin in their order, and end even if the shard does.
        let submitted = actix::spawn(async move {
            let submitted = arrival.put_into_inbox(&parts, shard).await;
            answer.give(Accepted::of(&submitted));
            drop(under_way);
            submitted
        });
        ctx.spawn(submitted.into_actor(self).map(|submitted, shard, ctx| {
            shard.submitting -= 1;
            if let Ok(Ok(Submitted::Accepted(position))) = submitted {
                shard.own_entries.push(position);
            }
            if shard.submitting == 0 {
                shard.pending.append(&mut shard.held);
                shard.go_on(ctx);
            }
        }));
    }

    /// A round was written, or there was nothing to write.
    fn works_well(&mut self) {
        self.panics = 0;
        self.breaks = 0;
    }

    /// Whether there is anything to do. If there is nothing else, house is kept.
    fn has_work(&mut self, bench: &mut Bench) -> bool {
        let is_idle = self.pending.is_empty() && bench.aside.is_empty() && bench.inbox_drained;
        if is_idle && self.retiring.is_none() {
            if std::mem::take(&mut self.keeps_house) {
                bench.begin_chores();
            }
            self.pending.extend(bench.next_chore());
        }
        !self.pending.is_empty() || !bench.aside.is_empty() || !bench.inbox_drained
    }

    fn after_turn(&mut self, next: AfterTurn, ctx: &mut Context<Self>) {
        match next {
            AfterTurn::Write(commit) => {
                let (store, life) = (self.parts.store.clone(), self.life);
                let written = async move { store.commit(commit).await };
                ctx.spawn(written.into_actor(self).map(move |landed, shard, ctx| {
                    if shard.life == life {
                        shard.landed = Some(landed);
                        shard.go_on(ctx);
                    }
                }));
                self.go_on(ctx);
            }
            AfterTurn::Wait => self.go_on(ctx),
            AfterTurn::Rest => {
                self.settled();
                ctx.run_later(ROOM_REST, Self::go_on);
            }
        }
    }

    /// Forgets everything and reads it anew. Whoever waits for an answer is told to repeat. A shard
    /// that is somebody else's stays down.
    fn broke(&mut self, error: &Broken, ctx: &mut Context<Self>) {
        tracing::error!(shard = %self.id, %error, "shard forgets what it knows");
        metrics::counter!("switchboard_shard_reloads_total").increment(1);
        self.parts.set_shard(self.id, None);
        self.life += 1;
        self.landed = None;
        let mut pending = std::mem::take(&mut self.pending);
        pending.append(&mut self.held);
        if let Broken::Store(_) = error {
            // What the hub tells itself nobody would tell it again.
            self.pending.extend(pending.into_iter().filter_map(Work::turned_away));
        }
        // Nothing can be done now; a shard that is somebody else's never does anything again.
        self.settled();
        self.breaks += 1;
        match error {
            Broken::Panicked => self.panics += 1,
            Broken::Store(_) => {}
            Broken::Fenced => return,
        }
        if self.retiring.is_some() {
            return ctx.stop();
        }
        let doublings = self.breaks.saturating_sub(1).min(REST_DOUBLINGS_MAX);
        ctx.run_later(REST * (1 << doublings), Self::load);
    }

    fn settled(&mut self) {
        for waiting in self.settling.drain(..) {
            let _gone = waiting.send(());
        }
    }
}

impl Actor for Shard {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.load(ctx);
    }
}

impl Handler<Work> for Shard {
    type Result = ();

    fn handle(&mut self, work: Work, ctx: &mut Self::Context) {
        if self.pending.len() + self.held.len() + self.submitting >= PENDING_MAX {
            if let Some(own) = work.turned_away() {
                self.pending.push_back(own);
            }
            return;
        }
        self.take(work, ctx);
        self.go_on(ctx);
    }
}

/// A line of this shard is new or was changed.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct LineChanged(pub(crate) Arc<Line>);

impl Handler<LineChanged> for Shard {
    type Result = ();

    fn handle(&mut self, changed: LineChanged, ctx: &mut Self::Context) {
        self.changed_lines.push(changed.0);
        self.go_on(ctx);
    }
}

/// Something was put into the inbox of this shard.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Bell;

impl Handler<Bell> for Shard {
    type Result = ();

    fn handle(&mut self, _: Bell, ctx: &mut Self::Context) {
        self.bell = true;
        self.go_on(ctx);
    }
}

/// The store may have less than what is known here: everything is read anew.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Doubt;

impl Handler<Doubt> for Shard {
    type Result = ();

    fn handle(&mut self, _: Doubt, ctx: &mut Self::Context) {
        self.doubt = true;
        self.go_on(ctx);
    }
}

/// What is over may be put away or deleted, when nothing else is to be done.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct KeepHouse;

impl Handler<KeepHouse> for Shard {
    type Result = ();

    fn handle(&mut self, _: KeepHouse, ctx: &mut Self::Context) {
        self.keeps_house = true;
        self.go_on(ctx);
    }
}

/// The shard is somebody else's, or is about to be: nothing more is done for it.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct StopShard;

impl Handler<StopShard> for Shard {
    type Result = ();

    fn handle(&mut self, _: StopShard, ctx: &mut Self::Context) {
        ctx.stop();
    }
}

/// The shard is given away: takes nothing new, finishes what is at hand, and ends. Answered then.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Retire(pub(crate) oneshot::Sender<()>);

impl Handler<Retire> for Shard {
    type Result = ();

    fn handle(&mut self, retire: Retire, ctx: &mut Self::Context) {
        self.parts.set_shard(self.id, None);
        self.retiring = Some(retire.0);
        self.go_on(ctx);
    }
}

/// Answered when nothing is left to be done.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Settle(pub(crate) oneshot::Sender<()>);

impl Handler<Settle> for Shard {
    type Result = ();

    fn handle(&mut self, settle: Settle, ctx: &mut Self::Context) {
        self.settling.push(settle.0);
        if self.parts.with_shard(self.id, |_| ()).is_none() {
            return self.settled();
        }
        self.go_on(ctx);
    }
}
