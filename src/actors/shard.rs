//! One shard: collects what is to be done while a round runs, and starts the next.
//!
//! All that writes for the shard's lines and conversations goes through here. Decides nothing.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, ActorFutureExt, Addr, AsyncContext, Context, Handler, Message, WrapFuture};
use domain::conversation::Conversation;
use domain::id::{LineId, ShardId};
use domain::line::Line;
use tokio::sync::oneshot;

use crate::actors::attendance::AttendanceBook;
use crate::actors::bench::{Bench, Broken, Care};
use crate::actors::catch_up::from_store;
use crate::actors::chats::Chats;
use crate::actors::customers::Customers;
use crate::actors::delivery::found_jobs;
use crate::actors::encode::{self, Place};
use crate::actors::feed::{FeedBatch, Follow};
use crate::actors::handle::NodeHandle;
use crate::actors::ledger::{Ledger, Nothing};
use crate::actors::line::{Configure, LineActor, LineStart};
use crate::actors::parts::Shared;
use crate::actors::shared_change;
use crate::actors::work::Work;
use crate::store::op::DocumentKind;

/// Work that may wait for the next rounds.
const PENDING_MAX: usize = 10_000;
/// Documents read at a time when a shard starts.
const PAGE: usize = 256;
/// How long a shard rests after it broke, before it reads the store anew; doubled each time.
const REST: Duration = Duration::from_millis(200);
const REST_DOUBLINGS_MAX: u32 = 7;

/// The actor of a shard.
pub(crate) struct Shard {
    id: ShardId,
    parts: Shared,
    /// None while a round runs or the shard starts.
    bench: Option<Bench>,
    pending: VecDeque<Work>,
    changed_lines: Vec<Arc<Line>>,
    /// Something was put into the inbox.
    bell: bool,
    /// Rounds that panicked in a row.
    panics: u32,
    /// Times that it broke in a row.
    breaks: u32,
    settling: Vec<oneshot::Sender<()>>,
}

impl Shard {
    pub(crate) fn start(id: ShardId, parts: Shared) -> Addr<Self> {
        let shard = Self {
            id,
            parts,
            bench: None,
            pending: VecDeque::new(),
            changed_lines: Vec::new(),
            bell: false,
            panics: 0,
            breaks: 0,
            settling: Vec::new(),
        };
        Self::create(|ctx| {
            ctx.set_mailbox_capacity(PENDING_MAX);
            shard
        })
    }

    /// Claims the shard and reads what it needs.
    fn load(&mut self, ctx: &mut Context<Self>) {
        let care = match self.panics {
            0 => Care::None,
            1 | 2 => Care::OneByOne,
            _ => Care::GiveUp,
        };
        let loading = load(self.parts.clone(), self.id, ctx.address(), care);
        ctx.spawn(loading.into_actor(self).map(|loaded, shard, ctx| match loaded {
            Ok(bench) => {
                shard.parts.set_shard(shard.id, Some(ctx.address()));
                shard.bench = Some(bench);
                if shard.id == ShardId(0) {
                    // Whoever came or went meanwhile was not noted.
                    shard.pending.push_back(Work::Attend { operator: None });
                }
                shard.go_on(ctx);
            }
            Err(error) => shard.broke(&error, ctx),
        }));
    }

    /// Starts the next round, if there is something to do and none runs.
    fn go_on(&mut self, ctx: &mut Context<Self>) {
        let Some(mut bench) = self.bench.take() else { return };
        for line in std::mem::take(&mut self.changed_lines) {
            configure(&mut bench, line);
        }
        if std::mem::take(&mut self.bell) {
            bench.inbox_drained = false;
        }
        if self.pending.is_empty() && bench.inbox_drained {
            self.bench = Some(bench);
            self.settled();
            return;
        }
        let mut pending = std::mem::take(&mut self.pending);
        let round = async move {
            let done = bench.round(&mut pending).await;
            (bench, pending, done)
        };
        ctx.spawn(round.into_actor(self).map(|(bench, mut left, done), shard, ctx| {
            left.append(&mut shard.pending);
            shard.pending = left;
            match done {
                Ok(()) => {
                    shard.panics = 0;
                    shard.breaks = 0;
                    shard.bench = Some(bench);
                    shard.go_on(ctx);
                }
                Err(error) => shard.broke(&error, ctx),
            }
        }));
    }

    /// Forgets everything and reads it anew. Whoever waits for an answer is told to repeat. A shard
    /// that is somebody else's stays down.
    fn broke(&mut self, error: &Broken, ctx: &mut Context<Self>) {
        tracing::error!(shard = %self.id, %error, "shard forgets what it knows");
        metrics::counter!("switchboard_shard_reloads_total").increment(1);
        self.parts.set_shard(self.id, None);
        self.pending.clear();
        // Nothing can be done now; a shard that is somebody else's never does anything again.
        self.settled();
        self.breaks += 1;
        match error {
            Broken::Panicked => self.panics += 1,
            Broken::Store(_) => {}
            Broken::Fenced => return,
        }
        let doublings = self.breaks.saturating_sub(1).min(REST_DOUBLINGS_MAX);
        ctx.run_later(REST * (1 << doublings), Self::load);
    }

