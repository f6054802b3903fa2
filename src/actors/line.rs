//! One line: its queue, its hours, and the one timer for all deadlines of its conversations.
//!
//! Decides nothing itself: `domain::queue` does. Writes nothing: its shard does. What a round
//! changes is applied at once and taken back when the round is refused.

mod asked;
mod loads;
mod operators;
mod place;
mod rounds;
mod taken;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use actix::{
    Actor, ActorContext, ActorFutureExt, Addr, AsyncContext, Context, Handler, Message,
    SpawnHandle, WeakAddr, WrapFuture,
};
use domain::conversation::Conversation;
use domain::hours::Hours;
use domain::id::{ConversationId, OperatorId};
use domain::line::Line;
use domain::operator::{Departure, Operator};
use domain::queue::Queue;
use domain::queue::pace::Pace;
use jiff::Timestamp;

use crate::actors::feed::FollowLoads;
use crate::actors::node::LineRuns;
use crate::actors::parts::Shared;
use crate::actors::shard::Shard;
use crate::actors::standing::Standings;
use crate::actors::work::Work;
use crate::store::op::Counter;

pub(crate) use crate::actors::line::asked::{Foresee, Open};
pub(crate) use crate::actors::line::loads::{Loads, Offers, Recount};
pub(crate) use crate::actors::line::operators::OperatorStands;
pub(crate) use crate::actors::line::place::{AskPlace, AskPlaces, Stands, TOLD_MAX, stand};
pub(crate) use crate::actors::line::rounds::{
    Decided, HasPlace, Keep, Next, NextWaiting, Seal, Stepped, TakeBack,
};
pub(crate) use crate::actors::line::taken::Taken;

/// What a line starts with, read from the store.
#[derive(Debug)]
pub(crate) struct LineStart {
    pub(crate) line: Arc<Line>,
    pub(crate) hours: Arc<Hours>,
    pub(crate) counters: Vec<Counter>,
    /// Its conversations that are not closed.
    pub(crate) conversations: Vec<Arc<Conversation>>,
    /// All operators, each with whether he is present.
    pub(crate) operators: Vec<(Arc<Operator>, bool)>,
}

/// The actor of a line.
pub(crate) struct LineActor {
    line: Arc<Line>,
    hours: Arc<Hours>,
    queue: Queue,
    pace: Pace,
    parts: Shared,
    shard: WeakAddr<Shard>,
    standings: Standings,
    /// Conversations as the round at hand leaves them; in force when it is committed.
    staged: Vec<Arc<Conversation>>,
    /// Those of the round that is being written.
    sealed: Vec<Arc<Conversation>>,
    /// When the line opens or closes next.
    turns_at: Option<Timestamp>,
    sleep: Option<(Timestamp, SpawnHandle)>,
    wake_asked: bool,
    /// Operators who are gone. Something may be offered to one in a round that did not know it yet.
    departed: BTreeMap<OperatorId, Departure>,
    start: Option<LineStart>,
}

impl LineActor {
    pub(crate) fn start(start: LineStart, shard: &Addr<Shard>, parts: Shared) -> Addr<Self> {
        let actor = Self {
            line: start.line.clone(),
            hours: start.hours.clone(),
            queue: Queue::new(&parts.settings.limits),
            pace: Pace::default(),
            parts,
            shard: shard.downgrade(),
            standings: Standings::default(),
            staged: Vec::new(),
            sealed: Vec::new(),
            turns_at: None,
            sleep: None,
            wake_asked: false,
            departed: BTreeMap::new(),
            start: Some(start),
        };
        actor.start()
    }

    fn tell_shard(&self, work: Work) {
        if let Some(shard) = self.shard.upgrade() {
            shard.do_send(work);
        }
    }

    /// Asks for a round when somebody can be offered what waits; once until it is done.
    fn wake(&mut self) {
        if !self.wake_asked && self.queue.next_waiting().is_some() {
            self.wake_asked = true;
            self.tell_shard(Work::Wake { line: self.line.id.clone() });
        }
    }

    /// Sleeps until the earliest deadline, or until the line opens or closes.
    fn sleep(&mut self, ctx: &mut Context<Self>) {
        let earliest = self.standings.earliest().into_iter().chain(self.turns_at).min();
        if self.sleep.as_ref().map(|(at, _)| *at) == earliest {
            return;
        }
        if let Some((_, handle)) = self.sleep.take() {
            ctx.cancel_future(handle);
        }
        self.sleep = earliest.map(|at| {
            let handle = ctx.run_later(self.parts.clock.until(at), Self::awake);
            (at, handle)
        });
    }

    /// Hands every deadline that has come to the shard. A sleep that ended early is slept on.
    fn awake(&mut self, ctx: &mut Context<Self>) {
        self.sleep = None;
        let now = self.parts.clock.now();
        if self.turns_at.is_some_and(|at| at <= now) {
            self.look_at_the_clock();
            self.turn();
        }
        for conversation in self.standings.take_due(now) {
            self.tell_shard(Work::Due { conversation });
        }
        self.sleep(ctx);
        self.wake();
    }

    /// Opens or closes by the hours as they are now.
    fn look_at_the_clock(&mut self) {
        let now = self.parts.clock.now();
        self.queue.set_open(self.hours.is_open(now));
        self.turns_at = self.hours.changes_next(now);
    }

