//! The conversations that wait, oldest first, grouped by who has passed them.
//!
//! Most share a group: nobody has passed them, or everybody has. Each group counts how many of its
//! passers are free, so that whether it has somebody is known without looking at anybody; and the
//! oldest conversation that somebody can be offered without looking at the others.

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
    groups: BTreeMap<Passers, Group>,
    /// How many operators are free.
    free: usize,
}

/// The conversations that the same operators have passed.
#[derive(Clone, Debug)]
struct Group {
    waiting: BTreeSet<(Timestamp, ConversationId)>,
    /// How many of those operators are free.
    free: usize,
}

impl Passers {
    pub(super) fn of(passed: &[Passed]) -> Self {
        let operators: BTreeSet<OperatorId> = passed.iter().map(|p| p.operator.clone()).collect();
        Self(operators.into_iter().collect())
    }

    pub(super) fn contains(&self, operator: &OperatorId) -> bool {
        self.0.binary_search(operator).is_ok()
    }

    fn count(&self, is_free: impl Fn(&OperatorId) -> bool) -> usize {
        self.0.iter().filter(|operator| is_free(operator)).count()
    }
}

impl Group {
    fn of(passers: &Passers, is_free: impl Fn(&OperatorId) -> bool) -> Self {
        Self { waiting: BTreeSet::new(), free: passers.count(is_free) }
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
        is_free: impl Fn(&OperatorId) -> bool,
    ) -> Option<Waits> {
        let before = self.by_id.remove(conversation);
        if let Some(Waits { since, passed }) = &before {
            self.leave_group(passed, &(*since, conversation.clone()));
        }
        if let Some(Waits { since, passed }) = waits {
            let passed = self.shared(passed);
            let group =
                self.groups.entry(passed.clone()).or_insert_with(|| Group::of(&passed, is_free));
            group.waiting.insert((since, conversation.clone()));
            self.by_id.insert(conversation.clone(), Waits { since, passed });
        }
        before
    }

    /// All, who waits longest first.
    pub(super) fn by_age(&self) -> Vec<ConversationId> {
        let waits = self.groups.values().flat_map(|group| &group.waiting);
        let in_order: BTreeSet<&(Timestamp, ConversationId)> = waits.collect();
        in_order.into_iter().map(|(_, conversation)| conversation.clone()).collect()
    }

    /// An operator can be offered something now, or cannot any more.
    pub(super) fn turned(&mut self, operator: &OperatorId, free: bool) {
        let change = |count: &mut usize| *count = if free { *count + 1 } else { *count - 1 };
        change(&mut self.free);
        for (passers, group) in &mut self.groups {
            if passers.contains(operator) {
                change(&mut group.free);
            }
        }
    }

    /// The rules have changed, and with them who is free.
    pub(super) fn count_anew(&mut self, free: usize, is_free: impl Fn(&OperatorId) -> bool) {
        self.free = free;
        for (passers, group) in &mut self.groups {
            group.free = passers.count(&is_free);
        }
    }

    /// The oldest conversation for which there is somebody.
    pub(super) fn oldest(&self) -> Option<&ConversationId> {
        let oldest = self.with_somebody().filter_map(|(_, group)| group.waiting.first()).min();
        oldest.map(|(_, conversation)| conversation)
    }

    /// Whether a conversation that he, who is free, has not passed has waited since before then.
    pub(super) fn wants(&self, operator: &OperatorId, then: Timestamp) -> bool {
        self.with_somebody().any(|(passers, group)| {
            let is_older = group.waiting.first().is_some_and(|(since, _)| *since < then);
            is_older && !passers.contains(operator)
        })
    }

    /// The groups that somebody free has not passed.
    fn with_somebody(&self) -> impl Iterator<Item = (&Passers, &Group)> {
        self.groups.iter().filter(|(_, group)| group.free < self.free)
    }

    /// The same list of operators is kept once, however many conversations they have passed.
    fn shared(&self, passers: Passers) -> Passers {
        self.groups.get_key_value(&passers).map_or(passers, |(known, _)| known.clone())
    }

    fn leave_group(&mut self, passers: &Passers, conversation: &(Timestamp, ConversationId)) {
        if let Some(group) = self.groups.get_mut(passers) {
            group.waiting.remove(conversation);
            if group.waiting.is_empty() {
                self.groups.remove(passers);
            }
        }
    }
}
