//! Which operators are there on other nodes, from what those announce of themselves; and what both
//! sides of a conversation are to see of each other, wherever they sit: who is writing, and where
//! somebody stands who waits.
//!
//! A node that has vanished takes its operators with it: they left when that was noticed.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{ConversationId, OperatorId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::store::op::{InstanceId, Member};

/// What a node says of its operators.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    /// Those with a live socket.
    pub here: BTreeSet<OperatorId>,
    /// When others lost their last one, without having signed out.
    pub left: BTreeMap<OperatorId, Timestamp>,
    /// When somebody there last wrote at something that is not sent yet.
    #[serde(default, skip_serializing_if = "Writing::is_empty")]
    pub writing: Writing,
    /// Where customers stand who wait in its lines.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub waiting: BTreeMap<ConversationId, Stand>,
}

/// Who is writing, by conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writing {
    pub operators: BTreeMap<ConversationId, Timestamp>,
    pub customers: BTreeMap<ConversationId, Timestamp>,
}

/// Where a customer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stand {
    /// From 1.
    pub position: usize,
    /// None: too little is known.
    pub wait_seconds: Option<i64>,
    /// Somebody is there who could answer.
    pub staffed: bool,
}

/// How long somebody is writing who says no more of it.
const WRITING_LASTS: SignedDuration = SignedDuration::from_secs(5);
/// Conversations in which somebody of a node is writing; of more nothing is said.
const WRITING_MAX: usize = 500;

impl Writing {
    fn is_empty(&self) -> bool {
        self.operators.is_empty() && self.customers.is_empty()
    }

    /// Somebody wrote a moment ago. Whoever has not for a while is forgotten.
    pub fn note(&mut self, side: Side, conversation: &ConversationId, now: Timestamp) {
        for one in [&mut self.operators, &mut self.customers] {
            one.retain(|_, at| now.duration_since(*at) < WRITING_LASTS);
        }
        let of_side = match side {
            Side::Operator => &mut self.operators,
            Side::Customer => &mut self.customers,
        };
        if of_side.len() < WRITING_MAX {
            of_side.insert(conversation.clone(), now);
        }
    }

    /// What it says that was not said before.
    fn since(&self, before: &Self) -> Vec<(Side, ConversationId)> {
        let new = |now: &BTreeMap<ConversationId, Timestamp>,
                   then: &BTreeMap<ConversationId, Timestamp>| {
            let is_new = |(id, at): &(&ConversationId, &Timestamp)| then.get(*id) != Some(*at);
            now.iter().filter(is_new).map(|(id, _)| id.clone()).collect::<Vec<_>>()
        };
        let operators = new(&self.operators, &before.operators).into_iter();
        let customers = new(&self.customers, &before.customers).into_iter();
        let operators = operators.map(|id| (Side::Operator, id));
        operators.chain(customers.map(|id| (Side::Customer, id))).collect()
    }
}

/// Of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Operator,
    Customer,
}

/// Operators of the other nodes.
#[derive(Debug, Default)]
pub struct Elsewhere {
    nodes: BTreeMap<InstanceId, Announced>,
    /// Those of nodes that are gone.
    vanished: BTreeMap<OperatorId, Timestamp>,
    /// Who was said to be writing, and nobody has been told yet.
    writing: Vec<(Side, ConversationId)>,
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
            self.writing.extend(says.writing.since(&said.writing));
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

    /// Who began to write, or went on, since this was last asked.
    pub fn writing(&mut self) -> Vec<(Side, ConversationId)> {
        std::mem::take(&mut self.writing)
    }

    /// Where somebody stands who waits in a line of another node.
    pub fn stand(&self, conversation: &ConversationId) -> Option<Stand> {
        self.nodes.values().find_map(|node| node.waiting.get(conversation)).copied()
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
        Announced { here: BTreeSet::from([anna()]), ..Announced::default() }
    }

    #[test]
    fn who_comes_and_goes_on_another_node_is_told() {
        let mut elsewhere = Elsewhere::default();
        let me = instance("me");
        let everybody = BTreeSet::from([anna()]);
        assert_eq!(elsewhere.take(&me, &[node("b", &here())], at(1)), everybody);
        assert_eq!(elsewhere.take(&me, &[node("b", &here())], at(2)), BTreeSet::new());
        assert!(elsewhere.is_here(&anna()));
        let left = Announced { left: BTreeMap::from([(anna(), at(3))]), ..Announced::default() };
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
    fn who_writes_is_told_once_and_forgotten_after_a_while() {
        let (mut elsewhere, me) = (Elsewhere::default(), instance("me"));
        let id = |name: &str| ConversationId::new(name);
        let mut says = Announced::default();
        says.writing.note(Side::Operator, &id("0-a"), at(1));
        says.writing.note(Side::Customer, &id("0-b"), at(2));
        let both = [(Side::Operator, id("0-a")), (Side::Customer, id("0-b"))];
        elsewhere.take(&me, &[node("b", &says)], at(2));
        assert_eq!(elsewhere.writing(), both);
        elsewhere.take(&me, &[node("b", &says)], at(3));
        assert_eq!(elsewhere.writing(), [], "it is the same word");
        says.writing.note(Side::Operator, &id("0-a"), at(4));
        elsewhere.take(&me, &[node("b", &says)], at(4));
        assert_eq!(elsewhere.writing(), [both[0].clone()], "he goes on");
        says.writing.note(Side::Operator, &id("0-c"), at(60));
        assert_eq!(says.writing.operators.len(), 1, "the others have stopped");
    }

    #[test]
    fn this_node_is_not_elsewhere() {
        let mut elsewhere = Elsewhere::default();
        let changed = elsewhere.take(&instance("me"), &[node("me", &here())], at(1));
        assert_eq!((changed.len(), elsewhere.is_here(&anna())), (0, false));
    }
}
