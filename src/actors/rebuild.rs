//! Brings the read model to where the store is, at start.

use std::collections::BTreeMap;

use domain::conversation::Conversation;
use domain::event::{FeedEvent, Row};
use domain::id::ShardId;

use crate::actors::encode;
use crate::actors::parts::Shared;
use crate::readmodel::{ProjectedTo, ReadModelError};
use crate::store::Unavailable;
use crate::store::op::{DocumentKind, Position};

/// Documents or events read at a time.
const PAGE: usize = 256;

/// Replays what the read model missed; where the feed does not reach back, reads all documents.
pub(crate) async fn rebuild(parts: &Shared) -> Result<(), Unavailable> {
    let gone = |_: ReadModelError| Unavailable("the read model does not answer".into());
    let known: BTreeMap<_, _> =
        parts.read_model.positions().await.map_err(gone)?.into_iter().collect();
    for shard in (0..parts.settings.shards).map(ShardId) {
        let from = known.get(&shard).copied();
        let end = parts.store.meta(shard).await?.feed_end;
        if from.is_none() && end == Position::default() {
            continue;
        }
        if !replay(parts, shard, from.unwrap_or_default()).await? {
            let rows = all_rows(parts, shard).await?;
            let to = ProjectedTo { position: end, tag: tag_at(parts, shard, end).await? };
            parts.read_model.replace(shard, to, rows).await.map_err(gone)?;
        }
    }
    Ok(())
}

/// `false`: the feed does not reach back that far, or was written by another.
async fn replay(parts: &Shared, shard: ShardId, from: ProjectedTo) -> Result<bool, Unavailable> {
    if from != ProjectedTo::default() && tag_at(parts, shard, from.position).await? != from.tag {
        return Ok(false);
    }
    let mut at = from.position;
    loop {
        let Some(page) = parts.store.feed(shard, at, PAGE).await? else { return Ok(false) };
        let Some(last) = page.last() else { return Ok(true) };
        at = last.position;
        let tag = encode::tag(&last.by);
        let rows = page.iter().filter_map(|record| {
            let FeedEvent::Row(row) = encode::read("event", &record.bytes)? else { return None };
            Some(row)
        });
        parts.read_model.project(shard, at, tag, rows.collect());
        if page.len() < PAGE {
            return Ok(true);
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
