//! Brings the read model to where the store is, at start.

use std::collections::BTreeMap;

use domain::conversation::Conversation;
use domain::event::{FeedEvent, Row};
use domain::id::ShardId;

use crate::actors::encode::{self, Place};
use crate::actors::parts::Shared;
use crate::readmodel::{Changed, ProjectedTo, ReadModelError};
use crate::store::Unavailable;
use crate::store::op::{DocumentKind, Position};

/// Documents or events read at a time.
const PAGE: usize = 256;

/// Replays what the read model missed; where the feed does not reach back, reads all documents.
/// Answers where it stands in each shard that has begun.
pub(crate) async fn rebuild(parts: &Shared) -> Result<BTreeMap<ShardId, Place>, Unavailable> {
    let mut ends = BTreeMap::new();
    let gone = |_: ReadModelError| Unavailable("the read model does not answer".into());
    let known: BTreeMap<_, _> =
        parts.read_model.positions().await.map_err(gone)?.into_iter().collect();
    for shard in (0..parts.settings.shards).map(ShardId) {
        let from = known.get(&shard).copied();
        let end = parts.store.meta(shard).await?.feed_end;
        if from.is_none() && end == Position::default() {
            continue;
        }
        let replayed = replay(parts, shard, from.unwrap_or_default()).await?;
        let to = match replayed {
            Some(to) => to,
            None => read_anew(parts, shard).await?,
        };
        ends.insert(shard, Place { position: to.position, tag: to.tag });
    }
    Ok(ends)
}

/// Reads all documents of a shard into the read model.
pub(crate) async fn read_anew(parts: &Shared, shard: ShardId) -> Result<ProjectedTo, Unavailable> {
    let gone = |_: ReadModelError| Unavailable("the read model does not answer".into());
    // Read first: what happens meanwhile is replayed.
    let end = parts.store.meta(shard).await?.feed_end;
    let to = ProjectedTo { position: end, tag: tag_at(parts, shard, end).await? };
    let rows = all_rows(parts, shard).await?;
    parts.read_model.replace(shard, to, rows).await.map_err(gone)?;
    Ok(to)
}

/// Answers where it ended. None: the feed does not reach back that far, or was written by another.
async fn replay(
    parts: &Shared,
    shard: ShardId,
    from: ProjectedTo,
) -> Result<Option<ProjectedTo>, Unavailable> {
    if from != ProjectedTo::default() && tag_at(parts, shard, from.position).await? != from.tag {
        return Ok(None);
    }
    let (mut at, mut tag) = (from.position, from.tag);
    loop {
        let Some(page) = parts.store.feed(shard, at, PAGE).await? else { return Ok(None) };
        let Some(last) = page.last() else { return Ok(Some(ProjectedTo { position: at, tag })) };
        at = last.position;
        tag = encode::tag(&last.by);
        let events: Vec<FeedEvent> =
            page.iter().filter_map(|record| encode::read("event", &record.bytes)).collect();
        parts.read_model.project(shard, at, tag, Changed::of(&events));
        if page.len() < PAGE {
            return Ok(Some(ProjectedTo { position: at, tag }));
        }
    }
}

async fn tag_at(parts: &Shared, shard: ShardId, at: Position) -> Result<u32, Unavailable> {
    Ok(parts.store.feed_at(shard, at).await?.map_or(0, |record| encode::tag(&record.by)))
}

async fn all_rows(parts: &Shared, shard: ShardId) -> Result<Vec<Row>, Unavailable> {
    let mut rows = Vec::new();
    for kind in [DocumentKind::Conversation, DocumentKind::Archive] {
        let mut after = None;
        loop {
            let page = parts.store.documents(shard, kind, after.take(), PAGE).await?;
            let read = |document: &crate::store::op::Document| {
                Some(encode::read::<Conversation>("conversation", &document.bytes)?.row())
            };
            rows.extend(page.iter().filter_map(read));
            if page.len() < PAGE {
                break;
            }
            after = page.last().map(|document| document.id.clone());
        }
    }
    Ok(rows)
}
