//! The newest events of each shard, for whoever has missed some.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use actix::{Handler, Message, MessageResult};
use domain::event::FeedEvent;
use domain::id::ShardId;

use crate::actors::encode::Place;
use crate::actors::feed::Feed;

/// An event at its place.
#[derive(Debug)]
pub(crate) struct TailEvent {
    pub(crate) place: Place,
    pub(crate) previous: Place,
    pub(crate) event: FeedEvent,
}

/// The newest events of a shard, gapless up to its end.
#[derive(Default)]
pub(crate) struct Tail {
    pub(crate) end: Place,
    pub(crate) events: VecDeque<Arc<TailEvent>>,
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

/// Where all feeds stand. Everything before has been handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ends(pub(crate) Arc<BTreeMap<ShardId, Place>>);

impl Feed {
    /// The ends of all feeds that have begun.
    pub(super) fn ends(&self) -> Ends {
        let begun = self.tails.iter().filter(|(_, tail)| tail.has_begun());
        Ends(Arc::new(begun.map(|(shard, tail)| (*shard, tail.end)).collect()))
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
    type Result = MessageResult<AskEnds>;

    fn handle(&mut self, _: AskEnds, _: &mut Self::Context) -> Self::Result {
        MessageResult(self.ends())
    }
}
