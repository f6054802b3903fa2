//! The node: starts everything, knows who is here, and passes on what changed for whom.
//!
//! No business: who is eligible is the queue's question.

mod among;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock, RwLock};
use std::time::Duration;

use actix::{Actor, ActorFutureExt, Addr, AsyncContext, Context, Handler, Message, WrapFuture};
use domain::channel::Channel;
use domain::id::{ChannelId, LineId, OperatorId, ShardId};
use domain::operator::Misses;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::actors::answers::Answers;
use crate::actors::at_work::AtWork;
use crate::actors::attendance::were_here;
use crate::actors::copying::Copying;
use crate::actors::delivery::{ChannelMended, Delivery};
use crate::actors::directory::{Directory, DirectoryCell};
use crate::actors::feed::{EndSessions, Feed};
use crate::actors::handle::NodeHandle;
use crate::actors::health::Health;
use crate::actors::line::{LineActor, OperatorStands};
use crate::actors::parts::{NodeSettings, Parts, Shared};
use crate::actors::poller::{Poller, StopPolling};
use crate::actors::presence::Presence;
use crate::actors::rebuild::rebuild;
use crate::actors::shard::{KeepHouse, LineChanged, Shard};
use crate::actors::signs::Signs;
use crate::actors::visitor::limits::Limits;
use crate::actors::work::Work;
use crate::channels::{self, kept::Kept};
use crate::clock::{self, Clock};
use crate::cluster::lease::{Leases, News, Runs};
use crate::cluster::settings::Timing;
use crate::files::Files;
use crate::outbound::Outbound;
use crate::readmodel::ReadModel;
use crate::store::op::{InstanceId, SharedKind};
use crate::store::{Store, Unavailable};

/// Shared documents read at a time.
const PAGE: usize = 256;
/// Pause before a platform that could not be told is told again.
const CONNECT_AGAIN: Duration = Duration::from_mins(5);
/// How often dedupe keys that ran out and old events are dropped, and what is over is packed.
const TIDY_EVERY: Duration = Duration::from_mins(10);

/// What a node is made of.
pub struct NodeStart {
    pub name: String,
    pub settings: NodeSettings,
    pub clock: Clock,
    pub store: Store,
    pub read_model: ReadModel,
    pub outbound: Outbound,
    pub files: Files,
    /// None: this node is alone with its store, and owns all shards from start to end.
    pub cluster: Option<Cluster>,
}

/// How a node lives with others over one store.
#[derive(Clone, Copy, Debug)]
pub struct Cluster {
    pub timing: Timing,
    pub runs: Runs,
}

/// The actor of the process.
pub(crate) struct Node {
    pub(super) parts: Shared,
    pub(super) shards: BTreeMap<ShardId, Addr<Shard>>,
    pub(super) lines: BTreeMap<LineId, Addr<LineActor>>,
    pub(super) pollers: BTreeMap<ChannelId, Addr<Poller>>,
    /// Channels whose platform is just being told how to reach us; and those that were changed
    /// meanwhile.
    connecting: BTreeSet<ChannelId>,
    connect_again: BTreeSet<ChannelId>,
    /// What each operator has missed of late. Begins anew with the process.
    misses: BTreeMap<OperatorId, Misses>,
    /// What happens to the leases, until the node listens.
    news: Option<UnboundedReceiver<News>>,
    /// How feeds and inboxes stand is just being read.
    pub(super) polling: bool,
}

