//! How a line's open conversations stand: when each is to be woken, and whom it concerns.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ahash::RandomState;
use domain::conversation::{Conversation, State};
use domain::id::{ConversationId, OperatorId};
use jiff::Timestamp;

/// The open conversations of a line, as committed.
#[derive(Debug, Default)]
pub(crate) struct Standings {
    by_id: HashMap<ConversationId, Standing, RandomState>,
    /// Deadlines that are armed.
    by_time: BTreeSet<(Timestamp, ConversationId)>,
    /// Whom each operator's coming and going concerns.
    by_operator: BTreeMap<OperatorId, BTreeSet<ConversationId>>,
    /// Those that are put before somebody.
    offered: BTreeSet<ConversationId>,
}

#[derive(Debug, Default)]
struct Standing {
    deadline: Option<Timestamp>,
    operators: BTreeSet<OperatorId>,
}

impl Standings {
    /// Takes a conversation as it stands. Answers the operators whom it did not concern before.
    pub(crate) fn stand(&mut self, conversation: &Conversation) -> Vec<OperatorId> {
        let id = &conversation.id;
        let deadline = conversation.deadline();
        let operators: BTreeSet<_> = concerned(conversation).cloned().collect();
        let is_offered = !conversation.open_offers().is_empty();
        let stands = self.by_id.get(id).is_some_and(|before| {
            before.deadline == deadline
                && before.operators == operators
                && self.offered.contains(id) == is_offered
        });
        // Most steps are messages, which change none of it.
        if stands && !conversation.is_closed() {
            return Vec::new();
        }
        let before = self.leave(id);
        if conversation.is_closed() {
            return Vec::new();
        }
        if let Some(at) = deadline {
            self.by_time.insert((at, id.clone()));
        }
        if is_offered {
            self.offered.insert(id.clone());
        }
        for operator in &operators {
            self.by_operator.entry(operator.clone()).or_default().insert(id.clone());
        }
        let new = operators.difference(&before.operators).cloned().collect();
        self.by_id.insert(id.clone(), Standing { deadline, operators });
        new
    }

    fn leave(&mut self, id: &ConversationId) -> Standing {
        self.offered.remove(id);
        let Some(before) = self.by_id.remove(id) else { return Standing::default() };
        if let Some(at) = before.deadline {
            self.by_time.remove(&(at, id.clone()));
        }
        for operator in &before.operators {
            if let Some(conversations) = self.by_operator.get_mut(operator) {
                conversations.remove(id);
                if conversations.is_empty() {
                    self.by_operator.remove(operator);
                }
            }
        }
        before
    }

    /// All of them, in order.
    pub(crate) fn all(&self) -> BTreeSet<&ConversationId> {
        self.by_id.keys().collect()
    }

    /// Those that are put before somebody.
    pub(crate) fn offered(&self) -> impl Iterator<Item = &ConversationId> {
        self.offered.iter()
    }

    /// Those that an operator has, is asked for, or gets back.
    pub(crate) fn of(&self, operator: &OperatorId) -> impl Iterator<Item = &ConversationId> {
        self.by_operator.get(operator).into_iter().flatten()
    }

    pub(crate) fn earliest(&self) -> Option<Timestamp> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// Takes the deadlines that have come. Their conversations set them anew when they are
    /// committed.
    pub(crate) fn take_due(&mut self, now: Timestamp) -> Vec<ConversationId> {
        let mut due = Vec::new();
        while let Some((at, _)) = self.by_time.first()
            && *at <= now
            && let Some((_, id)) = self.by_time.pop_first()
        {
            if let Some(standing) = self.by_id.get_mut(&id) {
                standing.deadline = None;
            }
            due.push(id);
        }
        due
    }
}

/// Who has it, is asked for it, or gets it back by coming back.
fn concerned(conversation: &Conversation) -> impl Iterator<Item = &OperatorId> {
    let holder = match &conversation.state {
        State::Active(held) => Some(&held.operator),
        State::Waiting { .. }
        | State::Offered { .. }
        | State::Closing { .. }
        | State::Closed { .. } => None,
    };
    let asked = conversation.open_offers().iter().map(|offer| &offer.operator);
    holder.into_iter().chain(asked).chain(conversation.returns_to())
}
