//! What was committed, in order, for everybody on this node who wants to know.
//!
//! Keeps the newest events of each shard, encodes each once, and hands every session its share.
//! Knows who could be meant (an index of operators, lines and open chats), not who may see what:
//! that is checked again by each session.

pub(crate) mod visitors;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, Addr, AsyncContext, Context, Handler, Message, MessageResponse, WeakAddr};
use bytestring::ByteString;
use domain::event::FeedEvent;
use domain::id::{ConversationId, LineId, OperatorId, ShardId};
use domain::operator::Role;
use jiff::Timestamp;

use crate::actors::concerned::Concerned;
use crate::actors::encode::{self, Place};
use crate::actors::feed::visitors::Visitors;
use crate::actors::following::Reading;
use crate::actors::line::{LineActor, Loads, Offers};
use crate::actors::node::Attention;
use crate::actors::operator_session::OperatorSession;
use crate::actors::parts::Shared;
use crate::actors::taken::Taken;
use crate::readmodel::Changed;

/// How often browsers are told where the feeds stand, while these move.
pub(crate) const BEAT: Duration = Duration::from_secs(5);

/// An event at its place.
#[derive(Debug)]
pub(crate) struct TailEvent {
    pub(crate) place: Place,
    pub(crate) previous: Place,
    pub(crate) event: FeedEvent,
}

/// The events of one commit.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct FeedBatch {
    pub(crate) shard: ShardId,
    /// Where the feed stood before.
    pub(crate) from: Place,
    pub(crate) events: Vec<Arc<TailEvent>>,
}

/// What a session gets of a commit: the events that may concern it, and where the feed stands now.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Share {
    pub(crate) shard: ShardId,
    pub(crate) to: Place,
    pub(crate) events: Vec<Arc<TailEvent>>,
}

/// Where all feeds stand. Everything before has been handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ends(pub(crate) Arc<BTreeMap<ShardId, Place>>);

/// Browsers are told where the feeds stand.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Beat {
    pub(crate) ends: Ends,
    pub(crate) now: Timestamp,
    /// The frame for those who have everything up to there.
    pub(crate) frame: ByteString,
}

/// The sign-in or the operator's rights ended: the socket is closed.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct SignedOut;

/// The operator sees other lines than before.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct RightsChanged;

/// The node goes down: browsers come back after a while.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct GoAway;

/// A frame that is no event: it has no place and may be lost.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Aside(pub(crate) ByteString);

/// Number of a session on this node.
pub(crate) type SessionKey = u64;

/// What the feed keeps of a session.
pub(crate) struct Listener {
    pub(crate) operator: OperatorId,
    pub(crate) sign_in: Arc<str>,
    /// One address: each takes three allocations, and there are thousands of listeners.
    pub(crate) session: Addr<OperatorSession>,
}

struct Kept {
    listener: Listener,
    /// Lines in whose queue he is, without those that he oversees.
    queues: Vec<LineId>,
    oversees: Vec<LineId>,
    watch: Option<ConversationId>,
    indexed: bool,
}

/// The newest events of a shard, gapless up to its end.
#[derive(Default)]
pub(super) struct Tail {
    pub(super) end: Place,
    pub(super) events: VecDeque<Arc<TailEvent>>,
}

impl Tail {
    fn has_begun(&self) -> bool {
        self.end != Place::default()
    }

    /// The events behind a place. None: they are not all here, or nobody has been at that place.
    fn behind(&self, from: Place) -> Option<impl ExactSizeIterator<Item = &Arc<TailEvent>>> {
        let first = self.events.partition_point(|event| event.place.position <= from.position);
        let joins = match self.events.get(first) {
            Some(event) => event.previous == from,
            None => self.end == from,
        };
        joins.then(|| self.events.range(first..))
    }
}

