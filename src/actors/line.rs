//! One line: its queue, and the one timer for all deadlines of its conversations.
//!
//! Decides nothing itself: `domain::queue` does. Writes nothing: its shard does. What a round
//! changes is applied at once and taken back when the round is refused.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use actix::{
    Actor, ActorContext, ActorFutureExt, Addr, AsyncContext, Context, Handler, Message,
    MessageResponse, SpawnHandle, WeakAddr, WrapFuture,
};
use domain::conversation::Conversation;
use domain::effect::Effect;
use domain::id::{ConversationId, OperatorId};
use domain::line::Line;
use domain::operator::{Departure, Operator};
use domain::queue::Queue;
use domain::routing::{Decision, Seek};
use jiff::Timestamp;

use crate::actors::conversation::Keep;
use crate::actors::feed::FollowLoads;
use crate::actors::node::LineRuns;
use crate::actors::parts::Shared;
use crate::actors::shard::Shard;
use crate::actors::work::Work;
use crate::store::op::Counter;

/// What a line starts with, read from the store.
#[derive(Debug)]
pub(crate) struct LineStart {
    pub(crate) line: Arc<Line>,
    pub(crate) counters: Vec<Counter>,
    /// Its conversations that are not closed.
    pub(crate) conversations: Vec<Arc<Conversation>>,
    /// The operators of its queue, each with whether he is present.
    pub(crate) operators: Vec<(Arc<Operator>, bool)>,
}

/// The actor of a line.
pub(crate) struct LineActor {
    line: Arc<Line>,
    queue: Queue,
    parts: Shared,
    shard: WeakAddr<Shard>,
    deadlines: Deadlines,
    offered: BTreeMap<OperatorId, BTreeSet<ConversationId>>,
    /// Conversations as the running round leaves them; in force when it is committed.
    staged: Vec<Arc<Conversation>>,
    sleep: Option<(Timestamp, SpawnHandle)>,
    wake_asked: bool,
    /// Operators whose offers move on. One may be made in a round that did not know it yet.
    departed: BTreeMap<OperatorId, Departure>,
    start: Option<LineStart>,
}

impl LineActor {
    pub(crate) fn start(start: LineStart, shard: &Addr<Shard>, parts: Shared) -> Addr<Self> {
        let actor = Self {
            line: start.line.clone(),
            queue: Queue::default(),
            parts,
            shard: shard.downgrade(),
            deadlines: Deadlines::default(),
            offered: BTreeMap::new(),
            staged: Vec::new(),
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
        let routes = self.line.settings.active && self.queue.next_waiting().is_some();
        if routes && !self.wake_asked {
            self.wake_asked = true;
            self.tell_shard(Work::Wake { line: self.line.id.clone() });
        }
    }

    /// Sleeps until the earliest deadline.
    fn sleep(&mut self, ctx: &mut Context<Self>) {
        let earliest = self.deadlines.earliest();
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
        for conversation in self.deadlines.take_due(self.parts.clock.now()) {
            self.tell_shard(Work::Due { conversation });
        }
        self.sleep(ctx);
    }

    /// Notes when the conversation is to be woken and before whom it is put.
    fn stand(&mut self, conversation: &Conversation) {
        let id = &conversation.id;
        self.deadlines.set(id, conversation.deadline());
        self.offered.retain(|_, conversations| {
            conversations.remove(id);
            !conversations.is_empty()
        });
        for offer in conversation.open_offers() {
            self.offered.entry(offer.operator.clone()).or_default().insert(id.clone());
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
            parts.store.loads().await.ok()
        };
        ctx.wait(loads.into_actor(self).map(|loads, line, ctx| match loads {
            Some(loads) => line.begin(loads, ctx),
            None => ctx.stop(),
        }));
    }
}

impl LineActor {
    fn begin(&mut self, loads: Vec<(OperatorId, ConversationId)>, ctx: &mut Context<Self>) {
        let Some(start) = self.start.take() else { return };
        for counter in start.counters {
            self.queue.received(&counter.operator, counter.received, counter.last);
        }
        for (operator, conversation) in loads {
            self.queue.hold(&operator, &conversation, true);
        }
        for (operator, present) in start.operators {
            self.queue.operator(&operator, present);
        }
        self.queue.configure(&self.line.settings);
        for conversation in start.conversations {
            self.queue.follow(&conversation, &[]);
            self.stand(&conversation);
        }
        self.queue.keep();
        if let Some(node) = self.parts.node.get() {
            node.do_send(LineRuns { line: self.line.id.clone(), addr: ctx.address() });
        }
        self.sleep(ctx);
        self.wake();
    }

    /// Offers that a round has made to somebody who left while it ran.
    fn offered_to_departed(&self, conversation: &Conversation) {
        for offer in conversation.open_offers() {
            let known = self.offered.get(&offer.operator);
            let is_new = known.is_none_or(|known| !known.contains(&conversation.id));
            if let (true, Some(departure)) = (is_new, self.departed.get(&offer.operator)) {
                self.tell_shard(Work::Left {
                    conversation: conversation.id.clone(),
                    operator: offer.operator.clone(),
                    departure: *departure,
                });
            }
        }
    }
}

/// Who is offered the conversation?
#[derive(Debug, Message)]
#[rtype(result = "Decided")]
pub(crate) struct Next(pub(crate) Seek);

#[derive(Debug, MessageResponse)]
pub(crate) struct Decided(pub(crate) Decision);

impl Handler<Next> for LineActor {
    type Result = Decided;

