//! What a node makes of the leases it sees: a pure machine. Answers go in with the moment at which
//! they were asked for or came, and what is to be done comes out.
//!
//! All moments are of this node's own monotonic clock. A shard is taken when its owner was seen not
//! to beat for a whole lease, and all polls in between succeeded: a store that stalled, or a node
//! that was stopped, must not look like the death of somebody else.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::ShardId;
use tokio::time::{Duration, Instant};

use crate::cluster::placement::Situation;
use crate::cluster::settings::Timing;
use crate::store::op::{InstanceId, Lease, Renewed};

/// How long after its start a node asks nobody for shards.
const ASKS_AFTER: Duration = Duration::from_secs(10);
/// How long nobody has come or gone before a node asks for shards.
const STILL_FOR: Duration = Duration::from_secs(5);
/// How often a node asks at most.
const ASKS_EVERY: Duration = Duration::from_secs(1);

/// What became of a shard, for the node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It is ours from now on.
    Gained { shard: ShardId, epoch: u64 },
    /// It is not ours any more, or may soon be somebody else's.
    Lost { shard: ShardId },
    /// A node that should have it asks for it: finish and give it free.
    Wanted { shard: ShardId },
}

/// What a poll leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Claim { shard: ShardId, seen: Lease, floor: u64 },
    Ask { shard: ShardId, owner: InstanceId, epoch: u64, before: Option<InstanceId> },
}

pub(super) struct Keeper {
    me: InstanceId,
    shards: u16,
    timing: Timing,
    started: Instant,
    held: BTreeMap<ShardId, Held>,
    leases: BTreeMap<ShardId, Lease>,
    /// Since when each lease stands as it does, as far as all polls succeeded.
    since: BTreeMap<ShardId, Instant>,
    /// The highest epoch ever seen: a store that went back must not give one out twice.
    floors: BTreeMap<ShardId, u64>,
    claiming: BTreeSet<ShardId>,
    nodes: Vec<InstanceId>,
    nodes_since: Instant,
    polled: Option<Instant>,
    asked: Option<Instant>,
    draining: bool,
    /// Every shard once had an owner.
    joined: bool,
}

struct Held {
    epoch: u64,
    /// When the last renewal that succeeded was sent.
    renewed: Instant,
    told_wanted: bool,
    /// It is being claimed anew: renewals of the old epoch say nothing.
    anew: bool,
}

impl Keeper {
    pub(super) fn new(me: InstanceId, shards: u16, timing: Timing, now: Instant) -> Self {
        Self {
            me,
            shards,
            timing,
            started: now,
            held: BTreeMap::new(),
            leases: BTreeMap::new(),
            since: BTreeMap::new(),
            floors: BTreeMap::new(),
            claiming: BTreeSet::new(),
            nodes: Vec::new(),
            nodes_since: now,
            polled: None,
            asked: None,
            draining: false,
            joined: false,
        }
    }

    /// A poll succeeded: the leases of all shards ever claimed, and who is there.
    pub(super) fn polled(
        &mut self,
        now: Instant,
        leases: Vec<(ShardId, Lease)>,
        nodes: Vec<InstanceId>,
    ) -> Vec<Step> {
        let gap = self.polled.is_none_or(|last| now.duration_since(last) > self.timing.poll_gap());
        self.polled = Some(now);
        if self.nodes != nodes {
            self.nodes = nodes;
            self.nodes_since = now;
        }
        let mut found: BTreeMap<_, _> = leases.into_iter().collect();
        for shard in (0..self.shards).map(ShardId) {
            let lease = found.remove(&shard).unwrap_or_default();
            let floor = self.floors.entry(shard).or_default();
            *floor = lease.epoch.max(*floor);
            let before = self.leases.insert(shard, lease.clone());
            if gap || before.is_none_or(|before| !before.stands_as(&lease)) {
                self.since.insert(shard, now);
            }
        }
        if self.draining {
            return Vec::new();
        }
        let claims = self.claims(now);
        if claims.is_empty() { self.asks(now) } else { claims }
    }

