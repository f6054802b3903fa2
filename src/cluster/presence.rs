//! Which operators are there on other nodes, from what those announce of themselves.
//!
//! A node that has vanished takes its operators with it: they left when that was noticed.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::OperatorId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::store::op::{InstanceId, Member};

/// What a node says of its operators.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    /// Those with a live socket.
    pub here: BTreeSet<OperatorId>,
    /// When others lost their last one, without having signed out.
    pub left: BTreeMap<OperatorId, Timestamp>,
}

/// Operators of the other nodes.
#[derive(Debug, Default)]
pub struct Elsewhere {
    nodes: BTreeMap<InstanceId, Announced>,
    /// Those of nodes that are gone.
    vanished: BTreeMap<OperatorId, Timestamp>,
}

impl Elsewhere {
    /// Takes what the members say now. Answers whose presence may be another than before.
    pub fn take(
        &mut self,
        me: &InstanceId,
        members: &[Member],
        now: Timestamp,
    ) -> BTreeSet<OperatorId> {
        let mut changed = BTreeSet::new();
        let mut before = std::mem::take(&mut self.nodes);
        for member in members.iter().filter(|member| member.instance != *me) {
            let says = serde_json::from_slice(&member.bytes).unwrap_or_default();
            let said = before.remove(&member.instance).unwrap_or_default();
            changed.extend(differing(&said, &says));
            for operator in &says.here {
                self.vanished.remove(operator);
            }
            self.nodes.insert(member.instance.clone(), says);
        }
        for gone in before.into_values() {
            for operator in gone.here {
                self.vanished.insert(operator.clone(), now);
                changed.insert(operator);
            }
            for (operator, left) in gone.left {
                self.vanished.entry(operator).or_insert(left);
            }
        }
        changed
    }

    /// Whether he has a live socket on another node.
    pub fn is_here(&self, operator: &OperatorId) -> bool {
        self.nodes.values().any(|node| node.here.contains(operator))
    }

    /// When he last lost his last socket on another node.
    pub fn left_at(&self, operator: &OperatorId) -> Option<Timestamp> {
        let said = self.nodes.values().filter_map(|node| node.left.get(operator));
        said.chain(self.vanished.get(operator)).max().copied()
    }

    /// He is here himself, or has signed out.
    pub fn forget(&mut self, operator: &OperatorId) {
        self.vanished.remove(operator);
    }
}

/// Those of whom two words of a node say different things.
fn differing<'a>(said: &'a Announced, says: &'a Announced) -> impl Iterator<Item = OperatorId> {
    let left_otherwise =
        |operator: &&OperatorId| said.left.get(*operator) != says.left.get(*operator);
    let came_or_went = said.here.symmetric_difference(&says.here);
    let left: BTreeSet<&'a OperatorId> =
        said.left.keys().chain(says.left.keys()).filter(left_otherwise).collect();
    came_or_went.chain(left).cloned().collect::<BTreeSet<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instance(name: &str) -> InstanceId {
        InstanceId(name.into())
    }

    fn anna() -> OperatorId {
        OperatorId::new("anna")
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn node(name: &str, says: &Announced) -> Member {
        Member { instance: instance(name), bytes: serde_json::to_vec(says).unwrap() }
    }

    fn here() -> Announced {
        Announced { here: BTreeSet::from([anna()]), left: BTreeMap::new() }
    }

    #[test]
    fn who_comes_and_goes_on_another_node_is_told() {
        let mut elsewhere = Elsewhere::default();
        let me = instance("me");
        let everybody = BTreeSet::from([anna()]);
        assert_eq!(elsewhere.take(&me, &[node("b", &here())], at(1)), everybody);
        assert_eq!(elsewhere.take(&me, &[node("b", &here())], at(2)), BTreeSet::new());
        assert!(elsewhere.is_here(&anna()));
        let left = Announced { here: BTreeSet::new(), left: BTreeMap::from([(anna(), at(3))]) };
        assert_eq!(elsewhere.take(&me, &[node("b", &left)], at(3)), everybody);
        assert_eq!((elsewhere.is_here(&anna()), elsewhere.left_at(&anna())), (false, Some(at(3))));
        let signed_out = Announced::default();
        assert_eq!(elsewhere.take(&me, &[node("b", &signed_out)], at(4)), everybody);
        assert_eq!(elsewhere.left_at(&anna()), None);
    }

    #[test]
    fn a_node_that_vanishes_takes_its_operators_with_it() {
        let mut elsewhere = Elsewhere::default();
        let me = instance("me");
        elsewhere.take(&me, &[node("b", &here()), node("c", &Announced::default())], at(1));
        assert_eq!(elsewhere.take(&me, &[node("c", &Announced::default())], at(9)).len(), 1);
        assert_eq!((elsewhere.is_here(&anna()), elsewhere.left_at(&anna())), (false, Some(at(9))));
        elsewhere.take(&me, &[node("c", &here())], at(11));
        assert_eq!((elsewhere.is_here(&anna()), elsewhere.left_at(&anna())), (true, None));
    }

    #[test]
    fn this_node_is_not_elsewhere() {
        let mut elsewhere = Elsewhere::default();
        let changed = elsewhere.take(&instance("me"), &[node("me", &here())], at(1));
        assert_eq!((changed.len(), elsewhere.is_here(&anna())), (0, false));
    }
}