    fn settled(&mut self) {
        for waiting in self.settling.drain(..) {
            let _gone = waiting.send(());
        }
    }
}

impl Actor for Shard {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        self.load(ctx);
    }
}

impl Handler<Work> for Shard {
    type Result = ();

    fn handle(&mut self, work: Work, ctx: &mut Self::Context) {
        if self.pending.len() >= PENDING_MAX {
            if let Some(own) = work.turned_away() {
                self.pending.push_back(own);
            }
            return;
        }
        self.pending.push_back(work);
        self.go_on(ctx);
    }
}

/// A line of this shard is new or was changed.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct LineChanged(pub(crate) Arc<Line>);

impl Handler<LineChanged> for Shard {
    type Result = ();

    fn handle(&mut self, changed: LineChanged, ctx: &mut Self::Context) {
        self.changed_lines.push(changed.0);
        self.go_on(ctx);
    }
}

/// Something was put into the inbox of this shard.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Bell;

impl Handler<Bell> for Shard {
    type Result = ();

    fn handle(&mut self, _: Bell, ctx: &mut Self::Context) {
        self.bell = true;
        self.go_on(ctx);
    }
}

/// Answered when nothing is left to be done.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Settle(pub(crate) oneshot::Sender<()>);

impl Handler<Settle> for Shard {
    type Result = ();

    fn handle(&mut self, settle: Settle, ctx: &mut Self::Context) {
        self.settling.push(settle.0);
        if self.parts.with_shard(self.id, |_| ()).is_none() {
            return self.settled();
        }
        self.go_on(ctx);
    }
}

fn configure(bench: &mut Bench, line: Arc<Line>) {
    let operators = bench.parts.standings();
    let directory = bench.parts.directory.get();
    let Some(hours) = directory.hours.get(&line.id).cloned() else { return };
    if let Some(addr) = bench.lines.get(&line.id) {
        addr.do_send(Configure { line, hours, operators });
        return;
    }
    let id = line.id.clone();
    let (counters, conversations) = (Vec::new(), Vec::new());
    let start = LineStart { line, hours, counters, conversations, operators };
    bench.lines.insert(id, LineActor::start(start, &bench.addr, bench.parts.clone()));
}

async fn load(
    parts: Shared,
    shard: ShardId,
    addr: Addr<Shard>,
    care: Care,
) -> Result<Bench, Broken> {
    let epoch = claim(&parts, shard).await?;
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
        lines: BTreeMap::new(),
        conversations: BTreeMap::new(),
        chats: Chats::default(),
        audit,
        attendance: AttendanceBook::load(&parts.store, shard).await?,
        customers: Customers::new(parts.records.clone(), parts.settings.region),
        touched: BTreeSet::new(),
        touched_lines: BTreeSet::new(),
        rounds: 0,
        care,
        cautious: false,
        parts,
    };
    start_lines(&mut bench).await?;
    if let Some(delivery) = bench.parts.delivery.get() {
        delivery.do_send(found_jobs(&bench.parts, shard).await?);
    }
    publish_missed(&bench).await?;
    Ok(bench)
}

/// Events whose commit was made but not answered have reached nobody: they are published now.
async fn publish_missed(bench: &Bench) -> Result<(), Broken> {
    let (parts, shard) = (&bench.parts, bench.shard);
    let Some(feed) = parts.feed.get() else { return Ok(()) };
    let node = NodeHandle::new(parts.clone());
    let known = node.ends().await?.0.get(&shard).copied();
    if let Some(from) = known.filter(|known| *known != bench.feed_end)
        && let Some(events) = from_store(&node, shard, from).await?
    {
        for event in &events {
            shared_change::apply(parts, &event.event);
        }
        feed.do_send(FeedBatch { shard, from, events });
    }
    feed.do_send(Follow { shard, end: bench.feed_end });
    Ok(())
}

/// Takes the shard over from whoever had it: on the embedded store that was ourselves, earlier.
async fn claim(parts: &Shared, shard: ShardId) -> Result<u64, Broken> {
    let leases = parts.store.leases().await?;
    let seen = leases.into_iter().find(|(id, _)| *id == shard).map(|(_, lease)| lease);
    let seen = seen.unwrap_or_default();
    match parts.store.claim(shard, parts.me.clone(), seen, 0).await? {
        Ok(lease) => Ok(lease.epoch),
        Err(lease) => Err(Broken::Store(format!("claimed meanwhile by {:?}", lease.owner))),
    }
}

/// Starts the lines with what the store remembers of them.
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
