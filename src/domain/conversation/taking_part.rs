//! What people do with it beside answering: help, look on, name its topic, put it aside, judge it.

use jiff::SignedDuration;

use crate::conversation::turn::Turn;
use crate::conversation::{Conversation, Draft, State};
use crate::effect::Refusal;
use crate::entry::Fact;
use crate::id::OperatorId;

/// Colleagues who take part beside the operator.
const JOINED_MAX: usize = 20;
/// How far ahead a conversation may be put aside.
const HOLD_MAX: SignedDuration = SignedDuration::from_hours(24 * 92);

impl Conversation {
    pub(super) fn invite(
        &mut self,
        operator: OperatorId,
        colleague: OperatorId,
        turn: &mut Turn<'_>,
    ) {
        if !self.is_held_by(&operator, turn) {
            return;
        }
        if colleague == operator {
            return turn.refuse(Refusal::SameOperator);
        }
        self.add_to_joined(colleague.clone(), Fact::Invited { operator, colleague }, turn);
    }

    pub(super) fn join(&mut self, operator: OperatorId, turn: &mut Turn<'_>) {
        match &self.state {
            State::Active(held) if held.operator == operator => {
                turn.ignore("he has it himself");
            }
            State::Waiting { .. } | State::Offered { .. } | State::Active(_) => {
                self.add_to_joined(operator.clone(), Fact::Joined { operator }, turn);
            }
            State::Closing { .. } => turn.refuse(Refusal::NotNow),
            State::Closed { .. } => turn.refuse(Refusal::Closed),
        }
    }

    fn add_to_joined(&mut self, colleague: OperatorId, fact: Fact, turn: &mut Turn<'_>) {
        if self.joined.contains(&colleague) {
            return turn.ignore("he takes part already");
        }
        if self.joined.len() >= JOINED_MAX {
            return turn.refuse(Refusal::TooMany);
        }
        self.joined.push(colleague);
        self.fact(fact, turn);
    }

    pub(super) fn leave(&mut self, operator: OperatorId, turn: &mut Turn<'_>) {
        let before = self.joined.len();
        self.joined.retain(|colleague| *colleague != operator);
        if self.joined.len() == before {
            return turn.ignore("he takes no part");
        }
        self.fact(Fact::LeftAgain { operator }, turn);
    }

    pub(super) fn choose_topic(
        &mut self,
        operator: OperatorId,
        topic: String,
        turn: &mut Turn<'_>,
    ) {
        if self.is_closed() {
            return turn.refuse(Refusal::Closed);
        }
        let topic = Some(topic).filter(|topic| !topic.is_empty());
        if topic.as_ref().is_some_and(|topic| !turn.line.topics.contains(topic)) {
            return turn.refuse(Refusal::UnknownTopic);
        }
        if topic == self.topic {
            return turn.ignore("that is its topic already");
        }
        self.topic.clone_from(&topic);
        self.fact(Fact::TopicChosen { operator, topic }, turn);
    }

    /// Kept for whoever gets it next.
    pub(super) fn write_draft(&mut self, operator: OperatorId, text: String, turn: &mut Turn<'_>) {
        if !self.is_held_by(&operator, turn) {
            return;
        }
        let draft = (!text.is_empty()).then_some(Draft { by: operator, text });
        if draft == self.draft {
            return turn.ignore("that is the draft already");
        }
        self.draft = draft;
    }

    pub(super) fn hold(
        &mut self,
        operator: OperatorId,
        until: Option<jiff::Timestamp>,
        turn: &mut Turn<'_>,
    ) {
        if !self.is_held_by(&operator, turn) {
            return;
        }
        let Some(until) = until else {
            if !self.is_on_hold() {
                return turn.ignore("it is not on hold");
            }
            return self.end_hold(turn);
        };
        if until <= turn.now || until.duration_since(turn.now) > HOLD_MAX {
            return turn.refuse(Refusal::BadTime);
        }
        if let State::Active(held) = &mut self.state {
            held.hold_until = Some(until);
        }
        self.fact(Fact::PutOnHold { operator, until }, turn);
    }

    pub(super) fn is_on_hold(&self) -> bool {
        match &self.state {
            State::Active(held) => held.hold_until.is_some(),
            State::Waiting { .. }
            | State::Offered { .. }
            | State::Closing { .. }
            | State::Closed { .. } => false,
        }
    }

    pub(super) fn review(
        &mut self,
        operator: OperatorId,
        stars: u8,
        comment: Option<String>,
        turn: &mut Turn<'_>,
    ) {
        self.review = Some(stars);
        self.fact(Fact::Reviewed { operator, stars, comment }, turn);
    }
}
