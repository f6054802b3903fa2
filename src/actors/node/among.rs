//! A node among others: shards come and go with their leases, and what happens elsewhere is
//! followed.

use std::collections::BTreeSet;
use std::time::Duration;

use actix::{
    ActorFutureExt, Addr, AsyncContext, Context, Handler, Message, ResponseFuture, StreamHandler,
    WrapFuture,
};
use domain::id::{ChannelId, LineId, ShardId};
use futures_util::future::join_all;
use futures_util::stream;
use jiff::SignedDuration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::actors::copying::ForgetCopies;
use crate::actors::delivery::LetGo;
use crate::actors::encode;
use crate::actors::following::{LookAt, StoredEnds};
use crate::actors::handle::NodeHandle;
use crate::actors::line::{AskPlaces, TOLD_MAX, stand};
use crate::actors::node::Node;
use crate::actors::parts::Shared;
use crate::actors::poller::StopPolling;
use crate::actors::shard::{Bell, Doubt, Retire, Shard, StopShard};
use crate::cluster::lease::{News, Turn};
use crate::store::Signal;
use crate::store::op::Member;

/// How often the ends of all feeds and the inboxes of our shards are looked at: signals may be lost.
const POLL: Duration = Duration::from_millis(250);
/// How often other nodes are told where those stand who wait here.
const PLACES: Duration = Duration::from_secs(2);
/// How long a shard that is given away may take for what is on its way out, and for what is at hand.
const FINISH_WITHIN: Duration = Duration::from_secs(2);

impl Node {
    /// Listens to what happens to the leases and elsewhere, and says who is here.
    pub(super) fn joins(&mut self, news: UnboundedReceiver<News>, ctx: &mut Context<Self>) {
        ctx.add_stream(stream::unfold(news, async |mut news| {
            news.recv().await.map(|one| (one, news))
        }));
        actix::spawn(listen(self.parts.clone()));
        ctx.run_interval(POLL, Self::poll);
        ctx.run_interval(PLACES, Self::look_who_waits);
        self.announce();
    }

    /// Looks where no signal may have told to look.
    fn poll(&mut self, ctx: &mut Context<Self>) {
        if std::mem::replace(&mut self.polling, true) {
            return;
        }
        let store = self.parts.store.clone();
        let stands = async move { (store.feed_ends().await, store.inboxes().await) };
        ctx.spawn(stands.into_actor(self).map(|(ends, inboxes), node, _| {
            node.polling = false;
            if let (Ok(ends), Some(feed)) = (ends, node.parts.feed.get()) {
                feed.do_send(StoredEnds(ends));
            }
            for shard in inboxes.into_iter().flatten() {
                node.parts.with_shard(shard, |addr| addr.do_send(Bell));
            }
        }));
    }

    /// Says to the other nodes who is here.
    pub(super) fn announce(&self) {
        let Some(leases) = &self.parts.leases else { return };
        let grace = SignedDuration::from_secs(self.parts.settings.grace_seconds.into());
        let announced = self.parts.presence.announced(self.parts.clock.now(), grace);
        leases.announce(encode::document(&announced));
    }

    /// Asks the lines of this node who waits, for visitors whose pages are at other nodes.
    fn look_who_waits(&mut self, ctx: &mut Context<Self>) {
        let lines: Vec<_> = self.lines.values().cloned().collect();
        let asked =
            join_all(lines.into_iter().map(|line| async move { line.send(AskPlaces).await }));
        ctx.spawn(asked.into_actor(self).map(|answered, node, _| {
            let all = answered.into_iter().flatten().flat_map(|line| {
                let staffed = line.staffed;
                line.places.into_iter().map(move |(id, place)| (id, stand(&place, staffed)))
            });
            let mut all: Vec<_> = all.collect();
            // The first of each line before the second of any.
            all.sort_by_key(|(_, stand)| stand.position);
            all.truncate(TOLD_MAX);
            if node.parts.presence.wait_here(all.into_iter().collect()) {
                node.announce();
            }
        }));
    }

    /// Others have come, gone, or say something else of their operators, or of who writes.
    fn members(&mut self, members: &[Member], ctx: &mut Context<Self>) {
        let now = self.parts.clock.now();
        for operator in self.parts.presence.take(&self.parts.me, members, now) {
            self.tell_lines(&operator);
            self.look_again(operator, ctx);
        }
        for (side, conversation) in self.parts.presence.writing_elsewhere() {
            let node = NodeHandle::new(self.parts.clone());
            let under_way = self.parts.at_work.begin();
            actix::spawn(async move {
                node.somebody_writes(side, &conversation).await;
                drop(under_way);
            });
        }
    }

    fn gained(&mut self, shard: ShardId, epoch: u64) {
        let addr = Shard::start(shard, self.parts.clone(), Some(epoch));
        if let Some(before) = self.shards.insert(shard, addr) {
            before.do_send(StopShard);
        }
    }

    /// Nothing more is done here for a shard.
    fn lost(&mut self, shard: ShardId) {
        self.parts.set_shard(shard, None);
        if let Some(addr) = self.shards.remove(&shard) {
            addr.do_send(StopShard);
        }
        if let Some(delivery) = self.parts.delivery.get() {
            let (done, _nobody_waits) = oneshot::channel();
            delivery.do_send(LetGo { shard, done });
        }
        self.no_more_of(shard);
    }

