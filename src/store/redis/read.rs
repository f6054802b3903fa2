//! The commands behind the port's reads.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::id::{ConversationId, OperatorId, ShardId};
use jiff::Timestamp;
use redis::{FromRedisValue, Pipeline, pipe};

use crate::store::Unavailable;
use crate::store::op::{
    Counter, Document, DocumentName, FeedRecord, InboxEntry, InboxPosition, InstanceId, Job, Meta,
    Position, Slot,
};
use crate::store::pack::{self, Pack};
use crate::store::redis::door::{Lane, Readers};
use crate::store::redis::keys::Keys;
use crate::store::redis::value::{Load, apart, microseconds, odd, position};
use crate::store::rules;

/// Documents of one answer of Redis.
const PAGE: usize = 256;

/// Entries of a feed in one answer of Redis: each may hold the events of a whole round.
const TOGETHER_PAGE: usize = 32;

/// A stream as Redis lists it: ids, each with its fields and values in turn.
type Entries = Vec<(String, Vec<Vec<u8>>)>;

pub(super) async fn meta(from: &Lane, key: String) -> Result<Meta, Unavailable> {
    let fields = ["commits", "inbox_at", "feed_epoch", "feed_n"];
    let found: Vec<Option<u64>> = look(from, pipe().hmget(key, &fields)).await?;
    let field = |at: usize| found.get(at).copied().flatten().unwrap_or_default();
    let feed_end = Position { epoch: field(2), n: field(3) };
    Ok(Meta { commits: field(0), inbox_at: InboxPosition(field(1)), feed_end })
}

pub(super) async fn knows(
    from: &Lane,
    (seen, key): (String, &str),
    at: Timestamp,
) -> Result<bool, Unavailable> {
    let until: Option<f64> = look(from, pipe().zscore(seen, key)).await?;
    #[expect(clippy::cast_precision_loss, reason = "a score holds such a moment exactly")]
    let now = microseconds(rules::known_at(at)) as f64;
    Ok(until.is_some_and(|until| until > now))
}

pub(super) async fn inbox(
    from: &Lane,
    key: String,
    after: InboxPosition,
    limit: usize,
) -> Result<Vec<InboxEntry>, Unavailable> {
    let entries = entries(from, key, &format!("({}-0", after.0), limit).await?;
    let entry = |(id, mut values): (String, Vec<Vec<u8>>)| {
        let bytes = values.pop().ok_or_else(|| odd(&id))?;
        Ok(InboxEntry { position: InboxPosition(position(&id)?.epoch), bytes })
    };
    entries.into_iter().map(entry).collect()
}

pub(super) async fn document(
    from: &Lane,
    key: String,
    id: String,
) -> Result<Option<Document>, Unavailable> {
    let value: Option<Vec<u8>> = look(from, pipe().get(key)).await?;
    value.map(|value| document_of(id, value)).transpose()
}

pub(super) async fn named(
    from: &Lane,
    keys: &Keys,
    names: Vec<DocumentName>,
) -> Result<Vec<Option<Document>>, Unavailable> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let (at, ids): (Vec<_>, Vec<_>) = names
        .into_iter()
        .map(|name| match name {
            DocumentName::Of(shard, kind, id) => (keys.document(shard, kind, &id), id),
            DocumentName::Shared(kind, id) => (keys.shared(kind, &id), id),
        })
        .unzip();
    let values: Vec<Option<Vec<u8>>> = look(from, pipe().mget(at)).await?;
    let found = |(id, value): (String, Option<Vec<u8>>)| {
        value.map(|value| document_of(id, value)).transpose()
    };
    ids.into_iter().zip(values).map(found).collect()
}

/// Documents are read after their ids; one that was deleted meanwhile is left out.
pub(super) async fn documents(
    from: &Readers,
    ids_key: String,
    key: impl Fn(&str) -> String,
    after: Option<String>,
    limit: usize,
) -> Result<Vec<Document>, Unavailable> {
    let mut found = Vec::new();
    let mut above = after.map_or_else(|| "-".to_owned(), |after| format!("({after}"));
    while found.len() < limit {
        let wanted = PAGE.min(limit - found.len());
        let page =
            pipe().zrangebylex_limit(&ids_key, &above, "+", 0, wanted.cast_signed()).to_owned();
        let ids: Vec<String> = one(from, &page).await?;
        let Some(last) = ids.last() else { break };
        above = format!("({last}");
        let is_last = ids.len() < wanted;
        let keys: Vec<String> = ids.iter().map(|id| key(id)).collect();
        let values: Vec<Option<Vec<u8>>> = one(from, pipe().mget(keys)).await?;
        for (id, value) in ids.into_iter().zip(values) {
            found.extend(value.map(|value| document_of(id, value)).transpose()?);
        }
        if is_last {
            break;
        }
    }
    Ok(found)
}