/// The actor of all feeds on a node.
pub(crate) struct Feed {
    pub(super) parts: Shared,
    pub(super) tails: BTreeMap<ShardId, Tail>,
    pub(super) reading: BTreeMap<ShardId, Reading>,
    sessions: BTreeMap<SessionKey, Kept>,
    by_operator: BTreeMap<OperatorId, BTreeSet<SessionKey>>,
    by_queue: BTreeMap<LineId, BTreeSet<SessionKey>>,
    by_overseen: BTreeMap<LineId, BTreeSet<SessionKey>>,
    by_watch: BTreeMap<ConversationId, BTreeSet<SessionKey>>,
    visitors: Visitors,
    pub(super) taken: Taken,
    concerned: Concerned,
    next_key: SessionKey,
    /// All lines that run here.
    lines: Vec<WeakAddr<LineActor>>,
}

impl Feed {
    /// `known`: what happened up to there is in the read model.
    pub(crate) fn start(parts: Shared, known: BTreeMap<ShardId, Place>) -> Addr<Self> {
        let tail = |(shard, end)| (shard, Tail { end, events: VecDeque::new() });
        let feed = Self {
            parts,
            tails: known.into_iter().map(tail).collect(),
            reading: BTreeMap::new(),
            sessions: BTreeMap::new(),
            by_operator: BTreeMap::new(),
            by_queue: BTreeMap::new(),
            by_overseen: BTreeMap::new(),
            by_watch: BTreeMap::new(),
            visitors: Visitors::default(),
            taken: Taken::default(),
            concerned: Concerned::default(),
            next_key: 0,
            lines: Vec::new(),
        };
        feed.start()
    }

    /// Lines of which an operator sees everything.
    fn overseen_by(&self, operator: &OperatorId) -> Vec<LineId> {
        let directory = self.parts.directory.get();
        let Some(who) = directory.operators.get(operator) else { return Vec::new() };
        match who.value.role {
            Role::Administrator => directory.lines.keys().cloned().collect(),
            Role::Supervisor => who.value.supervises.clone(),
            Role::Operator => Vec::new(),
        }
    }

    fn index(&mut self, key: SessionKey) {
        let Some(kept) = self.sessions.get(&key) else { return };
        let oversees = self.overseen_by(&kept.listener.operator);
        let mut queues = self.parts.directory.get().queues_of(&kept.listener.operator).to_vec();
        queues.retain(|line| !oversees.contains(line));
        self.unindex(key);
        for line in &queues {
            self.by_queue.entry(line.clone()).or_default().insert(key);
        }
        for line in &oversees {
            self.by_overseen.entry(line.clone()).or_default().insert(key);
        }
        if let Some(kept) = self.sessions.get_mut(&key) {
            if kept.indexed && (kept.queues != queues || kept.oversees != oversees) {
                kept.listener.session.do_send(RightsChanged);
            }
            kept.indexed = true;
            kept.queues = queues;
            kept.oversees = oversees;
        }
    }

    fn unindex(&mut self, key: SessionKey) {
        let Some(kept) = self.sessions.get(&key) else { return };
        for line in &kept.queues {
            if let Some(sessions) = self.by_queue.get_mut(line) {
                sessions.remove(&key);
            }
        }
        for line in &kept.oversees {
            if let Some(sessions) = self.by_overseen.get_mut(line) {
                sessions.remove(&key);
            }
        }
    }

    /// Rights may have changed with a line or an operator.
    pub(super) fn index_all(&mut self) {
        for key in self.sessions.keys().copied().collect::<Vec<_>>() {
            self.index(key);
        }
    }

    fn unwatch(&mut self, key: SessionKey) {
        let watch = self.sessions.get_mut(&key).and_then(|kept| kept.watch.take());
        if let Some(watch) = watch
            && let Some(sessions) = self.by_watch.get_mut(&watch)
        {
            sessions.remove(&key);
            if sessions.is_empty() {
                self.by_watch.remove(&watch);
            }
        }
    }

