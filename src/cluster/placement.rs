//! Which node should own which shard: the same answer on every node that sees the same.
//!
//! Every live node has a quota; within the quotas a shard prefers the node with the highest
//! rendezvous weight. So shares differ by one at most, and a node that joins or leaves moves few.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use domain::id::ShardId;

use crate::store::op::{InstanceId, Lease};

/// Shards that a node asks for at a time.
const ASKS_MAX: usize = 4;

/// How things stand, as one node sees it.
#[derive(Debug)]
pub struct Situation<'a> {
    /// How many shards there are.
    pub shards: u16,
    /// Who is there, in order.
    pub nodes: &'a [InstanceId],
    /// The lease of every shard.
    pub leases: &'a BTreeMap<ShardId, Lease>,
}

impl Situation<'_> {
    /// Who should take each of these shards, which nobody owns. In the order of shards, each knowing
    /// where those before it go. Nobody is there: nobody takes any.
    pub fn successors(
        &self,
        orphans: impl IntoIterator<Item = ShardId>,
    ) -> BTreeMap<ShardId, InstanceId> {
        let orphans: Vec<_> = orphans.into_iter().collect();
        let mut has: BTreeMap<&InstanceId, usize> =
            self.nodes.iter().map(|node| (node, 0)).collect();
        for (shard, lease) in self.leases {
            let owner = lease.owner.as_ref().filter(|_| !orphans.contains(shard));
            if let Some(count) = owner.and_then(|owner| has.get_mut(owner)) {
                *count += 1;
            }
        }
        let mut successors = BTreeMap::new();
        for shard in orphans {
            let has_room =
                |node: &&InstanceId| has.get(node).is_some_and(|n| *n < self.quota(node));
            // Whom it was given free for.
            let asked = self.leases.get(&shard).and_then(|lease| lease.want.as_ref());
            let asked = self.nodes.iter().filter(|node| Some(*node) == asked).find(has_room);
            let preferred = || {
                let with_room = self.nodes.iter().filter(has_room);
                with_room
                    .max_by_key(|node| weight(shard, node))
                    .or_else(|| self.nodes.iter().max_by_key(|node| weight(shard, node)))
            };
            if let Some(node) = asked.or_else(preferred) {
                *has.entry(node).or_default() += 1;
                successors.insert(shard, node.clone());
            }
        }
        successors
    }

    /// Which shards `me` should ask their owners for: it has less than its share, they have more.
    /// Each with its lease, those that suit it best first. None while any shard is without a live
    /// owner.
    pub fn wanted(&self, me: &InstanceId) -> Vec<(ShardId, Lease)> {
        let mut all: BTreeMap<&InstanceId, usize> = BTreeMap::new();
        for shard in (0..self.shards).map(ShardId) {
            let owner = self.leases.get(&shard).and_then(|lease| lease.owner.as_ref());
            let Some(owner) = owner.filter(|owner| self.nodes.contains(owner)) else {
                return Vec::new();
            };
            *all.entry(owner).or_default() += 1;
        }
        let asked = self.leases.values().filter(|lease| lease.want.as_ref() == Some(me)).count();
        let has = all.get(me).copied().unwrap_or_default() + asked;
        let missing = self.quota(me).saturating_sub(has).min(ASKS_MAX);
        let surplus_of = |(owner, count): (&&InstanceId, &usize)| {
            ((*owner).clone(), count.saturating_sub(self.quota(owner)))
        };
        let mut surplus: BTreeMap<InstanceId, usize> = all.iter().map(surplus_of).collect();
        for lease in self.leases.values().filter(|lease| self.is_asked(lease)) {
            if let Some(left) = lease.owner.as_ref().and_then(|owner| surplus.get_mut(owner)) {
                *left = left.saturating_sub(1);
            }
        }
        let mut suiting: Vec<_> = self.leases.iter().filter(|(_, l)| !self.is_asked(l)).collect();
        suiting.sort_by_cached_key(|(shard, _)| Reverse(weight(**shard, me)));
        let mut wanted = Vec::new();
        for (shard, lease) in suiting {
            let left = lease.owner.as_ref().and_then(|owner| surplus.get_mut(owner));
            if let Some(left) = left.filter(|left| **left > 0 && wanted.len() < missing) {
                *left -= 1;
                wanted.push((*shard, lease.clone()));
            }
        }
        wanted
    }

    /// Whether somebody who is there asks for it.
    fn is_asked(&self, lease: &Lease) -> bool {
        lease.want.as_ref().is_some_and(|want| self.nodes.contains(want))
    }

    /// How many shards a node should have.
    fn quota(&self, node: &InstanceId) -> usize {
        let (shards, nodes) = (usize::from(self.shards), self.nodes.len().max(1));
        let place = self.nodes.iter().position(|one| one == node);
        place.map_or(0, |place| shards / nodes + usize::from(place < shards % nodes))
    }
}