    /// Lines, pollers and files of a shard that runs elsewhere.
    fn no_more_of(&mut self, shard: ShardId) {
        if let Some(copying) = self.parts.copying.get() {
            copying.do_send(ForgetCopies(shard));
        }
        let directory = self.parts.directory.get();
        let is_in =
            |line: &LineId| directory.lines.get(line).is_some_and(|l| l.value.shard == shard);
        self.lines.retain(|line, _| !is_in(line));
        let polled = |channel: &ChannelId| {
            directory.channels.get(channel).is_some_and(|c| c.value.shard == shard)
        };
        let ended: BTreeSet<_> = self.pollers.keys().filter(|c| polled(c)).cloned().collect();
        for channel in ended {
            if let Some(poller) = self.pollers.remove(&channel) {
                poller.do_send(StopPolling);
            }
        }
    }

    /// Finishes a shard and gives it to whoever asks for it.
    fn hand_over(&mut self, shard: ShardId, ctx: &mut Context<Self>) {
        let Some(addr) = self.shards.get(&shard).cloned() else { return };
        let given = give(self.parts.clone(), shard, addr);
        self.no_more_of(shard);
        ctx.spawn(given.into_actor(self).map(move |(), node, _| {
            node.shards.remove(&shard);
        }));
    }
}

/// Somebody here is writing: the other nodes are to know.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct SomebodyWrites;

impl Handler<SomebodyWrites> for Node {
    type Result = ();

    fn handle(&mut self, _: SomebodyWrites, _: &mut Self::Context) {
        self.announce();
    }
}

/// Passes on where something happened.
async fn listen(parts: Shared) {
    let mut signals = parts.store.signals();
    loop {
        match signals.recv().await {
            Ok(Signal::Inbox(shard)) => {
                parts.with_shard(shard, |addr| addr.do_send(Bell));
            }
            // A shard that runs here tells the feed itself.
            Ok(Signal::Feed(shard)) => {
                if let (None, Some(feed)) = (parts.with_shard(shard, |_| ()), parts.feed.get()) {
                    feed.do_send(LookAt(shard));
                }
            }
            Ok(Signal::Restarted) => {
                for shard in (0..parts.settings.shards).map(ShardId) {
                    parts.with_shard(shard, |addr| addr.do_send(Doubt));
                }
            }
            Ok(Signal::Free(_)) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

/// Lets what is on its way out arrive and what is at hand be committed, and gives the shard back.
async fn give(parts: Shared, shard: ShardId, addr: Addr<Shard>) {
    if let Some(delivery) = parts.delivery.get() {
        let (done, nothing_out) = oneshot::channel();
        delivery.do_send(LetGo { shard, done });
        let _late = timeout(FINISH_WITHIN, nothing_out).await;
    }
    let (done, retired) = oneshot::channel();
    addr.do_send(Retire(done));
    let _late = timeout(FINISH_WITHIN, retired).await;
    parts.set_shard(shard, None);
    addr.do_send(StopShard);
    if let Some(leases) = &parts.leases {
        leases.release(shard).await;
    }
}

impl StreamHandler<News> for Node {
    fn handle(&mut self, news: News, ctx: &mut Self::Context) {
        match news {
            News::Turn(Turn::Gained { shard, epoch }) => self.gained(shard, epoch),
            News::Turn(Turn::Lost { shard }) => self.lost(shard),
            News::Turn(Turn::Wanted { shard }) => self.hand_over(shard, ctx),
            News::Members(members) => self.members(&members, ctx),
        }
    }

    /// The leases are kept as long as the node: nothing to be done.
    fn finished(&mut self, _: &mut Self::Context) {}
}

/// A shard has been read and runs here.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct ShardRuns(pub(crate) ShardId);

impl Handler<ShardRuns> for Node {
    type Result = ();

    fn handle(&mut self, runs: ShardRuns, ctx: &mut Self::Context) {
        let directory = self.parts.directory.get();
        let of_shard = directory.channels.values().filter(|c| c.value.shard == runs.0);
        for channel in of_shard {
            self.channel_changed(&channel.value.id, ctx);
        }
    }
}

/// The directory was read anew: anything in it may be another.
#[derive(Clone, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct DirectoryAnew {
    /// Those that are new or others than before. To be told so does harm to one that is not.
    pub(crate) channels: Vec<ChannelId>,
}

impl Handler<DirectoryAnew> for Node {
    type Result = ();

    fn handle(&mut self, anew: DirectoryAnew, ctx: &mut Self::Context) {
        let directory = self.parts.directory.get();
        for line in directory.lines.keys() {
            self.line_changed(line);
        }
        for operator in directory.operators.keys() {
            self.operator_changed(operator);
        }
        for channel in &anew.channels {
            self.channel_changed(channel, ctx);
        }
    }
}

/// The node goes down: all shards are finished and given to the others. Answered then.
#[derive(Clone, Copy, Debug, Message)]
#[rtype(result = "()")]
pub(crate) struct GiveAll;

impl Handler<GiveAll> for Node {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, _: GiveAll, _: &mut Self::Context) -> Self::Result {
        let (parts, shards) = (self.parts.clone(), std::mem::take(&mut self.shards));
        Box::pin(async move {
            if let Some(leases) = &parts.leases {
                leases.drain().await;
            }
            let given = shards.into_iter().map(|(shard, addr)| give(parts.clone(), shard, addr));
            join_all(given).await;
        })
    }
}