    fn situation(&self) -> Situation<'_> {
        Situation { shards: self.shards, nodes: &self.nodes, leases: &self.leases }
    }

    /// How long a shard has had no owner; none: it has one, or is being claimed.
    fn orphaned_for(&self, shard: ShardId, lease: &Lease, now: Instant) -> Option<Duration> {
        if self.held.contains_key(&shard) || self.claiming.contains(&shard) {
            return None;
        }
        let stands_for = now.duration_since(*self.since.get(&shard)?);
        match &lease.owner {
            None => Some(stands_for),
            // We have stopped by ourselves, and nobody else has come.
            Some(owner) if *owner == self.me => Some(stands_for),
            Some(_) => stands_for.checked_sub(self.timing.lease),
        }
    }

    fn claims(&mut self, now: Instant) -> Vec<Step> {
        let orphan = |(shard, lease): (&ShardId, &Lease)| {
            self.orphaned_for(*shard, lease, now).map(|since| (*shard, since))
        };
        let orphans: BTreeMap<_, _> = self.leases.iter().filter_map(orphan).collect();
        let successors = self.situation().successors(orphans.keys().copied());
        let mine = |shard: &ShardId, since: Duration| {
            let was_mine =
                self.leases.get(shard).is_some_and(|l| l.owner.as_ref() == Some(&self.me));
            let preferred = successors.get(shard) == Some(&self.me);
            was_mine || preferred || since >= self.timing.second_choice
        };
        let taken: Vec<_> =
            orphans.into_iter().filter(|(shard, since)| mine(shard, *since)).collect();
        let claim = |(shard, _)| {
            self.claiming.insert(shard);
            let seen = self.leases.get(&shard).cloned().unwrap_or_default();
            Step::Claim { shard, seen, floor: self.floor(shard) }
        };
        taken.into_iter().map(claim).collect()
    }

    fn asks(&mut self, now: Instant) -> Vec<Step> {
        let early = now.duration_since(self.started) < ASKS_AFTER
            || now.duration_since(self.nodes_since) < STILL_FOR
            || self.asked.is_some_and(|asked| now.duration_since(asked) < ASKS_EVERY);
        if early {
            return Vec::new();
        }
        self.asked = Some(now);
        let ask = |(shard, lease): (ShardId, Lease)| {
            let Lease { owner, epoch, want, .. } = lease;
            owner.map(|owner| Step::Ask { shard, owner, epoch, before: want })
        };
        self.situation().wanted(&self.me).into_iter().filter_map(ask).collect()
    }

    /// The highest epoch ever seen of a shard.
    pub(super) fn floor(&self, shard: ShardId) -> u64 {
        self.floors.get(&shard).copied().unwrap_or_default()
    }

    /// A claim that was sent then was answered; none: it was not.
    pub(super) fn claimed(
        &mut self,
        shard: ShardId,
        sent: Instant,
        answer: Option<Result<Lease, Lease>>,
    ) -> Option<Turn> {
        self.claiming.remove(&shard);
        let Some(Ok(lease)) = answer else {
            // The next poll says how it stands, and the watch begins anew.
            self.leases.remove(&shard);
            return None;
        };
        let epoch = lease.epoch;
        let held = Held { epoch, renewed: sent, told_wanted: false, anew: false };
        self.held.insert(shard, held);
        let floor = self.floors.entry(shard).or_default();
        *floor = epoch.max(*floor);
        self.leases.insert(shard, lease);
        Some(Turn::Gained { shard, epoch })
    }

    /// It is to be claimed anew. `false`: it is not ours.
    pub(super) fn begins_anew(&mut self, shard: ShardId) -> bool {
        let held = self.held.get_mut(&shard);
        held.is_some_and(|held| {
            held.anew = true;
            true
        })
    }

    /// What is to be renewed.
    pub(super) fn to_renew(&self) -> Vec<(ShardId, u64)> {
        let renewable = self.held.iter().filter(|(_, held)| !held.anew);
        renewable.map(|(shard, held)| (*shard, held.epoch)).collect()
    }

    /// A renewal that was sent then was answered.
    pub(super) fn renewed(
        &mut self,
        (shard, epoch): (ShardId, u64),
        sent: Instant,
        answer: &Renewed,
    ) -> Option<Turn> {
        let held = self.held.get_mut(&shard).filter(|held| held.epoch == epoch && !held.anew)?;
        match answer {
            Renewed::Ours { want } => {
                held.renewed = held.renewed.max(sent);
                let wanted = want.as_ref().is_some_and(|want| self.nodes.contains(want));
                let tell = wanted && !held.told_wanted;
                held.told_wanted = wanted;
                tell.then_some(Turn::Wanted { shard })
            }
            Renewed::Lost => self.lose(shard),
        }
    }

    /// It is given back, or was found to be somebody else's.
    pub(super) fn lose(&mut self, shard: ShardId) -> Option<Turn> {
        self.held.remove(&shard).map(|_| Turn::Lost { shard })
    }

    /// What is ours in the store perhaps, but was not renewed for too long.
    pub(super) fn fenced(&mut self, now: Instant) -> Vec<Turn> {
        let late = |held: &Held| now.duration_since(held.renewed) >= self.timing.self_fence;
        let late: Vec<_> =
            self.held.iter().filter(|(_, held)| late(held)).map(|(s, _)| *s).collect();
        late.into_iter().filter_map(|shard| self.lose(shard)).collect()
    }

    /// Nothing is claimed any more.
    pub(super) fn drains(&mut self) {
        self.draining = true;
    }

    pub(super) fn is_draining(&self) -> bool {
        self.draining
    }

    /// The epoch of each shard that is ours, and until when that is sure.
    pub(super) fn tenures(&self) -> BTreeMap<ShardId, Instant> {
        let until = |held: &Held| held.renewed + self.timing.self_fence;
        self.held.iter().map(|(shard, held)| (*shard, until(held))).collect()
    }

    /// Whether the store answered a moment ago, and every shard once had an owner since this node came.
    /// Later it does not wait for others: what comes while their shards change hands waits in inboxes.
    pub(super) fn has_joined(&mut self, now: Instant) -> bool {
        self.joined |= self.all_owned(now);
        self.joined && self.has_seen(now)
    }

    fn has_seen(&self, now: Instant) -> bool {
        self.polled.is_some_and(|at| now.duration_since(at) < self.timing.self_fence)
    }

    /// Whether every shard belongs to a node that is there, as far as was seen a moment ago.
    pub(super) fn all_owned(&self, now: Instant) -> bool {
        let owned = |shard: &ShardId| {
            let owner = self.leases.get(shard).and_then(|lease| lease.owner.as_ref());
            owner.is_some_and(|owner| *owner == self.me || self.nodes.contains(owner))
        };
        self.has_seen(now) && (0..self.shards).map(ShardId).all(|shard| owned(&shard))
    }
}

#[cfg(test)]
mod tests;
