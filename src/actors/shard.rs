//! One shard: collects what is to be done while a round runs, and starts the next.
//!
//! All that writes for the shard's lines and conversations goes through here. Decides nothing.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use actix::{
    Actor, ActorContext, ActorFutureExt, Addr, AsyncContext, Context, Handler, Message, WrapFuture,
};
use domain::conversation::Conversation;
use domain::id::{LineId, ShardId};
use domain::line::Line;
use tokio::sync::oneshot;

use crate::actors::attendance::AttendanceBook;
use crate::actors::bench::{Bench, Broken, Care};
use crate::actors::chats::Chats;
use crate::actors::customers::Customers;
use crate::actors::delivery::TakeUp;
use crate::actors::encode::{self, Place};
use crate::actors::following::CatchUpWith;
use crate::actors::keeping::Keeping;
use crate::actors::ledger::{Ledger, Nothing};
use crate::actors::line::{Configure, HasBegun, LineActor, LineStart};
use crate::actors::node::ShardRuns;
use crate::actors::outbox::found_jobs;
use crate::actors::packing::Packing;
use crate::actors::parts::Shared;
use crate::actors::work::Work;
use crate::store::op::DocumentKind;

/// Work that may wait for the next rounds.
const PENDING_MAX: usize = 10_000;
/// Documents read at a time when a shard starts.
const PAGE: usize = 256;
/// How long a shard rests after it broke, before it reads the store anew; doubled each time.
const REST: Duration = Duration::from_millis(200);
const REST_DOUBLINGS_MAX: u32 = 7;
/// After how long a shard looks again whether the inbox of another has room.
const ROOM_REST: Duration = Duration::from_millis(100);

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
    /// The store may have less than what is known here.
    doubt: bool,
    /// Rounds that panicked in a row.
    panics: u32,
    /// Times that it broke in a row.
    breaks: u32,
    settling: Vec<oneshot::Sender<()>>,
    /// There may be something to put away or to delete.
    keeps_house: bool,
    /// It was just gained in that epoch and not read yet.
    gained: Option<u64>,
    /// It ends when nothing is left to be done.
    retiring: Option<oneshot::Sender<()>>,
}

impl Shard {
    /// `gained`: it is ours already, in that epoch; none: it is claimed first.
    pub(crate) fn start(id: ShardId, parts: Shared, gained: Option<u64>) -> Addr<Self> {
        let shard = Self {
            id,
            gained,
            retiring: None,
            parts,
            bench: None,
            pending: VecDeque::new(),
            changed_lines: Vec::new(),
            bell: false,
            doubt: false,
            panics: 0,
            breaks: 0,
            settling: Vec::new(),
            keeps_house: false,
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
        let loading = load(self.parts.clone(), self.id, self.gained.take(), ctx.address(), care);
        ctx.spawn(loading.into_actor(self).map(|loaded, shard, ctx| match loaded {
            Ok(bench) => {
                shard.bench = Some(bench);
                if shard.retiring.is_none() {
                    shard.runs(ctx);
                }
                if shard.id == ShardId(0) {
                    // Whoever came or went meanwhile was not noted.
                    shard.pending.push_back(Work::Attend { operator: None });
                }
                shard.go_on(ctx);
            }
            Err(error) => shard.broke(&error, ctx),
        }));
    }

    fn runs(&self, ctx: &mut Context<Self>) {
        self.parts.set_shard(self.id, Some(ctx.address()));
        if let (Some(_), Some(node)) = (&self.parts.leases, self.parts.node.get()) {
            node.do_send(ShardRuns(self.id));
        }
    }

    /// Starts the next round, if there is something to do and none runs.
    fn go_on(&mut self, ctx: &mut Context<Self>) {
        let Some(mut bench) = self.bench.take() else { return };
        if std::mem::take(&mut self.doubt) {
            return self.broke(&Broken::Store("the store was started anew".to_owned()), ctx);
        }
        for line in std::mem::take(&mut self.changed_lines) {
            configure(&mut bench, line);
        }
        if std::mem::take(&mut self.bell) {
            bench.inbox_drained = false;
        }
        if self.retiring.is_some() {
            // What lies there is the next owner's.
            bench.inbox_drained = true;
        }
        let is_idle = self.pending.is_empty() && bench.inbox_drained;
        if is_idle && self.retiring.is_none() {
            if std::mem::take(&mut self.keeps_house) {
                bench.begin_chores();
            }
            self.pending.extend(bench.next_chore());
        }
        if self.pending.is_empty() && bench.inbox_drained {
            self.bench = Some(bench);
            self.settled();
            if let Some(retired) = self.retiring.take() {
                let _gone = retired.send(());
                ctx.stop();
            }
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
                    let waits_for_room = bench.waits_for_room;
                    shard.bench = Some(bench);
                    if waits_for_room {
                        shard.settled();
                        ctx.run_later(ROOM_REST, Self::go_on);
                    } else {
                        shard.go_on(ctx);
                    }
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
        let pending = std::mem::take(&mut self.pending);
        if let Broken::Store(_) = error {
            // What the hub tells itself nobody would tell it again.
            self.pending.extend(pending.into_iter().filter_map(Work::turned_away));
        }
        // Nothing can be done now; a shard that is somebody else's never does anything again.
        self.settled();
        self.breaks += 1;
        match error {
            Broken::Panicked => self.panics += 1,
            Broken::Store(_) => {}
            Broken::Fenced => return,
        }
        if self.retiring.is_some() {
            return ctx.stop();
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

/// The store may have less than what is known here: everything is read anew.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Doubt;

impl Handler<Doubt> for Shard {
    type Result = ();

    fn handle(&mut self, _: Doubt, ctx: &mut Self::Context) {
        self.doubt = true;
        self.go_on(ctx);
    }
}

/// What is over may be put away or deleted, when nothing else is to be done.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct KeepHouse;

impl Handler<KeepHouse> for Shard {
    type Result = ();

    fn handle(&mut self, _: KeepHouse, ctx: &mut Self::Context) {
        self.keeps_house = true;
        self.go_on(ctx);
    }
}

/// The shard is somebody else's, or is about to be: nothing more is done for it.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct StopShard;

impl Handler<StopShard> for Shard {
    type Result = ();

    fn handle(&mut self, _: StopShard, ctx: &mut Self::Context) {
        ctx.stop();
    }
}

/// The shard is given away: takes nothing new, finishes what is at hand, and ends. Answered then.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Retire(pub(crate) oneshot::Sender<()>);

impl Handler<Retire> for Shard {
    type Result = ();

    fn handle(&mut self, retire: Retire, ctx: &mut Self::Context) {
        self.parts.set_shard(self.id, None);
        self.retiring = Some(retire.0);
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
        lines: BTreeMap::new(),
        conversations: HashMap::default(),
        chats: Chats::default(),
        audit,
        attendance: AttendanceBook::load(&parts.store, shard).await?,
        customers: Customers::new(parts.records.clone(), parts.settings.region),
        touched: BTreeSet::new(),
        touched_lines: BTreeSet::new(),
        rounds: 0,
        care,
        cautious: false,
        waits_for_room: false,
        detour: 0,
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
    let Some(feed) = parts.feed.get() else { return Ok(()) };
    for shard in BTreeSet::from([ShardId(0), shard]) {
        let (done, known) = oneshot::channel();
        feed.do_send(CatchUpWith { shard, done });
        known.await.map_err(|_| Broken::Store("the feed has stopped".into()))?;
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
        line.send(HasBegun).await?;
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