/// Starts a node on the running actix system. Its shards become ready by themselves.
pub async fn start(start: NodeStart) -> Result<NodeHandle, Unavailable> {
    let boot = u32::from_be_bytes(clock::secret_bytes());
    let me = InstanceId(format!("{}#{boot:08x}", start.name).into());
    let (leases, news) = match start.cluster {
        Some(cluster) => {
            let (leases, news) = keep_leases(&start, &me, cluster)?;
            (Some(leases), Some(news))
        }
        None => (None, None),
    };
    let slots = (0..start.settings.shards).map(|_| RwLock::new(None)).collect();
    let parts = Arc::new(Parts {
        me,
        leases,
        answers: Answers::default(),
        settings: start.settings,
        clock: start.clock,
        store: start.store,
        directory: DirectoryCell::default(),
        records: Arc::default(),
        read_model: start.read_model,
        presence: Presence::default(),
        shards: slots,
        shards_changed: Notify::new(),
        draining: AtomicBool::new(false),
        feed: OnceLock::new(),
        delivery: OnceLock::new(),
        copying: OnceLock::new(),
        node: OnceLock::new(),
        outbound: start.outbound,
        kept: Kept::default(),
        health: Health::default(),
        files: start.files,
        visitor_limits: Limits::default(),
        signs: Signs::default(),
        at_work: AtWork::default(),
    });
    for operator in were_here(&parts.store).await? {
        parts.presence.was_here(&operator, parts.clock.now());
    }
    // The directory is read last: the feed goes on from where the read model is.
    let known = rebuild(&parts).await?;
    let read = read_directory(&parts.store).await?;
    parts.directory.change(|empty| *empty = read);
    let feed = Feed::start(parts.clone(), known);
    let _first = parts.feed.set(feed);
    let _first = parts.delivery.set(Delivery::start(parts.clone()));
    let _first = parts.copying.set(Copying::start(parts.clone()));
    let node = Node {
        parts: parts.clone(),
        shards: BTreeMap::new(),
        news,
        polling: false,
        lines: BTreeMap::new(),
        pollers: BTreeMap::new(),
        connecting: BTreeSet::new(),
        connect_again: BTreeSet::new(),
        misses: BTreeMap::new(),
    };
    let _first = parts.node.set(node.start());
    Ok(NodeHandle::new(parts))
}

fn keep_leases(
    start: &NodeStart,
    me: &InstanceId,
    cluster: Cluster,
) -> Result<(Leases, UnboundedReceiver<News>), Unavailable> {
    let Cluster { timing, runs } = cluster;
    Leases::start(&start.store, me.clone(), start.settings.shards, timing, runs)
        .map_err(|error| Unavailable(format!("the leases cannot be kept: {error}")))
}

pub(crate) async fn read_directory(store: &Store) -> Result<Directory, Unavailable> {
    let kinds = [
        SharedKind::Line,
        SharedKind::Channel,
        SharedKind::Operator,
        SharedKind::Account,
        SharedKind::SignIn,
    ];
    let mut directory = Directory::default();
    for kind in kinds {
        let mut after = None;
        loop {
            let page = store.shared_all(kind, after.take(), PAGE).await?;
            for document in &page {
                directory.take(kind.as_str(), &document.id, document.version, &document.bytes);
            }
            if page.len() < PAGE {
                break;
            }
            after = page.last().map(|document| document.id.clone());
        }
    }
    Ok(directory)
}

impl Node {
    /// Takes all shards of a store that nobody else uses.
    fn owns_everything(&mut self, ctx: &mut Context<Self>) {
        let shards = (0..self.parts.settings.shards).map(ShardId);
        self.shards =
            shards.map(|shard| (shard, Shard::start(shard, self.parts.clone(), None))).collect();
        let channels: Vec<_> = self.parts.directory.get().channels.keys().cloned().collect();
        for channel in channels {
            self.channel_changed(&channel, ctx);
        }
    }

    /// Tells the lines how an operator stands: he may have conversations of any of them. And has it
    /// noted.
    pub(super) fn tell_lines(&self, operator: &OperatorId) {
        let Some((operator, present)) = self.parts.standing(operator) else { return };
        for addr in self.lines.values() {
            addr.do_send(OperatorStands { operator: operator.clone(), present });
        }
        let operator = Some(operator.id.clone());
        self.parts.with_shard(ShardId(0), |addr| addr.do_send(Work::Attend { operator }));
    }

    /// Sets somebody away who lets his offers run out.
    fn set_away(&self, operator: OperatorId) {
        let node = NodeHandle::new(self.parts.clone());
        actix::spawn(async move {
            if !node.set_away(&operator).await {
                tracing::warn!(%operator, "somebody who misses his offers could not be set away");
            }
        });
    }

    /// Looks again when the grace of somebody who lost his connection is over. A sleep that ended
    /// early by the wall clock is slept on.
    pub(super) fn look_again(&self, operator: OperatorId, ctx: &mut Context<Self>) {
        let grace = SignedDuration::from_secs(self.parts.settings.grace_seconds.into());
        let Some(ends) = self.parts.presence.grace_ends(&operator, grace) else { return };
        if ends <= self.parts.clock.now() {
            return self.tell_lines(&operator);
        }
        ctx.run_later(self.parts.clock.until(ends), move |node, ctx| {
            node.look_again(operator, ctx);
        });
    }

