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

use crate::actors::bench::{Bench, Broken, Care};
use crate::actors::chats::Chats;
use crate::actors::delivery::found_jobs;
use crate::actors::encode::{self, Place};
use crate::actors::handle::NotStored;
use crate::actors::line::{Configure, LineActor, LineStart};
use crate::actors::parts::Shared;
use crate::actors::work::Work;
use crate::protocol::{CommandRefusal, EdgeRefusal, Outcome};
use crate::store::op::{DocumentKind, Lease};

/// Work that may wait for the next rounds.
const PENDING_MAX: usize = 10_000;
/// Documents read at a time when a shard starts.
const PAGE: usize = 256;
/// How long a shard rests after it broke, before it reads the store anew.
const REST: Duration = Duration::from_millis(200);

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
                    shard.bench = Some(bench);
                    shard.go_on(ctx);
                }
                Err(error) => shard.broke(&error, ctx),
            }
        }));
    }

    /// Forgets everything and reads it anew. Whoever waits for an answer is told to repeat.
    fn broke(&mut self, error: &Broken, ctx: &mut Context<Self>) {
        tracing::error!(shard = %self.id, %error, "shard is read anew");
        metrics::counter!("switchboard_shard_reloads_total").increment(1);
        match error {
            Broken::Panicked => self.panics += 1,
            Broken::Store(_) => {}
        }
        self.parts.set_shard(self.id, None);
        self.pending.retain(|work| matches!(work, Work::Raise { .. }));
        ctx.run_later(REST, Self::load);
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
            refuse(work);
            return;
        }
        self.pending.push_back(work);
        self.go_on(ctx);
    }
}

/// Too much is waiting. What comes from our own timers comes again after a reload.
fn refuse(work: Work) {
    match work {
        Work::Arrive { mut answer, .. } => answer.give(Err(NotStored::Full)),
        Work::Command { mut answer, .. } => {
            answer.give(Outcome::refused(CommandRefusal::Edge(EdgeRefusal::Unavailable {})));
        }
        Work::Job { mut answer, .. } | Work::Change { mut answer, .. } => {
            answer.give(Err(NotStored::Full));
        }
        Work::Inbox { .. }
        | Work::Due { .. }
        | Work::Wake { .. }
        | Work::Left { .. }
        | Work::Raise { .. }
        | Work::Reconsider { .. } => tracing::error!("internal work dropped: too much is waiting"),
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
        self.go_on(ctx);
    }
}

fn configure(bench: &mut Bench, line: Arc<Line>) {
    let operators = bench.parts.standings(&line);
    if let Some(addr) = bench.lines.get(&line.id) {
        addr.do_send(Configure { line, operators });
        return;
    }
    let id = line.id.clone();
    let start = LineStart {
        line,
        counters: Vec::new(),
        loads: Vec::new(),
        conversations: Vec::new(),
        operators,
    };
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
    if let Some(feed) = bench.parts.feed.get() {
        feed.do_send(crate::actors::feed::Follow { shard, end: bench.feed_end });
    }
    Ok(bench)
}

/// Takes the shard over from whoever had it: on the embedded store that was ourselves, earlier.
async fn claim(parts: &Shared, shard: ShardId) -> Result<u64, Broken> {
    let leases = parts.store.leases().await?;
    let seen = leases.into_iter().find(|(id, _)| *id == shard).map(|(_, lease)| lease);
    let seen = seen.unwrap_or(Lease { owner: None, epoch: 0, beat: 0 });
    match parts.store.claim(shard, parts.me.clone(), seen, 0).await? {
        Ok(lease) => Ok(lease.epoch),
        Err(lease) => Err(Broken::Store(format!("claimed meanwhile by {:?}", lease.owner))),
    }
}

/// Starts the lines with what the store remembers of them.
async fn start_lines(bench: &mut Bench) -> Result<(), Broken> {
    let mut open = open_conversations(bench).await?;
    let loads = bench.parts.store.loads().await?;
    let directory = bench.parts.directory.get();
    for (id, line) in &directory.lines {
        if line.value.shard != bench.shard {
            continue;
        }
        let line = line.value.clone();
        let start = LineStart {
            counters: bench.parts.store.counters(id.clone()).await?,
            loads: loads.clone(),
            conversations: open.remove(id).unwrap_or_default(),
            operators: bench.parts.standings(&line),
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