    /// Sessions that an event may concern.
    fn meant(&mut self, event: &FeedEvent) -> BTreeSet<SessionKey> {
        let mut keys = BTreeSet::new();
        let mut operators = |ids: &mut dyn Iterator<Item = &OperatorId>| {
            keys.extend(ids.filter_map(|id| self.by_operator.get(id)).flatten());
        };
        match event {
            FeedEvent::Row { row } => {
                operators(&mut row.people());
                operators(&mut self.concerned.no_more(row).iter());
                keys.extend(self.by_overseen.get(&row.line).into_iter().flatten());
                if self.taken.concerns_queue(row) {
                    keys.extend(self.by_queue.get(&row.line).into_iter().flatten());
                }
                keys.extend(self.by_watch.get(&row.conversation).into_iter().flatten());
            }
            FeedEvent::Entry { conversation, audience, .. }
            | FeedEvent::Edited { conversation, audience, .. }
            | FeedEvent::Delivery { conversation, audience, .. }
            | FeedEvent::Copied { conversation, audience, .. }
            | FeedEvent::Deleted { conversation, audience, .. }
            | FeedEvent::Reacted { conversation, audience, .. }
            | FeedEvent::Corrected { conversation, audience, .. } => {
                operators(&mut audience.0.iter());
                keys.extend(self.by_watch.get(conversation).into_iter().flatten());
            }
            FeedEvent::Shared { kind, .. } => {
                if matches!(kind.as_str(), "line" | "channel" | "operator") {
                    keys.extend(self.sessions.keys());
                }
            }
            FeedEvent::Alarm { line, alarm, .. } => {
                operators(&mut alarm.operator().into_iter());
                keys.extend(self.by_overseen.get(line).into_iter().flatten());
            }
            FeedEvent::Load { .. }
            | FeedEvent::Offered { .. }
            | FeedEvent::Records { .. }
            | FeedEvent::Attention { .. }
            | FeedEvent::Chat { .. }
            | FeedEvent::Answered { .. }
            | FeedEvent::Forgotten { .. } => {}
        }
        keys
    }

    fn hand_out(&mut self, batch: &FeedBatch) {
        let mut shares: BTreeMap<SessionKey, Vec<Arc<TailEvent>>> = BTreeMap::new();
        for event in &batch.events {
            for key in self.meant(&event.event) {
                shares.entry(key).or_default().push(event.clone());
            }
        }
        let Some(to) = batch.events.last().map(|event| event.place) else { return };
        for (key, events) in shares {
            if let Some(kept) = self.sessions.get(&key) {
                kept.listener.session.do_send(Share { shard: batch.shard, to, events });
            }
        }
    }

    /// The ends of all feeds that have begun.
    fn ends(&self) -> Ends {
        let begun = self.tails.iter().filter(|(_, tail)| tail.has_begun());
        Ends(Arc::new(begun.map(|(shard, tail)| (*shard, tail.end)).collect()))
    }

    fn beat(&self) {
        if self.sessions.is_empty() {
            return;
        }
        let (ends, now) = (self.ends(), self.parts.clock.now());
        let frame = encode::beat(ends.0.iter(), now, None);
        let beat = Beat { ends, now, frame };
        for kept in self.sessions.values() {
            kept.listener.session.do_send(beat.clone());
        }
    }
}

impl Actor for Feed {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.run_interval(BEAT, |feed, _| feed.beat());
    }
}

impl Handler<FeedBatch> for Feed {
    type Result = ();

    /// What does not join on is read from the store, with all that is missing before it.
    fn handle(&mut self, batch: FeedBatch, ctx: &mut Self::Context) {
        let end = self.tails.entry(batch.shard).or_default().end.position;
        if end == batch.from.position {
            self.take(&batch);
        } else if batch.events.last().is_some_and(|event| event.place.position > end) {
            self.look(batch.shard, ctx);
        }
    }
}