    /// Tells the line, and those that follow its calendar.
    pub(super) fn line_changed(&self, id: &LineId) {
        let directory = self.parts.directory.get();
        let concerned = directory.lines.values().filter(|line| {
            line.value.id == *id || line.value.settings.hours.calendar_of.as_ref() == Some(id)
        });
        for line in concerned {
            if let Some(shard) = self.shards.get(&line.value.shard) {
                shard.do_send(LineChanged(line.value.clone()));
            }
        }
    }

    pub(super) fn operator_changed(&mut self, id: &OperatorId) {
        let directory = self.parts.directory.get();
        let Some(operator) = directory.operators.get(id) else { return };
        if let Some(misses) = self.misses.get_mut(id) {
            misses.sees(&operator.value);
        }
        if !operator.value.enabled {
            self.end_sessions(EndSessions::OfOperator(id.clone()));
        }
        self.tell_lines(id);
    }

    fn sign_in_changed(&self, digest: &str) {
        if !self.parts.directory.get().sign_ins.contains_key(digest) {
            self.end_sessions(EndSessions::OfSignIn(digest.to_owned()));
        }
    }

    pub(super) fn channel_changed(&mut self, id: &ChannelId, ctx: &mut Context<Self>) {
        self.parts.health.begins_anew(id);
        self.reconnect(id, ctx);
    }

    fn reconnect(&mut self, id: &ChannelId, ctx: &mut Context<Self>) {
        if let Some(delivery) = self.parts.delivery.get() {
            delivery.do_send(ChannelMended(id.clone()));
        }
        if let Some(poller) = self.pollers.remove(id) {
            poller.do_send(StopPolling);
        }
        if self.connecting.contains(id) {
            self.connect_again.insert(id.clone());
        } else {
            self.connect(id.clone(), ctx);
        }
    }

    /// Tells the platform where to deliver, or that we ask; then asks. One call at a time for a
    /// channel, so that the last change is what stands.
    fn connect(&mut self, id: ChannelId, ctx: &mut Context<Self>) {
        let directory = self.parts.directory.get();
        let channel = directory.channels.get(&id).map(|found| found.value.clone());
        let ours = |channel: &Arc<Channel>| channel.enabled && self.parts.serves(channel.shard);
        let Some(channel) = channel.filter(ours) else { return };
        let hook = self.parts.settings.public_url.as_ref().map(|url| format!("{url}/hooks/{id}"));
        self.connecting.insert(id);
        let (parts, told) = (self.parts.clone(), channel.clone());
        let told = async move { channels::connect(&parts.outbound, &told, hook.as_deref()).await };
        ctx.spawn(told.into_actor(self).map(move |told, node, ctx| {
            node.connected(&channel, told, ctx);
        }));
    }

    fn connected(
        &mut self,
        channel: &Arc<Channel>,
        told: Result<(), String>,
        ctx: &mut Context<Self>,
    ) {
        let id = channel.id.clone();
        self.connecting.remove(&id);
        self.parts.health.told(&id, &told, self.parts.clock.now());
        if self.connect_again.remove(&id) {
            return self.connect(id, ctx);
        }
        if !self.parts.serves(channel.shard) {
            return;
        }
        if let Some(poller) = Poller::start_for(channel, &self.parts) {
            self.pollers.insert(id.clone(), poller);
        }
        if let Err(reason) = told {
            tracing::error!(channel = %id, reason, "the platform was not told how to reach us");
            ctx.run_later(CONNECT_AGAIN, move |node, ctx| node.reconnect(&id, ctx));
        }
    }

    fn end_sessions(&self, which: EndSessions) {
        if let Some(feed) = self.parts.feed.get() {
            feed.do_send(which);
        }
    }

    fn tidy(&self) {
        for shard in self.shards.values() {
            shard.do_send(KeepHouse);
        }
        // One does it for all.
        if !self.parts.serves(ShardId(0)) {
            return;
        }
        let parts = self.parts.clone();
        actix::spawn(async move {
            let kept = parts.settings.events_stored;
            if let Err(error) = parts.store.tidy(parts.clock.now(), kept).await {
                tracing::warn!(%error, "tidying failed, it is tried again later");
            }
            if let Err(error) = parts.files.tidy(parts.clock.now()).await {
                tracing::warn!(%error, "files that nobody sent are dropped later");
            }
        });
    }
}