fn document_of(id: String, value: Vec<u8>) -> Result<Document, Unavailable> {
    let (version, bytes) = apart(value)?;
    Ok(Document { id, version, bytes })
}

pub(super) async fn history(
    from: &Readers,
    (records, packed): (String, String),
    after: u32,
    limit: usize,
) -> Result<Vec<(u32, Vec<u8>)>, Unavailable> {
    let mut numbers: Vec<u32> = one(from, pipe().hkeys(&records)).await?;
    numbers.retain(|n| *n > after);
    numbers.sort_unstable();
    numbers.truncate(limit);
    // In this order: what is packed between the looks is there twice, or in the pack alone.
    let mut page = pipe();
    if !numbers.is_empty() {
        page.hmget(records, &numbers);
    }
    let page = page.get(packed).to_owned();
    let (beside, packed): (Vec<Option<Vec<u8>>>, Option<Vec<u8>>) = if numbers.is_empty() {
        let (packed,) = from.query(&page).await?;
        (Vec::new(), packed)
    } else {
        from.query(&page).await?
    };
    let beside = numbers.into_iter().zip(beside).filter_map(|(n, record)| Some((n, record?)));
    let pack = packed.map(apart).transpose()?;
    let pack = pack.map(|(through, bytes)| Pack::stored(through, bytes));
    pack::page(pack.as_ref(), beside.collect(), after, limit).map_err(odd)
}

pub(super) async fn timers(
    from: &Readers,
    key: String,
) -> Result<Vec<(String, Timestamp)>, Unavailable> {
    let timers: Vec<(String, i64)> = one(from, pipe().hgetall(key)).await?;
    let moment = |(key, at)| (key, rules::timestamp(at));
    let mut timers: Vec<(String, Timestamp)> = timers.into_iter().map(moment).collect();
    timers.sort_by(|(one, earlier), (other, later)| (earlier, one).cmp(&(later, other)));
    Ok(timers)
}

pub(super) async fn jobs(from: &Readers, key: String) -> Result<Vec<Job>, Unavailable> {
    let values: Vec<(String, Vec<u8>)> = one(from, pipe().hgetall(key)).await?;
    let job = |(id, value)| {
        let (ready_at, bytes) = apart(value)?;
        Ok(Job { id, ready_at: rules::timestamp(ready_at), bytes })
    };
    let mut jobs: Vec<Job> = values.into_iter().map(job).collect::<Result<_, _>>()?;
    jobs.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(jobs)
}

pub(super) async fn dead(
    from: &Readers,
    key: String,
    limit: usize,
) -> Result<Vec<Vec<u8>>, Unavailable> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    one(from, pipe().lrange(key, 0, count(limit - 1))).await
}

pub(super) async fn feed(
    from: &Lane,
    (feed, meta): (String, String),
    after: Position,
    limit: usize,
) -> Result<Option<Vec<FeedRecord>>, Unavailable> {
    if after == Position::default() {
        return from_the_first(from, (feed, meta), limit).await;
    }
    // The event at that position too: if it is not there, something is missing.
    let mut records = events(from, &feed, after, limit.saturating_add(1)).await?;
    let Some(at) = records.iter().position(|record| record.position == after) else {
        return Ok(None);
    };
    records.drain(..=at);
    records.truncate(limit);
    Ok(Some(records))
}

/// An empty feed is looked at again when it has an end, as the first event may have come meanwhile.
async fn from_the_first(
    from: &Lane,
    (feed, meta): (String, String),
    limit: usize,
) -> Result<Option<Vec<FeedRecord>>, Unavailable> {
    let start = Position::default();
    let mut records = events(from, &feed, start, limit.max(1)).await?;
    if records.is_empty() {
        if self::meta(from, meta).await?.feed_end == start {
            return Ok(Some(Vec::new()));
        }
        records = events(from, &feed, start, limit.max(1)).await?;
    }
    let whole = records.first().is_some_and(|oldest| oldest.previous == start);
    records.truncate(limit);
    Ok(whole.then_some(records))
}