impl Feed {
    /// Takes events that join on to those before, and tells everybody on this node.
    pub(super) fn take(&mut self, batch: &FeedBatch) {
        let kept = self.parts.settings.events_kept;
        let tail = self.tails.entry(batch.shard).or_default();
        for event in &batch.events {
            tail.end = event.place;
            tail.events.push_back(event.clone());
        }
        while tail.events.len() > kept {
            tail.events.pop_front();
        }
        self.tell_lines(&batch.events);
        self.tell_node(&batch.events);
        let reindex = |event: &Arc<TailEvent>| {
            let FeedEvent::Shared { kind, .. } = &event.event else { return false };
            matches!(kind.as_str(), "line" | "operator")
        };
        if batch.events.iter().any(reindex) {
            self.index_all();
        }
        let changed = Changed::of(batch.events.iter().map(|event| &event.event));
        let Place { position, tag } = self.tails[&batch.shard].end;
        self.parts.read_model.project(batch.shard, position, tag, changed);
        self.hand_out(batch);
        self.visitors.stir(batch);
        for event in &batch.events {
            if let FeedEvent::Answered { request, answer } = &event.event {
                self.parts.answers.give(request, answer);
            }
        }
    }

    /// Everything that browsers have may be wrong: they begin anew.
    pub(super) fn begin_all_anew(&self) {
        for kept in self.sessions.values() {
            kept.listener.session.do_send(RightsChanged);
        }
    }

    /// What takes places of operators, in any line, concerns all lines.
    fn tell_lines(&mut self, events: &[Arc<TailEvent>]) {
        let loads: Vec<_> = events
            .iter()
            .filter_map(|event| {
                let FeedEvent::Load { operator, conversation, holds } = &event.event else {
                    return None;
                };
                Some((operator.clone(), conversation.clone(), *holds))
            })
            .collect();
        if !loads.is_empty() {
            self.tell_all(&Loads(Arc::new(loads)));
        }
        let offers: Vec<_> = events
            .iter()
            .filter_map(|event| {
                let FeedEvent::Offered { conversation, operators } = &event.event else {
                    return None;
                };
                Some((conversation.clone(), operators.clone()))
            })
            .collect();
        if !offers.is_empty() {
            self.tell_all(&Offers(Arc::new(offers)));
        }
    }

    pub(super) fn tell_all<M>(&mut self, message: &M)
    where
        M: Message<Result = ()> + Clone + Send + 'static,
        LineActor: Handler<M>,
    {
        self.lines.retain(|line| line.upgrade().is_some());
        for line in self.lines.iter().filter_map(WeakAddr::upgrade) {
            line.do_send(message.clone());
        }
    }

    /// The node judges whether somebody is awake.
    fn tell_node(&self, events: &[Arc<TailEvent>]) {
        let Some(node) = self.parts.node.get() else { return };
        for event in events {
            if let FeedEvent::Attention { operator, missed, at } = &event.event {
                let (operator, missed, at) = (operator.clone(), *missed, *at);
                node.do_send(Attention { operator, missed, at });
            }
        }
    }
}

/// A line wants to know what takes operators' places.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct FollowLoads(pub(crate) WeakAddr<LineActor>);

impl Handler<FollowLoads> for Feed {
    type Result = ();

    fn handle(&mut self, follow: FollowLoads, _: &mut Self::Context) {
        self.lines.push(follow.0);
    }
}

/// A session begins to listen.
#[derive(Message)]
#[rtype(result = "Attached")]
pub(crate) struct Attach(pub(crate) Listener);

/// From now on the session gets its share of everything.
#[derive(Debug, MessageResponse)]
pub(crate) struct Attached {
    pub(crate) key: SessionKey,
}

impl Handler<Attach> for Feed {
    type Result = Attached;

    fn handle(&mut self, attach: Attach, _: &mut Self::Context) -> Attached {
        let key = self.next_key;
        self.next_key += 1;
        let operator = attach.0.operator.clone();
        self.by_operator.entry(operator).or_default().insert(key);
        let listener = attach.0;
        let (queues, oversees) = (Vec::new(), Vec::new());
        let kept = Kept { listener, queues, oversees, watch: None, indexed: false };
        self.sessions.insert(key, kept);
        self.index(key);
        Attached { key }
    }
}

