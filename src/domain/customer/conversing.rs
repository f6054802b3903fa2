//! What a customer's conversations leave on his card.

use jiff::Timestamp;

use crate::conversation::{Conversation, State};
use crate::customer::{
    Blocked, Customer, Known, KnownOperator, LastFinished, OPEN_MAX, OpenConversation,
};
use crate::effect::Effect;
use crate::event::{Row, RowState};
use crate::id::{ConversationId, OperatorId};
use crate::routing::Via;

/// What a step of a conversation means for its customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Somebody has it now.
    Accepted {
        operator: OperatorId,
    },
    /// A person has it now to whom a colleague handed it.
    HandedOver {
        operator: OperatorId,
    },
    /// The customer was told, or has agreed, how we use what he writes.
    Consented,
    Spam {
        by: OperatorId,
        block: bool,
    },
    /// It is over; none: nobody had it.
    Finished {
        operator: Option<OperatorId>,
    },
}

/// What the effects of one input mean for the customer.
pub fn steps(effects: &[Effect]) -> Vec<Step> {
    effects.iter().filter_map(step).collect()
}

fn step(effect: &Effect) -> Option<Step> {
    match effect {
        Effect::Assigned { operator, via } => {
            let operator = operator.clone();
            Some(match via {
                Via::Transfer => Step::HandedOver { operator },
                Via::Queue | Via::Responsible | Via::Known | Via::Hand | Via::Return => {
                    Step::Accepted { operator }
                }
            })
        }
        Effect::Consented => Some(Step::Consented),
        Effect::Spam { by, block } => Some(Step::Spam { by: by.clone(), block: *block }),
        Effect::Finished { operator } => Some(Step::Finished { operator: operator.clone() }),
        Effect::Append(_)
        | Effect::Send { .. }
        | Effect::Copy { .. }
        | Effect::Correct { .. }
        | Effect::Seek(_)
        | Effect::Reserve { .. }
        | Effect::Release { .. }
        | Effect::Count { .. }
        | Effect::Answered { .. }
        | Effect::Missed { .. }
        | Effect::Continue(_)
        | Effect::Closed
        | Effect::Refuse(_)
        | Effect::Ignore(_) => None,
    }
}

impl Customer {
    /// Whether the card says already how a conversation of it stands.
    pub fn knows(&self, conversation: &Conversation) -> bool {
        let known = self.open.iter().find(|open| open.conversation == conversation.id);
        match &conversation.state {
            State::Waiting { .. } | State::Offered { .. } => {
                known.is_some_and(|open| open.operator.is_none())
            }
            State::Active(held) => {
                known.is_some_and(|open| open.operator.as_ref() == Some(&held.operator))
            }
            State::Closing { .. } | State::Closed { .. } => known.is_none(),
        }
    }

    /// Notes how a conversation of this card stands, by its row. Answers whether it has only begun.
    pub fn conversation_stands(&mut self, row: &Row) -> bool {
        let operator = match row.state {
            RowState::Waiting | RowState::Offered => None,
            RowState::Active => row.operator.clone(),
            RowState::Closing | RowState::Closed => {
                self.open.retain(|open| open.conversation != row.conversation);
                return false;
            }
        };
        let stands = OpenConversation {
            conversation: row.conversation.clone(),
            line: row.line.clone(),
            channel: row.channel.clone(),
            operator,
        };
        let known = self.open.iter_mut().find(|open| open.conversation == row.conversation);
        if let Some(known) = known {
            *known = stands;
            return false;
        }
        self.open.push(stands);
        if self.open.len() > OPEN_MAX {
            self.open.remove(0);
        }
        true
    }

    /// Notes on the card what a step means. Who owns the customer after it is another question.
    pub fn note_step(&mut self, step: &Step, now: Timestamp) {
        match step {
            Step::Consented => {
                self.consented_at.get_or_insert(now);
            }
            Step::Spam { by, block: true } => self.block(by, now),
            Step::Finished { operator: Some(operator) } => {
                self.last_finished = Some(LastFinished { operator: operator.clone(), at: now });
            }
            Step::Accepted { .. }
            | Step::HandedOver { .. }
            | Step::Spam { block: false, .. }
            | Step::Finished { operator: None } => {}
        }
    }

    /// What he writes is only stored from now on. Who was blocked already, is so by whom it was.
    pub fn block(&mut self, by: &OperatorId, now: Timestamp) {
        self.blocked.get_or_insert_with(|| Blocked { by: by.clone(), at: now });
    }

    /// Whom the customer knows: who holds another open conversation of his, the newest first, else
    /// who finished his last one.
    pub(super) fn known_operator(
        &self,
        known: &Known<'_>,
        conversation: Option<&ConversationId>,
    ) -> Option<KnownOperator> {
        let others = self.cards(known).flat_map(|card| card.open.iter().rev());
        let mut others = others.filter(|open| Some(&open.conversation) != conversation);
        if let Some(operator) = others.find_map(|open| open.operator.clone()) {
            return Some(KnownOperator { operator, finished_at: None });
        }
        let finished = self.cards(known).filter_map(|card| card.last_finished.as_ref());
        let last = finished.max_by_key(|finished| finished.at)?;
        Some(KnownOperator { operator: last.operator.clone(), finished_at: Some(last.at) })
    }
}
