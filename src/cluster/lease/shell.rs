//! Asks the store for the leases, renews and claims them as `keeper` wants it, and tells the node.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use domain::id::ShardId;
use futures_util::StreamExt;
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::FuturesUnordered;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Duration, Instant, Interval, MissedTickBehavior, interval, timeout};

use crate::clock;
use crate::cluster::keeper::{Keeper, Step, Turn};
use crate::cluster::lease::{Common, News, Order, lock};
use crate::cluster::settings::Timing;
use crate::store::op::{InstanceId, Lease, Member, Renewed};
use crate::store::{Store, Unavailable};

/// Attempts to claim a shard of ours anew, between which it may be renewed.
const ANEW_TRIES: usize = 5;

/// What a poll sees: the lease of every shard ever claimed, and who is there.
type Seen = (Vec<(ShardId, Lease)>, Vec<Member>);

/// What the store answered. None: not at all, or not in time.
enum Done {
    Polled(Option<Seen>),
    Claimed {
        shard: ShardId,
        sent: Instant,
        answer: Option<Result<Lease, Lease>>,
    },
    Renewed {
        held: Vec<(ShardId, u64)>,
        sent: Instant,
        answer: Option<Vec<Renewed>>,
    },
    Anew {
        shard: ShardId,
        sent: Instant,
        lease: Option<Lease>,
        answer: oneshot::Sender<Option<u64>>,
    },
    Told(Option<oneshot::Sender<()>>),
}

pub(super) struct Shell {
    keeper: Keeper,
    store: Store,
    me: InstanceId,
    timing: Timing,
    common: Arc<Common>,
    news: mpsc::UnboundedSender<News>,
    members: Vec<Member>,
    polling: bool,
    renewing: BTreeSet<ShardId>,
    under_way: FuturesUnordered<BoxFuture<'static, Done>>,
}

impl Shell {
    pub(super) fn new(
        store: Store,
        me: InstanceId,
        shards: u16,
        timing: Timing,
        (common, news): (Arc<Common>, mpsc::UnboundedSender<News>),
    ) -> Self {
        Self {
            keeper: Keeper::new(me.clone(), shards, timing, clock::tick()),
            store,
            me,
            timing,
            common,
            news,
            members: Vec::new(),
            polling: false,
            renewing: BTreeSet::new(),
            under_way: FuturesUnordered::new(),
        }
    }

    /// Runs until nobody holds the [`Leases`] any more.
    pub(super) async fn keep(mut self, mut orders: mpsc::UnboundedReceiver<Order>) {
        let mut beats = every(self.timing.beat_every);
        let mut polls = every(self.timing.poll);
        let mut freed = self.store.freed();
        let mut listens = true;
        loop {
            tokio::select! {
                biased;
                order = orders.recv() => match order {
                    Some(order) => self.order(order),
                    None => return,
                },
                _ = beats.tick() => self.beat(),
                _ = polls.tick() => self.poll(),
                shard = freed.recv(), if listens => match shard {
                    Ok(_) | Err(RecvError::Lagged(_)) => self.poll(),
                    Err(RecvError::Closed) => listens = false,
                },
                Some(done) = self.under_way.next() => self.done(done),
            }
            let now = clock::tick();
            for turn in self.keeper.fenced(now) {
                tracing::warn!(?turn, "a shard was not renewed in time");
                self.tell(Some(turn));
            }
            self.common.all_owned.store(self.keeper.all_owned(now), Ordering::Relaxed);
            self.common.joined.store(self.keeper.has_joined(now), Ordering::Relaxed);
            *lock(&self.common.tenures) = self.keeper.tenures();
        }
    }

    fn call(&self, call: impl Future<Output = Done> + Send + 'static) {
        self.under_way.push(call.boxed());
    }

    fn poll(&mut self) {
        if std::mem::replace(&mut self.polling, true) {
            return;
        }
        let (store, within) = (self.store.clone(), self.timing.answer_within);
        self.call(async move {
            let both = async { tokio::try_join!(store.leases(), store.members()) };
            Done::Polled(answer(timeout(within, both).await))
        });
    }

    fn beat(&mut self) {
        self.announce(None);
        let mut held: Vec<_> = self.keeper.to_renew();
        held.retain(|(shard, _)| self.renewing.insert(*shard));
        if held.is_empty() {
            return;
        }
        let (store, me, within) = (self.store.clone(), self.me.clone(), self.timing.answer_within);
        let sent = clock::tick();
        self.call(async move {
            let renewed = timeout(within, store.renew(me, held.clone())).await;
            Done::Renewed { held, sent, answer: answer(renewed) }
        });
    }

    /// Says that this node is there, or that it goes.
    fn announce(&self, done: Option<oneshot::Sender<()>>) {
        let ttl = if self.keeper.is_draining() { Duration::ZERO } else { self.timing.lease };
        let (store, me, within) = (self.store.clone(), self.me.clone(), self.timing.answer_within);
        let words = lock(&self.common.words).clone();
        self.call(async move {
            // The next beat says it again.
            let _late = timeout(within, store.announce(me, words, ttl)).await;
            Done::Told(done)
        });
    }

    fn order(&mut self, order: Order) {
        match order {
            Order::Announce => self.announce(None),
            Order::Drain { done } => {
                self.keeper.drains();
                self.announce(Some(done));
            }
            Order::Release { shard, done } => self.release(shard, done),
            Order::Anew { shard, answer } if self.keeper.begins_anew(shard) => {
                self.anew(shard, answer);
            }
            Order::Anew { answer, .. } => {
                let _gone = answer.send(None);
            }
        }
    }