/// A session ends.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Detach(pub(crate) SessionKey);

impl Handler<Detach> for Feed {
    type Result = ();

    fn handle(&mut self, detach: Detach, _: &mut Self::Context) {
        let key = detach.0;
        self.unwatch(key);
        self.unindex(key);
        let Some(kept) = self.sessions.remove(&key) else { return };
        let operator = &kept.listener.operator;
        if let Some(sessions) = self.by_operator.get_mut(operator) {
            sessions.remove(&key);
            if sessions.is_empty() {
                self.by_operator.remove(operator);
            }
        }
    }
}

/// A session has a conversation open on its screen that it may read.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Watch {
    pub(crate) key: SessionKey,
    pub(crate) conversation: Option<ConversationId>,
}

impl Handler<Watch> for Feed {
    type Result = ();

    fn handle(&mut self, watch: Watch, _: &mut Self::Context) {
        self.unwatch(watch.key);
        let Some(kept) = self.sessions.get_mut(&watch.key) else { return };
        kept.watch.clone_from(&watch.conversation);
        if let Some(conversation) = watch.conversation {
            self.by_watch.entry(conversation).or_default().insert(watch.key);
        }
    }
}

/// What happened in all shards behind these places; of a shard that is not among them, everything.
#[derive(Clone, Debug, Message)]
#[rtype(result = "Option<Missed>")]
pub(crate) struct Since(pub(crate) BTreeMap<ShardId, Place>);

/// What was missed, as far as memory has it.
#[derive(Debug, Default)]
pub(crate) struct Missed {
    /// Without the shards in which nothing was missed.
    pub(crate) events: Vec<(ShardId, Vec<Arc<TailEvent>>)>,
    /// Memory does not go back so far in these.
    pub(crate) forgotten: Vec<(ShardId, Place)>,
}

impl Handler<Since> for Feed {
    type Result = Option<Missed>;

    /// None: one of the places is in a shard of which nothing is known here.
    fn handle(&mut self, Since(known): Since, _: &mut Self::Context) -> Self::Result {
        let has_begun = |shard| self.tails.get(shard).is_some_and(Tail::has_begun);
        if known.iter().any(|(shard, at)| *at != Place::default() && !has_begun(shard)) {
            return None;
        }
        let mut missed = Missed::default();
        for (shard, tail) in self.tails.iter().filter(|(_, tail)| tail.has_begun()) {
            let from = known.get(shard).copied().unwrap_or_default();
            match tail.behind(from) {
                Some(events) if events.len() == 0 => {}
                Some(events) => missed.events.push((*shard, events.cloned().collect())),
                None => missed.forgotten.push((*shard, from)),
            }
        }
        Some(missed)
    }
}

/// Where do all feeds stand?
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "Ends")]
pub(crate) struct AskEnds;

impl Handler<AskEnds> for Feed {
    type Result = actix::MessageResult<AskEnds>;

    fn handle(&mut self, _: AskEnds, _: &mut Self::Context) -> Self::Result {
        actix::MessageResult(self.ends())
    }
}

/// Which sessions end.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) enum EndSessions {
    OfSignIn(String),
    OfOperator(OperatorId),
    /// The node goes down.
    All,
}

impl Handler<EndSessions> for Feed {
    type Result = ();

    fn handle(&mut self, end: EndSessions, _: &mut Self::Context) {
        if let EndSessions::All = end {
            self.visitors.send_away();
        }
        for kept in self.sessions.values() {
            let listener = &kept.listener;
            match &end {
                EndSessions::OfSignIn(digest) if *listener.sign_in == **digest => {
                    listener.session.do_send(SignedOut);
                }
                EndSessions::OfOperator(operator) if listener.operator == *operator => {
                    listener.session.do_send(SignedOut);
                }
                EndSessions::All => listener.session.do_send(GoAway),
                EndSessions::OfSignIn(_) | EndSessions::OfOperator(_) => {}
            }
        }
    }
}
