//! How a shard begins: what its actors need is read from the store.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use actix::Addr;
use domain::conversation::Conversation;
use domain::id::{LineId, ShardId};

use crate::actors::aside::Aside;
use crate::actors::attendance::AttendanceBook;
use crate::actors::bench::{Bench, Broken, Care};
use crate::actors::chats::Chats;
use crate::actors::customers::Customers;
use crate::actors::delivery::TakeUp;
use crate::actors::detour::Detour;
use crate::actors::draught::Draught;
use crate::actors::encode::{self, Place};
use crate::actors::following::catch_up;
use crate::actors::keeping::Keeping;
use crate::actors::ledger::{Ledger, Nothing};
use crate::actors::line::{HasBegun, LineActor, LineStart};
use crate::actors::outbox::found_jobs;
use crate::actors::packing::Packing;
use crate::actors::parts::Shared;
use crate::actors::shard::Shard;
use crate::store::op::DocumentKind;

/// Documents read at a time.
const PAGE: usize = 256;

/// Claims the shard, if it is not ours already, and reads what its actors need.
pub(super) async fn load(
    parts: Shared,
    shard: ShardId,
    gained: Option<u64>,
    addr: Addr<Shard>,
    care: Care,
) -> Result<Bench, Broken> {
    let epoch = match gained {
        Some(epoch) => epoch,
        None => claim(&parts, shard).await?,
    };
    know_everything(&parts, shard).await?;
    let meta = parts.store.meta(shard).await?;
    let end = parts.store.feed_at(shard, meta.feed_end).await?;
    let tag = end.map_or(0, |record| encode::tag(&record.by));
    let (audit, Nothing {}) = Ledger::load(&parts.store, shard, DocumentKind::Audit).await?;
    let mut bench = Bench {
        shard,
        addr,
        epoch,
        commits: meta.commits,
        inbox_at: meta.inbox_at,
        inbox_drained: false,
        feed_end: Place { position: meta.feed_end, tag },
        tag: encode::tag(&parts.me),
        lines: BTreeMap::new(),
        conversations: HashMap::default(),
        chats: Chats::default(),
        audit,
        attendance: AttendanceBook::load(&parts.store, shard).await?,
        customers: Customers::new(parts.records.clone(), parts.settings.region),
        draught: Draught::default(),
        flight: None,
        news: None,
        patience: 0,
        touched: BTreeSet::new(),
        touched_lines: BTreeSet::new(),
        rounds: 0,
        care,
        cautious: false,
        waits_for_room: false,
        detour: Detour::default(),
        aside: Aside::default(),
        packing: Packing::default(),
        keeping: Keeping::default(),
        parts,
    };
    start_lines(&mut bench).await?;
    let (jobs, copies) = found_jobs(&bench.parts, shard).await?;
    if let Some(delivery) = bench.parts.delivery.get() {
        delivery.do_send(TakeUp(shard));
        delivery.do_send(jobs);
    }
    if let Some(copying) = bench.parts.copying.get() {
        copying.do_send(TakeUp(shard));
        copying.do_send(copies);
    }
    Ok(bench)
}

/// Events of other owners, and those whose commit was made but not answered, are known on this node
/// before anything rests on them; so is what the lines of the shard are like, which shard 0 tells.
async fn know_everything(parts: &Shared, shard: ShardId) -> Result<(), Broken> {
    for shard in BTreeSet::from([ShardId(0), shard]) {
        catch_up(parts, shard).await?;
    }
    Ok(())
}

/// Takes the shard over from whoever had it: on the embedded store that was ourselves, earlier.
/// Among several nodes it is ours, and only its epoch is raised.
async fn claim(parts: &Shared, shard: ShardId) -> Result<u64, Broken> {
    if let Some(leases) = &parts.leases {
        return leases.anew(shard).await.ok_or(Broken::Fenced);
    }
    let leases = parts.store.leases().await?;
    let seen = leases.into_iter().find(|(id, _)| *id == shard).map(|(_, lease)| lease);
    let seen = seen.unwrap_or_default();
    match parts.store.claim(shard, parts.me.clone(), seen, 0).await? {
        Ok(lease) => Ok(lease.epoch),
        Err(lease) => Err(Broken::Store(format!("claimed meanwhile by {:?}", lease.owner))),
    }
}

/// Starts the lines with what the store remembers of them, and waits until they know the rest.
async fn start_lines(bench: &mut Bench) -> Result<(), Broken> {
    let mut open = open_conversations(bench).await?;
    let directory = bench.parts.directory.get();
    for (id, line) in &directory.lines {
        let hours = directory.hours.get(id).filter(|_| line.value.shard == bench.shard);
        let Some(hours) = hours.cloned() else { continue };
        let line = line.value.clone();
        let start = LineStart {
            hours,
            counters: bench.parts.store.counters(id.clone()).await?,
            conversations: open.remove(id).unwrap_or_default(),
            operators: bench.parts.standings(),
            line,
        };
        let addr = LineActor::start(start, &bench.addr, bench.parts.clone());
        bench.lines.insert(id.clone(), addr);
    }
    for line in bench.lines.values() {
        line.send(HasBegun).await.map_err(|error| Broken::Store(format!("a line: {error}")))?;
    }
    Ok(())
}

async fn open_conversations(
    bench: &Bench,
) -> Result<BTreeMap<LineId, Vec<Arc<Conversation>>>, Broken> {
    let mut open: BTreeMap<LineId, Vec<Arc<Conversation>>> = BTreeMap::new();
    let mut after = None;
    loop {
        let store = &bench.parts.store;
        let page =
            store.documents(bench.shard, DocumentKind::Conversation, after.take(), PAGE).await?;
        let full = page.len() == PAGE;
        after = page.last().map(|document| document.id.clone());
        for document in page {
            if let Some(read) = encode::read::<Conversation>("conversation", &document.bytes) {
                open.entry(read.line.clone()).or_default().push(Arc::new(read));
            }
        }
        if !full {
            return Ok(open);
        }
    }
}
