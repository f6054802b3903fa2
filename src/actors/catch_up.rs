//! What a browser missed: event by event where that is possible, otherwise a snapshot.
//!
//! Never continues in silence: a place that is not in the feed any more, or was written by another
//! owner, is answered by everything anew.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::event::FeedEvent;
use domain::id::ShardId;

use crate::actors::encode::{self, Place};
use crate::actors::feed::tail::TailEvent;
use crate::actors::handle::NodeHandle;
use crate::protocol::ServerFrame;
use crate::readmodel::conversations::Visibility;
use crate::store::Unavailable;

/// Events of a shard that are replayed; who missed more gets a snapshot.
const REPLAY_MAX: usize = 5_000;
/// Events read from the store at a time.
const PAGE: usize = 256;

/// How a browser is brought up to now.
pub(crate) struct CatchUp {
    /// Present when the browser has to begin anew.
    pub(crate) snapshot: Option<ServerFrame>,
    /// Where it is before what follows.
    pub(crate) from: BTreeMap<ShardId, Place>,
    pub(crate) missed: Vec<(ShardId, Vec<Arc<TailEvent>>)>,
}

/// Brings a browser from `known` (none: it knows nothing) to where the feeds stand. None: the
/// store or the read model does not answer.
pub(crate) async fn catch_up(
    node: &NodeHandle,
    known: Option<BTreeMap<ShardId, Place>>,
    visibility: Visibility,
) -> Option<CatchUp> {
    if let Some(known) = known
        && let Some(missed) = missed_since(node, &known).await.ok()?
    {
        return Some(CatchUp { snapshot: None, from: known, missed });
    }
    let snapshot = node.parts().read_model.snapshot(visibility).await.ok()?;
    let at = |(shard, to): &(ShardId, crate::readmodel::ProjectedTo)| {
        (*shard, Place { position: to.position, tag: to.tag })
    };
    let from: BTreeMap<ShardId, Place> = snapshot.positions.iter().map(at).collect();
    let missed = missed_since(node, &from).await.ok()??;
    let frame = node.snapshot_frame(&from, snapshot.rows);
    Some(CatchUp { snapshot: Some(frame), from, missed })
}

/// What happened in all shards since; none: that cannot be told.
async fn missed_since(
    node: &NodeHandle,
    known: &BTreeMap<ShardId, Place>,
) -> Result<Option<Vec<(ShardId, Vec<Arc<TailEvent>>)>>, Unavailable> {
    let Some(mut missed) = node.since(known.clone()).await? else { return Ok(None) };
    for (shard, from) in missed.forgotten {
        match from_store(node, shard, from).await? {
            Some(events) if events.is_empty() => {}
            Some(events) => missed.events.push((shard, events)),
            None => return Ok(None),
        }
    }
    Ok(Some(missed.events))
}

/// Memory does not have it: the store may.
async fn from_store(
    node: &NodeHandle,
    shard: ShardId,
    from: Place,
) -> Result<Option<Vec<Arc<TailEvent>>>, Unavailable> {
    let store = &node.parts().store;
    if from != Place::default() {
        let found = store.feed_at(shard, from.position).await?;
        if found.is_none_or(|record| encode::tag(&record.by) != from.tag) {
            return Ok(None);
        }
    }
    let mut events: Vec<Arc<TailEvent>> = Vec::new();
    let mut at = from;
    loop {
        let Some(page) = store.feed(shard, at.position, PAGE).await? else { return Ok(None) };
        let full = page.len() == PAGE;
        for record in page {
            let place = Place { position: record.position, tag: encode::tag(&record.by) };
            let Some(event) = encode::read::<FeedEvent>("event", &record.bytes) else {
                return Ok(None);
            };
            events.push(Arc::new(TailEvent { place, previous: at, event }));
            at = place;
        }
        if events.len() > REPLAY_MAX {
            return Ok(None);
        }
        if !full {
            return Ok(Some(events));
        }
    }
}