pub(super) async fn feed_at(
    from: &Lane,
    feed: String,
    at: Position,
) -> Result<Option<FeedRecord>, Unavailable> {
    let found = events(from, &feed, at, 1).await?;
    Ok(found.into_iter().find(|record| record.position == at))
}

/// The events that were written together with the one at a position, or behind it, and those after
/// them, until there are so many from that position on.
async fn events(
    from: &Lane,
    feed: &str,
    start: Position,
    wanted: usize,
) -> Result<Vec<FeedRecord>, Unavailable> {
    let mut records = Vec::new();
    let mut above = start.to_string();
    loop {
        let behind = records.iter().filter(|record: &&FeedRecord| record.position >= start).count();
        if behind >= wanted {
            return Ok(records);
        }
        let asked = (wanted - behind).min(TOGETHER_PAGE);
        let found = entries(from, feed.to_owned(), &above, asked).await?;
        let is_last = found.len() < asked;
        if let Some((newest, _)) = found.last() {
            above = format!("({newest}");
        }
        for entry in found {
            records.extend(written_together(entry)?);
        }
        if is_last {
            return Ok(records);
        }
    }
}

/// The events of one entry of a feed, in order.
fn written_together((id, values): (String, Vec<Vec<u8>>)) -> Result<Vec<FeedRecord>, Unavailable> {
    let text = |bytes| String::from_utf8(bytes).map_err(|_| odd(&id));
    let newest = position(&id)?;
    let mut values = values.into_iter().skip(1).step_by(2);
    let (Some(before), Some(by)) = (values.next(), values.next()) else { return Err(odd(&id)) };
    let (mut previous, by) = (position(&text(before)?)?, InstanceId(Arc::from(text(by)?)));
    let data: Vec<Vec<u8>> = values.collect();
    let older = u64::try_from(data.len()).unwrap_or(u64::MAX);
    let before = newest.n.checked_sub(older).ok_or_else(|| odd(&id))?;
    let records = data.into_iter().zip(before + 1..).map(|(bytes, n)| {
        let position = Position { epoch: newest.epoch, n };
        let previous = std::mem::replace(&mut previous, position);
        FeedRecord { position, previous, by: by.clone(), bytes }
    });
    Ok(records.collect())
}

async fn entries(
    from: &Lane,
    key: String,
    start: &str,
    limit: usize,
) -> Result<Entries, Unavailable> {
    if limit == 0 {
        return Ok(Entries::new());
    }
    look(from, pipe().xrange_count(key, start, "+", count(limit))).await
}

pub(super) async fn counters(from: &Readers, key: String) -> Result<Vec<Counter>, Unavailable> {
    let fields: BTreeMap<String, i64> = one(from, pipe().hgetall(key)).await?;
    let received = fields.iter().filter_map(|(field, received)| {
        let operator = field.strip_prefix("received ")?;
        let last = fields.get(&format!("last {operator}")).copied().map(rules::timestamp);
        Some(Counter { operator: OperatorId::new(operator), received: *received, last })
    });
    Ok(received.collect())
}

pub(super) async fn loads(
    from: &Readers,
    key: String,
    slot: Slot,
) -> Result<Vec<(OperatorId, ConversationId)>, Unavailable> {
    let (low, high) = Load::all(slot);
    let members: Vec<String> = one(from, pipe().zrangebylex(key, low, high)).await?;
    members.iter().map(|member| Load::read(member)).collect()
}

/// The numbers of all shards that were ever claimed or got an inbox entry, in order.
pub(super) async fn shards(from: &Readers, keys: &Keys) -> Result<Vec<ShardId>, Unavailable> {
    let mut shards: Vec<u16> = one(from, pipe().smembers(keys.shards())).await?;
    shards.sort_unstable();
    Ok(shards.into_iter().map(ShardId).collect())
}

/// Without a connection of its own.
async fn look<T: FromRedisValue>(from: &Lane, command: &Pipeline) -> Result<T, Unavailable> {
    let ask = |mut on| async move { command.query_async(&mut on).await };
    let (answer,) = from.with(ask).await?;
    Ok(answer)
}

async fn one<T: FromRedisValue>(from: &Readers, command: &Pipeline) -> Result<T, Unavailable> {
    let (answer,) = from.query(command).await?;
    Ok(answer)
}

pub(super) fn count(limit: usize) -> isize {
    isize::try_from(limit).unwrap_or(isize::MAX)
}