/// How well a shard suits a node: fixed for its name, whatever the process. FNV-1a, and a mixer that
/// lets each byte count for the upper bits too.
fn weight(shard: ShardId, node: &InstanceId) -> (u64, &InstanceId) {
    let name = node.0.split('#').next().unwrap_or_default();
    let bytes = name.bytes().chain(shard.0.to_be_bytes());
    let folded = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mixed = (folded ^ folded >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let mixed = (mixed ^ mixed >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    (mixed ^ mixed >> 33, node)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Nodes and who has what, moved on as the nodes themselves would.
    struct World {
        shards: u16,
        nodes: Vec<InstanceId>,
        leases: BTreeMap<ShardId, Lease>,
    }

    impl World {
        fn new(shards: u16) -> Self {
            let leases = (0..shards).map(|shard| (ShardId(shard), Lease::default())).collect();
            Self { shards, nodes: Vec::new(), leases }
        }

        fn situation(&self) -> Situation<'_> {
            Situation { shards: self.shards, nodes: &self.nodes, leases: &self.leases }
        }

        fn joins(&mut self, name: u8) {
            self.nodes.push(InstanceId(format!("node-{name}#1").into()));
            self.nodes.sort();
        }

        fn leaves(&mut self, place: usize) -> InstanceId {
            self.nodes.remove(place % self.nodes.len())
        }

        /// Orphans are taken and shares evened out. Answers how many shards moved.
        fn settles(&mut self) -> usize {
            let has_owner = |lease: &Lease| {
                lease.owner.as_ref().is_some_and(|owner| self.nodes.contains(owner))
            };
            let orphans = self.leases.iter().filter(|(_, lease)| !has_owner(lease));
            let orphans: Vec<_> = orphans.map(|(shard, _)| *shard).collect();
            let successors = self.situation().successors(orphans);
            let mut moved = successors.len();
            self.give(successors);
            loop {
                let asks = |me: &InstanceId| {
                    let wanted = self.situation().wanted(me);
                    wanted.into_iter().map(|(shard, _)| (shard, me.clone())).collect::<Vec<_>>()
                };
                let Some(asked) = self.nodes.iter().map(asks).find(|asked| !asked.is_empty())
                else {
                    return moved;
                };
                moved += asked.len();
                self.give(asked);
            }
        }

        fn give(&mut self, to: impl IntoIterator<Item = (ShardId, InstanceId)>) {
            for (shard, node) in to {
                self.leases.insert(shard, Lease { owner: Some(node), ..Lease::default() });
            }
        }

        fn spread(&self) -> usize {
            let count = |node: &InstanceId| {
                self.leases.values().filter(|lease| lease.owner.as_ref() == Some(node)).count()
            };
            let counts: Vec<_> = self.nodes.iter().map(count).collect();
            counts.iter().max().unwrap() - counts.iter().min().unwrap()
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn shares_are_even_and_a_join_moves_few(shards in 1..130_u16, nodes in 1..8_u8) {
            let mut world = World::new(shards);
            for n in 1..=nodes {
                world.joins(n.wrapping_mul(37));
                let moved = world.settles();
                prop_assert!(world.spread() <= 1);
                let share = usize::from(shards).div_ceil(usize::from(n));
                prop_assert!(moved <= share, "{moved} moved when the {n}th of {nodes} joined");
            }
        }

        #[test]
        fn who_leaves_moves_nothing_but_his_own(shards in 1..130_u16, nodes in 2..8_u8, who in 0..8_usize) {
            let mut world = World::new(shards);
            (0..nodes).for_each(|n| world.joins(n));
            world.settles();
            let before = world.leases.clone();
            let gone = world.leaves(who);
            world.settles();
            prop_assert!(world.spread() <= 1);
            let strangers = before.iter().filter(|(shard, lease)| {
                lease.owner.as_ref() != Some(&gone) && world.leases[shard].owner != lease.owner
            });
            // A node before it in the order may have had the one more of an uneven division.
            prop_assert!(strangers.count() <= usize::from(nodes));
        }
    }

    #[test]
    fn who_was_asked_for_it_takes_what_becomes_free() {
        let mut world = World::new(4);
        (1..=2).for_each(|n| world.joins(n));
        for shard in 0..4 {
            let lease = world.leases.get_mut(&ShardId(shard)).unwrap();
            lease.want = Some(world.nodes[usize::from(shard) / 2].clone());
        }
        let taken = world.situation().successors((0..4).map(ShardId));
        let expected = [0, 0, 1, 1].map(|node: usize| world.nodes[node].clone());
        assert_eq!(taken.into_values().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn nobody_asks_while_a_shard_has_no_owner() {
        let mut world = World::new(4);
        world.joins(1);
        world.settles();
        world.joins(2);
        assert_eq!(world.situation().wanted(&world.nodes[1]).len(), 2);
        world.leases.insert(ShardId(3), Lease::default());
        assert_eq!(world.situation().wanted(&world.nodes[1]), []);
    }

    #[test]
    fn a_process_started_anew_suits_the_same_shards() {
        let shards = (0..64).map(ShardId);
        let weight_of = |boot: &str, shard| weight(shard, &InstanceId(boot.into())).0;
        assert!(shards.clone().all(|shard| weight_of("a#1", shard) == weight_of("a#2", shard)));
        assert!(shards.clone().any(|shard| weight_of("a#1", shard) > weight_of("b#1", shard)));
        assert!(shards.clone().any(|shard| weight_of("a#1", shard) < weight_of("b#1", shard)));
    }
}
