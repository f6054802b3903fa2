//! Which conversations take places of operators, over all lines.

use std::collections::{BTreeMap, BTreeSet};

use crate::effect::{Effect, PlaceLimit};
use crate::id::{ConversationId, OperatorId};
use crate::world::operators::Operators;

#[derive(Debug, Default)]
pub(super) struct Places {
    held: BTreeMap<OperatorId, BTreeSet<ConversationId>>,
}

impl Places {
    pub(super) fn load(&self, operator: &OperatorId) -> usize {
        self.held.get(operator).map_or(0, BTreeSet::len)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (&OperatorId, &ConversationId)> {
        let held = self.held.iter();
        held.flat_map(|(operator, held)| held.iter().map(move |held| (operator, held)))
    }

    pub(super) fn set(
        &mut self,
        operator: &OperatorId,
        conversation: &ConversationId,
        holds: bool,
    ) {
        let held = self.held.entry(operator.clone()).or_default();
        if holds {
            held.insert(conversation.clone());
        } else {
            held.remove(conversation);
        }
    }

    /// Whether a step wants a place that is not there, as the store judges it.
    pub(super) fn are_wanting(
        &self,
        conversation: &ConversationId,
        effects: &[Effect],
        operators: &Operators,
    ) -> bool {
        let mut changed = BTreeMap::new();
        for effect in effects {
            let (operator, limit) = match effect {
                Effect::Reserve { operator, limit } => (operator, Some(*limit)),
                Effect::Release { operator } => (operator, None),
                Effect::Append(_)
                | Effect::Send { .. }
                | Effect::Copy { .. }
                | Effect::Correct { .. }
                | Effect::Seek(_)
                | Effect::Count { .. }
                | Effect::Answered { .. }
                | Effect::Missed { .. }
                | Effect::Assigned { .. }
                | Effect::Consented
                | Effect::Spam { .. }
                | Effect::Finished { .. }
                | Effect::Continue(_)
                | Effect::Closed
                | Effect::Refuse(_)
                | Effect::Ignore(_) => continue,
            };
            let held = self.held.get(operator).is_some_and(|held| held.contains(conversation));
            let others = self.load(operator) - usize::from(held);
            let holds = changed.insert(operator, limit.is_some()).unwrap_or(held);
            if limit == Some(PlaceLimit::Capacity) && !holds && operators.is_full(operator, others)
            {
                return true;
            }
        }
        false
    }
}