    /// The line opens or closes: that concerns what waits, who waits longest first, what is put
    /// before somebody, and what somebody has who is gone (`Conversation::minds_turns`).
    fn turn(&self) {
        let waiting = self.queue.waiting();
        let left_behind = self.departed.keys().flat_map(|operator| self.standings.of(operator));
        let concerned = waiting.iter().chain(self.standings.offered()).chain(left_behind);
        self.reconsider(concerned.cloned());
    }

    /// Every open conversation looks at the changed rules; who waits longest first.
    fn reconsider_all(&self) {
        let waiting = self.queue.waiting();
        let waits: BTreeSet<&ConversationId> = waiting.iter().collect();
        let all = self.standings.all();
        self.reconsider(waiting.iter().chain(all.difference(&waits).copied()).cloned());
    }

    fn reconsider(&self, conversations: impl Iterator<Item = ConversationId>) {
        let conversations: VecDeque<_> = conversations.collect();
        if !conversations.is_empty() {
            self.tell_shard(Work::Reconsider { conversations });
        }
    }

    /// Notes how the conversation stands. It may concern somebody who is gone, or back: what it
    /// was decided with may be older than that.
    fn stand(&mut self, conversation: &Conversation) {
        self.pace.stands(conversation, self.parts.clock.now());
        for operator in self.standings.stand(conversation) {
            if let Some(departure) = self.departed.get(&operator) {
                let (conversation, departure) = (conversation.id.clone(), *departure);
                self.tell_shard(Work::Left { conversation, operator, departure });
            } else if conversation.returns_to() == Some(&operator) {
                let conversation = conversation.id.clone();
                self.tell_shard(Work::Back { conversation, operator });
            }
        }
    }
}

impl Actor for LineActor {
    type Context = Context<Self>;

    /// First listens to what takes operators' places, then reads what does: nothing is between.
    fn started(&mut self, ctx: &mut Self::Context) {
        let (parts, follow) = (self.parts.clone(), FollowLoads(ctx.address().downgrade()));
        let loads = async move {
            let feed = parts.feed.get()?;
            feed.send(follow).await.ok()?;
            Taken::read(&parts.store).await.ok()
        };
        ctx.wait(loads.into_actor(self).map(|taken, line, ctx| match taken {
            Some(taken) => line.begin(&taken, ctx),
            None => ctx.stop(),
        }));
    }
}

impl LineActor {
    fn begin(&mut self, taken: &Taken, ctx: &mut Context<Self>) {
        let Some(start) = self.start.take() else { return };
        for counter in start.counters {
            self.queue.received(&counter.operator, counter.received, counter.last);
        }
        taken.correct(&mut self.queue);
        for (operator, present) in &start.operators {
            self.queue.operator(operator, *present);
            if let Some(departure) = operator.departure(*present) {
                self.departed.insert(operator.id.clone(), departure);
            }
        }
        self.queue.configure(&self.line.settings);
        self.look_at_the_clock();
        for conversation in &start.conversations {
            self.queue.follow(conversation, &[]);
            self.stand(conversation);
        }
        self.queue.keep();
        self.make_up_for_turns(&start.conversations);
        if let Some(node) = self.parts.node.get() {
            node.do_send(LineRuns { line: self.line.id.clone(), addr: ctx.address() });
        }
        self.sleep(ctx);
        self.wake();
    }

    /// The line may have opened or closed while nothing ran.
    fn make_up_for_turns(&self, conversations: &[Arc<Conversation>]) {
        let now = self.parts.clock.now();
        let missed = |c: &&Arc<Conversation>| c.missed_a_turn(&self.hours, now);
        let mut late: Vec<_> = conversations.iter().filter(missed).collect();
        late.sort_by_key(|conversation| conversation.waiting_since);
        self.reconsider(late.into_iter().map(|conversation| conversation.id.clone()));
    }
}

/// Answered once the line knows what it needs: until then it hears nothing.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct HasBegun;

impl Handler<HasBegun> for LineActor {
    type Result = ();

    fn handle(&mut self, _: HasBegun, _: &mut Self::Context) {}
}

/// Its shard does not run here any more, or has forgotten everything.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct LineEnds;

impl Handler<LineEnds> for LineActor {
    type Result = ();

    fn handle(&mut self, _: LineEnds, ctx: &mut Self::Context) {
        ctx.stop();
    }
}

/// The line's rules were changed, or the calendar that it follows.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Configure {
    pub(crate) line: Arc<Line>,
    pub(crate) hours: Arc<Hours>,
    pub(crate) operators: Vec<(Arc<Operator>, bool)>,
}

impl Handler<Configure> for LineActor {
    type Result = ();

    fn handle(&mut self, configure: Configure, ctx: &mut Self::Context) {
        self.line = configure.line;
        self.hours = configure.hours;
        for (operator, by) in self.queue.configure(&self.line.settings) {
            self.raise(operator, by);
        }
        for (operator, present) in configure.operators {
            self.meet(&operator, present);
        }
        self.look_at_the_clock();
        self.reconsider_all();
        self.sleep(ctx);
        self.wake();
    }
}