    fn release(&mut self, shard: ShardId, done: oneshot::Sender<()>) {
        let epoch = self.keeper.to_renew().into_iter().find(|(held, _)| *held == shard);
        let Some((_, epoch)) = epoch else { return };
        // Whoever gives it back has stopped it: it is not lost.
        let _not_told = self.keeper.lose(shard);
        let (store, me, within) = (self.store.clone(), self.me.clone(), self.timing.answer_within);
        self.call(async move {
            // One that is not given back runs out.
            let _late = timeout(within, store.release(shard, me, epoch)).await;
            Done::Told(Some(done))
        });
    }

    fn anew(&self, shard: ShardId, answer: oneshot::Sender<Option<u64>>) {
        let (store, me, within) = (self.store.clone(), self.me.clone(), self.timing.answer_within);
        let (floor, sent) = (self.keeper.floor(shard), clock::tick());
        self.call(async move {
            let claimed = timeout(within, claim_own(store, shard, me, floor)).await;
            let lease = claimed.ok().and_then(Result::ok).flatten();
            Done::Anew { shard, sent, lease, answer }
        });
    }

    fn done(&mut self, done: Done) {
        match done {
            Done::Polled(polled) => {
                self.polling = false;
                if let Some((leases, members)) = polled {
                    self.polled(leases, members);
                }
            }
            Done::Claimed { shard, sent, answer } => {
                let turn = self.keeper.claimed(shard, sent, answer);
                self.tell(turn);
            }
            Done::Renewed { held, sent, answer } => {
                for (shard, _) in &held {
                    self.renewing.remove(shard);
                }
                for (of, renewed) in held.into_iter().zip(answer.into_iter().flatten()) {
                    let turn = self.keeper.renewed(of, sent, &renewed);
                    self.tell(turn);
                }
            }
            Done::Anew { shard, sent, lease, answer } => {
                let epoch = lease.as_ref().map(|lease| lease.epoch);
                if let Some(lease) = lease {
                    // Who asked goes on with it himself.
                    let _told = self.keeper.claimed(shard, sent, Some(Ok(lease)));
                } else {
                    let turn = self.keeper.lose(shard);
                    self.tell(turn);
                }
                *lock(&self.common.tenures) = self.keeper.tenures();
                let _gone = answer.send(epoch);
            }
            Done::Told(Some(done)) => {
                let _gone = done.send(());
            }
            Done::Told(None) => {}
        }
    }

    fn polled(&mut self, leases: Vec<(ShardId, Lease)>, members: Vec<Member>) {
        let nodes = members.iter().map(|member| member.instance.clone()).collect();
        let steps = self.keeper.polled(clock::tick(), leases, nodes);
        if self.members != members {
            self.members.clone_from(&members);
            let _gone = self.news.send(News::Members(members));
        }
        for step in steps {
            self.step(step);
        }
    }

    fn step(&self, step: Step) {
        let (store, me, within) = (self.store.clone(), self.me.clone(), self.timing.answer_within);
        let sent = clock::tick();
        match step {
            Step::Claim { shard, seen, floor } => self.call(async move {
                let before = seen.owner.clone().filter(|owner| *owner != me);
                let claimed = timeout(within, store.claim(shard, me, seen, floor)).await;
                let answer = answer(claimed);
                if let (Some(owner), Some(Ok(_))) = (before, &answer) {
                    tracing::warn!(%shard, %owner, "a shard was taken over from a silent node");
                    metrics::counter!("switchboard_takeovers_total").increment(1);
                }
                Done::Claimed { shard, sent, answer }
            }),
            Step::Ask { shard, owner, epoch, before } => self.call(async move {
                // Asked again when it is still wanted.
                let _late = timeout(within, store.ask(shard, me, owner, epoch, before)).await;
                Done::Told(None)
            }),
        }
    }

    fn tell(&self, turn: Option<Turn>) {
        let Some(turn) = turn else { return };
        // What is ours no more is so before anybody hears of it, what is ours likewise.
        *lock(&self.common.tenures) = self.keeper.tenures();
        let _gone = self.news.send(News::Turn(turn));
    }
}

/// Claims what is ours already; none: it is somebody else's.
async fn claim_own(
    store: Store,
    shard: ShardId,
    me: InstanceId,
    floor: u64,
) -> Result<Option<Lease>, Unavailable> {
    for _ in 0..ANEW_TRIES {
        let leases = store.leases().await?;
        let seen = leases.into_iter().find(|(id, _)| *id == shard).map(|(_, lease)| lease);
        let Some(seen) = seen.filter(|lease| lease.owner.as_ref() == Some(&me)) else {
            return Ok(None);
        };
        if let Ok(lease) = store.claim(shard, me.clone(), seen, floor).await? {
            return Ok(Some(lease));
        }
    }
    Ok(None)
}

/// An answer that came in time.
fn answer<T>(within: Result<Result<T, Unavailable>, tokio::time::error::Elapsed>) -> Option<T> {
    match within {
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the store does not answer for the leases");
            None
        }
        Err(_) => {
            tracing::warn!("the store does not answer for the leases in time");
            None
        }
    }
}

fn every(period: Duration) -> Interval {
    let mut interval = interval(period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}