    fn handle(&mut self, next: Next, _: &mut Self::Context) -> Decided {
        Decided(self.queue.next(&next.0))
    }
}

/// Which conversation waits longest for somebody who could be asked?
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "Option<ConversationId>")]
pub(crate) struct NextWaiting;

impl Handler<NextWaiting> for LineActor {
    type Result = Option<ConversationId>;

    fn handle(&mut self, _: NextWaiting, _: &mut Self::Context) -> Option<ConversationId> {
        self.wake_asked = false;
        if self.line.settings.active { self.queue.next_waiting() } else { None }
    }
}

/// What one step of a round did to a conversation of this line.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Stepped {
    pub(crate) effects: Arc<Vec<Effect>>,
    pub(crate) conversation: Arc<Conversation>,
}

impl Handler<Stepped> for LineActor {
    type Result = ();

    fn handle(&mut self, stepped: Stepped, _: &mut Self::Context) {
        self.queue.follow(&stepped.conversation, &stepped.effects);
        self.staged.push(stepped.conversation);
    }
}

impl Handler<Keep> for LineActor {
    type Result = ();

    fn handle(&mut self, _: Keep, ctx: &mut Self::Context) {
        self.queue.keep();
        for conversation in std::mem::take(&mut self.staged) {
            self.offered_to_departed(&conversation);
            self.stand(&conversation);
        }
        self.sleep(ctx);
        self.wake();
    }
}

/// The round was refused: what it changed here is taken back.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct TakeBack;

impl Handler<TakeBack> for LineActor {
    type Result = ();

    fn handle(&mut self, _: TakeBack, _: &mut Self::Context) {
        self.queue.take_back();
        self.staged.clear();
    }
}

/// Conversations began or ceased to take places of operators, in any line.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Loads(pub(crate) Arc<Vec<(OperatorId, ConversationId, bool)>>);

impl Handler<Loads> for LineActor {
    type Result = ();

    fn handle(&mut self, loads: Loads, _: &mut Self::Context) {
        for (operator, conversation, holds) in loads.0.iter() {
            self.queue.hold(operator, conversation, *holds);
        }
        self.wake();
    }
}

/// An operator changed, came or went.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct OperatorStands {
    pub(crate) operator: Arc<Operator>,
    pub(crate) present: bool,
}

impl Handler<OperatorStands> for LineActor {
    type Result = ();

    fn handle(&mut self, stands: OperatorStands, _: &mut Self::Context) {
        self.meet(&stands.operator, stands.present);
        self.wake();
    }
}

impl LineActor {
    fn raise(&self, operator: OperatorId, by: i64) {
        if by != 0 {
            self.tell_shard(Work::Raise { line: self.line.id.clone(), operator, by });
        }
    }

    fn meet(&mut self, operator: &Operator, present: bool) {
        let by = self.queue.operator(operator, present);
        self.raise(operator.id.clone(), by);
        let Some(departure) = operator.departure(present) else {
            self.departed.remove(&operator.id);
            return;
        };
        self.departed.insert(operator.id.clone(), departure);
        for conversation in self.offered.get(&operator.id).into_iter().flatten() {
            let (conversation, operator) = (conversation.clone(), operator.id.clone());
            self.tell_shard(Work::Left { conversation, operator, departure });
        }
    }
}

/// The line's rules were changed; its operators follow one by one.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Configure {
    pub(crate) line: Arc<Line>,
    pub(crate) operators: Vec<(Arc<Operator>, bool)>,
}

impl Handler<Configure> for LineActor {
    type Result = ();

    fn handle(&mut self, configure: Configure, _: &mut Self::Context) {
        self.line = configure.line;
        for (operator, by) in self.queue.configure(&self.line.settings) {
            self.raise(operator, by);
        }
        for (operator, present) in configure.operators {
            self.meet(&operator, present);
        }
        for conversation in self.queue.waiting() {
            self.tell_shard(Work::Reconsider { conversation: conversation.clone() });
        }
        self.wake();
    }
}

/// Deadlines by conversation and by time.
#[derive(Debug, Default)]
struct Deadlines {
    by_time: BTreeSet<(Timestamp, ConversationId)>,
    by_conversation: BTreeMap<ConversationId, Timestamp>,
}

impl Deadlines {
    fn set(&mut self, conversation: &ConversationId, at: Option<Timestamp>) {
        if let Some(old) = self.by_conversation.remove(conversation) {
            self.by_time.remove(&(old, conversation.clone()));
        }
        if let Some(at) = at {
            self.by_conversation.insert(conversation.clone(), at);
            self.by_time.insert((at, conversation.clone()));
        }
    }

    fn earliest(&self) -> Option<Timestamp> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// Takes those that have come. Their conversations set them anew when they are committed.
    fn take_due(&mut self, now: Timestamp) -> Vec<ConversationId> {
        let mut due = Vec::new();
        while let Some((at, _)) = self.by_time.first()
            && *at <= now
            && let Some((_, conversation)) = self.by_time.pop_first()
        {
            self.by_conversation.remove(&conversation);
            due.push(conversation);
        }
        due
    }
}