impl Actor for Node {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.run_interval(TIDY_EVERY, |node, _| node.tidy());
        match self.news.take() {
            Some(news) => self.joins(news, ctx),
            None => self.owns_everything(ctx),
        }
        for operator in self.parts.presence.everybody() {
            self.look_again(operator, ctx);
        }
    }
}

pub(crate) use crate::actors::node::among::{DirectoryAnew, GiveAll, ShardRuns, SomebodyWrites};

/// A line's actor has started.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct LineRuns {
    pub(crate) line: LineId,
    pub(crate) addr: Addr<LineActor>,
}

impl Handler<LineRuns> for Node {
    type Result = ();

    fn handle(&mut self, runs: LineRuns, _: &mut Self::Context) {
        let line = runs.line.clone();
        self.lines.insert(runs.line, runs.addr);
        // Somebody may have come or gone while it started.
        for (operator, present) in self.parts.standings() {
            if let Some(addr) = self.lines.get(&line) {
                addr.do_send(OperatorStands { operator, present });
            }
        }
    }
}

/// Where are the actors of lines?
#[derive(Clone, Debug, Message)]
#[rtype(result = "Vec<Addr<LineActor>>")]
pub(crate) enum AskLines {
    One(LineId),
    All,
}

impl Handler<AskLines> for Node {
    type Result = Vec<Addr<LineActor>>;

    fn handle(&mut self, which: AskLines, _: &mut Self::Context) -> Vec<Addr<LineActor>> {
        match which {
            AskLines::One(line) => self.lines.get(&line).cloned().into_iter().collect(),
            AskLines::All => self.lines.values().cloned().collect(),
        }
    }
}

/// An operator opened a socket.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct SocketCame(pub(crate) OperatorId);

impl Handler<SocketCame> for Node {
    type Result = ();

    fn handle(&mut self, came: SocketCame, _: &mut Self::Context) {
        self.announce();
        self.tell_lines(&came.0);
    }
}

/// An operator's socket is gone.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct SocketLeft {
    pub(crate) operator: OperatorId,
    /// He signed out: there is no grace.
    pub(crate) signed_out: bool,
}

impl Handler<SocketLeft> for Node {
    type Result = ();

    fn handle(&mut self, left: SocketLeft, ctx: &mut Self::Context) {
        let last = self.parts.presence.left(&left.operator, self.parts.clock.now());
        if last && left.signed_out {
            self.parts.presence.gone_for_good(&left.operator);
            self.announce();
            self.tell_lines(&left.operator);
        } else if last {
            self.announce();
            self.look_again(left.operator, ctx);
        }
    }
}

/// An operator answered an offer, or let one run out that he could have answered.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct Attention {
    pub(crate) operator: OperatorId,
    pub(crate) missed: bool,
    pub(crate) at: Timestamp,
}

impl Handler<Attention> for Node {
    type Result = ();

    fn handle(&mut self, attention: Attention, _: &mut Self::Context) {
        let Attention { operator, missed, at } = attention;
        // One node counts for all.
        if !self.parts.serves(ShardId(0)) {
            return;
        }
        if !missed {
            self.misses.remove(&operator);
            return;
        }
        let misses = self.misses.entry(operator.clone()).or_default();
        if let Some(found) = self.parts.directory.get().operators.get(&operator) {
            misses.sees(&found.value);
        }
        if misses.missed(at) {
            self.misses.remove(&operator);
            self.set_away(operator);
        }
    }
}

/// A shared document was changed; the directory shows it already.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct SharedChanged {
    pub(crate) kind: String,
    pub(crate) id: String,
}

impl Handler<SharedChanged> for Node {
    type Result = ();

    fn handle(&mut self, changed: SharedChanged, ctx: &mut Self::Context) {
        match changed.kind.as_str() {
            "line" => self.line_changed(&LineId::new(changed.id)),
            "operator" => self.operator_changed(&OperatorId::new(changed.id)),
            "channel" => self.channel_changed(&ChannelId::new(changed.id), ctx),
            "sign_in" => self.sign_in_changed(&changed.id),
            _ => {}
        }
    }
}
