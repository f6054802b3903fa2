//! What was committed, in order, for everybody on this node who wants to know.
//!
//! Keeps the newest events of each shard, encodes each once, and hands every session its share.

pub(crate) mod listeners;
pub(crate) mod tail;
pub(crate) mod visitors;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, Addr, AsyncContext, Context, Handler, Message, WeakAddr};
use bytestring::ByteString;
use domain::event::FeedEvent;
use domain::id::{OperatorId, ShardId};
use jiff::Timestamp;

use crate::actors::encode::{self, Place};
use crate::actors::feed::listeners::Listeners;
use crate::actors::feed::tail::{Ends, Tail, TailEvent};
use crate::actors::feed::visitors::Visitors;
use crate::actors::following::Reading;
use crate::actors::line::{LineActor, Loads, Offers};
use crate::actors::node::Attention;
use crate::actors::parts::Shared;
use crate::readmodel::Changed;

/// How often browsers are told where the feeds stand, while these move.
pub(crate) const BEAT: Duration = Duration::from_secs(5);

/// The events of one commit, or what was read of a feed at once: perhaps a part of a commit, or several.
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

/// The actor of all feeds on a node.
pub(crate) struct Feed {
    pub(super) parts: Shared,
    pub(super) tails: BTreeMap<ShardId, Tail>,
    pub(super) reading: BTreeMap<ShardId, Reading>,
    pub(super) listeners: Listeners,
    visitors: Visitors,
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
            listeners: Listeners::default(),
            visitors: Visitors::default(),
            lines: Vec::new(),
        };
        feed.start()
    }

    fn hand_out(&mut self, batch: &FeedBatch) {
        let mut shares: BTreeMap<SessionKey, Vec<Arc<TailEvent>>> = BTreeMap::new();
        for event in &batch.events {
            for key in self.listeners.meant(&event.event) {
                shares.entry(key).or_default().push(event.clone());
            }
        }
        let Some(to) = batch.events.last().map(|event| event.place) else { return };
        for (key, events) in shares {
            if let Some(listener) = self.listeners.get(key) {
                listener.session.do_send(Share { shard: batch.shard, to, events });
            }
        }
    }

    fn beat(&self) {
        if self.listeners.is_empty() {
            return;
        }
        let (ends, now) = (self.ends(), self.parts.clock.now());
        let frame = encode::beat(ends.0.iter(), now, None);
        let beat = Beat { ends, now, frame };
        for listener in self.listeners.all() {
            listener.session.do_send(beat.clone());
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
            self.listeners.index_all(&self.parts.directory.get());
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
        self.visitors.stir_all();
        for listener in self.listeners.all() {
            listener.session.do_send(RightsChanged);
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
        for listener in self.listeners.all() {
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

fn drop_from<K: Ord>(index: &mut BTreeMap<K, BTreeSet<SessionKey>>, at: &K, key: SessionKey) {
    if let Some(keys) = index.get_mut(at) {
        keys.remove(&key);
        if keys.is_empty() {
            index.remove(at);
        }
    }
}
