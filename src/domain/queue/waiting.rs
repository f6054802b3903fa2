//! The conversations that wait, oldest first, grouped by who has passed them.
//!
//! Most share a group: nobody has passed them, or everybody has. So the oldest one that somebody
//! can be offered is found without looking at the others.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::id::{ConversationId, OperatorId};
use crate::routing::Passed;

/// Operators who have passed, in order and each once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Passers(Arc<[OperatorId]>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Waits {
    pub(super) since: Timestamp,
    pub(super) passed: Passers,
}

#[derive(Clone, Debug, Default)]
pub(super) struct WaitingList {
    by_id: BTreeMap<ConversationId, Waits>,
    groups: BTreeMap<Passers, BTreeSet<(Timestamp, ConversationId)>>,
}

impl Passers {
    pub(super) fn of(passed: &[Passed]) -> Self {
        let operators: BTreeSet<OperatorId> = passed.iter().map(|p| p.operator.clone()).collect();
        Self(operators.into_iter().collect())
    }

    pub(super) fn contains(&self, operator: &OperatorId) -> bool {
        self.0.binary_search(operator).is_ok()
    }
}

impl WaitingList {
    pub(super) fn get(&self, conversation: &ConversationId) -> Option<&Waits> {
        self.by_id.get(conversation)
    }

    /// Puts the conversation into the list, or takes it out; answers how it was before.
    pub(super) fn set(
        &mut self,
        conversation: &ConversationId,
        waits: Option<Waits>,
    ) -> Option<Waits> {
        let before = self.by_id.remove(conversation);
        if let Some(Waits { since, passed }) = &before {
            self.leave_group(passed, &(*since, conversation.clone()));
        }
        if let Some(Waits { since, passed }) = waits {
            let passed = self.shared(passed);
            self.groups.entry(passed.clone()).or_default().insert((since, conversation.clone()));
            self.by_id.insert(conversation.clone(), Waits { since, passed });
        }
        before
    }

    /// All, who waits longest first.
    pub(super) fn by_age(&self) -> Vec<ConversationId> {
        let waits = self.groups.values().flatten();
        let in_order: BTreeSet<&(Timestamp, ConversationId)> = waits.collect();
        in_order.into_iter().map(|(_, conversation)| conversation.clone()).collect()
    }

    /// The oldest conversation of all groups for which there is somebody.
    pub(super) fn oldest(&self, somebody: impl Fn(&Passers) -> bool) -> Option<&ConversationId> {
        let mut oldest: Option<&(Timestamp, ConversationId)> = None;
        for (passers, group) in &self.groups {
            let first = group.first();
            let is_older = first.is_some_and(|first| oldest.is_none_or(|oldest| first < oldest));
            if is_older && somebody(passers) {
                oldest = first;
            }
        }
        oldest.map(|(_, conversation)| conversation)
    }

    /// Whether a conversation that he has not passed has waited since before then.
    pub(super) fn wants(&self, operator: &OperatorId, then: Timestamp) -> bool {
        let is_older = |group: &BTreeSet<(Timestamp, ConversationId)>| {
            group.first().is_some_and(|(since, _)| *since < then)
        };
        self.groups.iter().any(|(passers, group)| is_older(group) && !passers.contains(operator))
    }

    /// The same list of operators is kept once, however many conversations they have passed.
    fn shared(&self, passers: Passers) -> Passers {
        self.groups.get_key_value(&passers).map_or(passers, |(known, _)| known.clone())
    }

    fn leave_group(&mut self, passers: &Passers, conversation: &(Timestamp, ConversationId)) {
        if let Some(group) = self.groups.get_mut(passers) {
            group.remove(conversation);
            if group.is_empty() {
                self.groups.remove(passers);
            }
        }
    }
}
